"""A lead's own answer to an item that others skipped."""

from django import forms

from annotation.forms.queue import ClassIds, Milliseconds, SentForm


class OwnAnswerForm(SentForm):
    client_token = forms.UUIDField()
    classes = ClassIds(required=False)
    active_ms = Milliseconds()
    wall_ms = Milliseconds()
