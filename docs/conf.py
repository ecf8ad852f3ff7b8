"""How docs/ becomes a site: "make docs". The pages read as well without it."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

project = "alapp"
release = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
project_copyright = "the authors of alapp, Apache-2.0"
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
html_theme = "furo"
html_title = f"alapp {release}"
html_show_sphinx = False
# Headings have the anchors that links use when the pages are read as files.
myst_heading_anchors = 4
myst_enable_extensions = ["attrs_block"]
html_static_path = ["site"]
html_css_files = ["site.css"]
nitpicky = True


def _outward(app: object, name: str, source: list[str]) -> None:
    """Leave out links to what lies outside docs/, as the code does: the words stay."""
    source[0] = re.sub(r"(?<!!)\[([^\]]+)\]\((?:\.\./)+(?!docs/)[^)]*\)", r"\1", source[0])


def setup(app: object) -> None:
    app.connect("source-read", _outward)  # type: ignore[attr-defined]
