"""A project: what is asked, of which items, of whom; and the classes that may be answered."""

import secrets
from typing import Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from annotation.models.annotators import User

MAX_CLASSES = 200
MAX_OVERLAP = 20
# More of a batch than this cannot be left behind as stragglers: the model would hardly learn of it.
MAX_STRAGGLER_PERCENT = 50
MAX_GOLD_PERCENT = 50
MAX_KEYWORDS = 200
MAX_KEYWORD_LENGTH = 100


def new_seed() -> int:
    """Return a seed that fits every database's bigint and every random generator."""
    return secrets.randbits(62)


class Task(models.TextChoices):
    SINGLE = "single", "One class per item"
    MULTI = "multi", "Any number of classes per item"


class Modality(models.TextChoices):
    TEXT = "text", _("Texts")
    IMAGE = "image", _("Images")
    TABLE = "table", _("Table rows")


class Status(models.TextChoices):
    DRAFT = "draft", _("Draft")
    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    STOPPED = "stopped", _("Stopped")


class PayBy(models.TextChoices):
    LABEL = "label", "Per label"
    HOUR = "hour", "Per hour of active time"


class FurtherBy(models.TextChoices):
    """Who gives the second and later opinions of an item."""

    ANYONE = "anyone", "Everybody who labels"
    REVIEWERS = "reviewers", "Reviewers and leads only"


class TextFormat(models.TextChoices):
    PLAIN = "plain", "Plain text"
    MARKDOWN = "markdown", "Markdown"


class ShowReason(models.TextChoices):
    """When an annotator reads why an item was asked."""

    BEFORE = "before", "With the item"
    AFTER = "after", "After the answer"
    NEVER = "never", "Never"


class ProjectQuerySet(models.QuerySet["Project"]):
    def visible_to(self, user: User) -> Self:
        """Return the projects the user has a role in; an admin sees all."""
        if user.is_superuser:
            return self
        return self.filter(memberships__user=user)


class Project(models.Model):
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    task = models.CharField(max_length=10, choices=Task, default=Task.SINGLE)
    modality = models.CharField(max_length=10, choices=Modality)
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    guidelines = models.TextField(blank=True, max_length=50_000)
    # Of GuidelinesVersion; 0 before the first. Here, so that a page knows it without asking.
    guidelines_version = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    # Fixes the audit order and, with a round's number, every random choice of that round.
    seed = models.BigIntegerField(default=new_seed, editable=False)
    # Opinions per item, for so many items in a hundred; the others get one.
    overlap = models.PositiveSmallIntegerField(default=1)
    overlap_percent = models.PositiveSmallIntegerField(default=100)
    lease_seconds = models.PositiveIntegerField(default=600)
    max_skips = models.PositiveSmallIntegerField(default=3)
    # What a label costs, for budgets of money: parts of the currency (annotation.units), per label
    # or per hour. A member may have a rate of their own.
    currency = models.CharField(max_length=3, default="EUR")
    pay_by = models.CharField(max_length=5, choices=PayBy, default=PayBy.LABEL)
    pay_rate = models.PositiveBigIntegerField(default=0)
    # The most active time that is charged for one label, so that it can be reserved beforehand.
    max_paid_seconds = models.PositiveIntegerField(default=300)
    # A batch is complete without its stragglers: at most so many in a hundred of it, each out for
    # longer than so many leases.
    straggler_percent = models.PositiveSmallIntegerField(default=10)
    straggler_leases = models.PositiveSmallIntegerField(default=2)
    # Whom items are handed to, annotators apart.
    leads_label = models.BooleanField(default=True)
    reviewers_label = models.BooleanField(default=True)
    further_by = models.CharField(max_length=10, choices=FurtherBy, default=FurtherBy.ANYONE)
    # The most of one batch that one person is handed, in a hundred.
    batch_share_percent = models.PositiveSmallIntegerField(default=100)
    # The columns of what was imported, in their files' order: a JSON value has none everywhere.
    field_order = models.JSONField(default=list, editable=False)
    # How the label page shows items, and what it lets annotators do.
    text_format = models.CharField(max_length=8, choices=TextFormat, default=TextFormat.PLAIN)
    # One word or phrase per line, marked where it occurs.
    keywords = models.TextField(blank=True, max_length=10_000)
    # A prediction that is seen first anchors people: so not before the answer unless a lead says.
    show_reason = models.CharField(max_length=6, choices=ShowReason, default=ShowReason.AFTER)
    confirm_answers = models.BooleanField(default=False)
    corrections_allowed = models.BooleanField(default=True)
    bulk_allowed = models.BooleanField(default=False)
    # Known answers: how many of a batch, how good one must be, and what comes of it.
    gold_percent = models.PositiveSmallIntegerField(default=5)
    gold_floor_percent = models.PositiveSmallIntegerField(default=70)
    gold_pauses = models.BooleanField(default=True)
    gold_feedback = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True, blank=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="project_has_name"),
            models.CheckConstraint(
                condition=models.Q(overlap__range=(1, MAX_OVERLAP)), name="project_overlap_in_range"
            ),
            models.CheckConstraint(
                condition=models.Q(lease_seconds__range=(10, 86_400)), name="project_lease_in_range"
            ),
            models.CheckConstraint(
                condition=models.Q(max_skips__range=(1, 100)), name="project_max_skips_in_range"
            ),
            models.CheckConstraint(
                condition=models.Q(max_paid_seconds__range=(1, 86_400)),
                name="project_paid_time_in_range",
            ),
            models.CheckConstraint(
                condition=models.Q(pay_by__in=PayBy.values), name="project_pay_by_known"
            ),
            models.CheckConstraint(
                condition=models.Q(overlap_percent__range=(1, 100)),
                name="project_overlap_percent_in_range",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    straggler_percent__range=(0, MAX_STRAGGLER_PERCENT),
                    straggler_leases__range=(1, 100),
                ),
                name="project_stragglers_in_range",
            ),
            models.CheckConstraint(
                condition=models.Q(batch_share_percent__range=(1, 100)),
                name="project_batch_share_in_range",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    gold_percent__range=(0, MAX_GOLD_PERCENT), gold_floor_percent__range=(1, 100)
                ),
                name="project_gold_in_range",
            ),
            models.CheckConstraint(
                condition=models.Q(text_format__in=TextFormat.values),
                name="project_text_format_known",
            ),
            models.CheckConstraint(
                condition=models.Q(show_reason__in=ShowReason.values),
                name="project_show_reason_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:
        return self.status == Status.ACTIVE


class LabelClass(models.Model):
    """A class that can be answered. Its key answers with it; its colour is the same everywhere."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="classes")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=100)
    description = models.TextField(blank=True, max_length=2_000)
    key = models.CharField(max_length=1, blank=True)
    colour = models.CharField(max_length=7)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="class_name_once"),
            models.UniqueConstraint(
                fields=["project", "key"], condition=~models.Q(key=""), name="class_key_once"
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="class_has_name"),
        ]

    def __str__(self) -> str:
        return self.name
