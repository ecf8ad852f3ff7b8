"""The queue, budgets and people, as leads read and change them."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from annotation import units
from annotation.api.serializers.labelling import PayloadShown
from annotation.api.serializers.projects import ClassShown
from annotation.api.shapes import Id, Ids, PageQuery, Person, Seconds, Sent, Shown
from annotation.models import Budget, PayBy, Role


class RemarkShown(Shown):
    level = serializers.CharField()
    word = serializers.CharField()
    text = serializers.CharField()


class LeaseShown(Shown):
    assignment = serializers.IntegerField(source="assignment_id")
    item = serializers.IntegerField(source="item.pk")
    age_seconds = Seconds(source="age")
    left_seconds = Seconds(source="left")


class HolderShown(Shown):
    person = Person()
    leases = LeaseShown(many=True)


class StandingShown(Shown):
    batch = serializers.IntegerField(allow_null=True)
    n_wanted = serializers.IntegerField()
    n_answered = serializers.IntegerField()
    n_out = serializers.IntegerField()
    n_open = serializers.IntegerField()
    n_skipped = serializers.IntegerField()
    n_stragglers = serializers.IntegerField()
    reserve_size = serializers.IntegerField()
    reserve_left = serializers.IntegerField()
    n_fallback = serializers.IntegerField(source="fallback.n_ever")
    n_elsewhere = serializers.IntegerField()
    n_for_lead = serializers.IntegerField()


class QueueShown(Shown):
    """How the newest batch stands, what a lead should know, and who holds what."""

    standing = StandingShown()
    remarks = RemarkShown(many=True)
    holders = HolderShown(many=True)


class ReleaseSent(Sent):
    """Assignments, or a person: then all they hold."""

    assignments = Ids(required=False)
    person = Id(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) != 1:
            raise serializers.ValidationError("Name either assignments or a person.")
        return attrs


class SkippedShown(Shown):
    item = serializers.IntegerField()
    payload = PayloadShown()
    reasons = serializers.ListField(child=serializers.CharField())
    people = Person(many=True)
    since = serializers.DateTimeField(allow_null=True)


class RemarkSaidShown(Shown):
    person = Person(source="annotator")
    kind = serializers.CharField()
    text = serializers.CharField()
    created_at = serializers.DateTimeField()


class RemarkedShown(Shown):
    item = serializers.IntegerField()
    payload = PayloadShown()
    remarks = RemarkSaidShown(many=True)


class LimitSent(Sent):
    scope = serializers.ChoiceField(choices=Budget.Scope.values, default=Budget.Scope.PROJECT)
    unit = serializers.ChoiceField(choices=units.UNITS, default=units.LABELS)
    limit = serializers.DecimalField(
        max_digits=14,
        decimal_places=2,
        min_value=Decimal("0.01"),
        help_text="Labels, hours, or units of the project's currency.",
    )
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        limit = attrs["limit"]
        if attrs["unit"] == units.LABELS and limit != limit.to_integral_value():
            told = f"Labels are counted whole; {limit.normalize():f} is not."
            raise serializers.ValidationError({"limit": told})
        return attrs


class FreezeSent(Sent):
    is_frozen = serializers.BooleanField()


class AccountShown(Shown):
    """What counts against a budget: of one person (and day), or, without a person, of all."""

    person = Person(allow_null=True)
    day = serializers.DateField(allow_null=True)
    spent = serializers.FloatField()
    reserved = serializers.FloatField()
    left = serializers.FloatField()


class BudgetShown(Shown):
    """A limit in labels, hours or units of the currency, and what counts against it."""

    id = serializers.IntegerField()
    scope = serializers.CharField()
    unit = serializers.CharField()
    limit = serializers.FloatField()
    is_frozen = serializers.BooleanField()
    accounts = AccountShown(many=True)


class PaySent(Sent):
    pay_by = serializers.ChoiceField(choices=PayBy.values)
    pay_rate = serializers.DecimalField(max_digits=12, decimal_places=5, min_value=Decimal(0))
    currency = serializers.CharField(max_length=3)
    max_paid_seconds = serializers.IntegerField(min_value=1, max_value=86_400)


class PayShown(Shown):
    pay_by = serializers.CharField()
    pay_rate = serializers.FloatField()
    currency = serializers.CharField()
    max_paid_seconds = serializers.IntegerField()


class OwnRateSent(Sent):
    pay_rate = serializers.DecimalField(
        max_digits=12,
        decimal_places=5,
        min_value=Decimal(0),
        allow_null=True,
        help_text="Null: the project's rate.",
    )


class SpenderShown(Shown):
    person = Person()
    n_labels = serializers.IntegerField()
    active_seconds = serializers.FloatField(allow_null=True)
    money = serializers.CharField()
    own_rate = serializers.CharField()


class ChargeShown(Shown):
    """One line of the ledger; amounts are exact: labels, seconds, units of the currency."""

    charge = serializers.IntegerField()
    state = serializers.CharField()
    scope = serializers.CharField()
    unit = serializers.CharField()
    amount = serializers.CharField()
    person = serializers.CharField(allow_null=True)
    item = serializers.IntegerField()
    item_key = serializers.CharField()
    assignment = serializers.IntegerField()
    label = serializers.IntegerField(allow_null=True)  # type: ignore[assignment]
    reserved_at = serializers.CharField()
    settled_at = serializers.CharField(allow_null=True)


class MemberShown(Shown):
    person = Person(source="user")
    role = serializers.CharField()
    pay_rate = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()

    def get_pay_rate(self, member: Any) -> float | None:
        """A rate of their own; null is the project's."""
        rate = member.pay_rate
        return None if rate is None else float(units.to_said(units.MONEY, rate))


