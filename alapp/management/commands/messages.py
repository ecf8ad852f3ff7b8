"""Collect what the pages say into the translations, and compile these."""

from pathlib import Path
from typing import Any

from django.conf import settings

from alapp.commands import Command as Base
from alapp.languages import catalog, collecting


class Command(Base):
    help = "Write locale/*/LC_MESSAGES/django.po and .mo anew: what is new is left to translate."
    examples = ("messages",)
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        found = collecting.texts()
        told = {}
        for path in sorted(Path(settings.LOCALE_PATHS[0]).glob("*/LC_MESSAGES/django.po")):
            entries = catalog.merge(catalog.read(path.read_text()), found)
            path.write_text(catalog.write(entries))
            path.with_suffix(".mo").write_bytes(catalog.compile_mo(entries))
            missing = [entry for entry in entries if not entry.is_translated]
            self.say(f"{path.parent.parent.name}: {len(entries) - 1} texts")
            for entry in missing:
                self.say(f"  to translate: {entry.text.words} ({entry.places[0]})")
            told[path.parent.parent.name] = {
                "texts": len(entries) - 1,
                "to_translate": [entry.text.words for entry in missing],
            }
        self.answer(told)
