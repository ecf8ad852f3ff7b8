"""What pages and services say to people, found in templates and Python files."""

import ast
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.utils.translation.template import templatize

from alapp.languages.catalog import Text

FOLDERS = ("alapp", "annotation", "selection")
TEMPLATES = "templates"
# Each function with what its arguments are.
PLAIN, PLURAL, IN_CONTEXT = ("words",), ("words", "plural"), ("context", "words")
FUNCTIONS = {
    "_": PLAIN,
    "gettext": PLAIN,
    "gettext_lazy": PLAIN,
    "ngettext": PLURAL,
    "ngettext_lazy": PLURAL,
    "pgettext": IN_CONTEXT,
    "pgettext_lazy": IN_CONTEXT,
    "npgettext": ("context", "words", "plural"),
    "npgettext_lazy": ("context", "words", "plural"),
}
# Calls in what templatize() leaves of a template; everything else in it is not Python.
STRING = r"""(?:u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*")"""
CALL = re.compile(rf"(?<!\w)(n?p?gettext|_)\(\s*({STRING}(?:\s*,\s*{STRING})*)", re.DOTALL)


def texts(root: Path | None = None) -> dict[Text, list[str]]:
    """Return every text that asks for a translation, with the files it stands in."""
    root = root or Path(settings.BASE_DIR)
    found: dict[Text, list[str]] = {}
    for path, text in _everywhere(root):
        found.setdefault(text, []).append(path.relative_to(root).as_posix())
    return found


def _everywhere(root: Path) -> Iterator[tuple[Path, Text]]:
    pages, letters = ((root / TEMPLATES).rglob(f"*.{kind}") for kind in ("html", "txt"))
    for path in sorted([*pages, *letters]):
        yield from ((path, text) for text in of_template(path.read_text()))
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*.py")):
            yield from ((path, text) for text in of_python(path.read_text()))


def of_template(source: str) -> list[Text]:
    """Return the texts of {% translate %}, {% blocktranslate %} and _("...") in a template."""
    calls = CALL.finditer(templatize(source))
    return [_text(found[1], ast.literal_eval(f"[{found[2]}]")) for found in calls]


def of_python(source: str) -> list[Text]:
    """Return the texts of gettext calls with literal arguments in a Python file."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [
        _text(name, arguments)
        for node in calls
        if (name := _name(node.func)) in FUNCTIONS and (arguments := _literals(node.args))
    ]


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _literals(arguments: list[ast.expr]) -> list[str]:
    """Return the strings a call begins with; none for a text that is made as it runs."""
    constants = itertools.takewhile(lambda each: isinstance(each, ast.Constant), arguments)
    return [each.value for each in constants if isinstance(each.value, str)]  # type: ignore[attr-defined]


def _text(function: str, arguments: list[str]) -> Text:
    return Text(**dict(zip(FUNCTIONS[function], arguments, strict=False)))
