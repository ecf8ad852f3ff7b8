"""The runs of a project as leads see them: what runs, what came of it, what failed and why."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from annotation.models import Project, Run, User, WorkerBeat
from annotation.services import audit, runs

# A worker shows a sign of life every few seconds; without one for this long it is away.
AWAY = timedelta(seconds=20)


@dataclass(frozen=True)
class Job:
    """One run beside the clock."""

    run: Run
    now: datetime

    @property
    def title(self) -> str:
        name = self.run.kind.capitalize()
        number = self.run.report.get("published")
        return f"{name} {number}" if isinstance(number, int) else name

    @property
    def about(self) -> str:
        """What it is about, where there is a name: an import's file."""
        return str(self.run.params.get("filename", ""))

    @property
    def wished(self) -> bool:
        """Say whether a lead asked for it before it was due."""
        return bool(self.run.params.get("force"))

    @property
    def result(self) -> str:
        """What came of it, in words; nothing while it is not done."""
        report = self.run.report
        if self.run.state != Run.State.DONE:
            return ""
        if "said" in report:
            return str(report["said"])
        if "added" in report:
            return f"{report['added']:,} items added"
        if "published" in report:
            is_due = report["published"] is not None
            return f"{report.get('items', 0):,} items asked for" if is_due else "Nothing was due"
        return "Done"

    @property
    def lasted(self) -> timedelta | None:
        """How long it took, or runs already; None while it waits."""
        if self.run.state == Run.State.QUEUED or self.run.started_at is None:
            return None
        return (self.run.finished_at or self.now) - self.run.started_at

    @property
    def silent_for(self) -> timedelta | None:
        """How long a running one has shown no sign of life; None for any other."""
        if self.run.state != Run.State.RUNNING or self.run.heartbeat_at is None:
            return None
        return self.now - self.run.heartbeat_at

    @property
    def is_silent(self) -> bool:
        return self.silent_for is not None and self.silent_for > AWAY

    @property
    def takeover_after(self) -> timedelta:
        return timedelta(seconds=settings.ALAPP_DEAD_SECONDS)

    @property
    def again_in(self) -> timedelta | None:
        """How long until it is tried again after a failure; None when nothing holds it back."""
        if self.run.state != Run.State.QUEUED or self.run.due_at <= self.now:
            return None
        return self.run.due_at - self.now


def newest(project: Project, *, now: datetime, n: int, before: int | None = None) -> list[Job]:
    """Return the newest runs, newest first; with `before` those older than that one."""
    found = Run.objects.filter(project=project).select_related("created_by").order_by("-pk")
    return [Job(run, now) for run in (found.filter(pk__lt=before) if before else found)[:n]]


def one(project: Project, run_id: int, *, now: datetime) -> Job | None:
    """Return a run of the project; None when there is none of this number."""
    run = Run.objects.filter(project=project, pk=run_id).select_related("created_by").first()
    return Job(run, now) if run else None


def worker_seen(*, now: datetime) -> timedelta | None:
    """Return how long ago a worker last showed that it lives; None when none ever did."""
    seen = WorkerBeat.objects.aggregate(seen=Max("seen_at"))["seen"]
    return now - seen if seen else None


@transaction.atomic
def retry(*, project: Project, run_id: int, actor: User) -> bool:
    """Queue a failed run again; False when it has not failed, or is not this project's.

    Raises ValidationError while another of its kind is open.
    """
    run = Run.objects.filter(pk=run_id, project=project, state=Run.State.FAILED).first()
    if run is None:
        return False
    runs.retry(run)
    audit.note(
        "run.retry", actor=actor, project=project, target=f"{run.kind} {run.pk}", before=run.error
    )
    return True
