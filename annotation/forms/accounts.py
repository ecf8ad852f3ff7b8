"""One's own account."""

from typing import Any

from django.contrib.auth.forms import PasswordChangeForm


class NewPasswordForm(PasswordChangeForm):
    """Django's own, without its list of rules: the page names them, and errors say which."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.help_text = ""
        # The page is about more than the password: it must not jump there.
        self.fields["old_password"].widget.attrs.pop("autofocus", None)
