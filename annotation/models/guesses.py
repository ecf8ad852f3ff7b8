"""What the reader says of items nobody was asked about: groups of similar ones, and guesses."""

from django.db import models
from django.db.models.functions import Now

from annotation.models.items import Item
from annotation.models.projects import Project


class Group(models.Model):
    """Items of the pool that are alike, described by words or examples. Made anew as a whole."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="groups")
    number = models.PositiveSmallIntegerField()
    size = models.PositiveIntegerField()
    # The words that tell it from the others, the most telling first.
    words = models.JSONField(default=list)
    # Item ids that stand for it, the most typical first.
    examples = models.JSONField(default=list)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="group_number_once")
        ]

    def __str__(self) -> str:
        return f"group {self.number} of project {self.project_id}"


class Guess(models.Model):
    """An item's group, and what the newest model then took it for. No label, and no answer."""

    item = models.OneToOneField(
        Item, on_delete=models.CASCADE, primary_key=True, related_name="guess"
    )
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="guesses")
    number = models.PositiveSmallIntegerField()
    # A class's id, None without a model. No foreign key: a class may go, guesses are made anew.
    class_id = models.BigIntegerField(null=True)
    confidence = models.FloatField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["project", "number", "item"], name="guess_by_group"),
            models.Index(fields=["project", "class_id", "item"], name="guess_by_class"),
        ]

    def __str__(self) -> str:
        return f"guess of item {self.item_id}"
