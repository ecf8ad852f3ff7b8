"""The pages of the documentation about selection say what the catalog says."""

from pathlib import Path

from django.conf import settings
from django.core.management import get_commands, load_command_class

from selection.core.catalog_page import page

DOCS = Path(settings.BASE_DIR) / "docs"


def test_page_lists_the_catalog_as_it_is():
    text = (DOCS / "selection.md").read_text(encoding="utf-8")

    listed = text.partition("<!-- catalog -->\n")[2].partition("\n<!-- /catalog -->")[0]

    assert listed == page(), "python -m selection.core.catalog_page prints the new tables"


def test_page_names_every_option_of_simulate():
    text = (DOCS / "simulate.md").read_text(encoding="utf-8")
    parser = load_command_class(get_commands()["simulate"], "simulate").create_parser(
        "", "simulate"
    )

    own = [action for action in parser._actions if action.container.title == "options"]
    general = {"--help", "--version", "--settings", "--pythonpath", "--traceback", "--no-color"}
    general |= {"--force-color", "--skip-checks", "--verbosity"}
    options = {each for action in own for each in action.option_strings if each.startswith("--")}

    assert not {option for option in options - general if f"`{option}`" not in text}
