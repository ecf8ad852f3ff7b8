"""The queue: batches of assignments, each leased to one annotator at a time."""

from typing import Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from annotation.models.annotators import User
from annotation.models.items import Item
from annotation.models.projects import MAX_OVERLAP, Project


class Purpose(models.TextChoices):
    """Why a judgement is wanted. All look alike to annotators."""

    QUERY = "query", "Chosen by the strategy"
    AUDIT = "audit", "Random, measures the model"
    OVERLAP = "overlap", "A further opinion"
    RELABEL = "relabel", "A further opinion worth more than a new item"
    GOLD = "gold", "Known answer, measures people"
    SEED = "seed", "Sought out by a lead"


class Batch(models.Model):
    """What a round laid on the desk. Number -1 collects what was asked outside any round."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="batches")
    number = models.IntegerField()
    published_at = models.DateTimeField(db_default=Now())
    # When it was first seen that nothing more is to be waited for.
    completed_at = models.DateTimeField(null=True)
    # Of number -1: the place in the audit order down to which items were taken.
    reached = models.BigIntegerField(null=True)
    # Of a round's: what annotators may read of items the queue draws by itself, by item id.
    spare = models.JSONField(default=dict, db_default={})

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="batch_number_once")
        ]

    def __str__(self) -> str:
        return f"batch {self.number} of project {self.project_id}"


class State(models.TextChoices):
    OPEN = "open", "Open"
    LEASED = "leased", "With an annotator"
    DONE = "done", "Answered"
    SKIPPED = "skipped", "Skipped by too many, for the lead"
    WITHDRAWN = "withdrawn", "No longer wanted"


class Assignment(models.Model):
    """One wanted judgement of one item. `annotator` holds the lease, or gave the answer."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="assignments")
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="assignments")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="assignments")
    slot = models.PositiveSmallIntegerField(default=0)
    position = models.PositiveIntegerField()
    in_reserve = models.BooleanField(default=False)
    purpose = models.CharField(max_length=10, choices=Purpose, default=Purpose.QUERY)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    annotator = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="assignments"
    )
    leased_at = models.DateTimeField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # What selection said when it asked, for leads: it may tell the purpose.
    score = models.FloatField(null=True)
    reason = models.JSONField(default=dict)
    # What annotators may read of the item, where the project shows it: the same keys and codes
    # whatever the purpose (docs/decisions/0023). Null where no model is at work.
    said = models.JSONField(null=True)
    prediction = models.JSONField(null=True)
    model_version = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item", "slot"],
                condition=~models.Q(state="withdrawn"),
                name="slot_wanted_once",
            ),
            models.UniqueConstraint(
                fields=["item", "annotator"],
                condition=models.Q(annotator__isnull=False),
                name="item_with_annotator_once",
            ),
            models.CheckConstraint(
                condition=models.Q(slot__lt=MAX_OVERLAP), name="slot_below_overlap_limit"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["leased", "done"], annotator__isnull=False)
                | models.Q(state__in=["open", "skipped", "withdrawn"], annotator__isnull=True),
                name="annotator_while_leased_or_done",
            ),
            models.CheckConstraint(
                condition=models.Q(state="leased", leased_until__isnull=False)
                | (~models.Q(state="leased") & models.Q(leased_until__isnull=True)),
                name="lease_has_end",
            ),
        ]
        indexes = [
            # The claim: the best open assignment of a project, in queue order.
            models.Index(
                fields=["project", "in_reserve", "-batch", "position", "slot"],
                condition=models.Q(state="open"),
                name="assignment_open",
            ),
            models.Index(
                fields=["project", "leased_until"],
                condition=models.Q(state="leased"),
                name="assignment_leased",
            ),
            models.Index(
                fields=["project"],
                condition=models.Q(state="skipped"),
                name="assignment_skipped",
            ),
            models.Index(fields=["annotator", "state"], name="assignment_by_annotator"),
            # How far a batch is, with every answer: counted in the index, whatever the pool's size.
            models.Index(
                fields=["batch", "state"],
                condition=models.Q(in_reserve=False),
                name="assignment_of_batch",
            ),
        ]

    def __str__(self) -> str:
        return f"assignment {self.pk} of item {self.item_id}"


class SkipQuerySet(models.QuerySet["Skip"]):
    def standing(self) -> Self:
        """Return the skips that count: their items were not put back since."""
        return self.filter(put_back_at=None)


class Skip(models.Model):
    """One annotator passed on one assignment, and why. It is not offered to them again, unless a
    lead puts the item back: the skip stays, but no longer counts."""

    class Reason(models.TextChoices):
        UNSURE = "unsure", _("I am not sure")
        UNREADABLE = "unreadable", _("Cannot be read or seen")
        NO_CLASS = "no_class", _("No class fits")
        OTHER = "other", _("Something else")

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="skips")
    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="skips")
    annotator = models.ForeignKey(User, on_delete=models.PROTECT, related_name="skips")
    reason = models.CharField(max_length=12, choices=Reason, default=Reason.UNSURE)
    created_at = models.DateTimeField(db_default=Now())
    put_back_at = models.DateTimeField(null=True, blank=True)

    objects = SkipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item", "annotator"],
                condition=models.Q(put_back_at__isnull=True),
                name="skip_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.annotator_id} skipped item {self.item_id}"
