"""What a lead decides: an own answer to what others skipped, a decision, a word to somebody."""

from django import forms

from annotation.forms.queue import ClassIds, Milliseconds, SentForm


class OwnAnswerForm(SentForm):
    client_token = forms.UUIDField()
    classes = ClassIds(required=False)
    active_ms = Milliseconds()
    wall_ms = Milliseconds()


class DecisionForm(SentForm):
    classes = ClassIds(required=False)
    comment = forms.CharField(required=False, max_length=1_000)


class ReturnForm(SentForm):
    label = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    comment = forms.CharField(required=False, max_length=1_000)
