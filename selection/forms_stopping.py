"""What a lead says when going on against a rule."""

from django import forms


class GoOnForm(forms.Form):
    """Which rule, for how many labels more, and why; `configuration.go_on` has the last word."""

    rule = forms.CharField(max_length=40, widget=forms.HiddenInput)
    labels = forms.IntegerField(min_value=1)
    reason = forms.CharField(max_length=500)
