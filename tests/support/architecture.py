"""The rules between rooms, each a function from one source file to what breaks it."""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = ("alapp", "annotation", "selection")
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60

CORE_LIBRARIES = frozenset({"numpy", "scipy", "sklearn", "joblib", "PIL"})
# Too slow or too big to import before someone asks; one file each wraps them.
WRAPPED_LIBRARIES = frozenset(
    {
        "dask",
        "distributed",
        "faiss",
        "matplotlib",
        "onnxruntime",
        "pyarrow",
        "sentence_transformers",
        "tokenizers",
        "torch",
        "transformers",
    }
)
LEAVES = ("alapp.web", "alapp.errors", "alapp.clock", "alapp.commands")
PURE = (
    "annotation/schema.py",
    "annotation/quality/",
    "annotation/formats/",
    "annotation/webhooks/",
)
DJANGO_LIKE = re.compile(r"(django\w*|rest_framework|axes|csp|environ|whitenoise)(\.|$)")
WEB = re.compile(r"\w+/(views|api|forms)(\.py|/)")
SERVICES = re.compile(r"annotation/(services|exchange)[/.]")
# docs/decisions/0004 says why these and no others.
TRANSACTION_OWNERS = re.compile(
    r"annotation/(services|exchange)[/.]|selection/(retraining|configuration|services)[/.]"
)
SAVE_SIGNALS = frozenset(
    {"pre_save", "post_save", "pre_delete", "post_delete", "m2m_changed", "pre_init", "post_init"}
)
# Names Django looks for.
CONVENTIONAL_STATE = frozenset({"urlpatterns", "__all__"})
CONTAINER_MAKERS = frozenset(
    {"list", "dict", "set", "defaultdict", "deque", "Counter", "OrderedDict", "bytearray"}
)
MUTATORS = frozenset(
    {
        "add",
        "append",
        "clear",
        "discard",
        "extend",
        "insert",
        "pop",
        "popitem",
        "remove",
        "setdefault",
        "sort",
        "update",
    }
)
MUTABLE_DISPLAYS = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Import:
    """One imported module, or name of a module: "from a import b" is both a and a.b."""

    module: str
    names: tuple[str, ...]
    line: int
    is_relative: bool

    def all_from(self, *doors: str) -> bool:
        """Return whether everything imported is one of these modules or lies in one."""
        if self._is_within(self.module, doors):
            return True
        full = [f"{self.module}.{name}" for name in self.names]
        return bool(full) and all(self._is_within(name, doors) for name in full)

    @property
    def root(self) -> str:
        return self.module.partition(".")[0]

    @staticmethod
    def _is_within(name: str, doors: Iterable[str]) -> bool:
        return any(name == door or name.startswith(f"{door}.") for door in doors)


