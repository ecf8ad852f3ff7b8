"""Outside models by program: what there is, and a new push."""

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from annotation.api.endpoints import Call, Endpoint, operation
from annotation.api.shapes import Sent, Shown
from annotation.exchange import Can
from annotation.scopes import Scope
from selection import configuration, outside_use
from selection.models import OutsideModel
from selection.models_outside import MAX_NAME
from selection.outside_use import Listed
from selection.services import outside

MOST_ROWS = 50_000


class OutsideVersionShown(Shown):
    """The newest version of an outside model; `digest` is of its content."""

    name = serializers.CharField(source="model.name")
    kind = serializers.CharField(source="model.kind")
    number = serializers.IntegerField()
    digest = serializers.CharField()
    n_items = serializers.IntegerField()
    n_trained = serializers.IntegerField(allow_null=True)
    pushed_at = serializers.DateTimeField()


class OutsideModelShown(Shown):
    newest = OutsideVersionShown()
    is_used = serializers.BooleanField()
    n_rounds = serializers.IntegerField()


class OutsidePushShown(Shown):
    """`is_new` is false when the same was pushed last: nothing changed."""

    version = OutsideVersionShown()
    is_new = serializers.BooleanField()


class OutsidePushSent(Sent):
    """Rows as in a file: each names its item by `item` or `key`, with `probabilities` by class
    or a `score`."""

    name = serializers.CharField(max_length=MAX_NAME)
    kind = serializers.ChoiceField(choices=OutsideModel.Kind.values)
    rows = serializers.ListField(child=serializers.DictField(), max_length=MOST_ROWS)
    trained_on = serializers.ListField(
        child=serializers.CharField(max_length=200),
        max_length=MOST_ROWS,
        required=False,
        help_text="Keys of the items it was trained on; none of them may be an audit item.",
    )


class OutsideModels(Endpoint):
    tag = "selection"

    @operation(
        "list_outside_models", Scope.READ, can=Can.LEAD, answers=OutsideModelShown, is_list=True
    )
    def get(self, call: Call) -> Sequence[Listed]:
        """List the outside models with their newest versions."""
        config = configuration.config_of(call.project.pk).config
        return outside_use.listed(call.project.pk, config)

    @operation(
        "push_outside_model",
        Scope.LEAD,
        can=Can.LEAD,
        sends=OutsidePushSent,
        answers=OutsidePushShown,
        is_costly=True,
    )
    def post(self, call: Call) -> dict[str, Any]:
        """Push predictions or scores: all of them or nothing, each bad row named."""
        version, is_new = outside.push(
            project=call.project,
            actor=call.user,
            name=call.sent["name"],
            kind=call.sent["kind"],
            records=enumerate(call.sent["rows"], start=1),
            now=call.now,
            source="API",
            trained_on=call.sent.get("trained_on"),
        )
        return {"version": version, "is_new": is_new}
