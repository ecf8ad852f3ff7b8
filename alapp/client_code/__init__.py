"""The client's typed operations, written from the schema: `manage.py client_code`."""

from alapp.client_code.operations import operation_files
from alapp.client_code.shapes import shape_files
from alapp.client_code.tags import HEAD
from alapp.client_code.types import Schema


def write(schema: Schema) -> dict[str, str]:
    """Return the files of the package `generated` by their paths in it."""
    files = {"__init__.py": HEAD}
    files |= {f"shapes/{name}": text for name, text in shape_files(schema).items()}
    return files | {f"operations/{name}": text for name, text in operation_files(schema).items()}
