"""The operations of the schema as methods of the client, a class for each tag."""

import keyword
from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import wrap

from alapp.client_code.tags import HEAD, METHODS, module_of, tag_of
from alapp.client_code.types import Schema, annotation

KEY = "Idempotency-Key"
JSON = "application/json"
FORM = "multipart/form-data"


@dataclass(frozen=True)
class Argument:
    """One argument of a method, and what it is called where it is sent."""

    name: str
    kind: str
    is_needed: bool
    place: str

    @property
    def word(self) -> str:
        return f"{self.name}_" if keyword.iskeyword(self.name) else self.name

    def __str__(self) -> str:
        if self.is_needed:
            return f"{self.word}: {self.kind}"
        return f"{self.word}: {self.kind} | Unset = UNSET"


@dataclass(frozen=True)
class Method:
    """One operation of the schema as a method of the client."""

    verb: str
    path: str
    name: str
    text: str
    arguments: tuple[Argument, ...]
    has_key: bool
    result: Schema | None
    media: str
    row: str
    tag: str

    def of(self, place: str) -> list[Argument]:
        return [each for each in self.arguments if each.place == place]

    @property
    def returns(self) -> str:
        if self.row:
            return f"Iterator[{self.row}]"
        if self.result is None:
            return "None"
        return "Iterator[bytes]" if self.media != JSON else annotation(self.result, "shapes.")


def methods(schema: Schema) -> Iterator[Method]:
    """Yield the schema's operations, by address and verb."""
    for path in sorted(schema["paths"]):
        for verb in METHODS:
            if verb in schema["paths"][path]:
                yield _method(schema, path, verb, schema["paths"][path][verb])


def _method(schema: Schema, path: str, verb: str, operation: Schema) -> Method:
    given = operation.get("parameters", [])
    arguments = [
        Argument(each["name"], annotation(each["schema"], "shapes."), place == "path", place)
        for each in given
        if (place := each["in"]) in ("path", "query")
    ]
    # In the order of the address, whatever that of the list.
    arguments.sort(key=lambda each: _place(path, each.name))
    media, result = _result(operation)
    return Method(
        verb=verb.upper(),
        path=path,
        name=operation["operationId"],
        text=operation.get("description", ""),
        arguments=(*arguments, *_sent(schema, operation)),
        has_key=any(each["name"] == KEY for each in given),
        result=result,
        media=media,
        row=_row(schema, result),
        tag=tag_of(operation),
    )


def _place(path: str, name: str) -> int:
    """Return where an argument stands in the address; those of the query behind all."""
    found = path.find(f"{{{name}}}")
    return found if found >= 0 else len(path)


def _result(operation: Schema) -> tuple[str, Schema | None]:
    status = min(operation["responses"])
    content = operation["responses"][status].get("content", {})
    for media, said in content.items():
        return media, said["schema"]
    return "", None


def _row(schema: Schema, result: Schema | None) -> str:
    """Return what a page is of; "" for what is no page."""
    if result is None or "$ref" not in result:
        return ""
    fields = _find(schema, result).get("properties", {})
    if fields.keys() != {"results", "next"}:
        return ""
    return annotation(fields["results"]["items"], "shapes.")


def _find(schema: Schema, shape: Schema) -> Schema:
    while "$ref" in shape:
        shape = schema["components"]["schemas"][shape["$ref"].rpartition("/")[2]]
    return shape


def _sent(schema: Schema, operation: Schema) -> Iterator[Argument]:
    content = operation.get("requestBody", {}).get("content", {})
    media = JSON if JSON in content else next(iter(content), "")
    if not media:
        return
    shape = _find(schema, content[media]["schema"])
    needed = set(shape.get("required", []))
    for name, field in shape.get("properties", {}).items():
        is_file = media == FORM and field.get("format") == "binary"
        kind = "IO[bytes]" if is_file else annotation(field, "shapes.")
        yield Argument(name, kind, name in needed, "file" if is_file else "body")


