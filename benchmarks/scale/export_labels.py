"""How fast labels are exported, and how much memory it takes (see README.md).

Two projects in one new database, the second ten times the first, two answers per item. Every
export runs in a process of its own. CPU seconds are those of the whole run: reading, writing,
the digest of the file; peak memory is the process's, Python and Django included.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from tests.support import postgres

BAR_GROWTH_MB = 40
FORMATS = ("csv", "jsonl", "parquet")
PEOPLE, ROUNDS, PER_ITEM = 20, 100, 2
WORDS = "the quick brown fox jumps over a lazy dog while nobody else looks at it for once and all "


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labels", type=int, default=1_000_000)
    parser.add_argument("--what", default="labels")
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--one", nargs=2, metavar=("PROJECT", "FORMAT"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measure(*given.one, contents=given.what)))
        return 0
    with tempfile.TemporaryDirectory(prefix="alapp-benchmark-") as folder, _database(given) as url:
        environment = os.environ | {
            "ALAPP_DATA_DIR": folder,
            "DJANGO_SETTINGS_MODULE": "alapp.settings",
            "ALAPP_LOG_LEVEL": "ERROR",
            **({"ALAPP_DATABASE_URL": url} if url else {}),
        }
        os.environ |= environment
        fill({"small": given.labels // 10, "large": given.labels})
        return report(given.what)


@contextmanager
def _database(given: argparse.Namespace) -> Iterator[str]:
    if not given.postgresql:
        yield ""
        return
    with postgres.temporary_server() as url:
        folder, _, name = url.removeprefix("postgres://alapp@/").rpartition("/")
        login = f"host={folder} user=alapp dbname=postgres"
        with psycopg.connect(login, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        yield url


def report(contents: str) -> int:
    """Export both projects in every format and print a table; 1 when memory grew too much."""
    print(f"{contents}, load {os.getloadavg()[0]:.1f}")
    print(
        f"{'format':<8} {'rows':>10} {'CPU s':>7} {'rows per CPU s':>15} {'MB':>7} {'peak MB':>8}"
    )
    is_flat = True
    for form in FORMATS:
        small, large = (run_one(project, form, contents) for project in ("small", "large"))
        for each in (small, large):
            print(
                f"{form:<8} {each['rows']:>10,} {each['cpu_seconds']:>7.1f} "
                f"{each['rows'] / each['cpu_seconds']:>15,.0f} {each['bytes'] / 1e6:>7.0f} "
                f"{each['peak_mb']:>8.0f}",
                flush=True,
            )
        is_flat = is_flat and large["peak_mb"] - small["peak_mb"] <= BAR_GROWTH_MB
    print(f"bar: peak grows by {BAR_GROWTH_MB} MB at most: {'reached' if is_flat else 'missed'}")
    return int(not is_flat)


def run_one(project: str, form: str, contents: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.scale.export_labels", "--what", contents]
    command += ["--one", project, form]
    out = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    result: dict[str, Any] = json.loads(out.splitlines()[-1])
    return result


def measure(slug: str, form: str, *, contents: str) -> dict[str, Any]:
    """Export the project here, as a worker does, and say what it took."""
    import django  # noqa: PLC0415 - only after the folder is known

    django.setup()
    from alapp.clock import database_now  # noqa: PLC0415
    from annotation.models import Project, Run  # noqa: PLC0415
    from annotation.services import runs  # noqa: PLC0415
    from annotation.services.exports import asking  # noqa: PLC0415
    from annotation.services.exports.orders import Order  # noqa: PLC0415

    project = Project.objects.get(slug=slug)
    run = asking.ask(project=project, order=Order(contents, form), actor=None)
    attempt = runs.claim(run.pk, now=database_now())
    assert attempt is not None
    before = time.process_time()
    runs.perform(attempt)
    seconds = time.process_time() - before
    run.refresh_from_db()
    assert run.state == Run.State.DONE, run.error
    found = asking.find(project=project, run_id=run.pk, now=database_now())
    assert found is not None
    asking.forget(found)
    return {
        "rows": run.report["rows"],
        "bytes": run.report["bytes"],
        "cpu_seconds": seconds,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000,
    }


def fill(sizes: dict[str, int]) -> None:
    """Make the projects with their items, answers and agreed labels, in a few statements."""
    import django  # noqa: PLC0415

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    from annotation.models import Batch, LabelClass, Project, User  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    start = time.process_time()
    people = [User.objects.create(username=f"person-{n}").pk for n in range(PEOPLE)]
    for slug, labels in sizes.items():
        project = Project.objects.create(name=slug, slug=slug, modality="text")
        for place, name in enumerate("abcd"):
            LabelClass.objects.create(project=project, position=place, name=name, colour="#000000")
        batches = [Batch.objects.create(project=project, number=n).pk for n in range(ROUNDS)]
        names = {
            "project": project.pk,
            "person": people[0],
            "batch": batches[0],
            "class": project.classes.first().pk,  # type: ignore[union-attr]
            "items": labels // PER_ITEM,
        }
        with connection.cursor() as cursor:
            for statement in _statements(connection.vendor):
                cursor.execute(statement.format(**names))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(f"{time.process_time() - start:.0f} CPU s to write the projects", flush=True)


def _statements(vendor: str) -> tuple[str, ...]:
    """Return what fills one project; two people answer each item, in the order of the items."""
    is_sqlite = vendor == "sqlite"
    token = "lower(hex(randomblob(16)))" if is_sqlite else "gen_random_uuid()"
    json_of = "{0}" if is_sqlite else "({0})::jsonb"
    value = json_of.format("'[' || ({class} + (i.audit_rank + s.slot) % 4) || ']'")
    reason = json_of.format('\'{{"code": "doubt", "text": "The model is unsure"}}\'')
    nothing = json_of.format("'{{}}'")
    person = f"{{person}} + (i.audit_rank + s.slot * 7) % {PEOPLE}"
    slots = "(SELECT 0 AS slot UNION ALL SELECT 1 AS slot) s"
    return (
        "INSERT INTO annotation_item (project_id, key, content_hash, audit_rank) "
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {items}) "
        "SELECT {project}, 'k' || i, '{project}-' || i, i FROM n",
        "INSERT INTO annotation_itempayload (item_id, text, fields, file, thumbnail) "
        f"SELECT id, '{WORDS}' || id, {nothing}, '', '' FROM annotation_item "
        "WHERE project_id = {project}",
        "INSERT INTO annotation_assignment (project_id, batch_id, item_id, slot, position, "
        "in_reserve, purpose, state, annotator_id, score, reason, model_version) "
        f"SELECT {{project}}, {{batch}} + i.audit_rank % {ROUNDS}, i.id, s.slot, i.audit_rank, "
        f"FALSE, 'query', 'done', {person}, 0.25, {reason}, 'abcdef012345' "
        f"FROM annotation_item i CROSS JOIN {slots} WHERE i.project_id = {{project}}",
        "INSERT INTO annotation_label (project_id, item_id, assignment_id, annotator_id, value, "
        "revision, purpose, origin, client_token, is_extra, active_ms, wall_ms, model_version) "
        f"SELECT {{project}}, i.id, s.id, s.annotator_id, {value}, 0, 'query', 'annotator', "
        f"{token}, FALSE, 4200, 5100, 'abcdef012345' FROM annotation_item i "
        "JOIN annotation_assignment s ON s.item_id = i.id WHERE i.project_id = {project}",
        "INSERT INTO annotation_consensus (item_id, project_id, value, certainty, n_labels) "
        f"SELECT i.id, {{project}}, {value}, 0.8, 2 FROM annotation_item i "
        "CROSS JOIN (SELECT 0 AS slot) s WHERE i.project_id = {project}",
    )


if __name__ == "__main__":
    sys.exit(main())