@dataclass(frozen=True)
class Source:
    """One file: its path from the project's root, and its text."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def imports(self) -> list[Import]:
        return [one for node in ast.walk(self.tree) for one in imports_of(node)]


def imports_of(node: ast.AST) -> Iterator[Import]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield Import(alias.name, (), node.lineno, is_relative=False)
    elif isinstance(node, ast.ImportFrom):
        names = tuple(alias.name for alias in node.names)
        yield Import(node.module or "", names, node.lineno, is_relative=node.level > 0)


def sources(*folders: str) -> list[Source]:
    """Return every Python file of the folders, without environments and what programs wrote."""
    return [
        Source(path.relative_to(ROOT).as_posix(), path.read_text())
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*.py"))
        if not {"migrations", "generated", ".venv", ".venv-peers", "__pycache__"} & set(path.parts)
    ]


# Who may import whom


def core_imports(source: Source) -> Iterator[str]:
    if not source.path.startswith("selection/core/"):
        return
    allowed = CORE_LIBRARIES | WRAPPED_LIBRARIES | sys.stdlib_module_names
    for one in source.imports:
        if one.root not in allowed and not one.all_from("selection.core"):
            yield f"line {one.line}: selection/core imports {one.module}"


def selection_imports(source: Source) -> Iterator[str]:
    if not source.path.startswith("selection/"):
        return
    # The API of both rooms is made of the same parts: docs/decisions/0034.
    parts = ("annotation.api", "annotation.scopes")
    doors = parts if source.path.startswith("selection/api/") else ()
    for one in source.imports:
        if one.root == "annotation" and not one.all_from("annotation.exchange", *doors):
            yield f"line {one.line}: selection takes {one.module}, not annotation.exchange"


def annotation_imports(source: Source) -> Iterator[str]:
    if not source.path.startswith("annotation/"):
        return
    for one in source.imports:
        if one.root == "selection":
            yield f"line {one.line}: annotation imports {one.module}"


def alapp_imports(source: Source) -> Iterator[str]:
    if not source.path.startswith(("annotation/", "selection/")):
        return
    for one in source.imports:
        if one.root == "alapp" and not one.all_from(*LEAVES):
            yield f"line {one.line}: of alapp only {', '.join(LEAVES)} may be imported"


def absolute_imports(source: Source) -> Iterator[str]:
    for one in source.imports:
        if one.is_relative:
            yield f"line {one.line}: relative import"


def imports_on_top(source: Source) -> Iterator[str]:
    for function in _functions(source):
        for node in ast.walk(function):
            for one in imports_of(node):
                if one.root not in WRAPPED_LIBRARIES:
                    yield f"line {one.line}: {one.module} is imported inside a function"


# Pages, services, pure files


def pure_files(source: Source) -> Iterator[str]:
    if not source.path.startswith(PURE):
        return
    pure = ("annotation.schema", "annotation.quality", "annotation.formats", "annotation.webhooks")
    for one in source.imports:
        if DJANGO_LIKE.match(one.module) or one.root in ("alapp", "selection"):
            yield f"line {one.line}: a pure file imports {one.module}"
        if one.root == "annotation" and not one.all_from(*pure):
            yield f"line {one.line}: a pure file imports {one.module}, which is not pure"


def services_without_requests(source: Source) -> Iterator[str]:
    if not SERVICES.match(source.path):
        return
    web = ("django.http", "django.shortcuts", "django.views", "django.forms", "rest_framework")
    pages = ("annotation.views", "annotation.api", "annotation.forms", "alapp.web")
    for one in source.imports:
        if one.all_from(*web, *pages):
            yield f"line {one.line}: a service imports {one.module}"
    for function in _functions(source):
        if any(argument.arg == "request" for argument in _arguments(function)):
            yield f"line {function.lineno}: {function.name} takes a request"


def transaction_owners(source: Source) -> Iterator[str]:
    if not source.path.startswith(ROOMS) or TRANSACTION_OWNERS.match(source.path):
        return
    for one in source.imports:
        if one.all_from("django.db.transaction"):
            yield f"line {one.line}: transactions are opened by their owners only"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and _dotted(node).endswith("transaction.atomic"):
            yield f"line {node.lineno}: transactions are opened by their owners only"


# No surprises


def no_save_signals(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ImportFrom) and SAVE_SIGNALS & {a.name for a in node.names}:
            yield f"line {node.lineno}: a receiver on our models' signals"
        if isinstance(node, ast.Attribute) and node.attr in SAVE_SIGNALS:
            yield f"line {node.lineno}: a receiver on our models' signals"


def no_save_overrides(source: Source) -> Iterator[str]:
    """A form's save() is its own, and so is that of a class of ours; a model's hides an effect."""
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.ClassDef):
            continue
        if node.bases and not any("Form" in _dotted(base) for base in node.bases):
            for member in node.body:
                if isinstance(member, FUNCTIONS) and member.name in ("save", "asave"):
                    yield f"line {member.lineno}: {node.name} overrides save()"


def no_mutable_module_state(source: Source) -> Iterator[str]:
    containers = set()
    for name, value, line in _module_assignments(source):
        if not _is_container(value) or name in CONVENTIONAL_STATE:
            continue
        containers.add(name)
        if name.upper() != name:
            yield f"line {line}: {name} is mutable module state"
    for function in _functions(source):
        changeable = containers - _local_names(function) if containers else containers
        for node in ast.walk(function):
            if isinstance(node, ast.Global):
                yield f"line {node.lineno}: global {', '.join(node.names)}"
            if changeable and _mutated_name(node) in changeable:
                yield f"line {function.lineno}: {function.name} changes {_mutated_name(node)}"


def file_size(source: Source) -> Iterator[str]:
    n_lines = source.text.count("\n")
    if n_lines > MAX_FILE_LINES:
        yield f"{n_lines} lines, at most {MAX_FILE_LINES}"


def function_size(source: Source) -> Iterator[str]:
    for function in _functions(source):
        n_lines = (function.end_lineno or function.lineno) - function.lineno + 1
        if n_lines > MAX_FUNCTION_LINES:
            yield f"line {function.lineno}: {function.name} has {n_lines} lines"


def wrapped_in_one_file(tree: Iterable[Source]) -> Iterator[str]:
    """A heavy library is wrapped once in selection/core, so it can be replaced in one place."""
    wrappers: dict[str, set[str]] = {}
    for source in tree:
        for one in source.imports:
            if source.path.startswith("selection/core/") and one.root in WRAPPED_LIBRARIES:
                wrappers.setdefault(one.root, set()).add(source.path)
    for library, paths in wrappers.items():
        if len(paths) > 1:
            yield f"{library} is imported by {', '.join(sorted(paths))}"


def _functions(source: Source) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(source.tree) if isinstance(node, FUNCTIONS)]


def _arguments(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.arg]:
    arguments = function.args
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]


def _dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _module_assignments(source: Source) -> Iterator[tuple[str, ast.expr, int]]:
    for node in source.tree.body:
        if isinstance(node, ast.AnnAssign) and node.value and isinstance(node.target, ast.Name):
            yield node.target.id, node.value, node.lineno
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    yield target.id, node.value, node.lineno


def _is_container(value: ast.expr) -> bool:
    if isinstance(value, ast.Call):
        return _dotted(value.func).rpartition(".")[2] in CONTAINER_MAKERS
    return isinstance(value, MUTABLE_DISPLAYS)


def _mutated_name(node: ast.AST) -> str:
    """Return the name a statement changes in place: name[...] = x, del name[...], name.add(x)."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
        return _dotted(node.value)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return _dotted(node.func.value) if node.func.attr in MUTATORS else ""
    return ""


def _local_names(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    names = {argument.arg for argument in _arguments(function)}
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return names
