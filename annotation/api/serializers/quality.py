"""How good the labels are, and what is decided about them."""

from typing import Any

from rest_framework import serializers

from annotation.api.serializers.labelling import OwnRemarkShown, PayloadShown
from annotation.api.serializers.projects import ClassShown
from annotation.api.shapes import ClassIds, Id, PageQuery, Person, Sent, Shown
from annotation.forms.known_answers import check_size
from annotation.services.disputes import REASONS


class FigureShown(Shown):
    """A coefficient of agreement with its interval; without a value `reason` says why."""

    name = serializers.CharField()
    title = serializers.CharField()
    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    n_items = serializers.IntegerField()
    reason = serializers.CharField()


class ReliabilityShown(Shown):
    """One person: the chance of a right answer inside [low, high], by n_shared answers."""

    person = Person(source="user")
    skill = serializers.FloatField(source="measured.skill")
    low = serializers.FloatField(source="measured.low")
    high = serializers.FloatField(source="measured.high")
    n_shared = serializers.IntegerField(source="measured.n_shared")
    n_labels = serializers.IntegerField(source="measured.n_labels")
    looks_random = serializers.BooleanField(source="measured.looks_random")
    known_right = serializers.IntegerField(source="measured.gold_right")
    known_n = serializers.IntegerField(source="measured.gold_n")
    is_left_out = serializers.BooleanField()
    is_paused = serializers.BooleanField()


class BandsShown(Shown):
    n_sure = serializers.IntegerField()
    n_check = serializers.IntegerField()
    n_unsure = serializers.IntegerField()
    n_tied = serializers.IntegerField()
    n_decided = serializers.IntegerField()


class QualityShown(Shown):
    """The newest measurement; `measured_at` is null before the first one."""

    measured_at = serializers.DateTimeField(allow_null=True)
    figures = FigureShown(many=True)
    people = ReliabilityShown(many=True)
    bands = BandsShown(allow_null=True)
    mean_skill = serializers.FloatField(allow_null=True)
    n_doubted = serializers.IntegerField()


class DisagreementsQuery(PageQuery):
    reason = serializers.ChoiceField(choices=list(REASONS), required=False, default="")


class DisputeShown(Shown):
    item = serializers.IntegerField()
    payload = PayloadShown()
    certainty = serializers.FloatField(allow_null=True)
    n_labels = serializers.IntegerField()
    reasons = serializers.ListField(child=serializers.CharField())


class OpinionShown(Shown):
    """One answer under a letter; `who` and `is_right` are null until the item is decided."""

    letter = serializers.CharField()
    label = serializers.IntegerField(source="label_id")  # type: ignore[assignment]
    classes = ClassShown(many=True)
    active_ms = serializers.IntegerField()
    remarks = OwnRemarkShown(many=True)
    is_returned = serializers.SerializerMethodField()
    who = Person(allow_null=True)
    is_right = serializers.BooleanField(allow_null=True)

    def get_is_returned(self, opinion: Any) -> bool:
        return opinion.returned is not None


class DecisionShown(Shown):
    item = serializers.IntegerField(source="item_id")
    classes = serializers.ListField(child=serializers.IntegerField(), source="value")
    comment = serializers.CharField()
    decided_by = Person()
    decided_at = serializers.DateTimeField()


class CaseShown(Shown):
    """One item with all that was said about it, and the decision, if there is one."""

    item = serializers.IntegerField()
    payload = PayloadShown()
    reasons = serializers.ListField(child=serializers.CharField())
    opinions = OpinionShown(many=True)
    others = OwnRemarkShown(many=True)
    decision = DecisionShown(allow_null=True)


class DecideSent(Sent):
    classes = ClassIds()
    comment = serializers.CharField(max_length=1_000, required=False, allow_blank=True, default="")


class ReturnSent(Sent):
    label = Id()  # type: ignore[assignment]
    comment = serializers.CharField(max_length=1_000)


class KnownShown(Shown):
    """A known answer, how often it was asked and how often answered right."""

    item = serializers.IntegerField(source="gold.item_id")
    classes = ClassShown(many=True)
    source = serializers.CharField(source="gold.source")  # type: ignore[assignment]
    n = serializers.IntegerField()
    right = serializers.IntegerField()
    is_doubtful = serializers.BooleanField()
    retired_at = serializers.DateTimeField(source="gold.retired_at", allow_null=True)


class KnownSent(Sent):
    item = Id()
    classes = ClassIds()


class KnownAnswersSent(Sent):
    answers = serializers.ListField(child=KnownSent(), min_length=1, max_length=1_000)


class KnownFileSent(Sent):
    """CSV, TSV or JSONL with the columns item (your own id of it), or text, and class."""

    file = serializers.FileField(validators=[check_size])


class CandidateShown(Shown):
    item = serializers.IntegerField(source="consensus.pk")
    classes = ClassShown(many=True)


class SaidShown(Shown):
    person = Person(source="annotator")
    classes = ClassShown(many=True)
    is_label = serializers.BooleanField()


class DoubtShown(Shown):
    """A label that is probably wrong: what it is, what the model says, who answered what."""

    item = serializers.IntegerField()
    payload = PayloadShown()
    label = ClassShown(many=True)  # type: ignore[assignment]
    predicted = ClassShown(many=True)
    belief = serializers.FloatField()
    confidence = serializers.FloatField()
    said = SaidShown(many=True)
    is_asked = serializers.BooleanField()
