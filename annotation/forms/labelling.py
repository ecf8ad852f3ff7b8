"""The label page of a project: how items look there, and what annotators may do."""

from django import forms
from django.core.exceptions import ValidationError

from annotation.models import ShowReason, TextFormat
from annotation.models.projects import MAX_KEYWORD_LENGTH, MAX_KEYWORDS


def check_keywords(text: str) -> None:
    """Raise ValidationError naming the line that is too long, or how many there are too many."""
    for number, line in enumerate(text.splitlines(), start=1):
        if len(line.strip()) > MAX_KEYWORD_LENGTH:
            long = f"has {len(line.strip())} characters; the limit is {MAX_KEYWORD_LENGTH}"
            raise ValidationError(f"Keywords, line {number}: {long}.")
    n = len({line.strip().casefold() for line in text.splitlines()} - {""})
    if n > MAX_KEYWORDS:
        raise ValidationError(f"{n} keywords; the limit is {MAX_KEYWORDS}.")


class LabellingForm(forms.Form):
    """In force from the next item that is shown."""

    text_format = forms.ChoiceField(
        choices=TextFormat,
        label="Texts are",
        help_text="Markdown is cleaned before it is shown: no pictures, no scripts.",
    )
    keywords = forms.CharField(
        required=False,
        max_length=10_000,
        validators=[check_keywords],
        widget=forms.Textarea(attrs={"rows": 4}),
        label="Marked words",
        help_text="One word or phrase per line. They are marked in the text wherever they occur.",
    )
    show_reason = forms.ChoiceField(
        choices=ShowReason,
        label="Why an item was asked is shown",
        help_text="Before the answer, what the model thinks sways people; after it teaches them.",
    )
    confirm_answers = forms.BooleanField(
        required=False, label="A key only chooses; Enter answers, and shows the next item"
    )
    corrections_allowed = forms.BooleanField(
        required=False, label="Annotators may correct their earlier answers"
    )
    bulk_allowed = forms.BooleanField(
        required=False,
        label="Annotators may answer many similar items at once",
        help_text="Faster, but the model's guess stands over each group and sways people. Items "
        "that measure the model, and a quarter of the others, still come one by one.",
    )

    def showing(self) -> list[forms.BoundField]:
        return [self["text_format"], self["keywords"], self["show_reason"]]

    def answering(self) -> list[forms.BoundField]:
        return [self["confirm_answers"], self["corrections_allowed"], self["bulk_allowed"]]
