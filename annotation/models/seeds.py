"""The seed set: items a lead sought out, to be asked before what a strategy would choose."""

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from annotation.models.annotators import User
from annotation.models.items import Item
from annotation.models.labels import Label
from annotation.models.projects import LabelClass, Project
from annotation.models.queue import Assignment, State


class SeedQuerySet(models.QuerySet["Seed"]):
    def waiting(self) -> Self:
        """Return the picks that stand and nobody was asked about, in the order they were made."""
        asked = Assignment.objects.filter(item=OuterRef("item")).exclude(
            state__in=[State.OPEN, State.WITHDRAWN]
        )
        labelled = Label.objects.filter(item=OuterRef("item"))
        kept = self.filter(removed_at=None, item__withdrawn_at=None)
        return kept.filter(~Q(Exists(asked)), ~Q(Exists(labelled))).order_by("added_at", "pk")


class Seed(models.Model):
    """One item a lead picked, or labelled where they found it.

    A sought item is no random one: from the moment it is here it counts as chosen, so that it
    may train and never measures. So the row stays, when the item has been asked and also when
    the pick is taken back.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="seeds")
    item = models.OneToOneField(Item, on_delete=models.CASCADE, related_name="seed")
    # What the lead thinks it is: for counting how many of each class are picked, never an answer.
    suggested = models.ForeignKey(LabelClass, on_delete=models.SET_NULL, null=True)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="seeds")
    added_at = models.DateTimeField(db_default=Now())
    removed_at = models.DateTimeField(null=True)

    objects = SeedQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["project", "added_at"], name="seed_by_project")]

    def __str__(self) -> str:
        return f"seed {self.pk}: item {self.item_id}"
