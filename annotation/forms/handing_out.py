"""How items are handed out: opinions, people, leases, skips and stragglers, in plain words."""

from django import forms

from annotation.models import FurtherBy
from annotation.models.projects import MAX_OVERLAP, MAX_STRAGGLER_PERCENT


def _number(label: str, hint: str, low: int, high: int, *, unit: str = "") -> forms.IntegerField:
    return forms.IntegerField(
        min_value=low,
        max_value=high,
        label=f"{label}, in {unit}" if unit else label,
        help_text=hint,
    )


class HandingOutForm(forms.Form):
    """Four groups of fields. Everything is in force from the next item or batch on."""

    overlap = _number("People per item", "Each item goes to so many people.", 1, MAX_OVERLAP)
    overlap_percent = _number(
        "Share of such items", "The others go to one person. The choice is fixed.", 1, 100, unit="%"
    )
    further_by = forms.ChoiceField(
        choices=FurtherBy,
        label="Further opinions come from",
        help_text="Who gives the second opinion of an item, and those after it.",
    )
    leads_label = forms.BooleanField(required=False, label="Owners and leads are handed items")
    reviewers_label = forms.BooleanField(required=False, label="Reviewers are handed items")
    batch_share_percent = _number(
        "One person's share of a batch",
        "Nobody gives more than this part of a batch; 100: no limit.",
        1,
        100,
        unit="%",
    )
    lease_seconds = _number(
        "Lease", "An item stays so long with somebody who went away.", 10, 86_400, unit="seconds"
    )
    max_skips = _number(
        "Skips until it comes to you", "After so many people, nobody else is asked.", 1, 100
    )
    straggler_percent = _number(
        "May be left behind",
        "A batch counts as complete without this part of it; 0: all are waited for.",
        0,
        MAX_STRAGGLER_PERCENT,
        unit="%",
    )
    straggler_leases = _number(
        "Waited for", "Only what is out for longer than this is left behind.", 1, 100, unit="leases"
    )

    def opinions(self) -> list[forms.BoundField]:
        return [self["overlap"], self["overlap_percent"], self["further_by"]]

    def leases(self) -> list[forms.BoundField]:
        return [self["lease_seconds"], self["max_skips"]]

    def stragglers(self) -> list[forms.BoundField]:
        return [self["straggler_percent"], self["straggler_leases"]]
