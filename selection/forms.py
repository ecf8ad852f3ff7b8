"""The settings of selection as a form: choices from the catalog, limits from LoopConfig."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations
from typing import Any

from django import forms
from django.conf import settings

from selection.core.catalog import COLD_STARTS, FEATURES, STRATEGIES, ConfigError, Entry
from selection.core.config import LoopConfig
from selection.core.features.finding import find_model
from selection.models import SelectionConfig

OWN = ("is_enabled", "on_stop", "features")
PRICE, CEILING = "poor_value", "labels_per_point"
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
    cold_start = forms.ChoiceField(help_text="How the first batch is chosen.")
    batch_size = forms.IntegerField(
        label="Batch size", help_text="Labels between two rounds of training."
    )
    reserve_size = forms.IntegerField(
        label="Reserve", help_text="Next-ranked items, so that nobody waits while it trains."
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
    on_stop = forms.ChoiceField(
        label="When a rule says stop", choices=SelectionConfig.OnStop.choices
    )

    def __init__(
        self, selection: SelectionConfig, task: str, modality: str, data: Any = None
    ) -> None:
        config = LoopConfig.from_dict({**selection.config, "task": task})
        initial = config.to_dict() | {name: getattr(selection, name) for name in OWN}
        initial[CEILING] = config.stopping.get(PRICE, {}).get("labels") or None
        super().__init__(data, initial=initial, label_suffix="")
        self._config, self._task = selection.config, task
        self._choose("strategy", _choices(STRATEGIES, task))
        self._choose("features", feature_choices(modality, selection.features))
        self._choose("cold_start", _choices(COLD_STARTS, task))

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean_features(self) -> str:
        """Refuse what could not be read: the next round would fail."""
        chosen: str = self.cleaned_data["features"]
        if "text_sentence" in chosen and not find_model(settings.ALAPP_TEXT_MODEL):
            raise forms.ValidationError("No sentence model is at hand: see ALAPP_TEXT_MODEL.")
        if "image_model" in chosen and not settings.ALAPP_IMAGE_MODEL:
            raise forms.ValidationError("No image model is at hand: see ALAPP_IMAGE_MODEL.")
        return chosen

    def clean(self) -> dict[str, Any]:
        """Let LoopConfig judge; what it refuses stands at the field it names."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        try:
            self.config()
        except ConfigError as error:
            field = CEILING if error.field.startswith(f"stopping.{PRICE}") else error.field
            known = field if field in self.fields else None
            self.add_error(known, f"{error.value!r} is not allowed; {error.limit}")
        return cleaned

    def config(self) -> dict[str, Any]:
        """Return the new configuration; what the form does not show stays as it was."""
        given = {n: v for n, v in self.cleaned_data.items() if n not in (*OWN, CEILING)}
        changed = LoopConfig.from_dict({**self._config, **given, "task": self._task})
        price = {"labels": self.cleaned_data.get(CEILING) or 0}
        rules = {name: rule for name, rule in changed.stopping.items() if name != PRICE}
        return replace(changed, stopping={**rules, PRICE: price}).to_dict()