def operation_files(schema: Schema) -> dict[str, str]:
    """Return the files of the package `operations` by their names: a class for each tag, and the
    one that has them all."""
    by_tag: dict[str, list[Method]] = {}
    for each in methods(schema):
        by_tag.setdefault(each.tag, []).append(each)
    files = {f"{module_of(tag)}.py": _module(tag, found) for tag, found in by_tag.items()}
    return {"__init__.py": _index(sorted(by_tag)), **files}


def _index(tags: list[str]) -> str:
    imports = "".join(
        f"from alapp.client.generated.operations.{module_of(tag)} import {_class(tag)}\n"
        for tag in tags
    )
    bases = "".join(f"    {_class(tag)},\n" for tag in tags)
    text = '    """Every operation of the API, by its name there."""\n'
    return f"{HEAD}\n{imports}\n\nclass Operations(\n{bases}):\n{text}"


def _class(tag: str) -> str:
    return "".join(part.capitalize() for part in module_of(tag).split("_")) + "Operations"


def _module(tag: str, found: list[Method]) -> str:
    return (
        f"{HEAD}\nfrom collections.abc import Iterator\nfrom typing import IO, Any, Literal, cast\n"
        "from urllib.parse import quote\n\n"
        "from alapp.client.connection import Connection\n"
        "from alapp.client.generated import shapes\n"
        "from alapp.client.unset import UNSET, Unset\n\n\n"
        f"class {_class(tag)}:\n"
        f'    """The operations of the API under "{tag}", by their names there."""\n\n'
        "    connection: Connection\n" + "".join(map(_written, found))
    )


def _written(method: Method) -> str:
    lines = [f"    def {method.name}("]
    lines += [f"        {each}," for each in ["self", *map(str, method.of("path"))]]
    rest = [*method.of("file"), *method.of("body"), *method.of("query")]
    rest.sort(key=lambda each: not each.is_needed)
    if rest or method.has_key:
        lines.append("        *,")
    lines += [f"        {each}," for each in rest]
    if method.has_key:
        lines.append('        idempotency_key: str = "",')
    lines.append(f"    ) -> {method.returns}:")
    lines += _text(method)
    lines += _call(method)
    return "\n" + "\n".join(lines) + "\n"


def _text(method: Method) -> list[str]:
    # Words of the schema inside a string of ours: nothing in them may end it.
    words = " ".join(method.text.split()) or method.name.replace("_", " ").capitalize() + "."
    safe = words.replace("\\", "\\\\").replace('"', "'")
    lines = wrap(safe, 92)
    if len(lines) == 1:
        return [f'        """{lines[0]}"""']
    return [f'        """{lines[0]}', *[f"        {each}" for each in lines[1:]], '        """']


def _call(method: Method) -> list[str]:
    path = method.path
    for each in method.of("path"):
        path = path.replace(f"{{{each.name}}}", f"{{quote(str({each.word}), safe='')}}")
    how = "pages" if method.row else "call"
    if method.result is not None and method.media != JSON:
        how = "stream"
    arguments = [f'"{method.verb}"', f'f"{path}"' if "{" in path else f'"{path}"']
    arguments += _given(method, "query", "query")
    if how == "call":
        # A body without fields is one all the same.
        arguments += _given(method, "body", "body") + _given(method, "file", "files")
        arguments += ["key=idempotency_key"] if method.has_key else []
    lines = [f"        found = self.connection.{how}("]
    lines += [f"            {each}," for each in arguments] + ["        )"]
    if method.returns == "None":
        lines[0] = lines[0].replace("found = ", "")
        return lines
    is_typed = how == "stream"
    lines.append(f"        return {'found' if is_typed else f'cast({method.returns!r}, found)'}")
    return lines


def _given(method: Method, place: str, name: str) -> list[str]:
    found = method.of(place)
    if not found:
        return []
    pairs = ", ".join(f'"{each.name}": {each.word}' for each in found)
    return [f"{name}={{{pairs}}}"]
