"""Items, imports and runs."""

import math
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from annotation.api.serializers.labelling import Milliseconds, PayloadShown
from annotation.api.serializers.projects import ClassShown
from annotation.api.shapes import MOST_PER_PAGE, ClassIds, Id, Ids, PageQuery, Sent, Shown
from annotation.models.items import MAX_TEXT_CHARACTERS
from annotation.services.finding import STATES

MAX_ROWS = 1_000
MAX_FIELDS = 200
TAKEN = frozenset({"text", "key", "label"})


@extend_schema_field({"oneOf": [{"type": "string"}, {"type": "number"}, {"type": "boolean"}]})
class Scalar(serializers.Field):
    """A text, a number, true, false or null: what a cell of a table holds."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, str) and "\x00" not in data and len(data) <= MAX_TEXT_CHARACTERS:
            return data
        is_number = isinstance(data, int | float) and math.isfinite(data) and abs(data) < 2**63
        if isinstance(data, bool) or is_number:
            return data
        raise serializers.ValidationError("A cell is a text, a number, true, false or null.")

    def to_representation(self, value: Any) -> Any:
        return value


class ItemSent(Sent):
    """One item: a text, or the cells of a table row; further columns go into `fields` too."""

    key = serializers.CharField(max_length=200, required=False, allow_blank=True)
    text = serializers.CharField(max_length=MAX_TEXT_CHARACTERS, required=False)
    fields = serializers.DictField(  # type: ignore[assignment]
        child=Scalar(allow_null=True), required=False
    )
    labels = serializers.ListField(
        child=serializers.CharField(max_length=100),
        required=False,
        max_length=200,
        help_text="Answers that are known already, by the classes' names.",
    )

    def validate_fields(self, value: dict[str, Any]) -> dict[str, Any]:
        if len(value) > MAX_FIELDS:
            raise serializers.ValidationError(f"At most {MAX_FIELDS} fields.", code="max_length")
        if taken := sorted(TAKEN & set(value)):
            told = f"{taken[0]!r} is no name for a field."
            raise serializers.ValidationError(told)
        return value


class ItemsSent(Sent):
    items = serializers.ListField(child=ItemSent(), min_length=1, max_length=MAX_ROWS)


class UploadSent(Sent):
    """A file, and which of its columns is what: left out, it is guessed; empty, there is none."""

    file = serializers.FileField()
    text = serializers.CharField(max_length=200, required=False, allow_blank=True)
    label = serializers.CharField(  # type: ignore[assignment]
        max_length=200, required=False, allow_blank=True
    )
    key = serializers.CharField(max_length=200, required=False, allow_blank=True)
    dialect = serializers.CharField(
        max_length=40,
        required=False,
        allow_blank=True,
        default="",
        help_text="The tool whose file it is; empty: told by the first rows.",
    )
    makes_classes = serializers.BooleanField(required=False, default=False)
    truth = serializers.BooleanField(required=False, default=False)


class ItemsQuery(PageQuery):
    search = serializers.CharField(
        required=False, max_length=200, help_text="Words in the text or the key."
    )
    key = serializers.CharField(required=False, max_length=200, help_text="The item of this key.")
    page_size = serializers.IntegerField(
        required=False, min_value=1, max_value=MOST_PER_PAGE, default=50
    )


class FindQuery(PageQuery):
    words = serializers.CharField(required=False, max_length=200)
    state = serializers.ChoiceField(choices=[each for each in STATES if each], required=False)
    class_id = Id(required=False)
    predicted_id = Id(required=False)
    group = serializers.IntegerField(required=False, min_value=0, max_value=32_767)


class ItemShown(Shown):
    """An item as those who watch a project see it; `classes` is what is agreed, null before."""

    id = serializers.IntegerField()
    key = serializers.CharField()
    payload = PayloadShown()
    classes = ClassShown(many=True, allow_null=True)
    n_labels = serializers.IntegerField()
    certainty = serializers.FloatField()
    place = serializers.CharField(help_text="Where an item without an answer is, in words.")


class FoundShown(Shown):
    id = serializers.IntegerField()
    key = serializers.CharField()
    payload = PayloadShown()
    classes = ClassShown(many=True, allow_null=True)
    predicted = ClassShown(allow_null=True)
    confidence = serializers.FloatField(allow_null=True)
    is_picked = serializers.BooleanField()
    place = serializers.CharField()


class OwnAnswerSent(Sent):
    classes = ClassIds()
    client_token = serializers.UUIDField(help_text="A new one of yours: sent twice, done once.")
    active_ms = Milliseconds()
    wall_ms = Milliseconds()


class LabelShown(Shown):
    id = serializers.IntegerField(source="pk")
    item = serializers.IntegerField(source="item_id")
    classes = serializers.ListField(child=serializers.IntegerField(), source="value")
    created_at = serializers.DateTimeField()


class ItemIdsSent(Sent):
    items = Ids()


class SeedsSent(Sent):
    items = Ids()
    suggested = Id(required=False, allow_null=True, default=None)


class SuggestedSent(Sent):
    suggested = Id(allow_null=True, help_text="A class's id, or null.")


class SeedsAdded(Shown):
    n_new = serializers.IntegerField()
    n_before = serializers.IntegerField()
    n_unknown = serializers.IntegerField()


class SeedShown(Shown):
    item = serializers.IntegerField(source="item_id")
    suggested = serializers.IntegerField(source="suggested_id", allow_null=True)
    added_at = serializers.DateTimeField()


class RunShown(Shown):
    """A long piece of work, and how far it is."""

    id = serializers.IntegerField(source="run.pk")
    kind = serializers.CharField(source="run.kind")
    title = serializers.CharField()
    about = serializers.CharField()
    state = serializers.CharField(source="run.state")
    step = serializers.CharField(source="run.step")
    progress = serializers.IntegerField(source="run.progress")
    total = serializers.IntegerField(source="run.total", allow_null=True)
    result = serializers.CharField()
    error = serializers.CharField(source="run.error")
    created_by = serializers.CharField(
        source="run.created_by.username", default=None, allow_null=True
    )
    created_at = serializers.DateTimeField(source="run.created_at")
    started_at = serializers.DateTimeField(source="run.started_at", allow_null=True)
    finished_at = serializers.DateTimeField(source="run.finished_at", allow_null=True)


class ProblemRowShown(Shown):
    row = serializers.IntegerField()
    kind = serializers.CharField()
    field = serializers.CharField()
    reason = serializers.CharField()
    limit = serializers.CharField()


class RunDetailShown(RunShown):
    """A run with the rows an import left out, each with its reason: at most the first 1,000."""

    problems = ProblemRowShown(many=True)
