"""The forms of the page after the stop: shapes only, rules live in `accepting`."""

from django import forms

LEAST, MOST, USUAL = 0.1, 50.0, 5.0


class LimitForm(forms.Form):
    """The share of errors a lead would put up with, in percent as people say it."""

    limit = forms.FloatField(
        label="Errors at most, in percent", min_value=LEAST, max_value=MOST, initial=USUAL,
        help_text="Of the accepted predictions, so many in a hundred may be wrong.",
    )  # fmt: skip

    @property
    def share(self) -> float:
        return float(self.cleaned_data["limit"]) / 100


class AcceptForm(LimitForm):
    """The limit, and the final model the lead looked at."""

    number = forms.IntegerField(min_value=1)


class NextForm(forms.Form):
    n = forms.IntegerField(label="Items", min_value=1, max_value=1_000, initial=20)
