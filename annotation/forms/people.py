"""Inviting people, and being invited: the shape of what is typed."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from annotation.models import Role, User
from annotation.models.invitations import MAX_USES
from annotation.services.invitations import LONGEST


class InviteForm(forms.Form):
    role = forms.ChoiceField(choices=Role, initial=Role.ANNOTATOR)
    name = forms.CharField(
        required=False,
        max_length=150,
        label="For whom",
        help_text="A name, for this list only. It may stay empty.",
    )
    email = forms.EmailField(
        required=False,
        label="E-mail",
        help_text="The link goes there if this server sends mail.",
    )
    days = forms.IntegerField(
        label="Works for so many days", initial=7, min_value=1, max_value=LONGEST.days
    )
    max_uses = forms.IntegerField(
        label="Works for so many people", initial=1, min_value=1, max_value=MAX_USES
    )

    def wanted(self) -> dict[str, Any]:
        """Return what the service asks for."""
        typed = {**self.cleaned_data}
        return {"valid_for": timedelta(days=typed.pop("days")), **typed}


class JoinForm(forms.Form):
    """A new account by an invitation."""

    username = forms.CharField(
        label=_("Username"),
        max_length=150,
        validators=User._meta.get_field("username").validators,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    first_name = forms.CharField(
        label=_("Name that others see (optional)"),
        required=False,
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("Password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        password, again = typed.get("password"), typed.get("again")
        if password and again and password != again:
            self.add_error("again", _("The two passwords are not the same."))
        elif password:
            self._judge(password, typed)
        return typed

    def _judge(self, password: str, typed: dict[str, Any]) -> None:
        somebody = User(username=typed.get("username", ""), first_name=typed.get("first_name", ""))
        try:
            validate_password(password, somebody)
        except ValidationError as error:
            self.add_error("password", error)

    def wanted(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("username", "first_name", "password")}
