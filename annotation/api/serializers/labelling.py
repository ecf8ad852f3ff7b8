"""Answering: what the label page sends and gets, as JSON. No purpose, no gold, nobody else's."""

from typing import Any

from rest_framework import serializers

from annotation.api.serializers.projects import ClassShown
from annotation.api.shapes import ClassIds, Id, PageQuery, Seconds, Sent, Shown
from annotation.models import Remark, Skip
from annotation.models.remarks import MAX_COMMENT
from annotation.services.labels import MAX_MILLISECONDS

MAX_HAVE = 40


class Milliseconds(serializers.IntegerField):
    """A time the client measured; beyond a day it counts as a day, as on the page."""

    def __init__(self, **kwargs: Any) -> None:
        limits = {"min_value": 0, "max_value": 2**53, "default": 0}
        super().__init__(**{**limits, **kwargs})

    def to_internal_value(self, data: Any) -> int:
        return min(int(super().to_internal_value(data)), MAX_MILLISECONDS)


class Have(serializers.ListField):
    """Assignments whose cards the client has already: they are not sent again."""

    def __init__(self, **kwargs: Any) -> None:
        given = {"child": Id(), "max_length": MAX_HAVE, "default": list}
        super().__init__(**{**given, **kwargs})


class ClaimSent(Sent):
    have = Have()


class AnswerSent(Sent):
    ticket = serializers.CharField(max_length=200)
    client_token = serializers.UUIDField(help_text="From the card: sent twice, recorded once.")
    classes = ClassIds()
    active_ms = Milliseconds()
    wall_ms = Milliseconds()
    have = Have()


class SkipSent(Sent):
    ticket = serializers.CharField(max_length=200)
    reason = serializers.ChoiceField(choices=Skip.Reason.values)
    have = Have()


class UndoSent(Sent):
    client_token = serializers.UUIDField(help_text="A new one of yours: sent twice, done once.")
    have = Have()


class RemarkSent(Sent):
    ticket = serializers.CharField(max_length=200)
    remark_token = serializers.UUIDField(help_text="From the card: sent twice, recorded once.")
    kind = serializers.ChoiceField(choices=Remark.Kind.values)
    text = serializers.CharField(max_length=MAX_COMMENT, allow_blank=True, default="")


class PayloadShown(Shown):
    """What is shown of an item: a text, a row's cells, or an image by its address."""

    text = serializers.CharField()
    fields = serializers.DictField()  # type: ignore[assignment]
    image = serializers.CharField(allow_null=True)
    width = serializers.IntegerField(allow_null=True)
    height = serializers.IntegerField(allow_null=True)


class HandedShown(Shown):
    """One item in hand. The ticket proves that it was given to this person."""

    assignment = serializers.IntegerField()
    item = serializers.IntegerField()
    payload = PayloadShown()
    ticket = serializers.CharField()
    client_token = serializers.UUIDField()
    remark_token = serializers.UUIDField()
    reason = serializers.CharField(help_text="Why it is asked, where the project shows that.")
    answered = serializers.ListField(
        child=serializers.IntegerField(), help_text="What one had answered before taking it back."
    )


class CountsShown(Shown):
    batch_done = serializers.IntegerField()
    batch_size = serializers.IntegerField()
    spent = serializers.IntegerField()
    limit = serializers.IntegerField(allow_null=True)


class NothingShown(Shown):
    """Why there is nothing to label, and what happens next."""

    code = serializers.CharField()
    title = serializers.CharField()
    text = serializers.CharField()


class AnsweredShown(Shown):
    """The answer just given, and what the project shows of its item now."""

    classes = serializers.ListField(child=serializers.IntegerField())
    reason = serializers.CharField()


class DeskShown(Shown):
    """What one holds: all of it by `order`, and the cards the client has not got yet."""

    order = serializers.ListField(child=serializers.IntegerField())
    cards = HandedShown(many=True)
    counts = CountsShown()
    nothing = NothingShown(allow_null=True)
    answered = AnsweredShown(allow_null=True)


class BeatShown(Shown):
    guidelines_version = serializers.IntegerField()
    beat_seconds = serializers.IntegerField(help_text="Send the next heartbeat within so many.")


class OwnRemarkShown(Shown):
    kind = serializers.CharField()
    text = serializers.CharField()
    created_at = serializers.DateTimeField()


class OwnAnswerShown(Shown):
    """One's own last word on an item, or the answer it took back."""

    label = serializers.IntegerField(source="label.pk")  # type: ignore[assignment]
    item = serializers.IntegerField(source="label.item_id")
    text = serializers.CharField(source="label.item.payload.text")
    classes = ClassShown(many=True)
    remarks = OwnRemarkShown(many=True)
    created_at = serializers.DateTimeField(source="label.created_at")
    active_ms = serializers.IntegerField(source="label.active_ms")
    is_taken_back = serializers.BooleanField()
    can_change = serializers.BooleanField()


class AnswersQuery(PageQuery):
    search = serializers.CharField(required=False, max_length=200)
    # Not `class`: a word of Python's.
    class_id = Id(required=False)


class CorrectSent(Sent):
    label = Id(help_text="The answer that stands.")  # type: ignore[assignment]
    client_token = serializers.UUIDField()
    classes = ClassIds()


class TakeBackSent(Sent):
    label = Id()  # type: ignore[assignment]
    client_token = serializers.UUIDField()


class ToldShown(Shown):
    """One's own answer beside the one that holds, with the lead's word."""

    item = serializers.IntegerField(source="label.item_id")
    said = ClassShown(many=True)
    holds = ClassShown(many=True)
    comment = serializers.CharField()
    is_right = serializers.BooleanField()


class AgainShown(Shown):
    """An answer to look at again, and why."""

    id = serializers.IntegerField(source="returned.pk")
    label = serializers.IntegerField(source="label.pk")  # type: ignore[assignment]
    item = serializers.IntegerField(source="label.item_id")
    said = ClassShown(many=True)
    comment = serializers.CharField(source="returned.comment")


class NotesShown(Shown):
    waiting = AgainShown(many=True)
    decided = ToldShown(many=True)
    known = ToldShown(many=True)


class SettleSent(Sent):
    """Keep a returned answer, or give another in its place."""

    keeps = serializers.BooleanField(default=False)
    client_token = serializers.UUIDField(required=False)
    classes = ClassIds(default=list)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs["keeps"] and "client_token" not in attrs:
            raise serializers.ValidationError({"client_token": "Another answer needs one."})
        return attrs


class OwnWorkShown(Shown):
    """What only the person themselves reads of their work."""

    n_labels = serializers.IntegerField()
    active_seconds = Seconds(source="active")
    mean_seconds = serializers.FloatField(source="pace", allow_null=True)
    money = serializers.CharField()
    n_shared = serializers.IntegerField()
