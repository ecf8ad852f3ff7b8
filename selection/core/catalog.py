"""What exists: read top to bottom, this is the feature list of selection.

It feeds forms, documentation and contract tests. It imports neither sklearn nor scipy: web
processes read it, the worker resolves the dotted paths with `resolve`.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal

from selection.core.types import CoreError, Params, ParamValue, Task

Kind = Literal["int", "float", "flag", "choice", "text"]
EXTRAS = {"embeddings": "sentence_transformers"}
BOTH: tuple[Task, ...] = ("single", "multi")


class ConfigError(CoreError):
    """A setting outside its limits; says which field, which value, which limit."""

    def __init__(self, field: str, value: object, limit: str) -> None:
        super().__init__(f"{field}: {value!r} is not allowed; {limit}")
        self.field, self.value, self.limit = field, value, limit


@dataclass(frozen=True)
class Param:
    """One parameter of an entry: what a form shows and what `check` enforces."""

    name: str
    kind: Kind
    default: ParamValue
    help: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()

    def check(self, value: object, field: str) -> ParamValue:
        """Return the value in its kind, or raise ConfigError naming field, value and limit."""
        if self.kind == "flag":
            return _flag(value, field)
        if self.kind in ("choice", "text"):
            return _text(value, field, self.choices)
        return number(value, field, low=self.low, high=self.high, whole=self.kind == "int")


@dataclass(frozen=True)
class Entry:
    """One thing that exists; `path` is the dotted path of its function or class."""

    name: str
    title: str
    summary: str
    path: str
    paper: str
    params: tuple[Param, ...] = ()
    tasks: tuple[Task, ...] = BOTH

    def check_params(self, given: Mapping[str, object], field: str) -> Params:
        """All parameters with defaults filled in; ConfigError on unknown names or bad values."""
        known = {param.name: param for param in self.params}
        for name in given:
            if name not in known:
                raise ConfigError(f"{field}.{name}", given[name], f"known: {_listed(known)}")
        return {
            name: param.check(given.get(name, param.default), f"{field}.{name}")
            for name, param in known.items()
        }


@dataclass(frozen=True)
class Strategy(Entry):
    """needs_proba: the view carries probabilities, so a model is needed.

    rowwise: an item's score depends on that item alone, so the pool is scored in chunks.
    batch: the batch function that suits it. reason: the code of its picks (see types.Reason).
    sample: score only this many random candidates (0 = all), so that cost ignores pool size.
    """

    needs_proba: bool = True
    rowwise: bool = True
    batch: str = "top"
    reason: str = "uncertain"
    sample: int = 0
    is_random: bool = False


@dataclass(frozen=True)
class Features(Entry):
    """modality: text, image, table or vector. extra: the optional installation it needs."""

    modality: str = "text"
    extra: str = ""

    @property
    def is_installed(self) -> bool:
        """Whether the library of its extra is there; nothing is imported to find out."""
        return not self.extra or find_spec(EXTRAS[self.extra]) is not None


STRATEGIES: dict[str, Strategy] = {
    entry.name: entry
    for entry in (
        Strategy(
            "auto", "Automatic", "Stand for what is still uncertain; the default.",
            "selection.core.strategies.uncertainty.margin",
            "Bae et al. 2025 (UHerding); sample, width and power ours",
            batch="herding", sample=5000,
        ),
        Strategy(
            "balanced", "Balanced", "Uncertain items that differ from each other.",
            "selection.core.strategies.uncertainty.margin",
            "Zhdanov 2019 (diverse mini-batches); Scheffer et al. 2001 (margin)",
            batch="clustered",
        ),
        Strategy(
            "margin", "Margin", "Items whose two likeliest classes are close.",
            "selection.core.strategies.uncertainty.margin", "Scheffer et al. 2001",
        ),
        Strategy(
            "entropy", "Entropy", "Items with the most spread-out class probabilities.",
            "selection.core.strategies.uncertainty.entropy", "Shannon 1948; Settles 2009",
        ),
        Strategy(
            "least_confidence", "Least confidence", "Items whose likeliest class is unlikely.",
            "selection.core.strategies.uncertainty.least_confidence", "Lewis and Gale 1994",
        ),
        Strategy(
            "farthest_first", "Farthest first", "Items far from everything labelled so far.",
            "selection.core.strategies.diversity.farthest_first",
            "Gonzalez 1985; Sener and Savarese 2018",
            needs_proba=False, rowwise=False, batch="farthest", reason="novel",
        ),
        Strategy(
            "random", "Random", "Every item equally likely; the yardstick.",
            "selection.core.strategies.diversity.uniform", "none",
            needs_proba=False, reason="random", is_random=True,
        ),
    )
}  # fmt: skip

BATCHES: dict[str, Entry] = {
    entry.name: entry
    for entry in (
        Entry(
            "top", "Highest scores", "The items with the highest scores.",
            "selection.core.batches.top", "none",
        ),
        Entry(
            "diverse", "Diverse", "High scores far from each other and from what is covered.",
            "selection.core.batches.diverse", "Gonzalez 1985; weighting ours",
            (Param("shortlist", "int", 10, "Candidates per place in the batch.", 1, 1000),),
        ),
        Entry(
            "clustered", "Clustered", "One item from each cluster of the highest scores.",
            "selection.core.batches.clustered", "Zhdanov 2019",
            (Param("shortlist", "int", 10, "Candidates per place in the batch.", 2, 1000),),
        ),
        Entry(
            "herding", "Herding", "Items that stand for as much of the score as possible.",
            "selection.core.batches.herding", "Bae et al. 2025 (UHerding); power ours",
            (
                Param("n_candidates", "int", 3000, "Random items that may be picked.", 10, 20000),
                Param("n_reference", "int", 2000, "Random items to be covered.", 10, 20000),
                Param("power", "float", 2.0, "How much high scores outweigh low ones.", 0, 10),
            ),
        ),
        Entry(
            "farthest", "Farthest first", "Each pick farthest from everything covered.",
            "selection.core.batches.farthest", "Gonzalez 1985",
        ),
    )
}  # fmt: skip

COLD_STARTS: dict[str, Entry] = {
    entry.name: entry
    for entry in (
        Entry(
            "typical", "Typical", "Spread over the dense regions of the pool.",
            "selection.core.coldstart.typical", "Bae et al. 2024 (MaxHerding)",
            (
                Param("n_candidates", "int", 3000, "Random items that may be picked.", 10, 20000),
                Param("n_reference", "int", 2000, "Random items to be covered.", 10, 20000),
            ),
        ),
        Entry(
            "random", "Random", "Every item equally likely.",
            "selection.core.coldstart.uniform", "none",
        ),
    )
}  # fmt: skip

ESTIMATORS: dict[str, Entry] = {
    entry.name: entry
    for entry in (
        Entry(
            "logistic", "Logistic regression", "Linear, quick, well calibrated; the default.",
            "selection.core.estimators.logistic", "Cox 1958",
            (
                Param("C", "float", 10.0, "Inverse of the regularisation.", 0.0001, 1_000_000),
                Param("balanced", "flag", True, "Give rare classes the weight of frequent ones."),
                Param("max_iter", "int", 500, "Most iterations of the solver.", 10, 10000),
            ),
        ),
    )
}  # fmt: skip

STOPPING: dict[str, Entry] = {
    entry.name: entry
    for entry in (
        Entry(
            "budget", "Budget", "No labels are left to buy.",
            "selection.core.stopping.budget", "none",
        ),
        Entry(
            "pool_empty", "Pool empty", "No item is left to pick.",
            "selection.core.stopping.pool_empty", "none",
        ),
        Entry(
            "target", "Target reached", "The audit items prove the target, however often we look.",
            "selection.core.stopping.target", "Clopper and Pearson 1934; alpha spending ours",
        ),
        Entry(
            "stabilised", "Stabilised", "Successive models agree on a fixed set of items.",
            "selection.core.stopping.stabilised", "Bloodgood and Vijay-Shanker 2009",
            (Param("kappa", "float", 0.99, "Mean agreement that counts as stable.", 0.5, 1.0),),
        ),
        Entry(
            "plateau", "Plateau", "Stable twice, and the curve promises little more.",
            "selection.core.stopping.plateau", "Bloodgood and Vijay-Shanker 2009; curve ours",
            (
                Param("kappa", "float", 0.99, "Mean agreement that counts as stable.", 0.5, 1.0),
                Param("gain", "float", 0.01, "Gain of doubling the labels that is little.", 0, 1),
            ),
        ),
    )
}  # fmt: skip

FEATURES: dict[str, Features] = {
    entry.name: entry
    for entry in (
        Features(
            "text_tfidf", "Words", "Word pairs weighted by rarity, condensed; always there.",
            "selection.core.features.text.TfidfEncoder", "Deerwester et al. 1990 (LSA)",
            (Param("width", "int", 256, "Numbers per item.", 2, 1024),),
            modality="text",
        ),
        Features(
            "text_sentence", "Sentence vectors", "Meaning of the text, from a pretrained model.",
            "selection.core.features.sentence.SentenceEncoder", "Reimers and Gurevych 2019",
            (Param("model", "text", "", "Local folder or hub id."),),
            modality="text", extra="embeddings",
        ),
        Features(
            "image_plain", "Image shapes and colours", "Pixels, edges and colours; always there.",
            "selection.core.features.images.ImageEncoder", "Dalal and Triggs 2005 (gradients)",
            (Param("width", "int", 256, "Numbers per item.", 2, 1024),),
            modality="image",
        ),
        Features(
            "table_plain", "Table columns", "Numbers scaled, categories as indicators.",
            "selection.core.features.tables.TableEncoder", "none",
            (Param("width", "int", 512, "Most numbers per item.", 8, 4096),),
            modality="table",
        ),
        Features(
            "vectors", "Own vectors", "Vectors brought along with the items.",
            "selection.core.features.vectors.VectorEncoder", "none",
            modality="vector",
        ),
    )
}  # fmt: skip

FAMILIES: dict[str, Mapping[str, Entry]] = {
    "features": FEATURES,
    "estimators": ESTIMATORS,
    "strategies": STRATEGIES,
    "batches": BATCHES,
    "cold_starts": COLD_STARTS,
    "stopping": STOPPING,
}


def resolve(entry: Entry) -> Any:
    """The function or class an entry points to; imports its module, so workers only."""
    module, _, name = entry.path.rpartition(".")
    return getattr(import_module(module), name)


def number(
    value: object, field: str, *, low: float | None, high: float | None, whole: bool = False
) -> int | float:
    """The value as int or float inside [low, high], or ConfigError with the limits."""
    kind = "a whole number" if whole else "a number"
    limit = f"must be {kind} from {_shown(low)} to {_shown(high)}"
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ConfigError(field, value, limit)
    if (whole and value != int(value)) or _outside(value, low, high):
        raise ConfigError(field, value, limit)
    return int(value) if whole else float(value)


def _outside(value: float, low: float | None, high: float | None) -> bool:
    return (low is not None and value < low) or (high is not None and value > high)


def _flag(value: object, field: str) -> bool:
    if not isinstance(value, bool):
        raise ConfigError(field, value, "must be true or false")
    return value


def _text(value: object, field: str, choices: tuple[str, ...]) -> str:
    if not isinstance(value, str):
        raise ConfigError(field, value, "must be text")
    if choices and value not in choices:
        raise ConfigError(field, value, f"must be one of {', '.join(choices)}")
    return value


def _listed(known: Mapping[str, Param]) -> str:
    return ", ".join(sorted(known)) or "no parameters"


def _shown(limit: float | None) -> str:
    return "any" if limit is None else f"{limit:.12g}"
