"""Models that live outside alapp: what they said of items, version by version."""

from django.db import models
from django.db.models.functions import Now

MAX_NAME = 60


class OutsideModel(models.Model):
    """A name under which predictions or scores are pushed."""

    class Kind(models.TextChoices):
        PREDICTIONS = "predictions", "Probabilities of classes"
        SCORES = "scores", "One score per item"

    project = models.ForeignKey(
        "annotation.Project", on_delete=models.CASCADE, related_name="outside_models"
    )
    name = models.CharField(max_length=MAX_NAME)
    kind = models.CharField(max_length=12, choices=Kind)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="outside_model_once"),
            models.CheckConstraint(condition=~models.Q(name=""), name="outside_model_has_name"),
        ]

    def __str__(self) -> str:
        return self.name


class OutsideVersion(models.Model):
    """What was pushed at once: never changed. Its numbers lie in a file of plain arrays.

    `digest` is of the content: what a round read is known by it. `n_trained` are the items its
    owner says it was trained on, None where nothing was said of that.
    """

    model = models.ForeignKey(OutsideModel, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=40)
    # The classes in the order of the columns; empty for scores.
    class_ids = models.JSONField(default=list)
    # Inside the models folder.
    file = models.CharField(max_length=120)
    n_items = models.PositiveIntegerField()
    n_trained = models.PositiveIntegerField(null=True)
    source = models.CharField(max_length=200, blank=True)
    pushed_by = models.ForeignKey(
        "annotation.User", on_delete=models.SET_NULL, null=True, related_name="outside_versions"
    )
    pushed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["model", "number"], name="outside_version_once"),
            models.CheckConstraint(
                condition=models.Q(n_items__gt=0), name="outside_version_has_items"
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number} of {self.model_id}"
