"""Bringing items in: the file, and which of its columns is what."""

from collections.abc import Sequence
from typing import Any

from django import forms

from annotation.formats import ColumnMap, Sheet
from annotation.models import Modality, Project

NOTHING = ("", "None")
COLUMNS = ("text", "label", "key", "person", "moment")


class UploadForm(forms.Form):
    file = forms.FileField(
        label="File",
        help_text="CSV, TSV, JSON, JSONL or Parquet, also as Label Studio, Prodigy and doccano "
        "write them; for images a ZIP archive of them.",
    )


class ColumnsForm(forms.Form):
    """Which column is what, guessed beforehand. Asks only what the project's kind needs."""

    text = forms.ChoiceField(label="Text", help_text="What is shown and learned from.")
    label = forms.ChoiceField(
        required=False,
        label="Label",
        help_text="Answers that are known already. Several in a cell: a|b.",
    )
    key = forms.ChoiceField(
        required=False, label="Id", help_text="Your own name for each row, to find it again."
    )
    person = forms.ChoiceField(
        required=False, label="Who answered", help_text="Their user name or e-mail. Else it is you."
    )
    moment = forms.ChoiceField(required=False, label="When they answered")
    dialect = forms.CharField(required=False, widget=forms.HiddenInput)
    makes_classes = forms.BooleanField(
        required=False, label="Make the project's classes from the label column"
    )
    truth = forms.BooleanField(
        required=False,
        label="Keep the labels secret, as known answers",
        help_text="For trials: nothing counts as labelled, and simulated annotators know them.",
    )

    def __init__(self, project: Project, sheet: Sheet, sent: Any = None) -> None:
        guess = sheet.guess
        has_classes = project.classes.exists()
        initial = {
            **{name: getattr(guess, name) for name in (*COLUMNS, "dialect")},
            "makes_classes": not has_classes and guess.label is not None,
        }
        super().__init__(sent, initial=initial)
        if project.modality != Modality.TEXT:
            del self.fields["text"]
        if has_classes:
            del self.fields["makes_classes"]
        self._offer(sheet.columns)

    def _offer(self, columns: Sequence[str]) -> None:
        named = [(name, name) for name in columns]
        for name in set(COLUMNS) & set(self.fields):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = named if field.required else [NOTHING, *named]

    def columns(self) -> ColumnMap:
        given = {name: self.cleaned_data.get(name) or None for name in COLUMNS}
        return ColumnMap(**given, dialect=self.cleaned_data["dialect"])
