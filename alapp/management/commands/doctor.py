"""manage.py doctor: look at everything and say what is wrong."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from alapp import doctor

SIGNS = {"good": "ok  ", "warn": "warn", "bad": "BAD "}


class Command(BaseCommand):
    help = (
        "Examine database, workers, runs, disks, ledger, models, features, media and settings. "
        "Ends with status 1 when anything is bad."
    )
    # What this command is to judge must not keep it from starting.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="for machines")

    def handle(self, **options: Any) -> None:
        found = list(doctor.examine())
        if options["json"]:
            self.stdout.write(json.dumps([asdict(each) for each in found], indent=2))
        else:
            for each in found:
                self.stdout.write(f"{SIGNS[each.level]}  {each.name:10}  {each.text}")
                if each.detail and each.level != "good":
                    self.stdout.write(f"{'':18}{each.detail}")
        if any(each.is_bad for each in found):
            raise SystemExit(1)
