"""Projects: what is sent to make and change one, and what is shown of it."""

from typing import Any

from django.core.exceptions import ValidationError
from rest_framework import serializers

from annotation.api.shapes import Id, Sent, Shown
from annotation.forms.labelling import check_keywords
from annotation.models import FurtherBy, Modality, ShowReason, Status, Task, TextFormat
from annotation.models.projects import (
    MAX_CLASSES,
    MAX_GOLD_PERCENT,
    MAX_OVERLAP,
    MAX_STRAGGLER_PERCENT,
)
from annotation.services.budgets import MAX_LIMIT
from annotation.services.projects import DEFAULT_BUDGET, ClassDraft

MAX_GUIDELINES = 50_000


class ClassSent(Sent):
    """A class; `id` names one that stands already, so that its labels stay its own."""

    id = Id(required=False, allow_null=True, default=None)
    name = serializers.CharField(max_length=100)
    description = serializers.CharField(max_length=2_000, required=False, allow_blank=True)
    key = serializers.CharField(max_length=1, required=False, allow_blank=True)


class ClassShown(Shown):
    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    description = serializers.CharField()
    key = serializers.CharField()
    colour = serializers.CharField()


class ClassesSent(Sent):
    """All classes in their order: one left out is removed, if nobody answered it."""

    classes = serializers.ListField(child=ClassSent(), max_length=MAX_CLASSES)


def drafts(sent: list[dict[str, Any]]) -> list[ClassDraft]:
    return [ClassDraft(**each) for each in sent]


class ProjectSent(Sent):
    name = serializers.CharField(max_length=120)
    modality = serializers.ChoiceField(choices=Modality.values, default=Modality.TEXT)
    task = serializers.ChoiceField(choices=Task.values, default=Task.SINGLE)
    classes = serializers.ListField(child=ClassSent(), max_length=MAX_CLASSES, default=list)
    guidelines = serializers.CharField(max_length=MAX_GUIDELINES, allow_blank=True, default="")
    budget = serializers.IntegerField(
        min_value=1, max_value=MAX_LIMIT, default=DEFAULT_BUDGET, help_text="In labels."
    )


class StatusSent(Sent):
    status = serializers.ChoiceField(choices=[Status.ACTIVE, Status.PAUSED, Status.STOPPED])


class CardShown(Shown):
    """A project in the list: who one is in it, and how far it is."""

    slug = serializers.CharField(source="project.slug")
    name = serializers.CharField(source="project.name")
    modality = serializers.CharField(source="project.modality")
    task = serializers.CharField(source="project.task")
    status = serializers.CharField(source="project.status")
    role = serializers.CharField()
    n_items = serializers.IntegerField()
    spent = serializers.IntegerField(help_text="Labels given, of the project's own budget.")
    limit = serializers.IntegerField(allow_null=True)
    created_at = serializers.DateTimeField(source="project.created_at")


class ProjectShown(Shown):
    """A project as everybody in it sees it."""

    slug = serializers.CharField()
    name = serializers.CharField()
    modality = serializers.CharField()
    task = serializers.CharField()
    status = serializers.CharField()
    role = serializers.CharField()
    classes = ClassShown(many=True, source="classes.all")
    guidelines_version = serializers.IntegerField()
    corrections_allowed = serializers.BooleanField()
    bulk_allowed = serializers.BooleanField()
    lease_seconds = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)


def _number(low: int, high: int, text: str) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=low, max_value=high, required=False, help_text=text)


class Keywords(serializers.CharField):
    def to_internal_value(self, data: Any) -> str:
        text: str = super().to_internal_value(data)
        try:
            check_keywords(text)
        except ValidationError as error:
            raise serializers.ValidationError(error.messages) from None
        return text


