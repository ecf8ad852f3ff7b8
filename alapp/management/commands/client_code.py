"""Write the client's typed operations from the schema of the API."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from drf_spectacular.generators import SchemaGenerator

from alapp import client_code
from alapp.commands import Command as Base

PLACE = Path("alapp") / "client" / "generated"


class Command(Base):
    help = "Write alapp/client/generated anew from the schema of the API."
    examples = ("client_code", "client_code --check")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="write nothing; fail when it would change"
        )

    def handle(self, *, check: bool, **options: Any) -> None:
        schema = SchemaGenerator().get_schema(request=None, public=True)
        folder = Path(settings.BASE_DIR) / PLACE
        files = client_code.write(schema)
        old = [name for name, text in files.items() if not _is(folder / name, text)]
        gone = [path for path in folder.rglob("*.py") if str(path.relative_to(folder)) not in files]
        old += [str(path.relative_to(folder)) for path in gone]
        if check and old:
            names = ", ".join(old)
            raise CommandError(f"{names} no longer fit the schema: run manage.py client_code.")
        if not check:
            for path in gone:
                path.unlink()
            for name in files.keys() & set(old):
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_text(files[name])
        self.say(f"{len(old)} of {len(files)} files written.")
        self.answer({"written": old})


def _is(path: Path, text: str) -> bool:
    return path.exists() and path.read_text() == text
