"""A whole project with people who err: its real queue, services and rounds, with and without care.

    python -m benchmarks.quality.project people     5 good, 3 average and 2 random annotators
    python -m benchmarks.quality.project plans      everybody alike: what to spend the labels on

Each run has items, people and rounds of its own in a database that goes away; a round is the
worker's own function. Prints a line per run and the tables at the end.
"""

import argparse
import logging
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from unittest.mock import patch
from uuid import uuid4

import django
import numpy as np
from sklearn.datasets import load_digits

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.core.management import call_command  # noqa: E402

from alapp.clock import database_now  # noqa: E402
from annotation import exchange  # noqa: E402
from annotation.models import (  # noqa: E402
    Consensus,
    Gold,
    Item,
    ItemPayload,
    Label,
    Project,
    Run,
    Trust,
    User,
)
from annotation.services import labels, projects, queue, reliability, runs  # noqa: E402
from annotation.services.projects import ClassDraft  # noqa: E402
from selection import due, encoding, inputs, model_files  # noqa: E402
from selection.core.chunks import predict  # noqa: E402
from selection.models import Round, SelectionConfig  # noqa: E402

N_HELD_OUT = 450
MIXED = (0.95,) * 5 + (0.8,) * 3 + (0.1,) * 2
# What a plan asks: opinions per item, of so many in a hundred, and whether anything is asked again.
PLANS: dict[str, tuple[int, int, bool]] = {
    "mix": (2, 10, True),
    "mix, 30 % overlap": (2, 30, True),
    "new only": (1, 100, False),
    "three each": (3, 100, False),
}


FIGURES = ("labels_right", "model_right", "pool_right")


@dataclass(frozen=True)
class Found:
    """One run: shares that are right, labels spent, people left out, CPU seconds."""

    labels_right: float
    model_right: float
    pool_right: float
    n_labels: int
    n_items: int
    left_out: tuple[float, ...]
    cpu: float


