"""What a lead asks to export: the shape of it; `services.exports.orders` judges it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from annotation.formats.outgoing import OUT_FORMATS
from annotation.formats.writing import CONTENTS
from annotation.models import Project, Purpose
from annotation.services.exports.orders import ABOUT, ALL, LABELLED, TITLES, UNLABELLED, Order

STATUSES = ((ALL, "All"), (LABELLED, "With a label"), (UNLABELLED, "Without a label yet"))
PEOPLE = (("", "By letters, in the order of their first answers"), ("names", "By their names"))


@dataclass(frozen=True)
class Way:
    """One radio button with a sentence on what it stands for."""

    id: str
    value: str
    title: str
    about: str
    is_chosen: bool


class ExportForm(forms.Form):
    contents = forms.ChoiceField(widget=forms.RadioSelect, initial="consensus", label="What")
    format = forms.ChoiceField(widget=forms.RadioSelect, initial="csv", label="As")
    status = forms.ChoiceField(choices=STATUSES, required=False, label="Items")
    standing_only = forms.BooleanField(
        required=False,
        label="Only answers that stand",
        help_text="Without those corrected or taken back since. For answers only.",
    )
    since = forms.DateField(
        required=False,
        label="Answered since",
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    first_round = forms.IntegerField(required=False, min_value=0, label="From round")
    last_round = forms.IntegerField(required=False, min_value=0, label="To round")
    purposes = forms.MultipleChoiceField(
        required=False,
        choices=Purpose.choices,
        widget=forms.CheckboxSelectMultiple,
        label="Asked because",
        help_text="None ticked: whatever it was asked for.",
    )
    classes = forms.TypedMultipleChoiceField(
        required=False,
        coerce=int,
        label="Classes",
        help_text="None chosen: all of them.",
    )
    without_content = forms.BooleanField(
        required=False,
        label="Leave out the items themselves",
        help_text="Only their ids; smaller, and nothing of their content leaves alapp.",
    )
    without_provenance = forms.BooleanField(
        required=False,
        label="Leave out where it came from",
        help_text="Round, strategy, score, reason, model, seed and split. Agreed labels are then "
        "ids, items and labels alone, as they can be imported again.",
    )
    people = forms.ChoiceField(
        required=False, choices=PEOPLE, widget=forms.RadioSelect, label="People", initial=""
    )
    is_safe = forms.BooleanField(
        required=False,
        label="Safe to open in a spreadsheet",
        help_text="For CSV and TSV: texts that a spreadsheet could run as a formula begin with an "
        "apostrophe, which importing into alapp takes away again. Otherwise texts are as they "
        "are.",
    )

    def __init__(self, project: Project, data: Any = None, **initial: Any) -> None:
        super().__init__(data, initial=initial, label_suffix="")
        formats = {
            name: each for name, each in OUT_FORMATS.items() if project.modality in each.modalities
        }
        self._offer("contents", [(name, TITLES[name]) for name in CONTENTS])
        self._offer("format", [(name, each.title) for name, each in formats.items()])
        field = self.fields["classes"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = [(each.pk, each.name) for each in project.classes.all()]

    def _offer(self, name: str, offered: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = offered

    def order(self) -> Order:
        sent = self.cleaned_data
        return Order(
            contents=sent["contents"],
            format=sent["format"],
            status=sent["status"] or ALL,
            purposes=tuple(sent["purposes"]),
            classes=tuple(sent["classes"]),
            since=_beginning(sent["since"]),
            first_round=sent["first_round"],
            last_round=sent["last_round"],
            standing_only=sent["standing_only"],
            with_content=not sent["without_content"],
            with_provenance=not sent["without_provenance"],
            names=sent["people"] == "names",
            is_safe=sent["is_safe"],
        )

    def refuse(self, error: ValidationError) -> None:
        """Show what the service refused at the field it is about."""
        told = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        for name, reasons in told.items():
            self.add_error(name if name in self.fields else None, reasons)

    def chosen(self) -> list[tuple[forms.BoundField, list[Way]]]:
        """Return what must be chosen, each way with a sentence."""
        formats = {name: each.about for name, each in OUT_FORMATS.items()}
        return [
            (self["contents"], _ways(self["contents"], ABOUT)),
            (self["format"], _ways(self["format"], formats)),
        ]

    def ways(self) -> list[forms.BoundField]:
        """Return what is ticked or not."""
        return [self[name] for name in ("without_content", "without_provenance", "is_safe")]

    def narrowing(self) -> list[forms.BoundField]:
        """Return the fields that say which rows, one below the other."""
        return [self[name] for name in ("status", "since", "first_round", "last_round", "classes")]

    @property
    def is_narrowed(self) -> bool:
        """Say whether a field that is folded away says something."""
        names = ("status", "since", "first_round", "last_round", "classes", "purposes")
        sent = self.data or self.initial
        return any(sent.get(name) not in (None, "", ALL) for name in (*names, "standing_only"))


def _beginning(day: Any) -> str:
    """Return the beginning of the day where the server is, as an order holds it."""
    if day is None:
        return ""
    return timezone.make_aware(datetime.combine(day, time.min)).isoformat()


def _ways(field: forms.BoundField, about: Mapping[str, str]) -> list[Way]:
    return [
        Way(
            each.id_for_label,
            each.data["value"],
            each.choice_label,
            about[each.data["value"]],
            each.data["selected"],
        )
        for each in field
    ]