class MemberSent(Sent):
    username = serializers.CharField(max_length=150)
    role = serializers.ChoiceField(choices=Role.values, default=Role.ANNOTATOR)


class RoleSent(Sent):
    role = serializers.ChoiceField(choices=Role.values)


class PersonWorkShown(Shown):
    """One person's work in a project."""

    person = Person(source="user")
    role = serializers.CharField()
    n_labels = serializers.IntegerField()
    n_today = serializers.IntegerField()
    n_week = serializers.IntegerField()
    active_seconds = Seconds(source="active")
    median_seconds = serializers.FloatField(source="pace", allow_null=True)
    n_corrected = serializers.IntegerField()
    n_undone = serializers.IntegerField()
    n_late = serializers.IntegerField()
    n_skips = serializers.IntegerField()
    n_agreed = serializers.IntegerField(source="agreement.n_agreed", default=None, allow_null=True)
    n_compared = serializers.IntegerField(source="agreement.n", default=None, allow_null=True)
    n_flags = serializers.IntegerField()
    n_comments = serializers.IntegerField()
    last_answer = serializers.DateTimeField(allow_null=True)


class PersonAnswersQuery(PageQuery):
    search = serializers.CharField(required=False, max_length=200)
    class_id = Id(required=False)
    differs = serializers.BooleanField(required=False, default=False)


class PersonAnswerShown(Shown):
    label = serializers.IntegerField(source="label.pk")  # type: ignore[assignment]
    item = serializers.IntegerField(source="label.item_id")
    item_key = serializers.CharField(source="label.item.key")
    text = serializers.CharField(source="label.item.payload.text")
    classes = ClassShown(many=True)
    agreed = ClassShown(many=True, allow_null=True)
    differs = serializers.BooleanField()
    active_ms = serializers.IntegerField(source="label.active_ms")
    created_at = serializers.DateTimeField(source="label.created_at")


class LeaveOutSent(Sent):
    is_left_out = serializers.BooleanField()
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class PauseSent(Sent):
    is_paused = serializers.BooleanField()
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
