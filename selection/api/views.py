"""Progress, the curve, rounds, stopping, and how a project selects."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404

from annotation.api.endpoints import Call, Endpoint, Page, operation
from annotation.exchange import Can
from annotation.scopes import Scope
from selection import asking, configuration, due, estimates, missing, monitoring, rounds
from selection.api import shapes
from selection.core.catalog import ConfigError
from selection.core.config import LoopConfig
from selection.forms import check_encoders, feature_choices
from selection.models import GoneOn, Round, SelectionConfig


class Progress(Endpoint):
    tag = "selection"

    @operation(
        "read_progress", Scope.READ, can=Can.WATCH, answers=shapes.ProgressShown, is_costly=True
    )
    def get(self, call: Call) -> monitoring.Overview:
        """Read how far a project is: labels, the model's accuracy, classes, what is wrong."""
        return monitoring.overview(call.project.pk, now=call.now)


class Curve(Endpoint):
    tag = "selection"

    @operation("read_curve", Scope.READ, can=Can.WATCH, answers=shapes.PointShown, is_list=True)
    def get(self, call: Call) -> list[monitoring.CurvePoint]:
        """Read the learning curve: a point for each round's model, the oldest first."""
        return monitoring.curve_of(call.project.pk)


class Estimates(Endpoint):
    tag = "selection"

    @operation("read_estimates", Scope.READ, can=Can.WATCH, answers=shapes.EstimatesShown)
    def get(self, call: Call) -> estimates.Measured:
        """Read what the newest round measured, class by class; 404 while nothing is measured."""
        newest = _newest(call)
        found = estimates.measured_of(newest.facts) if newest else None
        if found is None:
            raise Http404("Nothing is measured yet.")
        return found


class Rounds(Endpoint):
    tag = "selection"

    @operation("list_rounds", Scope.READ, can=Can.WATCH, answers=shapes.ListedShown, is_paged=True)
    def get(self, call: Call) -> Page:
        """List the rounds, the newest first."""
        page, listed = rounds.page_of(call.project.pk, str(call.after() or 1))
        return Page(listed, page.next_page_number() if page.has_next() else None)

    @operation("train_now", Scope.LEAD, can=Can.LEAD, answers=shapes.StartedShown, status=202)
    def post(self, call: Call) -> dict[str, bool]:
        """Train now, before the batch is complete."""
        is_started = due.train_now(project_id=call.project.pk, actor_id=call.user.pk)
        return {"is_started": is_started}


class RoundView(Endpoint):
    tag = "selection"

    @operation("read_round", Scope.READ, can=Can.WATCH, answers=shapes.RoundDetailShown)
    def get(self, call: Call, number: int) -> dict[str, Any]:
        """Read one round: its seed, settings, verdicts, metrics and how long it took."""
        row = _round(call, number)
        names = [
            "number", "published_at", "n_items", "n_labels", "n_train", "n_audit", "seed",
            "model_version", "label_revision", "features_version", "verdicts",
        ]  # fmt: skip
        return {name: getattr(row, name) for name in names} | {
            "settings": rounds.settings_of(row),
            "metrics": row.metrics.order_by("name"),
            "steps": rounds.steps(row),
        }


class Picks(Endpoint):
    tag = "selection"

    @operation("list_picks", Scope.READ, can=Can.LEAD, answers=shapes.PickShown, is_paged=True)
    def get(self, call: Call, number: int) -> Page:
        """List what a round asked for and why, with what was answered since. For leads only: it
        says which of them measure the model."""
        page, picks = rounds.picks_of(_round(call, number), str(call.after() or 1))
        return Page(picks, page.next_page_number() if page.has_next() else None)


class ReplayView(Endpoint):
    tag = "selection"

    @operation("replay_round", Scope.LEAD, can=Can.LEAD, answers=shapes.StartedShown, status=202)
    def post(self, call: Call, number: int) -> dict[str, bool]:
        """Repeat a round from what it saw, to see that it comes out the same."""
        row = _round(call, number)
        is_started = asking.replay(
            project_id=call.project.pk, number=row.number, actor_id=call.user.pk
        )
        return {"is_started": is_started}


class Stopping(Endpoint):
    tag = "selection"

    @operation(
        "read_stopping", Scope.READ, can=Can.WATCH, answers=shapes.StoppingShown, is_costly=True
    )
    def get(self, call: Call) -> dict[str, Any]:
        """Read whether to stop, and what each rule says."""
        overview = monitoring.overview(call.project.pk, now=call.now)
        reasons = overview.stop_reasons
        return {
            "round": overview.newest.number if overview.newest else None,
            "should_stop": bool(reasons),
            "reasons": reasons,
            "rules": overview.rules,
        }


class GoOn(Endpoint):
    tag = "selection"

    @operation(
        "go_on",
        Scope.LEAD,
        can=Can.LEAD,
        sends=shapes.GoOnSent,
        answers=shapes.WordShown,
        status=201,
    )
    def post(self, call: Call) -> GoneOn:
        """Set a rule that says stop aside for so many labels more, with a reason."""
        return configuration.go_on(project=call.project, actor=call.user, now=call.now, **call.sent)


class Selection(Endpoint):
    tag = "selection"

    @operation("read_selection", Scope.READ, can=Can.LEAD, answers=shapes.SelectionShown)
    def get(self, call: Call) -> dict[str, Any]:
        """Read how a project selects, defaults filled in."""
        return selection_shown(call, configuration.config_of(call.project.pk))

    @operation(
        "change_selection",
        Scope.LEAD,
        can=Can.LEAD,
        sends=shapes.SelectionSent,
        answers=shapes.SelectionShown,
    )
    def patch(self, call: Call) -> dict[str, Any]:
        """Change how a project selects; in force from the next round on."""
        standing, sent = configuration.config_of(call.project.pk), call.sent
        features = sent.get("features", standing.features)
        if features not in dict(feature_choices(call.project.modality, standing.features)):
            raise ValidationError({"features": f"{features!r} is nothing a model can read here."})
        check_encoders(features)
        configuration.change(
            project=call.project,
            actor=call.user,
            is_enabled=sent.get("is_enabled", standing.is_enabled),
            on_stop=sent.get("on_stop", standing.on_stop),
            features=features,
            config=_config(call, standing, sent.get("settings", {})).to_dict(),
        )
        return selection_shown(call, configuration.config_of(call.project.pk))


def _config(call: Call, standing: SelectionConfig, changed: dict[str, Any]) -> LoopConfig:
    """Return the configuration with these settings; what it refuses is named with its limit."""
    try:
        return LoopConfig.from_dict({**standing.config, **changed, "task": call.project.task})
    except ConfigError as error:
        told = f"{error.value!r} is not allowed; {error.limit}"
        raise ValidationError({f"settings.{error.field}": told}) from None


def selection_shown(call: Call, selection: SelectionConfig) -> dict[str, Any]:
    readable, problems = missing.readable(selection.config, call.project.task)
    return {
        "is_enabled": selection.is_enabled,
        "on_stop": selection.on_stop,
        "features": selection.features,
        # What is there no more is told as it stands: a look at the settings must not fail.
        "settings": {
            **readable.to_dict(),
            **{n: v for n, v in selection.config.items() if n in {e.field for e in problems}},
        },
    }


def _newest(call: Call) -> Round | None:
    return Round.objects.filter(project=call.project).order_by("-number").first()


def _round(call: Call, number: int) -> Round:
    row = rounds.find(call.project.pk, number)
    if row is None:
        raise Http404("No such round.")
    return row
