"""What somebody looks for in the audit log, as its address holds it."""

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from annotation.services import audit_log


class LogForm(forms.Form):
    what = forms.ChoiceField(
        required=False,
        choices=[(name, title) for name, (title, _) in audit_log.KINDS.items()],
    )
    who = forms.CharField(required=False, max_length=150)
    since = forms.DateField(required=False, widget=forms.DateInput({"type": "date"}))
    until = forms.DateField(required=False, widget=forms.DateInput({"type": "date"}))
    place = forms.CharField(required=False, max_length=45)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, label_suffix="")
        for name, field in self.fields.items():
            field.widget.attrs["id"] = f"log-{name}"

    def clean_place(self) -> audit_log.Place:
        found = re.fullmatch(r"(\d{1,19})\.(\d{1,19})", self.cleaned_data["place"])
        if found is None:
            return audit_log.Place()
        entry, label = (min(int(each), audit_log.END) for each in found.groups())
        return audit_log.Place(entry, label)

    def clean(self) -> dict[str, Any]:
        sent = self.cleaned_data
        since, until = sent.get("since"), sent.get("until")
        if isinstance(since, date) and isinstance(until, date) and until < since:
            raise ValidationError(f"The last day, {until}, is before the first, {since}.")
        return sent

    def wanted(self) -> audit_log.Wanted:
        """Return what is looked for; call it on a form that is valid."""
        sent = self.cleaned_data
        return audit_log.Wanted(
            kind=sent["what"],
            who=sent["who"],
            since=sent["since"],
            until=sent["until"],
            place=sent["place"],
        )
