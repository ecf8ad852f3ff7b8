"""Many similar items at once, as JSON: those of a group, an answer to some, taking it back."""

from typing import Any

from rest_framework import serializers

from annotation.api.serializers.labelling import (
    CountsShown,
    HandedShown,
    Have,
    Milliseconds,
    NothingShown,
)
from annotation.api.shapes import ClassIds, Sent, Shown
from annotation.services.bulk import MAX_TOGETHER

# Of the group looked at, and of those looked at before.
MOST_HELD = 100


class GroupKey(serializers.RegexField):
    """A group by its key, as `groups` lists it."""

    def __init__(self, **kwargs: Any) -> None:
        told = {"help_text": "One of `groups` by its key; left out, the first."}
        super().__init__(r"^(class|alike)-[0-9]{1,18}$", **{"required": False, **told, **kwargs})


class ClaimTogetherSent(Sent):
    group = GroupKey()
    have = Have(max_length=MOST_HELD)


class GivenSent(Sent):
    ticket = serializers.CharField(max_length=200)
    client_token = serializers.UUIDField(help_text="From the card: sent twice, recorded once.")


class AnswerTogetherSent(Sent):
    """The same answer to every item. The times are of all of them, and shared out."""

    items = serializers.ListField(child=GivenSent(), min_length=1, max_length=MAX_TOGETHER)
    classes = ClassIds()
    active_ms = Milliseconds()
    wall_ms = Milliseconds()
    group = GroupKey()
    have = Have(max_length=MOST_HELD)


class UndoTogetherSent(Sent):
    answers = serializers.ListField(
        child=serializers.UUIDField(),
        min_length=1,
        max_length=MAX_TOGETHER,
        help_text="The client_tokens by which they were given.",
    )
    client_token = serializers.UUIDField(help_text="A new one of yours: sent twice, done once.")
    group = GroupKey()
    have = Have(max_length=MOST_HELD)


class SimilarShown(Shown):
    """Similar items of the newest batch: thought to be of one class, or found to be alike."""

    key = serializers.CharField()
    class_id = serializers.IntegerField(allow_null=True)
    words = serializers.ListField(child=serializers.CharField())
    n = serializers.IntegerField(help_text="Items, those one holds among them.")


class TableShown(Shown):
    """Held items of one group, all of them by `order`, and the cards the client has not got."""

    order = serializers.ListField(child=serializers.IntegerField())
    cards = HandedShown(many=True)
    counts = CountsShown()
    groups = SimilarShown(many=True)
    group = serializers.CharField(allow_null=True)
    nothing = NothingShown(allow_null=True)


class RefusedShown(Shown):
    assignment = serializers.IntegerField(source="assignment_id")
    why = serializers.CharField()


class AnsweredTogetherShown(Shown):
    """What was recorded, what was not and why, and the group now: null where a lead has items
    answered one by one since."""

    n_recorded = serializers.IntegerField()
    refused = RefusedShown(many=True)
    table = TableShown(allow_null=True)


class UndoneTogetherShown(Shown):
    n = serializers.IntegerField()
    table = TableShown(allow_null=True)
