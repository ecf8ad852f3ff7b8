"""The client's operations are those of the schema: every one, with every field."""

import inspect
import subprocess
import sys
import typing
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from drf_spectacular.generators import SchemaGenerator

from alapp import client_code
from alapp.client import Client
from alapp.client.generated import shapes
from alapp.client.generated.operations import Operations


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return made


def operations(schema):
    return {
        operation["operationId"]: operation
        for verbs in schema["paths"].values()
        for operation in verbs.values()
    }


def test_what_is_there_is_what_the_schema_says():
    call_command("client_code", "--check")


def test_changed_schema_is_noticed(monkeypatch, tmp_path, settings):
    settings.BASE_DIR = tmp_path

    with pytest.raises(CommandError, match="manage.py client_code"):
        call_command("client_code", "--check")


def test_file_that_nothing_is_written_to_any_more_is_noticed_and_goes(tmp_path, settings):
    settings.BASE_DIR = tmp_path
    call_command("client_code")
    stale = tmp_path / "alapp" / "client" / "generated" / "operations" / "stale.py"
    stale.write_text("")

    with pytest.raises(CommandError, match="operations/stale.py"):
        call_command("client_code", "--check")
    call_command("client_code")

    assert not stale.exists()
    call_command("client_code", "--check")


def test_every_operation_is_a_method_and_none_is_made_up(schema):
    methods = {name for name, _ in inspect.getmembers(Operations, inspect.isfunction)}

    assert len(methods) > 25
    assert methods == operations(schema).keys()


def test_methods_take_every_argument_and_field_that_the_schema_has(schema):
    for name, operation in operations(schema).items():
        taken = inspect.signature(getattr(Operations, name)).parameters.keys() - {"self"}
        given = {each["name"] for each in operation.get("parameters", [])}
        wanted = {"idempotency_key" if each == "Idempotency-Key" else each for each in given}
        for content in operation.get("requestBody", {}).get("content", {}).values():
            shape = schema["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]
            wanted |= shape["properties"].keys()

        assert {each.rstrip("_") for each in taken} == wanted, name


def test_every_shape_has_the_fields_that_the_schema_says(schema):
    found = schema["components"]["schemas"]
    objects = {name: shape for name, shape in found.items() if "properties" in shape}

    for name, shape in objects.items():
        kind = getattr(shapes, name)
        assert typing.get_type_hints(kind).keys() == shape["properties"].keys()
        assert kind.__required_keys__ == set(shape.get("required", [])), name


def test_client_runs_where_django_is_not():
    program = (
        "import sys\n"
        "for name in ('django', 'rest_framework', 'annotation', 'selection', 'numpy'):\n"
        "    sys.modules[name] = None\n"
        "import alapp.client\n"
        "print(alapp.client.Client.__name__)"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=settings.BASE_DIR, capture_output=True, text=True
    )

    assert (done.stdout.strip(), done.stderr) == (Client.__name__, "")


def test_files_words_of_python_and_hostile_texts_are_written_as_valid_python():
    operation = {
        "operationId": "upload",
        "description": 'Say """ and \\ at once.',
        "parameters": [
            {"name": "slug", "in": "path", "schema": {"type": "string"}},
            {"name": "class", "in": "query", "schema": {"type": "integer"}},
        ],
        "requestBody": {
            "content": {
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "required": ["file"],
                        "properties": {
                            "file": {"type": "string", "format": "binary"},
                            "note": {"type": "string", "nullable": True},
                        },
                    }
                }
            }
        },
        "responses": {"201": {}},
    }
    written = client_code.write(
        {"components": {"schemas": {}}, "paths": {"/x/{slug}/": {"post": operation}}}
    )

    known: dict[str, Any] = {}
    source = written["operations/other.py"]
    exec(source, known)
    taken = inspect.signature(known["OtherOperations"].upload).parameters
    assert list(taken) == ["self", "slug", "file", "note", "class_"]
    assert 'files={"file": file}' in source
    assert 'query={"class": class_}' in source
