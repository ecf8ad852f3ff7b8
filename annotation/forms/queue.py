"""What a person sends, checked for shape only; the services know the rules."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from annotation.services.labels import MAX_MILLISECONDS


class Milliseconds(forms.IntegerField):
    """A time measured by the page; none at all counts as 0, and nobody's clock is an error."""

    def __init__(self) -> None:
        super().__init__(required=False)

    def clean(self, value: Any) -> int:
        try:
            return min(max(int(value or 0), 0), MAX_MILLISECONDS)
        except ValueError:
            return 0


class ClassIds(forms.Field):
    """Any number of class ids."""

    widget = forms.SelectMultiple

    def clean(self, value: Any) -> list[int]:
        try:
            return [int(each) for each in value or ()]
        except ValueError:
            raise ValidationError(_("This is not a class of this project.")) from None


class SentForm(forms.Form):
    """A form the page fills in by itself: what is wrong is nobody's typing mistake."""

    @classmethod
    def read(cls, sent: QueryDict) -> dict[str, Any]:
        """Return what was sent, checked; ValidationError names the first field that is wrong."""
        form = cls(sent)
        if form.is_valid():
            return form.cleaned_data
        name, errors = next(iter(form.errors.items()))
        raise ValidationError(f"{name.replace('_', ' ')}: {errors[0]}")


class AnswerForm(SentForm):
    ticket = forms.CharField(max_length=200)
    client_token = forms.UUIDField()
    classes = ClassIds(required=False)
    active_ms = Milliseconds()
    wall_ms = Milliseconds()


class SkipForm(SentForm):
    ticket = forms.CharField(max_length=200)
    reason = forms.CharField(max_length=12)


class RemarkForm(SentForm):
    ticket = forms.CharField(max_length=200)
    remark_token = forms.UUIDField()
    kind = forms.CharField(max_length=12)
    text = forms.CharField(required=False, max_length=100_000)


class UndoForm(SentForm):
    client_token = forms.UUIDField()


class CorrectionForm(SentForm):
    """Which answer is changed; the classes stand where another is given."""

    label = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    client_token = forms.UUIDField()
    classes = ClassIds(required=False)


class SettleForm(SentForm):
    """A returned answer: kept as it is, or another in its place."""

    client_token = forms.UUIDField()
    keeps = forms.BooleanField(required=False)
    classes = ClassIds(required=False)
