"""The shapes of the schema as typed dictionaries: those of one tag in its file, others shared."""

from collections.abc import Iterator, Mapping
from typing import Any

from alapp.client_code.tags import HEAD, METHODS, module_of, tag_of
from alapp.client_code.types import Schema, annotation

SHARED = "shared"
REFERENCE = "$ref"


def shape_files(schema: Schema) -> dict[str, str]:
    """Return the files of the package `shapes` by their names: a file for each tag with the shapes
    that its operations alone use, and one with those that several do."""
    found = schema["components"]["schemas"]
    homes = homes_of(schema)
    modules: dict[str, list[str]] = {}
    for name in sorted(found):
        modules.setdefault(homes[name], []).append(name)
    files = {f"{each}.py": _module(found, homes, each, names) for each, names in modules.items()}
    return {"__init__.py": _index(modules), **files}


def homes_of(schema: Schema) -> dict[str, str]:
    """Return the module each shape belongs to."""
    found = schema["components"]["schemas"]
    used: dict[str, set[str]] = {name: set() for name in found}
    for verbs in schema["paths"].values():
        for operation in (verbs[verb] for verb in METHODS if verb in verbs):
            for name in _reached(found, operation):
                used[name].add(module_of(tag_of(operation)))
    return {name: min(tags) if len(tags) == 1 else SHARED for name, tags in used.items()}


def _reached(found: Schema, start: Any) -> set[str]:
    """Return the names of all shapes that this one leads to."""
    seen: set[str] = set()
    waiting = list(_named(start))
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += _named(found[name])
    return seen


def _named(part: Any) -> Iterator[str]:
    """Yield the names of the shapes that a part of the schema refers to."""
    if isinstance(part, Mapping):
        if REFERENCE in part:
            yield part[REFERENCE].rpartition("/")[2]
        for inner in part.values():
            yield from _named(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _named(inner)


def _index(modules: Mapping[str, list[str]]) -> str:
    lines = [
        f"from alapp.client.generated.shapes.{module} import {name} as {name}\n"
        for module in sorted(modules)
        for name in modules[module]
    ]
    return f"{HEAD}\n" + "".join(lines)


def _module(found: Schema, homes: Mapping[str, str], module: str, names: list[str]) -> str:
    blocks = [_shape(name, found[name]) for name in names]
    text = "\n".join(blocks)
    kinds = ["Any", *(kind for kind in ("Literal", "NotRequired") if f"{kind}[" in text)]
    others = {each for name in names for each in _named(found[name]) if homes[each] != module}
    imports = "from __future__ import annotations\n\n"
    imports += f"from typing import {', '.join(kinds)}, TypedDict\n"
    if others:
        listed = "".join(f"    {name},\n" for name in sorted(others))
        imports += f"\nfrom alapp.client.generated.shapes.{SHARED} import (\n{listed})\n"
    return f"{HEAD}\n{imports}\n{text}"


def _shape(name: str, shape: Schema) -> str:
    if "properties" not in shape:
        return f"{name} = {annotation(shape)}\n"
    needed = set(shape.get("required", []))
    fields = [
        f'    "{each}": {_wanted(annotation(kind), each in needed)},'
        for each, kind in shape["properties"].items()
    ]
    # As a call: a field may be a word of Python's.
    return (
        f'{name} = TypedDict(\n    "{name}",\n    {{\n'
        + "".join(f"    {line}\n" for line in fields)
        + "    },\n)\n"
    )


def _wanted(kind: str, is_needed: bool) -> str:
    return f'"{kind}"' if is_needed else f'NotRequired["{kind}"]'
