"""Webhooks: where a project tells its news, and what became of each message."""

from rest_framework import serializers

from annotation.api.shapes import Person, Sent, Shown
from annotation.webhooks.addresses import MAX_LENGTH
from annotation.webhooks.events import EVENTS


class WebhookSent(Sent):
    url = serializers.CharField(max_length=MAX_LENGTH, help_text="The address news is sent to.")
    events = serializers.ListField(
        child=serializers.ChoiceField(choices=[each.name for each in EVENTS]),
        min_length=1,
        max_length=len(EVENTS),
    )


class SwitchSent(Sent):
    is_on = serializers.BooleanField()


class DeliveryShown(Shown):
    """One message: its id is sent along, the same at every try. `status` is what the receiver
    answered, null before it did."""

    id = serializers.UUIDField(source="pk")
    event = serializers.CharField()
    state = serializers.CharField()
    created_at = serializers.DateTimeField()
    tries = serializers.IntegerField()
    tried_at = serializers.DateTimeField(allow_null=True)
    status = serializers.IntegerField(allow_null=True)
    took_ms = serializers.IntegerField(allow_null=True)
    error = serializers.CharField(help_text="Why the last try failed; empty where it did not.")


class WebhookShown(Shown):
    """A webhook. `off_reason` says why the server switched it off; `failing_since` is null while
    all is well; until `former_until` the secret before the newest signs too."""

    id = serializers.IntegerField(source="pk")
    url = serializers.CharField()
    events = serializers.ListField(child=serializers.CharField())
    is_on = serializers.BooleanField()
    off_reason = serializers.CharField()
    failing_since = serializers.DateTimeField(allow_null=True)
    former_until = serializers.DateTimeField(allow_null=True)
    created_by = Person(allow_null=True)
    created_at = serializers.DateTimeField()


class WebhookListedShown(Shown):
    """A webhook with its newest message, if there is one."""

    webhook = WebhookShown(source="hook")
    newest = DeliveryShown(allow_null=True)


class WebhookMadeShown(Shown):
    """A webhook with its new secret, shown this once: null where the request is sent again."""

    webhook = WebhookShown()
    secret = serializers.CharField(allow_null=True)
