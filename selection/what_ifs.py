"""What-ifs as a page asks for them and shows them. Imports no numbers."""

import re
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from annotation import exchange
from annotation.exchange import Project, RunView, User
from selection import asking, configuration, missing
from selection.core.catalog import STRATEGIES, ConfigError
from selection.core.config import LoopConfig
from selection.models import SelectionConfig, WhatIf

MAX_VARIANTS = 9
MIN_SEEDS, MAX_SEEDS, MAX_MINUTES, MAX_SIZES = 3, 10, 60, 3


@dataclass(frozen=True)
class Beside:
    """A variant beside what is in force: its place, and how much better it was."""

    place: int
    name: str
    gain: dict[str, float] | None

    @property
    def verdict(self) -> str:
        if self.gain is None:
            return "in force"
        if self.gain["low"] > 0:
            return "better"
        return "worse" if self.gain["high"] < 0 else "no difference can be told"


class WhatIfForm(forms.Form):
    """What to try beside the settings in force."""

    strategies = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple, required=False, label="Strategies to try"
    )
    batch_sizes = forms.CharField(
        max_length=40, required=False, label="Batch sizes to try",
        help_text="Up to three, apart by commas; empty: the one in force.",
    )  # fmt: skip
    n_seeds = forms.IntegerField(
        min_value=MIN_SEEDS, max_value=MAX_SEEDS, initial=MIN_SEEDS, label="Replays of each",
        help_text="Each with other random choices; more of them narrow the intervals.",
    )  # fmt: skip
    minutes = forms.IntegerField(
        min_value=1, max_value=MAX_MINUTES, initial=5, label="Minutes of CPU, at most",
        help_text="Rounds and imports go first, so it may take longer by the clock.",
    )  # fmt: skip

    def __init__(self, selection: SelectionConfig, task: str, data: Any = None) -> None:
        super().__init__(data, label_suffix="")
        config, self.missing = missing.readable(selection.config, task)
        by_scores = STRATEGIES[config.strategy].needs_scores
        # Replays train models of their own: what came from outside is not there to replay.
        self.config = replace(
            config, predictions="", strategy="auto" if by_scores else config.strategy
        )
        field = self.fields["strategies"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [
            (name, entry.title)
            for name, entry in STRATEGIES.items()
            if task in entry.tasks and not entry.needs_scores
            if not (config.predictions and entry.own_model)
        ]

    def clean_batch_sizes(self) -> list[int]:
        given = [each for each in re.split(r"[\s,;]+", self.cleaned_data["batch_sizes"]) if each]
        if len(given) > MAX_SIZES:
            raise forms.ValidationError(f"{len(given)} sizes are too many: at most {MAX_SIZES}.")
        for each in given:
            if not each.isdecimal() or not 1 <= int(each) <= 10_000:
                raise forms.ValidationError(f"{each!r} is no batch size: 1 to 10,000.")
        return [int(each) for each in given]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        if self.missing:
            raise forms.ValidationError(f"{self.missing[0].reason} Choose another on Selection.")
        n = len(self.variants())
        if n < 2:
            raise forms.ValidationError("Choose a strategy or a batch size other than in force.")
        if n > MAX_VARIANTS:
            raise forms.ValidationError(
                f"{n} variants are too many: at most {MAX_VARIANTS}, the one in force among them."
            )
        return cleaned

    def variants(self) -> list[dict[str, Any]]:
        """Return what is in force first, then every strategy with every size."""
        own = (self.config.strategy, self.config.batch_size)
        strategies = self.cleaned_data["strategies"] or [own[0]]
        sizes = self.cleaned_data["batch_sizes"] or [own[1]]
        pairs = list(dict.fromkeys([own, *product(strategies, sizes)]))
        return [_variant(strategy, size) for strategy, size in pairs]


def _variant(strategy: str, size: int) -> dict[str, Any]:
    name = f"{STRATEGIES[strategy].title}, {size}"
    return {"name": name, "strategy": strategy, "batch_size": size}


def find(project_id: int, what_if_id: int | None) -> WhatIf | None:
    """Return this what-if of the project, or its newest."""
    rows = WhatIf.objects.filter(project=project_id).defer("known", "trials")
    return rows.filter(pk=what_if_id).first() if what_if_id else rows.order_by("-pk").first()


def newest(project_id: int) -> list[WhatIf]:
    rows = WhatIf.objects.filter(project=project_id).defer("known", "trials", "result")
    return list(rows.select_related("created_by").order_by("-pk")[:10])


def run_of(row: WhatIf) -> RunView | None:
    runs = exchange.recent_runs(row.project_id, asking.WHAT_IF, n=20)
    return next((run for run in runs if run.params.get("what_if") == row.pk), None)


def beside(row: WhatIf) -> list[Beside]:
    """Return the variants with what came of them, as far as it did."""
    gains = row.result.get("gains", {})
    return [
        Beside(place, each["name"], gains.get(each["name"]))
        for place, each in enumerate(row.variants)
        if place == 0 or each["name"] in gains
    ]


def table(row: WhatIf) -> tuple[list[str], list[tuple[int, list[list[float | None]]]]]:
    """Return the names of the lines and, by labels, value, low and high of each; None for gaps."""
    lines = row.result.get("lines", [])
    by_labels: dict[int, list[list[float | None]]] = {}
    for place, line in enumerate(lines):
        columns = zip(line["labels"], line["value"], line["low"], line["high"], strict=True)
        for labels, *figures in columns:
            empty: list[list[float | None]] = [[None] * 3 for _ in lines]
            by_labels.setdefault(labels, empty)[place] = list(figures)
    return [line["name"] for line in lines], sorted(by_labels.items())


def use(*, project: Project, actor: User, row: WhatIf, place: int) -> str:
    """Let a variant decide from the next round on; return its name. IndexError for an unknown."""
    variant = row.variants[place]
    selection = configuration.config_of(project.pk)
    chosen = {name: variant[name] for name in ("strategy", "batch_size")}
    is_other = selection.config.get("strategy", LoopConfig().strategy) != variant["strategy"]
    # The parameters of another strategy mean nothing to this one.
    reset: dict[str, Any] = {"strategy_params": {}} if is_other else {}
    try:
        config = LoopConfig.from_dict({**selection.config, **reset, **chosen, "task": project.task})
    except ConfigError as error:
        raise ValidationError(f"{variant['name']} cannot be used: {error}.") from None
    configuration.change(
        project=project,
        actor=actor,
        is_enabled=selection.is_enabled,
        on_stop=selection.on_stop,
        features=selection.features,
        config=config.to_dict(),
    )
    return str(variant["name"])
