"""Write the pages of docs/reference from the code."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from alapp import reference
from alapp.commands import Command as Base


class Command(Base):
    help = "Write docs/reference anew from the code: what selection can do, and the like."
    examples = ("reference", "reference --check")
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="write nothing; fail if a page is not up to date"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(settings.BASE_DIR) / "docs" / "reference"
        stale = [
            name
            for name, text in reference.pages().items()
            if not (folder / name).is_file() or (folder / name).read_text() != text
        ]
        if options["check"] and stale:
            raise CommandError(f"Not up to date: {', '.join(stale)}. Run manage.py reference.")
        for name in stale:
            (folder / name).write_text(reference.pages()[name])
            self.say(f"docs/reference/{name}")
        self.answer({"written": stale if not options["check"] else []})
