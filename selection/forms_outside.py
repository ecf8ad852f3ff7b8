"""A push from the page: a name, what is pushed, and the file."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from selection.models import OutsideModel
from selection.models_outside import MAX_NAME

MAX_BYTES = 50_000_000


def _check_size(file: UploadedFile) -> None:
    if (file.size or 0) > MAX_BYTES:
        raise ValidationError(
            f"The file has {file.size:,} bytes; {MAX_BYTES:,} is the limit of this page. "
            "Push larger ones with: manage.py push_predictions"
        )


class PushForm(forms.Form):
    name = forms.CharField(
        max_length=MAX_NAME,
        help_text="The same name again makes a new version of that model.",
        widget=forms.TextInput(attrs={"list": "outside-names", "autocomplete": "off"}),
    )
    kind = forms.ChoiceField(
        label="What is pushed", choices=OutsideModel.Kind.choices, widget=forms.RadioSelect
    )
    file = forms.FileField(
        label="File",
        help_text='CSV, TSV, JSONL or Parquet. Each row names its item by "item" (the id in '
        'exports) or "key" (your own id), and has a column per class, or the column "score".',
        validators=[_check_size],
    )
    trained_on = forms.FileField(
        label="Trained on", required=False,
        help_text='Optional: a file of the items it was trained on, with "item" or "key". Checked '
        "against the audit items.",
        validators=[_check_size],
    )  # fmt: skip

    def __init__(self, data: Any = None, files: Any = None) -> None:
        first = OutsideModel.Kind.PREDICTIONS
        super().__init__(data, files, initial={"kind": first}, label_suffix="")