class Simulation:
    """One project of digits, and people of known skill."""

    def __init__(self, skills: Sequence[float], plan: str, *, seed: int, batch: int) -> None:
        self._rng = np.random.default_rng([seed, 7])
        digits = load_digits()
        order = np.random.default_rng(seed).permutation(len(digits.target))
        self._truth = digits.target[order]
        self._skills = skills
        self._project = self._started(plan, seed)
        self._people = [self._member(number) for number in range(len(skills))]
        self._classes = list(self._project.classes.values_list("pk", flat=True))
        self._places = self._items(digits.data[order])
        self._now = database_now()
        overlap, percent, _ = PLANS[plan]
        # As many answers between two rounds whatever the plan.
        size = batch if percent < 100 else batch // overlap
        config: dict[str, object] = {"batch_size": size}
        SelectionConfig.objects.create(project=self._project, config=config)

    def run(self, n_labels: int) -> Found:
        start = time.process_time()
        while self._n_labels() < n_labels:
            self._round(force=False)
            self._work(n_labels)
        self._round(force=True)
        return self._found(time.process_time() - start)

    def _started(self, plan: str, seed: int) -> Project:
        self._lead = User.objects.create_user(f"lead-{uuid4().hex[:12]}")
        project = projects.create(
            name="Digits",
            modality="table",
            owner=self._lead,
            classes=[ClassDraft(str(number)) for number in range(10)],
            budget=10_000,
        )
        overlap, percent, _ = PLANS[plan]
        Project.objects.filter(pk=project.pk).update(
            overlap=overlap, overlap_percent=percent, status="active", seed=seed, leads_label=False
        )
        project.refresh_from_db()
        return project

    def _member(self, number: int) -> User:
        user = User.objects.create_user(f"p{number}-{uuid4().hex[:12]}")
        projects.set_role(project=self._project, user=user, role="annotator", actor=None)
        return user

    def _items(self, rows: np.ndarray) -> dict[int, int]:
        """Lay the rows in; the last ones are known answers nobody is asked: no model sees them."""
        ranks = self._rng.permutation(len(rows)).tolist()
        items = Item.objects.bulk_create(
            Item(project=self._project, key=str(n), content_hash=f"{n:064d}", audit_rank=ranks[n])
            for n in range(len(rows))
        )
        ItemPayload.objects.bulk_create(
            ItemPayload(item=item, fields={f"c{n:02}": float(v) for n, v in enumerate(row)})
            for item, row in zip(items, rows, strict=True)
        )
        Gold.objects.bulk_create(
            Gold(
                project=self._project,
                item=item,
                value=[self._classes[self._truth[int(item.key)]]],
                source=Gold.Source.UPLOAD,
                added_by=self._lead,
                retired_at=database_now(),
            )
            for item in items[-N_HELD_OUT:]
        )
        return {item.pk: place for place, item in enumerate(items)}

    def _n_labels(self) -> int:
        return Label.objects.current().filter(project=self._project).count()

    def _round(self, *, force: bool) -> None:
        if force:
            due.train_now(project_id=self._project.pk, actor_id=self._people[0].pk)
        else:
            due.look(self._project.pk)
        for run in Run.objects.filter(project=self._project, state="queued"):
            runs.execute.call(run.pk)
            run.refresh_from_db()
            if run.state != Run.State.DONE:
                raise RuntimeError(run.error)

    def _work(self, n_labels: int) -> None:
        """Whoever comes next answers, until the batch is complete or the labels are spent."""
        left = n_labels - self._n_labels()
        while left and not exchange.progress(self._project.pk, now=self._now).is_complete:
            for number in self._rng.permutation(len(self._people)):
                if self._answered(int(number)):
                    left -= 1
                    break
            else:
                return

    def _answered(self, number: int) -> bool:
        person = self._people[number]
        self._now += timedelta(seconds=1)
        held = queue.claim(project=self._project, annotator=person, now=self._now)
        if held is None:
            return False
        self._now += timedelta(seconds=4)
        said = self._classes[self._said(number, int(self._truth[self._places[held.item_id]]))]
        labels.record(
            project=self._project,
            assignment_id=held.pk,
            annotator=person,
            answer=labels.Answer([said], uuid4(), active_ms=3_500, wall_ms=4_000),
            now=self._now,
        )
        return True

    def _said(self, number: int, truth: int) -> int:
        if self._rng.random() < self._skills[number]:
            return truth
        return (truth + 1 + int(self._rng.integers(9))) % 10

    def _found(self, cpu: float) -> Found:
        agreed = Consensus.objects.filter(project=self._project, item__gold=None)
        right = {
            item: value == [self._classes[self._truth[self._places[item]]]]
            for item, value in agreed.values_list("item", "value")
        }
        is_held_out, model = self._model_right()
        out = Trust.objects.filter(project=self._project, is_left_out=True)
        left_out = [self._people.index(each.annotator) for each in out.select_related("annotator")]
        return Found(
            float(np.mean(list(right.values()))),
            float(np.mean([hit for item, hit in model.items() if item in is_held_out])),
            float(np.mean([hit for i, hit in (model | right).items() if i not in is_held_out])),
            self._n_labels(),
            len(right),
            tuple(sorted(self._skills[number] for number in left_out)),
            cpu,
        )

    def _model_right(self) -> tuple[set[int], dict[int, bool]]:
        """Return the items no model saw, and of every item whether the newest model is right."""
        newest = Round.objects.filter(project=self._project).order_by("-number")[0]
        snapshot, selection = inputs.snapshot_of(newest)
        run = Run.objects.filter(project=self._project).order_by("-pk")[0]
        Run.objects.filter(pk=run.pk).update(state=Run.State.RUNNING)
        attempt = runs.Attempt(run.pk, run.attempt, self._project.pk, {}, None)
        features = encoding.features_of(snapshot, selection, attempt)
        Run.objects.filter(pk=run.pk).update(state=Run.State.DONE)
        ids = snapshot.pool.ids.tolist()
        model = model_files.read(newest.model_file)
        said = predict(model, features.matrix, np.arange(len(ids))).argmax(axis=1)
        truth = np.array([self._truth[self._places[item]] for item in ids])
        held_out = set(snapshot.pool.ids[snapshot.pool.is_gold].tolist())
        return held_out, dict(zip(ids, (said == truth).tolist(), strict=True))


