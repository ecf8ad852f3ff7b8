"""Budgets: limits, the accounts that count against them, and a charge per lease and label."""

from django.db import models
from django.db.models.functions import Now

from annotation import units
from annotation.models.annotators import User
from annotation.models.labels import Label
from annotation.models.projects import Project
from annotation.models.queue import Assignment


class Budget(models.Model):
    """One limit. Reserved at claim, settled at submit, released on expiry or skip.

    Limits and all that counts against them are whole amounts of the unit (annotation.units):
    labels, milliseconds of active time, parts of the project's currency.
    """

    class Scope(models.TextChoices):
        PROJECT = "project", "The whole project"
        ANNOTATOR = "annotator", "Each annotator"
        ANNOTATOR_DAY = "annotator_day", "Each annotator, per day"

    class Unit(models.TextChoices):
        LABELS = units.LABELS, "Labels"
        HOURS = units.HOURS, "Active hours"
        MONEY = units.MONEY, "Money"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="budgets")
    scope = models.CharField(max_length=15, choices=Scope, default=Scope.PROJECT)
    unit = models.CharField(max_length=10, choices=Unit, default=Unit.LABELS)
    limit = models.PositiveBigIntegerField()
    is_frozen = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "scope", "unit"], name="budget_once"),
            models.CheckConstraint(condition=models.Q(limit__gt=0), name="budget_above_zero"),
            models.CheckConstraint(
                condition=models.Q(unit__in=units.UNITS), name="budget_unit_known"
            ),
        ]

    def __str__(self) -> str:
        return self.words()

    def words(self, currency: str = "") -> str:
        """Write the limit and whose it is: "7.5 hours for each annotator"."""
        allowed = units.in_words(self.unit, self.limit, currency=currency)
        return f"{allowed} for {self.get_scope_display().lower()}"


class Account(models.Model):
    """What counts against one budget: one for the project, or one per annotator (and day).

    The limit stands here too, so that one constraint can hold the invariant.
    """

    budget = models.ForeignKey(Budget, on_delete=models.CASCADE, related_name="accounts")
    annotator = models.ForeignKey(User, on_delete=models.PROTECT, null=True)
    day = models.DateField(null=True)
    # annotator and day in one word: a key that has no NULL, so that it is unique on every database.
    holder = models.CharField(max_length=60)
    limit = models.PositiveBigIntegerField()
    reserved = models.PositiveBigIntegerField(default=0)
    spent = models.PositiveBigIntegerField(default=0)
    # How many labels `spent` paid for, so that what one costs needs no count.
    n_settled = models.PositiveIntegerField(default=0)
    # How many percent of which limit were said to be spent: each once, and anew for a new limit.
    noted_percent = models.PositiveSmallIntegerField(default=0, db_default=0)
    noted_limit = models.PositiveBigIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["budget", "holder"], name="account_once"),
            models.CheckConstraint(
                condition=models.Q(limit__gte=models.F("reserved") + models.F("spent")),
                name="account_never_overdrawn",
            ),
        ]

    def __str__(self) -> str:
        return f"account {self.pk}: {self.spent} + {self.reserved} of {self.limit}"


class Charge(models.Model):
    """One line of the ledger: what a lease reserved, or what its label settled."""

    class State(models.TextChoices):
        RESERVED = "reserved", "Reserved"
        SETTLED = "settled", "Settled"
        RELEASED = "released", "Released"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="charges")
    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="charges")
    label = models.ForeignKey(Label, on_delete=models.PROTECT, null=True, related_name="charges")
    state = models.CharField(max_length=10, choices=State, default=State.RESERVED)
    amount = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "assignment"],
                condition=~models.Q(state="released"),
                name="charge_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="settled") | models.Q(label__isnull=False),
                name="settled_charge_has_label",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.amount} for assignment {self.assignment_id}"
