"""Shapes of the schema as annotations of Python."""

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]

PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}


def annotation(shape: Schema, prefix: str = "") -> str:
    """Return the annotation of a shape; `prefix` stands before the names of others."""
    kind = _bare(shape, prefix)
    return f"{kind} | None" if shape.get("nullable") and "None" not in kind else kind


def _bare(shape: Schema, prefix: str) -> str:
    if "$ref" in shape:
        return prefix + shape["$ref"].rpartition("/")[2]
    for several in ("allOf", "oneOf", "anyOf"):
        if several in shape:
            return " | ".join(dict.fromkeys(annotation(each, prefix) for each in shape[several]))
    if "enum" in shape:
        return f"Literal[{', '.join(repr(each) for each in shape['enum'])}]".replace('"', "'")
    kind = shape.get("type")
    if kind == "array":
        return f"list[{annotation(shape['items'], prefix)}]"
    if kind == "object":
        inner = shape.get("additionalProperties")
        return f"dict[str, {annotation(inner, prefix) if isinstance(inner, Mapping) else 'Any'}]"
    return PLAIN.get(str(kind), "Any")
