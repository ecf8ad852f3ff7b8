"""manage.py simulate: what would labelling this data have cost with each strategy?"""

import json
import math
import os
from argparse import ArgumentParser
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.core.management.base import CommandError

from alapp.commands import Command as Base
from alapp.commands import bad_use, bar
from selection.core import datasets
from selection.core.catalog import COLD_STARTS, ESTIMATORS, FEATURES, STRATEGIES
from selection.core.comparison import Curve, Plan, compare, curves, report, variants_of
from selection.core.config import LoopConfig
from selection.core.datasets import Dataset, DatasetError
from selection.core.executors import open_executor
from selection.core.oracle_cache import cached_oracle, fingerprint
from selection.core.oracles import GIVEN, Recipe, build_oracle
from selection.core.people import People
from selection.core.simulation import Oracle
from selection.core.types import AnyArray, CoreError, Task
from selection.plotting import save_curves
from selection.watching import following

HOLD_OUT = 0.25
PEOPLE = ("annotators", "noise", "imported", "per_class")
SET_HELP = """any other field of LoopConfig, e.g. estimator_params='{"C": 3}'"""


class Command(Base):
    """Replays the loop of production against known labels; needs no database."""

    help = "Replay the labelling loop against known labels and compare strategies."
    examples = (
        "simulate --demo --out digits.json --plot digits.png",
        "simulate --train train.csv --test test.csv --strategies auto,random --out news.json",
    )
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        add = parser.add_argument
        add("--demo", action="store_true", help="scikit-learn's handwritten digits")
        add("--train", type=Path, help="csv, tsv or jsonl (also .gz) with labels: the pool")
        add("--test", type=Path, help="the same for testing; without it a quarter is held out")
        add("--train-features", type=Path, help=".npy of vectors, one row per row of --train")
        add("--test-features", type=Path, help=".npy of vectors, one row per row of --test")
        add("--features", default="", help=f"side by side: {GIVEN}, {', '.join(FEATURES)}")
        add("--text-model", default=settings.ALAPP_TEXT_MODEL, help="folder of a sentence encoder")
        add("--image-model", default=settings.ALAPP_IMAGE_MODEL, help="folder of a vision model")
        add("--class-descriptions", type=Path, help='JSON of {"class": "what belongs there"}')
        add("--class-vectors", type=Path, help=".npy, a row per class in order of their names")
        add("--given-by", default="", help="encoder that made the given vectors; reads the classes")
        add("--keep-features", type=Path, help=".npz where encoded rows are kept and found again")
        add("--text-column", default="", help="column of the text, if its name is unusual")
        add("--label-column", default="", help="column of the label, if its name is unusual")
        add("--strategies", default="auto,random", help=f"of {', '.join(STRATEGIES)}")
        add("--cold-start", default=LoopConfig.cold_start, help=f"of {', '.join(COLD_STARTS)}")
        add("--model", default=LoopConfig.estimator, help=f"of {', '.join(ESTIMATORS)}")
        add("--set", action="append", default=[], metavar="FIELD=JSON", help=SET_HELP)
        add("--batch-size", type=int, default=LoopConfig.batch_size, help="labels per round")
        add("--budget", type=int, default=300, help="labels per run, audit items included")
        add("--audit-share", type=float, default=LoopConfig.audit_share, help="of each batch")
        add("--annotators", type=int, default=1, help="people at work at once")
        add("--noise", type=float, default=0.0, help="chance that an answer is wrong")
        add("--imported", type=int, default=0, help="random labels known before the start")
        add("--per-class", type=int, default=0, help="labels per class that an expert picked")
        add("--seeds", type=int, default=3, help="how many runs per strategy")
        add("--jobs", type=int, default=os.cpu_count() or 1, help="runs at once, in processes")
        add("--out", type=Path, required=True, help="where the numbers go")
        add("--plot", type=Path, help="where a PNG of the curves goes")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._run(options)
        except CoreError as problem:
            raise CommandError(str(problem)) from problem
        except OSError as problem:
            raise CommandError(f"{problem.filename}: {problem.strerror}") from problem

    def _run(self, options: dict[str, Any]) -> None:
        name, oracle, plan = _planned(options)
        journal = options["out"].with_name(f"{options['out'].name}.runs")
        journal.mkdir(parents=True, exist_ok=True)
        workers = min(options["jobs"], len(plan.tasks()))
        kind = "processes" if workers > 1 else "serial"
        total = plan.budget * len(plan.tasks())
        with (
            open_executor(kind, workers=workers) as executor,
            bar(total=total, unit="label") as drawn,
            following(journal, plan, drawn.update),
        ):
            runs = compare(oracle, plan, journal=journal, executor=executor)
        about = {"data": name, "pool": len(oracle.targets), "test": len(oracle.test_targets)}
        result = report(runs, oracle, plan, about)
        options["out"].write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
        found = curves(runs, result["full_data_accuracy"])
        self._show(found, result["full_data_accuracy"])
        self.answer(result)
        if options["plot"]:
            save_curves(found, result["full_data_accuracy"], name, options["plot"])

    def _show(self, found: list[Curve], ceiling: float) -> None:
        self.say(
            f"all labels: {ceiling:.1%}; labels to 85 / 90 / 95 % of it and to an accuracy of "
            "85 %, median over seeds"
        )
        for curve in found:
            reached = " / ".join(_median(labels) for labels in curve.labels_to.values())
            end = f"{curve.mean[-1]:.1%}" if curve.mean else "no model"
            self.say(f"{curve.strategy:18} {end} at the end; {reached}")


