"""Webhooks: where a project tells other programs its news, and what is told, each a row."""

import uuid

from django.db import models
from django.db.models.functions import Now

from annotation.models.annotators import User
from annotation.models.projects import Project
from annotation.webhooks.addresses import MAX_LENGTH


class Webhook(models.Model):
    """One receiver. Its secret is made from the server's key and the salt, and stored nowhere."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="webhooks")
    url = models.CharField(max_length=MAX_LENGTH)
    events = models.JSONField(default=list)
    salt = models.CharField(max_length=64)
    # By which a changed server key is noticed: what is signed by another key reaches nobody.
    secret_check = models.CharField(max_length=16)
    former_salt = models.CharField(max_length=64, blank=True)
    former_until = models.DateTimeField(null=True)
    is_on = models.BooleanField(default=True)
    # Why it is off, when nobody switched it off.
    off_reason = models.CharField(max_length=300, blank=True)
    # Since when nothing has arrived; null while all is well.
    failing_since = models.DateTimeField(null=True)
    # Not before this moment, whatever waits: one that fails is not asked at full speed.
    rests_until = models.DateTimeField(null=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(url=""), name="webhook_has_url"),
            models.CheckConstraint(
                condition=models.Q(former_salt="", former_until__isnull=True)
                | (~models.Q(former_salt="") & models.Q(former_until__isnull=False)),
                name="webhook_former_secret_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"webhook {self.pk} of project {self.project_id}"


class Delivery(models.Model):
    """One piece of news for one receiver, written with what it tells of; its id is sent along.

    `tries` is also who holds it: what a sender found out counts only while it is the same.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        DELIVERED = "delivered", "Delivered"
        GIVEN_UP = "given_up", "Given up"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event = models.CharField(max_length=40)
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    tries = models.PositiveIntegerField(default=0)
    # Those that do not count: made before a lead had it sent again.
    tries_before = models.PositiveIntegerField(default=0)
    queued_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField(db_default=Now())
    held_until = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    took_ms = models.PositiveIntegerField(null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="waiting") | models.Q(held_until__isnull=True),
                name="delivery_held_while_waiting",
            ),
        ]
        indexes = [
            models.Index(
                fields=["webhook", "due_at"],
                condition=models.Q(state="waiting"),
                name="delivery_waiting",
            ),
            models.Index(fields=["webhook", "-created_at"], name="delivery_newest"),
            models.Index(fields=["created_at"], name="delivery_age"),
        ]

    def __str__(self) -> str:
        return f"{self.event} for webhook {self.webhook_id}: {self.state}"
