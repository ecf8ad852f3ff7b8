"""What is known of people's answers, what was decided about them, and items with known answers."""

from typing import Self

from django.db import models
from django.db.models.functions import Now

from annotation.models.annotators import User
from annotation.models.items import Item
from annotation.models.labels import Label
from annotation.models.projects import Project


class Reliability(models.Model):
    """How one annotator's answers compare with those of others, as the worker measured it last.

    `skill` is the chance of a right answer, inside [low, high], of n_shared answers to items
    that somebody else answered too. Measured anew at every retrain; nothing is decided here.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="reliabilities")
    annotator = models.ForeignKey(User, on_delete=models.CASCADE, related_name="reliabilities")
    skill = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    n_shared = models.PositiveIntegerField()
    n_labels = models.PositiveIntegerField()
    # Hardly better than guessing, by twenty shared answers or more.
    looks_random = models.BooleanField(default=False)
    gold_right = models.PositiveIntegerField(default=0)
    gold_n = models.PositiveIntegerField(default=0)
    # Active time per answer, and how many came in under a third of their item's median.
    median_seconds = models.FloatField(null=True)
    n_quick = models.PositiveIntegerField(default=0)
    measured_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "annotator"], name="reliability_of_annotator_once"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    low__gte=0,
                    low__lte=models.F("skill"),
                    skill__lte=models.F("high"),
                    high__lte=1,
                ),
                name="reliability_in_its_interval",
            ),
            models.CheckConstraint(
                condition=models.Q(gold_right__lte=models.F("gold_n")),
                name="reliability_gold_right_of_n",
            ),
        ]

    def __str__(self) -> str:
        return f"reliability of {self.annotator_id} in project {self.project_id}"


class QualityReport(models.Model):
    """How far people agree, pair by pair, class by class and over time, as the worker found it."""

    project = models.OneToOneField(
        Project, on_delete=models.CASCADE, primary_key=True, related_name="quality_report"
    )
    data = models.JSONField()
    measured_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"quality of project {self.project_id}"


class Trust(models.Model):
    """What was decided about one annotator's work in a project; no row: nothing was.

    Left out: their answers are kept and count for nothing. Paused: they are handed nothing.
    Both are undone as they were done; the audit log keeps who and when.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="trust")
    annotator = models.ForeignKey(User, on_delete=models.CASCADE, related_name="trust")
    is_left_out = models.BooleanField(default=False)
    is_paused = models.BooleanField(default=False)
    # Why, and for the annotator to read while paused.
    reason = models.CharField(max_length=500, blank=True)
    # Nobody: the rule of known answers did.
    changed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "annotator"], name="trust_of_annotator_once")
        ]

    def __str__(self) -> str:
        return f"trust in {self.annotator_id} in project {self.project_id}"


class Gold(models.Model):
    """An item whose answer is known: it measures people, and neither trains nor measures a model.

    `value` is the sorted list of class ids. A retired one is asked no more; what it measured
    stays.
    """

    class Source(models.TextChoices):
        ADJUDICATED = "adjudicated", "Decided by a lead"
        UPLOAD = "upload", "Uploaded"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="gold")
    item = models.OneToOneField(Item, on_delete=models.CASCADE, related_name="gold")
    value = models.JSONField()
    source = models.CharField(max_length=12, choices=Source)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(db_default=Now())
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["project", "id"], name="gold_by_project")]

    def __str__(self) -> str:
        return f"known answer of item {self.item_id}"


class DecisionQuerySet(models.QuerySet["Decision"]):
    def standing(self) -> Self:
        return self.filter(undone_at=None)


class Decision(models.Model):
    """A lead's answer to an item: final, whatever people said or will say. `value` as a label's.

    Never changed: undone, and decided anew. What people said of the item stays on record, and is
    held against it.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="decisions")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="decisions")
    value = models.JSONField()
    # For the people who answered it to read.
    comment = models.CharField(max_length=1_000, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(db_default=Now())
    undone_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item"],
                condition=models.Q(undone_at__isnull=True),
                name="item_decided_once_at_a_time",
            )
        ]
        indexes = [models.Index(fields=["project", "-id"], name="decision_by_project")]

    def __str__(self) -> str:
        return f"decision {self.pk} of item {self.item_id}"


class ReturnedQuerySet(models.QuerySet["Returned"]):
    def waiting(self) -> Self:
        """Return what nobody settled; whoever corrected or took back the answer did."""
        return self.filter(settled_at=None, label__superseded_by=None)


class Returned(models.Model):
    """An answer a lead sent back to who gave it, with a comment; settled when they corrected or
    confirmed it, or the lead decided the item."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="returned")
    label = models.ForeignKey(Label, on_delete=models.CASCADE, related_name="returned")
    annotator = models.ForeignKey(User, on_delete=models.CASCADE, related_name="returned")
    comment = models.CharField(max_length=1_000)
    returned_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    returned_at = models.DateTimeField(db_default=Now())
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = ReturnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["label"],
                condition=models.Q(settled_at__isnull=True),
                name="label_returned_once_at_a_time",
            ),
            models.CheckConstraint(condition=~models.Q(comment=""), name="returned_says_why"),
        ]

    def __str__(self) -> str:
        return f"label {self.label_id} returned"


class Suspect(models.Model):
    """A label that is probably wrong, as models that never saw it find: the least believed first.

    Written by the worker with each round, read by leads. One a lead found right is kept and shown
    no more, as long as the item's label is what they saw.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="suspects")
    item = models.OneToOneField(Item, on_delete=models.CASCADE, related_name="suspect")
    # The label, and what the model says instead: sorted lists of class ids.
    value = models.JSONField()
    predicted = models.JSONField()
    # How far people and model together believe the label; how sure the model is of its own word.
    belief = models.FloatField()
    confidence = models.FloatField()
    found_at = models.DateTimeField()
    dismissed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    dismissed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    belief__gte=0, belief__lte=1, confidence__gte=0, confidence__lte=1
                ),
                name="suspect_beliefs_are_shares",
            )
        ]
        indexes = [models.Index(fields=["project", "belief"], name="suspect_by_belief")]

    def __str__(self) -> str:
        return f"doubt about item {self.item_id}"
