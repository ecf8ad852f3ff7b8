"""Making a token: its name, what it may do, and for how long."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from annotation.models import User
from annotation.scopes import Scope

DAYS = ((7, _("A week")), (30, _("30 days")), (90, _("90 days")), (365, _("A year")))
SCOPES = {
    Scope.READ.value: _("Read: look at whatever you may look at"),
    Scope.LABEL.value: _("Label: answer, skip and correct in your name"),
    Scope.LEAD.value: _("Lead: change what you may change as a reviewer, lead or owner"),
    Scope.ADMIN.value: _("Admin: use your admin's rights in every project"),
}


class TokenForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("What uses it, so that you know later: the nightly import."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"), widget=forms.CheckboxSelectMultiple, initial=[Scope.READ.value]
    )
    days = forms.TypedChoiceField(label=_("Valid for"), choices=DAYS, coerce=int, initial=90)

    def __init__(self, user: User, sent: Any = None) -> None:
        super().__init__(sent)
        offered = [each for each in SCOPES.items() if user.is_superuser or each[0] != "admin"]
        field = self.fields["scopes"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = offered

    def valid_for(self) -> timedelta:
        return timedelta(days=self.cleaned_data["days"])
