"""How fast texts are imported, and how much memory it takes (see README.md).

Every size runs in a process of its own, on a new SQLite database in a temporary folder. CPU seconds
are those of the import alone, its two passes, the database and the report included.
"""

import argparse
import csv
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BAR_ROWS_PER_SECOND = 15_000
BAR_GROWTH_MB = 40
WORDS = 20


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--labels", action="store_true", help="import a label with every text")
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measure(given.one, given.rows[0], has_labels=given.labels)))
        return 0
    found = [run_one(rows, has_labels=given.labels) for rows in given.rows]
    print(f"{'rows':>9} {'CPU s':>7} {'rows per CPU s':>15} {'peak MB':>8} {'grown MB':>9}")
    for each in found:
        print(
            f"{each['rows']:>9,} {each['cpu_seconds']:>7.2f} {each['rows_per_second']:>15,.0f} "
            f"{each['peak_mb']:>8.0f} {each['grown_mb']:>9.0f}"
        )
    is_fast = found[-1]["rows_per_second"] >= BAR_ROWS_PER_SECOND
    is_flat = found[-1]["peak_mb"] - found[0]["peak_mb"] <= BAR_GROWTH_MB
    print(f"bar: {BAR_ROWS_PER_SECOND:,} rows per CPU s: {'reached' if is_fast else 'missed'}")
    print(f"bar: peak grows by {BAR_GROWTH_MB} MB at most: {'reached' if is_flat else 'missed'}")
    return 0 if is_fast and is_flat else 1


def run_one(rows: int, *, has_labels: bool) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="alapp-benchmark-") as folder:
        command = [sys.executable, "-m", "benchmarks.scale.import_texts", "--one", folder]
        command += ["--rows", str(rows)] + ["--labels"] * has_labels
        environment = os.environ | {
            "ALAPP_DATA_DIR": folder,
            "DJANGO_SETTINGS_MODULE": "alapp.settings",
            "ALAPP_LOG_LEVEL": "ERROR",
        }
        out = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE).stdout
    result: dict[str, float] = json.loads(out.splitlines()[-1])
    return result


def measure(folder: Path, rows: int, *, has_labels: bool) -> dict[str, float]:
    """Import so many different texts and say what it took."""
    import django  # noqa: PLC0415 - only after the folder is known

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    from alapp.clock import database_now  # noqa: PLC0415
    from annotation.formats import ColumnMap  # noqa: PLC0415
    from annotation.models import LabelClass, Project, Run, User  # noqa: PLC0415
    from annotation.services import imports, runs  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    actor = User.objects.create_user("owner")
    project = Project.objects.create(name="Texts", slug="texts", modality="text")
    for position, name in enumerate("abcd"):
        LabelClass.objects.create(project=project, position=position, name=name, colour="#000000")
    path = folder / "texts.csv"
    write_texts(path, rows)
    columns = ColumnMap(text="text", key="id", label="label" if has_labels else None)
    run = imports.start_import(
        project=project, path=path, filename=path.name, columns=columns, actor=actor
    )
    attempt = runs.claim(run.pk, now=database_now())
    assert attempt is not None
    before_mb, before = peak_mb(), time.process_time()
    runs.perform(attempt)
    seconds = time.process_time() - before
    run.refresh_from_db()
    assert run.state == Run.State.DONE, run.error
    assert run.report["added"] == rows
    return {
        "rows": rows,
        "cpu_seconds": seconds,
        "rows_per_second": rows / seconds,
        "peak_mb": peak_mb(),
        "grown_mb": peak_mb() - before_mb,
    }


def write_texts(path: Path, rows: int) -> None:
    rng = random.Random(7)
    letters = "abcdefghijklmnoprstuvw"
    words = ["".join(rng.choices(letters, k=rng.randint(3, 9))) for _ in range(5_000)]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "text", "label", "source"])
        for number in range(rows):
            text = f"{' '.join(rng.choices(words, k=WORDS))}, é {number}"
            writer.writerow([f"t{number}", text, "abcd"[number % 4], f"page {number % 100}"])


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000


if __name__ == "__main__":
    sys.exit(main())
