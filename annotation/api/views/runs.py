"""Runs: what a worker does for a project, how far it is, and trying a failed one again."""

from dataclasses import dataclass

from django.http import Http404

from annotation.api.endpoints import Call, Endpoint, Page, operation
from annotation.api.serializers import items as shapes
from annotation.permissions import Can
from annotation.scopes import Scope
from annotation.services import jobs
from annotation.services.import_report import Problem, problems_of

PER_PAGE = 50


@dataclass(frozen=True)
class Detail(jobs.Job):
    """A run with what its import left out."""

    @property
    def problems(self) -> list[Problem]:
        return problems_of(self.run.report) if self.run.kind == "import" else []


class Runs(Endpoint):
    tag = "runs"

    @operation("list_runs", Scope.READ, can=Can.LEAD, answers=shapes.RunShown, is_paged=True)
    def get(self, call: Call) -> Page:
        """List the runs of a project, the newest first."""
        found = jobs.newest(call.project, now=call.now, n=PER_PAGE + 1, before=call.after())
        more = found[PER_PAGE - 1].run.pk if len(found) > PER_PAGE else None
        return Page(found[:PER_PAGE], more)


class RunView(Endpoint):
    tag = "runs"

    @operation("read_run", Scope.READ, can=Can.LEAD, answers=shapes.RunDetailShown)
    def get(self, call: Call, run_id: int) -> Detail:
        """Read how far a run is; of an import also each row that was left out, and why."""
        return _find(call, run_id)


class Retry(Endpoint):
    tag = "runs"

    @operation("retry_run", Scope.LEAD, can=Can.LEAD, answers=shapes.RunDetailShown)
    def post(self, call: Call, run_id: int) -> Detail:
        """Queue a failed run again; one that has not failed stays as it is."""
        _find(call, run_id)
        jobs.retry(project=call.project, run_id=run_id, actor=call.user)
        return _find(call, run_id)


def _find(call: Call, run_id: int) -> Detail:
    found = jobs.one(call.project, run_id, now=call.now)
    if found is None:
        raise Http404("No such run.")
    return Detail(found.run, found.now)
