"""What-ifs by program: other settings replayed on the labels so far, read, and used."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404
from rest_framework import serializers

from alapp.errors import Conflict
from annotation.api.endpoints import Call, Endpoint, operation
from annotation.api.shapes import Person, Sent, Shown
from annotation.exchange import Can
from annotation.scopes import Scope
from selection import asking, configuration, what_ifs
from selection.api.shapes import RunStateShown, SelectionShown
from selection.api.views import selection_shown
from selection.models import WhatIf
from selection.what_ifs import MAX_MINUTES, MAX_SEEDS, MAX_SIZES, MIN_SEEDS, WhatIfForm

MOST_STRATEGIES = 9


class VariantShown(Shown):
    name = serializers.CharField()
    strategy = serializers.CharField()
    batch_size = serializers.IntegerField()


class WhatIfShown(Shown):
    """What was asked for: the first variant is what was in force."""

    id = serializers.IntegerField(source="pk")
    variants = VariantShown(many=True)
    n_seeds = serializers.IntegerField()
    minutes = serializers.IntegerField()
    is_cancelled = serializers.BooleanField()
    created_by = Person(allow_null=True)
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class GainShown(Shown):
    """By how much a variant's accuracy was higher over the curve, with its 95 % interval."""

    value = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class BesideShown(Shown):
    """A variant beside what was in force, by its place among the variants."""

    place = serializers.IntegerField()
    name = serializers.CharField()
    gain = GainShown(allow_null=True)
    verdict = serializers.CharField()


class LineShown(Shown):
    """A curve: accuracy by labels, with 95 % intervals."""

    name = serializers.CharField()
    labels = serializers.ListField(child=serializers.IntegerField())
    value = serializers.ListField(child=serializers.FloatField())
    low = serializers.ListField(child=serializers.FloatField())
    high = serializers.ListField(child=serializers.FloatField())


class WhatIfDetailShown(WhatIfShown):
    """A what-if with how far it is and, once it compared them, what came of it."""

    run = RunStateShown(allow_null=True)
    cpu_seconds = serializers.FloatField()
    said = serializers.CharField(help_text="What it tells, in a sentence; empty before that.")
    n_test = serializers.IntegerField(allow_null=True, help_text="Audit items it measured on.")
    beside = BesideShown(many=True)
    lines = LineShown(many=True)


class WhatIfSent(Sent):
    """Every strategy is replayed with every batch size; none named: the one in force."""

    strategies = serializers.ListField(
        child=serializers.CharField(max_length=40), max_length=MOST_STRATEGIES, default=list
    )
    batch_sizes = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=10_000),
        max_length=MAX_SIZES,
        default=list,
    )
    n_seeds = serializers.IntegerField(
        min_value=MIN_SEEDS, max_value=MAX_SEEDS, default=MIN_SEEDS, help_text="Replays of each."
    )
    minutes = serializers.IntegerField(
        min_value=1, max_value=MAX_MINUTES, default=5, help_text="Minutes of CPU, at most."
    )


class UseSent(Sent):
    variant = serializers.IntegerField(
        min_value=0, max_value=100, help_text="Its place among the variants."
    )


class WhatIfs(Endpoint):
    tag = "what-if"

    @operation("list_what_ifs", Scope.READ, can=Can.LEAD, answers=WhatIfShown, is_list=True)
    def get(self, call: Call) -> list[WhatIf]:
        """List the newest ten what-ifs, the newest first."""
        return what_ifs.newest(call.project.pk)

    @operation(
        "ask_what_if",
        Scope.LEAD,
        can=Can.LEAD,
        sends=WhatIfSent,
        answers=WhatIfDetailShown,
        status=201,
        is_costly=True,
    )
    def post(self, call: Call) -> dict[str, Any]:
        """Have other settings replayed on the labels so far; one at a time, 409 meanwhile."""
        form = _form(call)
        row = asking.what_if(
            project_id=call.project.pk,
            actor_id=call.user.pk,
            config=form.config.to_dict(),
            variants=form.variants(),
            n_seeds=call.sent["n_seeds"],
            minutes=call.sent["minutes"],
        )
        if row is None:
            raise Conflict("A what-if is running already; cancel it or wait.")
        return _shown(call, row.pk)


class WhatIfView(Endpoint):
    tag = "what-if"

    @operation("read_what_if", Scope.READ, can=Can.LEAD, answers=WhatIfDetailShown)
    def get(self, call: Call, what_if_id: int) -> dict[str, Any]:
        """Read how far a what-if is and what came of it."""
        return _shown(call, what_if_id)


class Cancel(Endpoint):
    tag = "what-if"

    @operation("cancel_what_if", Scope.LEAD, can=Can.LEAD, answers=WhatIfDetailShown)
    def post(self, call: Call, what_if_id: int) -> dict[str, Any]:
        """End a what-if after the round it is in; what is done is kept."""
        asking.cancel(project_id=call.project.pk, what_if_id=what_if_id)
        return _shown(call, what_if_id)


class Use(Endpoint):
    tag = "what-if"

    @operation("use_what_if", Scope.LEAD, can=Can.LEAD, sends=UseSent, answers=SelectionShown)
    def post(self, call: Call, what_if_id: int) -> dict[str, Any]:
        """Let a variant decide from the next round on; what is in force then."""
        row, place = _find(call, what_if_id), call.sent["variant"]
        if place >= len(row.variants):
            raise ValidationError({"variant": f"There are {len(row.variants)} variants, from 0."})
        what_ifs.use(project=call.project, actor=call.user, row=row, place=place)
        return selection_shown(call, configuration.config_of(call.project.pk))


def _form(call: Call) -> WhatIfForm:
    """Return the page's own form, filled in: what may be asked is said there, for both."""
    sent = call.sent | {"batch_sizes": ", ".join(map(str, call.sent["batch_sizes"]))}
    form = WhatIfForm(configuration.config_of(call.project.pk), call.project.task, sent)
    if not form.is_valid():
        raise ValidationError(form.errors.as_data())
    return form


def _find(call: Call, what_if_id: int) -> WhatIf:
    row = what_ifs.find(call.project.pk, what_if_id) if what_if_id else None
    if row is None:
        raise Http404("No such what-if.")
    return row


def _shown(call: Call, what_if_id: int) -> dict[str, Any]:
    row = _find(call, what_if_id)
    names = [field.source or name for name, field in WhatIfShown().fields.items()]
    return {name: getattr(row, name) for name in names} | {
        "run": what_ifs.run_of(row),
        "cpu_seconds": row.cpu_seconds,
        "said": row.result.get("said", ""),
        "n_test": row.result.get("n_test"),
        "beside": what_ifs.beside(row),
        "lines": row.result.get("lines", []),
    }