class SettingsSent(Sent):
    """What is to be changed; whatever is left out stays."""

    name = serializers.CharField(max_length=120, required=False)
    guidelines = serializers.CharField(max_length=MAX_GUIDELINES, allow_blank=True, required=False)
    overlap = _number(1, MAX_OVERLAP, "People per item.")
    overlap_percent = _number(1, 100, "Share of items that go to so many; the others go to one.")
    further_by = serializers.ChoiceField(choices=FurtherBy.values, required=False)
    leads_label = serializers.BooleanField(required=False)
    reviewers_label = serializers.BooleanField(required=False)
    batch_share_percent = _number(1, 100, "The most of a batch that one person is handed.")
    lease_seconds = _number(10, 86_400, "An item stays so long with somebody who went away.")
    max_skips = _number(1, 100, "After so many skips an item comes to the lead.")
    straggler_percent = _number(0, MAX_STRAGGLER_PERCENT, "A batch is complete without so many.")
    straggler_leases = _number(1, 100, "Only what is out for longer is left behind.")
    text_format = serializers.ChoiceField(choices=TextFormat.values, required=False)
    keywords = Keywords(max_length=10_000, allow_blank=True, required=False)
    show_reason = serializers.ChoiceField(choices=ShowReason.values, required=False)
    confirm_answers = serializers.BooleanField(required=False)
    corrections_allowed = serializers.BooleanField(required=False)
    bulk_allowed = serializers.BooleanField(required=False)
    gold_percent = _number(0, MAX_GOLD_PERCENT, "Known answers mixed into each batch.")
    gold_floor_percent = _number(1, 100, "How many known answers somebody has to get right.")
    gold_pauses = serializers.BooleanField(required=False)
    gold_feedback = serializers.BooleanField(required=False)


class SettingsShown(Shown):
    """Everything about a project that its leads set."""

    slug = serializers.CharField()
    name = serializers.CharField()
    status = serializers.CharField()
    guidelines = serializers.CharField()
    guidelines_version = serializers.IntegerField()
    overlap = serializers.IntegerField()
    overlap_percent = serializers.IntegerField()
    further_by = serializers.CharField()
    leads_label = serializers.BooleanField()
    reviewers_label = serializers.BooleanField()
    batch_share_percent = serializers.IntegerField()
    lease_seconds = serializers.IntegerField()
    max_skips = serializers.IntegerField()
    straggler_percent = serializers.IntegerField()
    straggler_leases = serializers.IntegerField()
    text_format = serializers.CharField()
    keywords = serializers.CharField()
    show_reason = serializers.CharField()
    confirm_answers = serializers.BooleanField()
    corrections_allowed = serializers.BooleanField()
    bulk_allowed = serializers.BooleanField()
    gold_percent = serializers.IntegerField()
    gold_floor_percent = serializers.IntegerField()
    gold_pauses = serializers.BooleanField()
    gold_feedback = serializers.BooleanField()


class StepShown(Shown):
    """One thing a project needs; it starts when those that `is_needed` are done."""

    name = serializers.CharField()
    is_done = serializers.BooleanField()
    is_needed = serializers.BooleanField()
    hint = serializers.CharField()


class ReadingShown(Shown):
    """The guidelines, and which version this person opened last (0: none)."""

    number = serializers.IntegerField()
    text = serializers.CharField()
    last_read = serializers.IntegerField()
    is_unread = serializers.BooleanField()


class NumberSent(Sent):
    number = serializers.IntegerField(min_value=1, max_value=2**31 - 1)


class VersionShown(Shown):
    number = serializers.IntegerField(source="version.number")
    text = serializers.CharField(source="version.text")
    author = serializers.CharField(source="version.author.username", default=None, allow_null=True)
    restores = serializers.IntegerField(source="version.restores", allow_null=True)
    created_at = serializers.DateTimeField(source="version.created_at")
    is_current = serializers.BooleanField()


class ReaderShown(Shown):
    name = serializers.CharField()
    role = serializers.CharField()
    last_read = serializers.IntegerField()
    read_at = serializers.DateTimeField(allow_null=True)
