"""A webhook as typed into a form; `services.webhooks` judges where it may be sent."""

from django import forms

from annotation.webhooks.addresses import MAX_LENGTH
from annotation.webhooks.events import EVENTS

USUAL = [each.name for each in EVENTS if each.is_usual]


class WebhookForm(forms.Form):
    url = forms.CharField(
        label="Address",
        max_length=MAX_LENGTH,
        widget=forms.URLInput(
            attrs={"placeholder": "https://example.org/alapp", "autocomplete": "off"}
        ),
    )
    events = forms.MultipleChoiceField(
        label="What is sent",
        choices=[(each.name, each.title) for each in EVENTS],
        initial=USUAL,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one."},
    )
