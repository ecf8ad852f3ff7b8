"""One's own account."""

from typing import Any

from django import forms
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.utils.translation import gettext_lazy as _

from annotation.models.annotators import Break


class NewPasswordForm(PasswordChangeForm):
    """Django's own, without its list of rules: the page names them, and errors say which."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.help_text = ""
        # The page is about more than the password: it must not jump there.
        self.fields["old_password"].widget.attrs.pop("autofocus", None)


class ChosenPasswordForm(SetPasswordForm):
    """A new password without the old one, for whom a link has let in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.help_text = ""


class NameForm(forms.Form):
    """How others see a person; the user name stays."""

    first_name = forms.CharField(
        required=False,
        max_length=150,
        label=_("First name"),
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    last_name = forms.CharField(
        required=False,
        max_length=150,
        label=_("Last name"),
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )


class PaceForm(forms.Form):
    """How the label page treats a person."""

    break_minutes = forms.TypedChoiceField(
        coerce=int, choices=Break, label=_("Suggest a break after active work of")
    )
    swipes = forms.BooleanField(
        required=False, label=_("On touch screens, swipe left to skip and right to undo")
    )
