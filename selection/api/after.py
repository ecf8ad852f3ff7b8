"""After the stop by program: the final model, what is accepted of it, and what to label next."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from annotation.api.endpoints import Call, Endpoint, operation
from annotation.api.shapes import Count, Person, Query, Sent, Shown
from annotation.exchange import Can
from annotation.scopes import Scope
from selection import after
from selection.api.shapes import RunStateShown, StartedShown
from selection.forms_after import LEAST, MOST, USUAL
from selection.models import Acceptance
from selection.services import accepting

MOST_NEXT = 1_000


def limit_field(**more: Any) -> serializers.FloatField:
    """Return the share of errors that is put up with: 0.05 is one in twenty."""
    told = "Of the accepted predictions, at most this share may be wrong: 0.05 is one in twenty."
    return serializers.FloatField(
        min_value=LEAST / 100, max_value=MOST / 100, help_text=told, **more
    )


class FinalQuery(Query):
    limit = limit_field(required=False, default=USUAL / 100)


class FinalModelShown(Shown):
    """A final model: trained on every label, audit labels too."""

    number = serializers.IntegerField()
    model_version = serializers.CharField()
    label_revision = serializers.IntegerField()
    n_items = serializers.IntegerField(help_text="Items predicted.")
    n_labelled = serializers.IntegerField()
    n_audit = serializers.IntegerField()
    made_at = serializers.DateTimeField()


class CalibrationShown(Shown):
    """By how much its confidence is off on average, before and after it was calibrated; is_fair
    where that was seen on audit items."""

    before = serializers.FloatField(allow_null=True)
    after = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField(source="n_calibration")
    is_fair = serializers.BooleanField()


class LevelShown(Shown):
    """The surest n_pool predictions: at most `bound` of such ones are wrong, by n_audit audit
    items as sure as these."""

    share = serializers.FloatField()
    threshold = serializers.FloatField()
    n_pool = serializers.IntegerField()
    n_audit = serializers.IntegerField()
    n_errors = serializers.IntegerField()
    bound = serializers.FloatField()


class OfferShown(Shown):
    """What can be accepted at `limit`; where nothing can, `missing` audit labels more would do
    it, null where a better model is needed."""

    limit = serializers.FloatField()
    level = LevelShown(allow_null=True)
    missing = serializers.IntegerField(allow_null=True)


class AcceptanceShown(Shown):
    """Predictions taken for right without a human: who did it, when, on what promise."""

    final = serializers.IntegerField(source="final.number")
    limit = serializers.FloatField()
    bound = serializers.FloatField()
    threshold = serializers.FloatField()
    n_items = serializers.IntegerField()
    n_audit = serializers.IntegerField()
    accepted_by = Person()
    accepted_at = serializers.DateTimeField()


class UsefulShown(Shown):
    """An item worth labelling, and what the final model says of it."""

    item = serializers.IntegerField(source="item_id")
    content = serializers.CharField()
    answer = serializers.CharField()
    confidence = serializers.FloatField()


class FinalShown(Shown):
    """Where a project stands after its stop; `final` is null before a final model was made."""

    final = FinalModelShown(allow_null=True)
    is_active = serializers.BooleanField()
    is_coming = serializers.BooleanField(help_text="It is being made, or will be by itself.")
    is_old = serializers.BooleanField(help_text="Labels have come or changed since.")
    n_open = serializers.IntegerField(help_text="Items predicted that had no label.")
    calibration = CalibrationShown(source="report", allow_null=True)
    levels = serializers.SerializerMethodField()
    offer = OfferShown(allow_null=True)
    accepted = AcceptanceShown(allow_null=True)
    useful = UsefulShown(many=True)
    run = RunStateShown(allow_null=True)

    @extend_schema_field(LevelShown(many=True))
    def get_levels(self, shown: after.After) -> Any:
        return LevelShown(shown.report.levels if shown.report else [], many=True).data


class AcceptSent(Sent):
    """Which final model's predictions, and at most which share of them may be wrong."""

    number = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    limit = limit_field()


class WithdrawnShown(Shown):
    """False where nothing was accepted."""

    is_withdrawn = serializers.BooleanField()


class NextSent(Sent):
    n = serializers.IntegerField(min_value=1, max_value=MOST_NEXT)


class Final(Endpoint):
    tag = "finishing"

    @operation(
        "read_final",
        Scope.READ,
        can=Can.LEAD,
        query=FinalQuery,
        answers=FinalShown,
        is_costly=True,
    )
    def get(self, call: Call) -> after.After:
        """Read the final model, what of it can be accepted, and what is worth labelling next."""
        return after.standing(call.project.pk, limit=call.query["limit"])

    @operation("make_final", Scope.LEAD, can=Can.LEAD, answers=StartedShown, status=202)
    def post(self, call: Call) -> dict[str, bool]:
        """Have a worker make the final model; only while the project is paused or stopped."""
        return {"is_started": accepting.finish(project=call.project, actor=call.user)}


class Accept(Endpoint):
    tag = "finishing"

    @operation(
        "accept_predictions",
        Scope.LEAD,
        can=Can.LEAD,
        sends=AcceptSent,
        answers=AcceptanceShown,
        status=201,
    )
    def post(self, call: Call) -> Acceptance:
        """Accept what this final model offers at this limit; who did it is written down."""
        return accepting.accept(project=call.project, actor=call.user, now=call.now, **call.sent)


class Withdraw(Endpoint):
    tag = "finishing"

    @operation("withdraw_predictions", Scope.LEAD, can=Can.LEAD, answers=WithdrawnShown)
    def post(self, call: Call) -> dict[str, bool]:
        """Take back what was accepted; that it was stays written down."""
        done = accepting.withdraw(project=call.project, actor=call.user, now=call.now)
        return {"is_withdrawn": done}


class LabelNext(Endpoint):
    tag = "finishing"

    @operation("label_next", Scope.LEAD, can=Can.LEAD, sends=NextSent, answers=Count)
    def post(self, call: Call) -> dict[str, int]:
        """Put the most useful items first in the next batch, and let the project go on."""
        n = accepting.label_next(
            project=call.project, actor=call.user, n=call.sent["n"], now=call.now
        )
        return {"n": n}