@contextmanager
def measured(*, is_on: bool) -> Iterator[None]:
    """Off: nobody's skill is ever measured. Then consensus is the majority's, everybody counts,
    all items train alike, and nothing is asked again: as before there was any of it."""
    if is_on:
        yield
        return
    with patch.object(reliability, "measure", _nothing):
        yield


def _nothing(project: Project, *, now: datetime, opinions: object = None) -> None:
    return


@contextmanager
def asking_again(*, is_on: bool) -> Iterator[None]:
    """Off: no share of a batch is further opinions, as no setting says."""
    if is_on:
        yield
        return
    with patch.object(reliability, "share_worth_asking_again", return_value=0.0):
        yield


def one(
    skills: Sequence[float], plan: str, seed: int, args: argparse.Namespace, *, is_on: bool = True
) -> Found:
    with measured(is_on=is_on), asking_again(is_on=PLANS[plan][2]):
        found = Simulation(skills, plan, seed=seed, batch=args.batch).run(args.labels)
    print(f"  {plan}, with: {is_on}, people {skills[:1]}, seed {seed}: {found}", flush=True)
    return found


def row(name: str, runs_of: Sequence[Found]) -> str:
    cells = [" / ".join(f"{getattr(each, field):.3f}" for each in runs_of) for field in FIGURES]
    means = [np.mean([getattr(each, field) for each in runs_of]) for field in FIGURES]
    items = np.mean([each.n_items for each in runs_of])
    out = "; ".join(" ".join(map(str, each.left_out)) or "nobody" for each in runs_of)
    cpu = np.mean([each.cpu for each in runs_of])
    return (
        f"| {name} | "
        + " | ".join(f"**{m:.3f}** ({each})" for m, each in zip(means, cells, strict=True))
        + f" | {items:.0f} | {out} | {cpu:.0f} |"
    )


HEAD = (
    "| | labels right (each seed) | model right on unseen rows (each seed) "
    "| whole pool right (each seed) | items | left out | CPU s |"
    "\n|---|---|---|---|---|---|---|"
)


def people(args: argparse.Namespace) -> None:
    names = {"with": True, "without": False}
    found: dict[str, list[Found]] = {name: [] for name in names}
    for seed in range(args.seeds):
        for name, is_on in names.items():
            found[name].append(one(MIXED, args.plan, seed, args, is_on=is_on))
    print(HEAD, *(row(name, each) for name, each in found.items()), sep="\n")


def plans(args: argparse.Namespace) -> None:
    found: dict[tuple[float, str], list[Found]] = {}
    for seed in range(args.seeds):
        for skill in args.skills:
            for name in ("mix", "new only", "three each"):
                made = one((skill,) * 10, name, seed, args)
                found.setdefault((skill, name), []).append(made)
    print(HEAD, *(row(f"{s}, {n}", each) for (s, n), each in found.items()), sep="\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["people", "plans"])
    parser.add_argument("--labels", type=int, default=600)
    parser.add_argument("--batch", type=int, default=50)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--plan", choices=list(PLANS), default="mix", help="for people")
    parser.add_argument("--skills", type=float, nargs="+", default=[0.95, 0.8, 0.6])
    args = parser.parse_args()
    logging.disable(logging.INFO)
    call_command("migrate", verbosity=0)
    print(f"Load {os.getloadavg()[0]:.1f}")
    {"people": people, "plans": plans}[args.what](args)


if __name__ == "__main__":
    main()
