"""Run the loop on made-up texts through the real services, and print every pick as JSON.

    python -m tests.support.replay <other projects before it>

A process of its own, so that each run has its own database and settings.
"""

import json
import os
import sys
from typing import Any

import django
import numpy as np

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.core.management import call_command  # noqa: E402

from annotation import exchange  # noqa: E402
from annotation.models import Item, Project, Run  # noqa: E402
from annotation.services import runs  # noqa: E402
from selection import due  # noqa: E402
from selection.core import chunks  # noqa: E402
from selection.models import Pick, Round, SelectionConfig  # noqa: E402
from tests.factories import NOW, add_items, answer, claim, make_project, make_user  # noqa: E402

N_ITEMS, N_ROUNDS, TASK_ROWS = 240, 4, 50
KINDS = (
    "refund money charged twice card payment bill",
    "parcel late delivery courier lost box address",
    "password login account locked reset code mail",
)


def main(others: int) -> None:
    call_command("migrate", verbosity=0)
    for _ in range(others):
        make_project(n_items=7)
    # Several tasks, so that several workers have something to do.
    chunks.TASK_ROWS = TASK_ROWS
    print(json.dumps(replay(), indent=1))


def replay() -> list[dict[str, Any]]:
    project, person = make_project(classes=("money", "parcel", "account")), make_user()
    Project.objects.filter(pk=project.pk).update(seed=11)
    add_items(project, N_ITEMS, texts=texts())
    for strategy in ("auto", "margin", "farthest_first", "random"):
        config = {"batch_size": 10, "reserve_size": 4, "strategy": strategy}
        SelectionConfig.objects.update_or_create(project=project, defaults={"config": config})
        do_rounds(project)
        label_batch(project, person)
    return [found(each) for each in Round.objects.filter(project=project).order_by("number")]


def texts() -> list[str]:
    rng = np.random.default_rng(1)
    return [" ".join(rng.choice(KINDS[i % 3].split(), 4)) for i in range(N_ITEMS)]


def do_rounds(project: Project) -> None:
    due.look(project.pk)
    for run in Run.objects.filter(project=project, state="queued"):
        runs.execute.call(run.pk)


def label_batch(project: Project, person: Any) -> None:
    """Answer everything truly: the key of an item tells its kind."""
    while (progress := exchange.progress(project.pk, now=NOW)).n_closed < progress.n_wanted:
        held = claim(project, person)
        answer(project, person, held, place=int(held.item.key) % 3)


def found(each: Round) -> dict[str, Any]:
    """What a round decided, without ids, which are the database's own."""
    keys = dict(Item.objects.filter(project=each.project_id).values_list("pk", "key"))
    picks = Pick.objects.filter(round=each).order_by("position")
    return {
        "number": each.number,
        "strategy": each.config["strategy"],
        "model": each.model_version,
        "picks": [[keys[p.item_id], p.purpose, p.in_reserve, p.score] for p in picks],
    }


if __name__ == "__main__":
    main(int(sys.argv[1]))
