"""Known answers: bringing them in, and how they are used."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.files import File

from annotation.models.projects import MAX_GOLD_PERCENT

MAX_BYTES = 5_000_000


def check_size(file: File) -> None:
    """Refuse by ValidationError a file that is larger than one of known answers may be."""
    if (file.size or 0) > MAX_BYTES:
        raise ValidationError(f"The file has {file.size:,} bytes; {MAX_BYTES:,} is the limit.")


class KnownFileForm(forms.Form):
    file = forms.FileField(
        label="File",
        help_text="CSV, TSV or JSONL with the columns item (your own id of it), or text, "
        "and class. Several classes in a cell: a|b.",
        validators=[check_size],
    )


class KnownUseForm(forms.Form):
    gold_percent = forms.IntegerField(
        min_value=0,
        max_value=MAX_GOLD_PERCENT,
        label="Mixed in, in %",
        help_text="Of each batch, beside what is chosen; 0: none.",
    )
    gold_floor_percent = forms.IntegerField(
        min_value=1,
        max_value=100,
        label="Good enough, in %",
        help_text="Who is surely below is marked after 10 known answers. "
        "Chance plus 20 for a hard task.",
    )
    gold_pauses = forms.BooleanField(
        required=False, label="Pause who is surely below after 20 known answers"
    )
    gold_feedback = forms.BooleanField(
        required=False,
        label="Tell annotators afterwards which items were known",
        help_text="On the page From your lead, after the answer. Such an answer cannot be changed.",
    )

    def numbers(self) -> list[forms.BoundField]:
        return [self["gold_percent"], self["gold_floor_percent"]]

    def choices(self) -> list[forms.BoundField]:
        return [self["gold_pauses"], self["gold_feedback"]]
