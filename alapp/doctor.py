"""A thorough look, for "manage.py doctor": everything health looks at, and what takes longer."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from django.conf import settings
from django.core import checks
from django.db import connection

from alapp import health
from alapp.health import Finding
from annotation.models import ItemPayload
from annotation.services.ledger_check import check_ledger
from selection import model_files
from selection.feature_store import KEYS, MANIFEST, Manifest
from selection.models import Round

SHOWN = 5


def examine() -> Iterator[Finding]:
    """Yield every finding; what needs the database only where it can be used."""
    found = health.findings()
    yield from found
    yield from _settings()
    if any(each.is_bad and each.stops and each.name != "disk" for each in found):
        return
    yield _finding("integrity", _integrity(), "The database file is sound.")
    yield _finding("ledger", _ledger(), "The ledger of every budget adds up.")
    yield _finding("models", _models(), "Every model that a round points to is there and whole.")
    yield _finding("features", _features(), "Every feature store is whole.")
    yield _finding("media", _media(), "Every image is there.")


def _finding(name: str, problems: Iterable[str], praise: str) -> Finding:
    found = list(problems)
    if not found:
        return Finding(name, "good", praise)
    more = f"; and {len(found) - SHOWN:,} more" if len(found) > SHOWN else ""
    text = f"{len(found):,} problem{'' if len(found) == 1 else 's'}"
    return Finding(name, "bad", f"{text}.", "; ".join(found[:SHOWN]) + more)


def _settings() -> Iterator[Finding]:
    """Judge the settings as a deployment's wherever others than this machine may come."""
    is_public = settings.HTTPS or bool(
        {*settings.ALLOWED_HOSTS} - {"localhost", "127.0.0.1", "[::1]"}
    )
    found = checks.run_checks(include_deployment_checks=is_public)
    for each in found:
        level = "bad" if each.level >= checks.ERROR else "warn"
        yield Finding("settings", level, f"{each.msg}", f"{each.id}: {each.hint or ''}".strip(": "))
    if settings.DEBUG:
        yield Finding("settings", "warn", "ALAPP_DEBUG is on: errors show the code to anybody.")
    elif not found:
        yield Finding("settings", "good", "The settings are in order.")


def _integrity() -> Iterator[str]:
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check(10)")
        yield from (row[0] for row in cursor.fetchall() if row[0] != "ok")
        cursor.execute("PRAGMA foreign_key_check")
        for table, row, parent, _ in cursor.fetchall():
            yield f"row {row} of {table} points to a row of {parent} that is not there"


def _ledger() -> list[str]:
    """Look twice: what is seen once only was somebody at work."""
    first = check_ledger()
    return [each for each in check_ledger() if each in first] if first else []


def _models() -> Iterator[str]:
    rounds = Round.objects.exclude(model_file="").order_by("pk")
    for name, version in rounds.values_list("model_file", "model_version").iterator():
        try:
            digest = model_files.read(name).digest()
        except (OSError, ValueError, KeyError) as error:
            yield f"{name}: {error}"
            continue
        if digest[: len(version)] != version:
            yield f"{name}: not the model of its round"


def _features() -> Iterator[str]:
    for manifest in sorted(Path(settings.FEATURES_DIR).rglob(MANIFEST)):
        try:
            facts = Manifest(**json.loads(manifest.read_text()))
        except (OSError, ValueError, TypeError) as error:
            yield f"{manifest}: {error}"
            continue
        yield from _short_files(manifest.parent, facts)


def _short_files(folder: Path, facts: Manifest) -> Iterator[str]:
    """Name the files with fewer bytes than the rows the manifest promises."""
    row_bytes = facts.width * np.dtype(facts.dtype).itemsize
    wanted = {folder / KEYS: 16 * facts.rows} if facts.rows else {}
    for number in range(-(-facts.rows // facts.shard_rows)):
        rows = min(facts.rows - number * facts.shard_rows, facts.shard_rows)
        wanted[folder / f"shard-{number:05d}.npy"] = rows * row_bytes
    for path, least in wanted.items():
        if not path.exists() or path.stat().st_size < least:
            yield f"{path}: shorter than its {facts.rows:,} rows"


def _media() -> Iterator[str]:
    names = ItemPayload.objects.exclude(file="").values_list("file", "thumbnail")
    for pair in names.iterator():
        for name in filter(None, pair):
            if not (Path(settings.MEDIA_ROOT) / name).is_file():
                yield name
