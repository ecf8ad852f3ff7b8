"""manage.py doctor: look at everything and say what is wrong."""

from dataclasses import asdict
from typing import Any

from alapp import doctor
from alapp.commands import FAILED
from alapp.commands import Command as Base

SIGNS = {"good": "ok  ", "warn": "warn", "bad": "BAD "}


class Command(Base):
    help = (
        "Examine database, workers, runs, disks, ledger, models, features, media and settings. "
        "Ends with status 1 when anything is bad."
    )
    examples = ("doctor", "doctor --json")
    # What this command is to judge must not keep it from starting.
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        found = list(doctor.examine())
        self.answer([asdict(each) for each in found])
        for each in found:
            self.say(f"{SIGNS[each.level]}  {each.name:10}  {each.text}")
            if each.detail and each.level != "good":
                self.say(f"{'':18}{each.detail}")
        if any(each.is_bad for each in found):
            raise SystemExit(FAILED)
