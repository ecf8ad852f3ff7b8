"""How long a search of a large pool takes on the server, and the index (see README.md).

One process on a new SQLite database in a temporary folder, or with --postgresql on a new server.
Times are CPU seconds of this process plus, for PostgreSQL, the wall time that waiting adds.
"""

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

import psycopg

from tests.support import postgres

BAR_MS = 100
WORDS, VOCABULARY = 20, 50_000
CHUNK = 10_000
SEARCHES = {
    "one rare word": "w40000",
    "one common word": "w1",
    "two common words": "w1 w2",
    "common and rare": "w1 w40000",
    "words in a row": '"w1 w2"',
    "beginning of many words": "w12*",
    "common but not": "w1 -w2",
    "nothing": "zebra",
    "rare, not labelled": "w30000",
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--postgresql", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="alapp-benchmark-") as folder:
        os.environ |= {
            "ALAPP_DATA_DIR": folder,
            "DJANGO_SETTINGS_MODULE": "alapp.settings",
            "ALAPP_LOG_LEVEL": "ERROR",
        }
        if not given.postgresql:
            return measure(given.rows)
        with postgres.temporary_server() as url:
            os.environ["ALAPP_DATABASE_URL"] = url
            _create_database(url)
            return measure(given.rows)


def _create_database(url: str) -> None:
    folder, _, name = url.removeprefix("postgres://alapp@/").rpartition("/")
    login = f"host={folder} user=alapp dbname=postgres"
    with psycopg.connect(login, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")


def measure(rows: int) -> int:
    """Fill a pool, search it, and print a table; 1 when a search took longer than the bar."""
    import django  # noqa: PLC0415 - only after the database is known

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    from annotation.models import Project  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    project = Project.objects.create(name="Texts", slug="texts", modality="text")
    other = Project.objects.create(name="Others", slug="others", modality="text")
    start = time.process_time()
    fill(project, rows)
    fill(other, rows // 10)
    print(f"{rows:,} texts of {WORDS} words, {time.process_time() - start:.0f} CPU s to write")
    worst = 0.0
    print(f"load {os.getloadavg()[0]:.1f}")
    print(f"{'search':<26} {'items':>7} {'ms':>7} {'worst':>7} {'count':>7}")
    for name, words in SEARCHES.items():
        worst = max(worst, report(project, name, words))
    print(f"bar: {BAR_MS} ms: {'reached' if worst <= BAR_MS else 'missed'}")
    return int(worst > BAR_MS)


def report(project: object, name: str, words: str) -> float:
    from annotation.models import Project  # noqa: PLC0415
    from annotation.services import finding  # noqa: PLC0415

    assert isinstance(project, Project)
    wanted = finding.Wanted(words, state="unlabelled" if "labelled" in name else "")
    times, counts, shown = [], [], 0
    for _ in range(9):
        start = time.perf_counter()
        shown = len(finding.page_of(project, wanted).items)
        times.append(1_000 * (time.perf_counter() - start))
        start = time.perf_counter()
        finding.count(project, wanted)
        counts.append(1_000 * (time.perf_counter() - start))
    middle, slowest, counted = (statistics.median(times), max(times), statistics.median(counts))
    print(
        f"{name:<26} {shown:>7} {middle:>7.1f} {slowest:>7.1f} {counted:>7.1f}",
        flush=True,
    )
    return middle


def fill(project: object, rows: int) -> None:
    """Write texts whose words are as unevenly frequent as those of a language (Zipf)."""
    from django.db import connection, transaction  # noqa: PLC0415

    from alapp.clock import database_now  # noqa: PLC0415
    from annotation import wordlist  # noqa: PLC0415
    from annotation.models import Project, User  # noqa: PLC0415
    from annotation.services import import_rows, import_tables, search_index  # noqa: PLC0415

    assert isinstance(project, Project)
    User.objects.get_or_create(username="owner")
    rng = random.Random(project.pk)
    weights = [1 / (rank + 1) for rank in range(VOCABULARY)]
    totals = list(_running(weights))
    names = [f"w{rank}" for rank in range(VOCABULARY)]
    for start in range(0, rows, CHUNK):
        texts = [
            " ".join(rng.choices(names, cum_weights=totals, k=WORDS))
            for _ in range(min(CHUNK, rows - start))
        ]
        drafts = [
            import_rows.Draft(
                place, place, "", import_rows.hash_of_text(f"{start + place} {text}"), text, {}, []
            )
            for place, text in enumerate(texts)
        ]
        with transaction.atomic():
            last = project.items.order_by("-pk").values_list("pk", flat=True).first() or 0
            import_tables.insert_items(project, drafts, withdrawn_at=database_now())
            ids = project.items.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)
            fresh = list(zip(ids, drafts, strict=True))
            import_tables.insert_payloads(fresh)
            search_index.add(
                [(pk, wordlist.words_of_item("", d.text, {})) for pk, d in fresh],
                project_id=project.pk,
            )
    project.items.update(withdrawn_at=None)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _running(weights: list[float]) -> "list[float]":
    totals, total = [], 0.0
    for each in weights:
        total += each
        totals.append(total)
    return totals


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    sys.exit(main())
