"""manage.py check_plugins: do your own strategies, estimators and encoders keep their promises?"""

from typing import Any

from django.core.management.base import CommandError

from alapp.commands import Command as Base
from selection.core import contract
from selection.core.catalog import OWN, OWN_PROBLEMS


class Command(Base):
    help = (
        "Run the tests that alapp's own strategies, estimators and encoders pass over those of "
        "yours (ALAPP_STRATEGIES, ALAPP_ESTIMATORS, ALAPP_ENCODERS), and say what failed. See "
        "docs/own-strategies.md."
    )
    examples = ("check_plugins", "check_plugins --json")
    # What cannot be loaded is told here, not by a check that keeps this from starting.
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        told = [
            {"family": family, "name": name, "path": entry.path, "broken": broken}
            for family, entries in OWN.items()
            for name, entry in entries.items()
            for broken in [[list(each) for each in contract.broken(family, entry)]]
        ]
        for each in told:
            self.say(f"{'BAD ' if each['broken'] else 'ok  '}  {each['family']}  {each['name']}")
            for promise, how in each["broken"]:
                self.say(f"        not kept: {promise} ({how})")
        for problem in OWN_PROBLEMS:
            self.say(f"BAD   {problem}")
        n_bad = len(OWN_PROBLEMS) + sum(bool(each["broken"]) for each in told)
        if not told and not OWN_PROBLEMS:
            self.say("The settings name none of your own.")
        if n_bad and not self.as_json:
            raise CommandError(f"{n_bad} of your own cannot be used as they are.")
        self.answer({"entries": told, "problems": list(OWN_PROBLEMS)})
        if n_bad:
            raise SystemExit(1)
