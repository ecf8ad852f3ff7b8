"""manage.py move_database: from SQLite to PostgreSQL, or back, with everything."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.management import call_command
from django.core.management.base import CommandError, CommandParser
from django.db import DatabaseError, connections

from alapp.commands import Command as Base
from alapp.commands import bad_use, bar
from alapp.preparation import missing_migrations, unknown_migrations
from alapp.settings import database_from
from annotation.services import moving

SOURCE = "source"


class Command(Base):
    help = (
        "Copy every row of another database into the one that is set (ALAPP_DATABASE_URL), which "
        "must be empty. All or nothing. Stop alapp first; files stay where they are."
    )
    examples = ("move_database --from sqlite:///var/alapp.sqlite3",)
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--from", dest="source", required=True, metavar="URL", help="its address"
        )

    def handle(self, *, source: str, **options: Any) -> None:
        connections.settings[SOURCE] = connections.configure_settings(
            {"default": {}, SOURCE: _database(source)}
        )[SOURCE]
        try:
            self._move()
        except ValidationError as error:
            raise CommandError(f"Nothing was copied. {' '.join(error.messages)}") from error
        except DatabaseError as error:
            raise CommandError(f"Nothing was copied: {error}") from error

    def _move(self) -> None:
        if missing_migrations(SOURCE) or unknown_migrations(SOURCE):
            raise CommandError(
                "Nothing was copied: the source's tables are not those of this version. Run "
                "manage.py migrate on it first, or use the version that made it."
            )
        call_command("migrate", verbosity=0, interactive=False)
        total = sum(table.n_rows for table in moving.tables(SOURCE))
        with bar(total=total, desc="Copying", unit=" rows", unit_scale=True) as drawn:
            n = moving.copy_all(source=SOURCE, target="default", progress=drawn.update)
        self.say(f"Copied {n:,} rows. Start alapp as it is set now.")
        self.answer({"rows": n})


def _database(url: str) -> dict[str, Any]:
    try:
        return database_from(url)
    except (ImproperlyConfigured, KeyError, ValueError):
        raise bad_use(f"{url!r} is not the address of a database.") from None
