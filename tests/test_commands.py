"""What commands of alapp have in common: examples, one JSON document, words, exit codes."""

import io
import json
import re
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command, get_commands, load_command_class

from alapp.commands import BAD_USE, FAILED, Command

ROOMS = ("alapp", "annotation", "selection")
OURS = sorted(name for name, app in get_commands().items() if app in ROOMS)
# Calls that cannot be right, and what each command then says; no command starts anything by them.
WRONG = {
    "audit": (["--project", "no-such-project"], "no project"),
    "create_project": (["--owner", "nobody", "--name", "Reviews"], "no account"),
    "create_user": (["ada", "--project", "no-such-project"], "no project"),
    "export": (["no-such-project", "x.csv"], "no project"),
    "backup": (["/no/such/folder/x.tar"], "no folder"),
    "import_items": (["no-such-project", "x.csv"], "no project"),
    "play": (["no-such-project"], "no project"),
    "push_predictions": (["no-such-project", "x.csv", "--name", "x"], "no project"),
    "restore": (["/no/such/file.tar"], "othing was restored"),
    "simulate": (["--out", "x.json"], "--train FILE"),
    "move_database": (["--from", "nowhere"], "not the address"),
}
# What takes no argument that could be wrong, or runs until it is ended.
WITHOUT = {
    "client_code",
    "check_plugins",
    "projects",
    "doctor",
    "messages",
    "reference",
    "work",
    "up",
}


def command_of(name):
    return load_command_class(get_commands()[name], name)


@pytest.mark.parametrize("name", OURS)
def test_help_shows_examples_that_can_be_parsed_and_the_exit_codes(name):
    command = command_of(name)
    parser = command.create_parser("manage.py", name)

    shown = parser.format_help()

    assert "exit codes: 0 done, 1 it failed, 2 it was called wrongly" in shown
    assert command.examples
    for example in command.examples:
        assert f"  manage.py {example}" in shown
        own, *arguments = re.findall(r"'[^']*'|\S+", example)
        assert own == name
        parser.parse_args([each.strip("'") for each in arguments])


@pytest.mark.parametrize("name", OURS)
def test_every_option_says_what_it_is_for(name):
    parser = command_of(name).create_parser("manage.py", name)

    assert not [each.dest for each in parser._actions if not each.help]


@pytest.mark.parametrize("name", OURS)
def test_all_commands_share_one_base(name):
    module = import_module(f"{get_commands()[name]}.management.commands.{name}")

    assert issubclass(module.Command, Command)


def test_every_command_is_tried_with_something_wrong_or_takes_nothing():
    assert {*WRONG, *WITHOUT} == set(OURS)


@pytest.mark.django_db
@pytest.mark.parametrize("name", WRONG)
def test_wrong_use_gives_a_sentence_an_exit_code_and_one_document(name):
    arguments, words = WRONG[name]
    out = io.StringIO()

    with pytest.raises(CommandError, match=words) as refused:
        call_command(name, *arguments, "--json", stdout=out)

    assert refused.value.returncode in (FAILED, BAD_USE)
    document = json.loads(out.getvalue())
    assert document == {"error": str(refused.value), "exit_code": refused.value.returncode}


@pytest.mark.django_db
def test_a_command_that_has_done_its_work_prints_one_document_and_no_text(tmp_path):
    out = io.StringIO()

    call_command("backup", str(tmp_path), "--json", stdout=out)

    assert json.loads(out.getvalue())["files"] > 0


def test_the_page_of_commands_names_each_of_them_and_no_other():
    page = (Path(settings.BASE_DIR) / "docs" / "commands.md").read_text()
    rows = re.findall(r"^\| (`.*?`) \|", page, re.MULTILINE)

    assert sorted(name for row in rows for name in re.findall(r"`(\w+)`", row)) == OURS
