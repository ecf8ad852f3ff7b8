"""manage.py simulate: what would labelling this data have cost with each strategy?"""

import json
from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from selection.core import datasets
from selection.core.catalog import COLD_STARTS, ESTIMATORS, FEATURES, STRATEGIES
from selection.core.comparison import Curve, compare, curves, report
from selection.core.config import LoopConfig
from selection.core.datasets import Dataset, DatasetError
from selection.core.oracle_cache import cached_oracle
from selection.core.oracles import GIVEN, Recipe, build_oracle
from selection.core.simulation import Oracle
from selection.core.types import AnyArray, CoreError, Task
from selection.plotting import save_curves

HOLD_OUT = 0.25
SET_HELP = """any other field of LoopConfig, e.g. estimator_params='{"C": 3}'"""


class Command(BaseCommand):
    """Replays the loop of production against known labels; needs no database."""

    help = "Replay the labelling loop against known labels and compare strategies."
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
        add("--class-descriptions", type=Path, help='JSON of {"class": "what belongs there"}')
        add("--class-vectors", type=Path, help=".npy, a row per class in order of their names")
        add("--given-by", default="", help="encoder that made the given vectors; reads the classes")
        add("--keep-features", type=Path, help=".npz where encoded rows are kept and found again")
        add("--text-column", default="", help="column of the text, if its name is unusual")
        add("--label-column", default="", help="column of the label, if its name is unusual")
        add("--strategies", default="auto,random", help=f"of {', '.join(STRATEGIES)}")
        add("--cold-start", default=LoopConfig.cold_start, choices=COLD_STARTS)
        add("--model", default=LoopConfig.estimator, choices=ESTIMATORS)
        add("--set", action="append", default=[], metavar="FIELD=JSON", help=SET_HELP)
        add("--batch-size", type=int, default=LoopConfig.batch_size)
        add("--budget", type=int, default=300, help="labels per run, audit items included")
        add("--audit-share", type=float, default=LoopConfig.audit_share)
        add("--seeds", type=int, default=3, help="how many runs per strategy")
        add("--json", type=Path, required=True, help="where the numbers go")
        add("--plot", type=Path, help="where a PNG of the curves goes")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._run(options)
        except CoreError as problem:
            raise CommandError(str(problem)) from problem
        except OSError as problem:
            raise CommandError(f"{problem.filename}: {problem.strerror}") from problem

    def _run(self, options: dict[str, Any]) -> None:
        strategies, seeds, budget = _strategies(options), options["seeds"], options["budget"]
        if seeds < 1 or budget < 1:
            raise CommandError(f"--seeds {seeds} and --budget {budget} must be at least 1")
        config = LoopConfig.from_dict(_settings(options))
        name, oracle, task = _oracle(options)
        config = replace(config, task=task)
        total = budget * seeds * len(strategies)
        with tqdm(total=total, unit="label", disable=options["verbosity"] == 0) as bar:
            runs = compare(
                oracle, config, strategies, budget=budget, seeds=range(seeds), progress=bar.update
            )
        about = {"data": name, "pool": len(oracle.targets), "test": len(oracle.test_targets)}
        result = report(runs, oracle, config, about)
        options["json"].write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
        found = curves(runs, result["full_data_accuracy"])
        self._show(found, result["full_data_accuracy"])
        if options["plot"]:
            save_curves(found, result["full_data_accuracy"], name, options["plot"])

    def _show(self, found: list[Curve], ceiling: float) -> None:
        self.stdout.write(f"all labels: {ceiling:.1%}; labels to 85 / 90 / 95 % of it, per seed")
        for curve in found:
            reached = " / ".join(_listed(labels) for labels in curve.labels_to.values())
            end = f"{curve.mean[-1]:.1%}" if curve.mean else "no model"
            self.stdout.write(f"{curve.strategy:18} {end} at the end; {reached}")


def _strategies(options: dict[str, Any]) -> list[str]:
    names = list(_names(options["strategies"]))
    unknown = [name for name in names if name not in STRATEGIES]
    if unknown or not names:
        raise CommandError(f"--strategies {unknown or names}: known are {', '.join(STRATEGIES)}")
    return names


def _settings(options: dict[str, Any]) -> dict[str, Any]:
    own = {name: options[name] for name in ("cold_start", "batch_size", "audit_share")}
    return own | {"estimator": options["model"]} | dict(map(_field, options["set"]))


def _field(text: str) -> tuple[str, Any]:
    name, _, value = text.partition("=")
    try:
        return name.strip(), json.loads(value)
    except ValueError as problem:
        raise CommandError(f"--set {text}: write FIELD=JSON ({problem})") from problem


def _oracle(options: dict[str, Any]) -> tuple[str, Oracle, Task]:
    train, test = _datasets(options)
    task: Task = "multi" if "multi" in (train.task, test.task) else "single"
    recipe = _recipe(options)
    if not options["keep_features"]:
        return train.name, build_oracle(train, test, recipe), task
    return train.name, cached_oracle(options["keep_features"], train, test, recipe), task


def _recipe(options: dict[str, Any]) -> Recipe:
    files = (options["train_features"], options["test_features"])
    if any(files) and not (all(files) and options["test"]):
        raise CommandError("--train-features and --test-features belong to --train and --test")
    classes, described = options["class_vectors"], options["class_descriptions"]
    return Recipe(
        features=_names(options["features"]),
        params={"text_sentence": {"model": options["text_model"]}},
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
        raise CommandError("name the data: --train FILE, or --demo")
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


def _listed(labels: tuple[int | None, ...]) -> str:
    return " ".join("-" if each is None else str(each) for each in labels)
