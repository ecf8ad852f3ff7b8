"""The settings of selection as a form: choices from the catalog, limits from LoopConfig."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations
from typing import Any

from django import forms
from django.conf import settings

from selection import missing, outside_use
from selection.core.basics import ParamValue
from selection.core.catalog import (
    COLD_STARTS,
    ESTIMATORS,
    FEATURES,
    STOPPING,
    STRATEGIES,
    ConfigError,
    Entry,
)
from selection.core.config import LoopConfig
from selection.core.features.finding import find_model
from selection.models import SelectionConfig
from selection.outside_rows import PREDICTIONS, SCORES

OWN = ("is_enabled", "on_stop", "features")
CEILING = "labels_per_point"
# Thresholds of stopping rules: the field of the form, the rules it is for, their parameter.
THRESHOLDS = {
    CEILING: (("poor_value",), "labels"),
    "kappa": (("stabilised", "plateau"), "kappa"),
    "gain": (("plateau",), "gain"),
    "looks": (("stabilised", "plateau", "poor_value"), "looks"),
}
# Settings that name an entry of the catalog.
CHOSEN: dict[str, Mapping[str, Entry]] = {
    "strategy": STRATEGIES, "cold_start": COLD_STARTS, "estimator": ESTIMATORS,
}  # fmt: skip
METRICS = [("accuracy", "Accuracy"), ("macro_f1", "Macro-F1")]


def _choices(entries: Mapping[str, Entry], task: str) -> list[tuple[str, str]]:
    return [
        (name, f"{entry.title}: {entry.summary}")
        for name, entry in entries.items()
        if task in entry.tasks
    ]


def feature_choices(modality: str, current: str) -> list[tuple[str, str]]:
    """Every encoder of the modality, vectors brought along, and each two of them side by side."""
    own = FEATURES["vectors"]
    known = [own, *(each for each in FEATURES.values() if each.modality == modality)]
    single = [(each.name, f"{each.title}: {each.summary}") for each in known]
    pairs = [(f"{a.name}+{b.name}", f"{a.title} + {b.title}") for a, b in combinations(known, 2)]
    choices = [("auto", "Automatic: the best of what is at hand."), *single, *pairs]
    return choices if current in dict(choices) else [*choices, (current, current)]


def check_encoders(features: str) -> None:
    """Raise ValidationError for what needs a model that is not at hand."""
    if "text_sentence" in features and not find_model(settings.ALAPP_TEXT_MODEL):
        raise forms.ValidationError("No sentence model is at hand: see ALAPP_TEXT_MODEL.")
    if "image_model" in features and not settings.ALAPP_IMAGE_MODEL:
        raise forms.ValidationError("No image model is at hand: see ALAPP_IMAGE_MODEL.")


class SelectionForm(forms.Form):
    """How a project selects. Every field has a safe default; LoopConfig has the last word."""

    is_enabled = forms.BooleanField(
        label="Choose items by their worth", required=False,
        help_text="Switched off, items are handed out without a model.",
    )  # fmt: skip
    strategy = forms.ChoiceField(help_text="How items are chosen once there is a model.")
    features = forms.ChoiceField(
        label="What the model reads",
        help_text="Encoders side by side are weighed against each other as labels come in.",
    )
    predictions = forms.ChoiceField(
        label="Whose predictions", required=False,
        help_text="Of an outside model only what was pushed is known; it is measured on audit "
        "items like an own one.",
    )  # fmt: skip
    scores = forms.ChoiceField(
        label="Scores from outside", required=False,
        help_text='For the strategy "Scores from outside": highest first.',
    )  # fmt: skip
    cold_start = forms.ChoiceField(help_text="How the first batch is chosen.")
    # Shown where the one in force is there no more, so that another one can be chosen.
    estimator = forms.ChoiceField(label="Model", help_text="What learns from the labels.")
    batch_size = forms.IntegerField(
        label="Batch size", help_text="Labels between two rounds of training."
    )
    reserve_size = forms.IntegerField(
        label="Reserve", help_text="Next-ranked items, so that nobody waits while it trains."
    )
    relabels = forms.BooleanField(
        label="Ask again where labels may be wrong", required=False,
        help_text="Part of a batch goes to labelled items, where one more answer is expected to "
        "right more labels than a new item's would.",
    )  # fmt: skip
    relabel_share = forms.FloatField(
        label="Share of a batch for that, at most",
        help_text="0: as much as the skill of the people makes worth it, at most half.",
    )
    audit_share = forms.FloatField(
        label="Audit share", help_text="Part of each batch that is random and measures the model."
    )
    audit_max = forms.IntegerField(
        label="Audit items at most", help_text="Kept from training; at most a quarter of the pool."
    )
    audit_adapts = forms.BooleanField(
        label="Let the audit share follow the need", required=False,
        help_text="More while that decides about the target, fewer where it does not.",
    )  # fmt: skip
    target_metric = forms.ChoiceField(label="Target", choices=METRICS)
    target_value = forms.FloatField(
        label="At least", required=False, help_text="From 0 to 1, e.g. 0.85; empty: no target."
    )
    labels_per_point = forms.IntegerField(
        label="Labels for one point more, at most", required=False, min_value=1,
        help_text="A rule says stop when the forecast asks for more than this; empty: any number.",
    )  # fmt: skip
    kappa = forms.FloatField(
        label="Models count as alike from", required=False,
        help_text="Agreement (kappa) of the last three models on a fixed set of items: 1 is all "
        "alike. Nearer to 1 stops later.",
    )  # fmt: skip
    gain = forms.FloatField(
        label="Little gain is less than", required=False,
        help_text="What twice the labels may gain at most when the curve counts as flat: 0.01 is "
        "one point.",
    )  # fmt: skip
    looks = forms.IntegerField(
        label="Looks in a row", required=False,
        help_text="A rule that goes by estimates must hold so often before it says stop, so that "
        "one lucky batch stops nothing.",
    )  # fmt: skip
    on_stop = forms.ChoiceField(
        label="When a rule says stop", choices=SelectionConfig.OnStop.choices
    )

    def __init__(
        self, selection: SelectionConfig, task: str, modality: str, data: Any = None
    ) -> None:
        config, problems = missing.readable(selection.config, task)
        self.missing = [*problems, *missing.of_features(selection.features)]
        missed = {each.field for each in problems}
        initial = config.to_dict() | {name: getattr(selection, name) for name in OWN}
        initial |= {name: selection.config[name] for name in CHOSEN if name in missed}
        initial |= {name: _threshold(config, name) for name in THRESHOLDS}
        super().__init__(data, initial=initial, label_suffix="")
        self._config, self._task = selection.config, task
        if "estimator" not in missed:
            del self.fields["estimator"]
        self._choose("features", feature_choices(modality, selection.features))
        for name, known in CHOSEN.items():
            if name in self.fields:
                was = [(initial[name], f"{initial[name]}: not there any more")]
                self._choose(name, [*(was if name in missed else []), *_choices(known, task)])
        for kind, none in ((PREDICTIONS, "The project's own model"), (SCORES, "None")):
            names = outside_use.names(selection.project_id, kind)
            now = initial[kind]
            gone = [now] if now and now not in names else []
            self._choose(kind, [("", none), *((each, each) for each in [*names, *gone])])

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean_features(self) -> str:
        """Refuse what could not be read: the next round would fail."""
        chosen: str = self.cleaned_data["features"]
        check_encoders(chosen)
        if gone := missing.of_features(chosen):
            raise forms.ValidationError(f"{gone[0].reason} Choose another one.")
        return chosen

    def clean(self) -> dict[str, Any]:
        """Let LoopConfig judge; what it refuses stands at the field it names."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        strategy = STRATEGIES.get(cleaned.get("strategy", ""))
        if strategy is not None and strategy.needs_scores and not cleaned.get("scores"):
            self.add_error("scores", "This strategy needs scores: push some, and choose them here.")
        try:
            self.config()
        except ConfigError as error:
            field = _field_of(error.field)
            known = field if field in self.fields else None
            self.add_error(known, f"{error.value!r} is not allowed; {error.limit}")
        return cleaned

    def config(self) -> dict[str, Any]:
        """Return the new configuration; what the form does not show stays as it was."""
        outside = (*OWN, *THRESHOLDS)
        given = {n: v for n, v in self.cleaned_data.items() if n not in outside}
        before = {**LoopConfig().to_dict(), **self._config}
        # The parameters of another entry mean nothing to this one.
        reset: dict[str, Any] = {
            f"{n}_params": {} for n in CHOSEN if n in given and given[n] != before[n]
        }
        changed = LoopConfig.from_dict({**self._config, **given, **reset, "task": self._task})
        rules = {name: dict(params) for name, params in changed.stopping.items()}
        for field, (names, param) in THRESHOLDS.items():
            value = self.cleaned_data.get(field)
            # A rule somebody took out stays out, but for the one that a ceiling alone switches on.
            for name in (each for each in names if each in rules or field == CEILING):
                rules[name] = _set(rules.get(name, {}), param, value)
        return replace(changed, stopping=rules).to_dict()


def _threshold(config: LoopConfig, field: str) -> ParamValue | None:
    """Return what a threshold is now, its default where nothing was said; None for no ceiling."""
    names, param = THRESHOLDS[field]
    given = config.stopping.get(names[0], {})
    value = STOPPING[names[0]].check_params(given, f"stopping.{names[0]}")[param]
    return value or None


def _set(params: dict[str, Any], param: str, value: float | None) -> dict[str, Any]:
    """Return the parameters with this one; left empty it falls back to its default."""
    others = {name: given for name, given in params.items() if name != param}
    return others if value is None else {**others, param: value}


def _field_of(name: str) -> str:
    """Return the form's field for what LoopConfig names: stopping.plateau.gain is gain."""
    rule, _, param = name.removeprefix("stopping.").partition(".")
    found = (f for f, (rules, known) in THRESHOLDS.items() if rule in rules and param == known)
    return next(found, name)
