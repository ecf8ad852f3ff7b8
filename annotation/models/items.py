"""Items: a narrow row each for the queue and selection, their payload beside it."""

from django.db import models
from django.db.models.functions import Now

from annotation.models.projects import Project

MAX_TEXT_CHARACTERS = 100_000


class Item(models.Model):
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="items")
    # The user's own id for the item, where the file had one.
    key = models.CharField(max_length=200, blank=True)
    content_hash = models.CharField(max_length=64)
    # Place in the project's fixed random order: a keyed hash of the content, so that an item
    # imported later takes its fair place. The first of this order are the audit items.
    audit_rank = models.BigIntegerField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "content_hash"], name="item_content_once"),
            models.UniqueConstraint(
                fields=["project", "key"], condition=~models.Q(key=""), name="item_key_once"
            ),
        ]
        indexes = [
            models.Index(fields=["project", "audit_rank"], name="item_audit_order"),
            # The pool is counted and paged through here, without a look at any row.
            models.Index(
                fields=["project", "id"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="item_in_pool",
            ),
            models.Index(
                fields=["project", "-withdrawn_at", "-id"],
                condition=models.Q(withdrawn_at__isnull=False),
                name="item_withdrawn",
            ),
        ]

    def __str__(self) -> str:
        return self.key or f"item {self.pk}"


class ItemPayload(models.Model):
    """What an annotator sees of an item; out of the queue's way."""

    item = models.OneToOneField(
        Item, on_delete=models.CASCADE, primary_key=True, related_name="payload"
    )
    text = models.TextField(blank=True)
    # A table row's cells by column, or further columns of the file shown beside a text or image.
    fields = models.JSONField(default=dict)
    # An image's names inside the media folder: made by us, never taken from the upload.
    file = models.CharField(max_length=120, blank=True)
    thumbnail = models.CharField(max_length=120, blank=True)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)

    def __str__(self) -> str:
        return f"payload of item {self.item_id}"


class KnownAnswer(models.Model):
    """The true answer of an item, kept apart from labels: for oracles at play and for tests.

    Selection cannot see it: `exchange` has no function that hands it out.
    """

    item = models.OneToOneField(
        Item, on_delete=models.CASCADE, primary_key=True, related_name="known_answer"
    )
    value = models.JSONField()

    def __str__(self) -> str:
        return f"known answer of item {self.item_id}"
