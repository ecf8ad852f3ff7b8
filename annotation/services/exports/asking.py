"""Asking for exports, and what became of them."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from annotation.models import Project, Run, User
from annotation.services import audit, runs
from annotation.services.exports import files, orders
from annotation.services.exports.orders import KIND, Order


@dataclass(frozen=True)
class Export:
    """One export as people see it."""

    run: Run
    now: datetime

    @property
    def order(self) -> Order:
        return Order.of(self.run.params)

    @property
    def filename(self) -> str:
        return str(self.run.params.get("filename", ""))

    @property
    def title(self) -> str:
        return orders.TITLES[self.order.contents]

    @property
    def expires_at(self) -> datetime | None:
        kept = self.run.report.get("expires_at")
        return datetime.fromisoformat(kept) if kept else None

    @property
    def path(self) -> Path | None:
        """Where its file lies; None while there is none, and when it was kept long enough."""
        name, until = self.run.report.get("file"), self.expires_at
        if self.run.state != Run.State.DONE or not name or until is None or until <= self.now:
            return None
        path = files.folder() / str(self.run.project_id) / name
        return path if path.is_file() else None

    @property
    def manifest(self) -> dict[str, Any]:
        told: dict[str, Any] = self.run.report.get("manifest", {})
        return told

    @property
    def narrowed(self) -> list[str]:
        """Return in words what was chosen beyond what everything would be."""
        return orders.told(self.order)

    @property
    def is_gone(self) -> bool:
        return self.run.state == Run.State.DONE and self.path is None


@transaction.atomic
def ask(*, project: Project, order: Order, actor: User | None) -> Run:
    """Open the run that writes this export; raises ValidationError, by field where there is one.

    Everybody has one open export in a project at a time; nobody is the command line.
    """
    orders.check(order, project)
    params = order.as_params(project)
    run = runs.open_run(kind=KIND, project=project, params=params, actor=actor)
    if run is None:
        raise ValidationError("Your last export is still being made: cancel it, or wait for it.")
    audit.note("export.ask", actor=actor, project=project, target=f"export {run.pk}", after=params)
    return run


@transaction.atomic
def cancel(*, project: Project, run_id: int, actor: User) -> bool:
    """End an export that waits or is being made; False when there is none, or it has ended."""
    run = Run.objects.filter(kind=KIND, project=project, pk=run_id).first()
    if run is None or not runs.cancel(run):
        return False
    audit.note("export.cancel", actor=actor, project=project, target=f"export {run.pk}")
    return True


def take(export: Export, *, actor: User) -> Path | None:
    """Return where the file lies, and write down who took it; None while there is none to take."""
    path = export.path
    if path is None:
        return None
    run = export.run
    told = {"filename": export.filename, "rows": run.report.get("rows")}
    target = f"export {run.pk}"
    audit.note("export.download", actor=actor, project=run.project, target=target, after=told)
    return path


def find(*, project: Project, run_id: int, now: datetime) -> Export | None:
    """Return this export of the project."""
    rows = Run.objects.filter(kind=KIND, project=project, pk=run_id)
    run = rows.select_related("created_by", "project").first()
    return Export(run, now) if run else None


def newest(*, project: Project, now: datetime, n: int) -> list[Export]:
    """Return the project's newest exports, newest first."""
    rows = Run.objects.filter(kind=KIND, project=project).select_related("created_by", "project")
    return [Export(run, now) for run in rows.order_by("-pk")[:n]]


def forget(export: Export) -> None:
    """Delete the file of an export that was taken to where it was wanted."""
    if export.path is not None:
        export.path.unlink(missing_ok=True)
