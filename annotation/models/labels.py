"""Labels, append-only, and the consensus made of them."""

from typing import Self

from django.db import models
from django.db.models.functions import Now

from annotation.models.annotators import User
from annotation.models.items import Item
from annotation.models.projects import Project
from annotation.models.queue import Assignment, Purpose


class LabelQuerySet(models.QuerySet["Label"]):
    def current(self) -> Self:
        """Return the labels that stand: not superseded, not retracted."""
        return self.filter(superseded_by=None, value__isnull=False)


class Label(models.Model):
    """One person's answer. Never changed: a correction is a new row that supersedes it.

    `value` is the sorted list of answered class ids; None retracts (undo).
    """

    class Origin(models.TextChoices):
        ANNOTATOR = "annotator", "Answered in the queue"
        IMPORT = "import", "Imported"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="labels")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="labels")
    assignment = models.ForeignKey(
        Assignment, on_delete=models.PROTECT, null=True, related_name="labels"
    )
    annotator = models.ForeignKey(User, on_delete=models.PROTECT, related_name="labels")
    value = models.JSONField(null=True)
    revision = models.PositiveSmallIntegerField(default=0)
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="superseded_by"
    )
    purpose = models.CharField(max_length=10, choices=Purpose, default=Purpose.QUERY)
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.ANNOTATOR)
    # The page's own number for this answer: sending it twice records it once.
    client_token = models.UUIDField()
    # Another answer in the place of a standing one, long after it: what it cost stays as it was,
    # and so does the time, which is carried over.
    is_correction = models.BooleanField(default=False, db_default=False)
    # Given after the lease had moved on: kept, outside the budget's promise.
    is_extra = models.BooleanField(default=False)
    active_ms = models.PositiveIntegerField(default=0)
    wall_ms = models.PositiveIntegerField(default=0)
    # Until when the annotator's time is accounted for (annotation.worktime), in ms since 1970.
    worked_until_ms = models.BigIntegerField(null=True)
    # What the model said when the item was handed out; not shown to the annotator.
    prediction = models.JSONField(null=True)
    model_version = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = LabelQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["annotator", "client_token"], name="label_client_token_once"
            ),
            # Two first answers, or two corrections of the same answer, cannot both be stored.
            models.UniqueConstraint(
                fields=["item", "annotator", "revision"], name="label_revision_once"
            ),
            models.CheckConstraint(
                condition=models.Q(revision=0, supersedes__isnull=True)
                | models.Q(revision__gt=0, supersedes__isnull=False),
                name="label_revision_supersedes",
            ),
        ]
        indexes = [
            models.Index(fields=["project", "id"], name="label_by_project"),
            models.Index(fields=["annotator", "project", "-id"], name="label_by_annotator"),
            # With every answer: until when its giver's time is accounted for.
            models.Index(fields=["annotator", "worked_until_ms"], name="label_worked_until"),
        ]

    def __str__(self) -> str:
        return f"label {self.pk} of item {self.item_id}"


class Consensus(models.Model):
    """The agreed answer of an item, made from its labels and made anew whenever they change."""

    item = models.OneToOneField(
        Item, on_delete=models.CASCADE, primary_key=True, related_name="consensus"
    )
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="consensus")
    value = models.JSONField()
    # How likely it is right, in (0, 1], by the skill of those who answered; 1 for the first answer
    # until the worker has looked at who gave it.
    certainty = models.FloatField()
    n_labels = models.PositiveSmallIntegerField()
    # Nothing tells the likeliest answers apart: for a lead to decide.
    is_tied = models.BooleanField(default=False, db_default=False)
    # A lead's decision: further answers change nothing.
    is_final = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(certainty__gt=0, certainty__lte=1),
                name="consensus_certainty_in_range",
            ),
        ]
        indexes = [
            # The least sure of the items several people answered.
            models.Index(
                fields=["project", "certainty"],
                condition=models.Q(n_labels__gt=1),
                name="consensus_least_sure",
            ),
        ]

    def __str__(self) -> str:
        return f"consensus of item {self.item_id}"
