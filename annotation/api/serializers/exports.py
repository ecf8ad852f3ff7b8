"""Exports: what is asked for, and what became of it."""

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from annotation.api.shapes import ClassIds, Sent, Shown
from annotation.formats.outgoing import OUT_FORMATS
from annotation.formats.writing import CONTENTS
from annotation.models import Purpose, Run
from annotation.services.exports.asking import Export
from annotation.services.exports.orders import ALL, STATUSES, Order

MOST_ROUNDS = 1_000_000


class ExportSent(Sent):
    """What to write, of which rows, and how; filters left out let everything pass."""

    contents = serializers.ChoiceField(choices=CONTENTS)
    format = serializers.ChoiceField(choices=tuple(OUT_FORMATS), default="jsonl")
    status = serializers.ChoiceField(
        choices=STATUSES, default=ALL, help_text="Items with or without a label."
    )
    purposes = serializers.ListField(
        child=serializers.ChoiceField(choices=Purpose.values), max_length=len(Purpose), default=list
    )
    classes = ClassIds(default=list)
    since = serializers.DateTimeField(
        required=False, allow_null=True, default=None, help_text="Answered since."
    )
    first_round = serializers.IntegerField(
        min_value=0, max_value=MOST_ROUNDS, allow_null=True, default=None
    )
    last_round = serializers.IntegerField(
        min_value=0, max_value=MOST_ROUNDS, allow_null=True, default=None
    )
    standing_only = serializers.BooleanField(
        default=False, help_text="Without answers corrected or taken back since."
    )
    with_content = serializers.BooleanField(default=True, help_text="The items themselves.")
    with_provenance = serializers.BooleanField(default=True, help_text="Where each came from.")
    names = serializers.BooleanField(default=False, help_text="People by name, not by letter.")
    is_safe = serializers.BooleanField(
        default=False, help_text="Cells that no spreadsheet takes for formulas."
    )


def order_of(sent: dict[str, Any]) -> Order:
    since = sent["since"]
    return Order(
        **{
            **sent,
            "purposes": tuple(sent["purposes"]),
            "classes": tuple(sent["classes"]),
            "since": since.isoformat() if since else "",
        }
    )


class ExportShown(Shown):
    id = serializers.IntegerField(source="run.pk")
    contents = serializers.CharField(source="order.contents")
    format = serializers.CharField(source="order.format")
    filename = serializers.CharField()
    state = serializers.ChoiceField(source="run.state", choices=Run.State.values)
    step = serializers.CharField(source="run.step")
    progress = serializers.IntegerField(source="run.progress")
    total = serializers.IntegerField(source="run.total", allow_null=True)
    error = serializers.CharField(source="run.error")
    created_by = serializers.CharField(
        source="run.created_by.username", default=None, allow_null=True
    )
    created_at = serializers.DateTimeField(source="run.created_at")
    finished_at = serializers.DateTimeField(source="run.finished_at", allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)
    manifest = serializers.JSONField(help_text="What is in the file; {} until it is made.")
    file = serializers.SerializerMethodField(
        help_text="Where the file can be had; null before it is made and after it is deleted."
    )

    def get_file(self, export: Export) -> str | None:
        if export.path is None:
            return None
        return reverse("api:export-file", args=[export.run.project.slug, export.run.pk])