def _planned(options: dict[str, Any]) -> tuple[str, Oracle, Plan]:
    """The pool and what is to be replayed on it; everything is checked before anything runs."""
    seeds, budget = options["seeds"], options["budget"]
    if seeds < 1 or budget < 1 or options["jobs"] < 1:
        raise bad_use(
            f"--seeds {seeds}, --budget {budget} and --jobs {options['jobs']} must be at least 1"
        )
    starts = _known(options["cold_start"], COLD_STARTS, "--cold-start")
    models = _known(options["model"], ESTIMATORS, "--model")
    strategies = _known(options["strategies"], STRATEGIES, "--strategies")
    people = People(**{name: options[name] for name in PEOPLE})
    first = {"cold_start": starts[0], "estimator": models[0]}
    config = LoopConfig.from_dict(_settings(options) | first | dict(map(_field, options["set"])))
    train, test, recipe = _data(options)
    task: Task = "multi" if "multi" in (train.task, test.task) else "single"
    variants = variants_of(replace(config, task=task), strategies, starts, models)
    plan = Plan(
        variants, tuple(range(seeds)), budget, people, data=fingerprint(train, test, recipe)
    )
    kept = options["keep_features"]
    oracle = cached_oracle(kept, train, test, recipe) if kept else build_oracle(train, test, recipe)
    return train.name, oracle, plan


def _known(listed: str, catalog: Mapping[str, Any], option: str) -> list[str]:
    names = list(_names(listed))
    unknown = [name for name in names if name not in catalog]
    if unknown or not names:
        raise bad_use(f"{option} {unknown or names}: known are {', '.join(catalog)}")
    return names


def _settings(options: dict[str, Any]) -> dict[str, Any]:
    return {name: options[name] for name in ("batch_size", "audit_share")}


def _field(text: str) -> tuple[str, Any]:
    name, _, value = text.partition("=")
    try:
        return name.strip(), json.loads(value)
    except ValueError as problem:
        raise bad_use(f"--set {text}: write FIELD=JSON ({problem})") from problem


def _data(options: dict[str, Any]) -> tuple[Dataset, Dataset, Recipe]:
    train, test = _datasets(options)
    return train, test, _recipe(options)


def _recipe(options: dict[str, Any]) -> Recipe:
    files = (options["train_features"], options["test_features"])
    if any(files) and not (all(files) and options["test"]):
        raise bad_use("--train-features and --test-features belong to --train and --test")
    classes, described = options["class_vectors"], options["class_descriptions"]
    return Recipe(
        features=_names(options["features"]),
        params={
            "text_sentence": {"model": options["text_model"]},
            "image_model": {"model": options["image_model"]},
        },
        given=(_vectors(files[0]), _vectors(files[1])) if all(files) else None,
        given_by=options["given_by"],
        class_vectors=_vectors(classes) if classes else None,
        descriptions=_descriptions(described) if described else {},
    )


def _descriptions(path: Path) -> dict[str, str]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as problem:
        raise DatasetError(f"{path.name}: not JSON ({problem})") from problem
    if not isinstance(found, dict) or not all(isinstance(v, str) for v in found.values()):
        raise DatasetError(f'{path.name}: not an object of "class": "description"')
    return found


def _names(listed: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in listed.split(",") if name.strip())


def _datasets(options: dict[str, Any]) -> tuple[Dataset, Dataset]:
    if options["demo"]:
        return datasets.digits()
    if options["train"] is None:
        raise bad_use("name the data: --train FILE, or --demo")
    columns = {name: options[name] for name in ("text_column", "label_column")}
    train = datasets.read_dataset(options["train"], **columns)
    if options["test"] is None:
        return datasets.split(train, HOLD_OUT, seed=0)
    return train, datasets.read_dataset(options["test"], **columns)


def _vectors(path: Path) -> AnyArray:
    try:
        matrix: AnyArray = np.load(path, mmap_mode="r", allow_pickle=False)
    except ValueError as problem:
        raise DatasetError(f"{path.name}: not a .npy file of numbers ({problem})") from problem
    if matrix.ndim != 2 or matrix.dtype.kind != "f":
        raise DatasetError(
            f"{path.name}: {matrix.dtype} of shape {matrix.shape}, not (n, d) floats"
        )
    return matrix


def _median(labels: tuple[int | None, ...]) -> str:
    """The middle seed's labels; a dash when it never got there."""
    found = sorted(math.inf if each is None else each for each in labels)[(len(labels) - 1) // 2]
    return "-" if math.isinf(found) else f"{found:.0f}"
