"""Long pieces of work: a row each, so that the truth survives any worker."""

from django.db import models
from django.db.models.functions import Now

from annotation.models.annotators import User
from annotation.models.projects import Project


class Run(models.Model):
    """One import, round or export. A task only wakes a worker up; what is to be done stands here.

    A worker writes its results only while `attempt` is still the one it started with, so that one
    frozen and resumed later cannot finish a run twice.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting for the worker"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    OPEN_STATES = ("queued", "running")

    kind = models.CharField(max_length=20)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="runs")
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    attempt = models.PositiveSmallIntegerField(default=0)
    # Attempts that do not count against the run: handed back at a stop, or before a retry.
    excused = models.PositiveSmallIntegerField(default=0, db_default=0)
    params = models.JSONField(default=dict)
    report = models.JSONField(default=dict)
    progress = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(null=True)
    step = models.CharField(max_length=80, blank=True)
    error = models.TextField(blank=True)
    traceback = models.TextField(blank=True)
    worker = models.CharField(max_length=64, blank=True)
    heartbeat_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(db_default=Now())
    # Not before this moment: set forward after a failed attempt.
    due_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "project"],
                condition=models.Q(state__in=["queued", "running"]) & ~models.Q(kind="export"),
                name="one_open_run_per_kind",
            ),
            models.UniqueConstraint(
                fields=["project", "created_by"],
                condition=models.Q(state__in=["queued", "running"], kind="export"),
                name="one_open_export_per_person",
            ),
        ]
        indexes = [models.Index(fields=["state", "heartbeat_at"], name="run_open")]

    def __str__(self) -> str:
        return f"{self.kind} run {self.pk} of project {self.project_id}: {self.state}"

    @property
    def tries(self) -> int:
        """How many attempts count against the run."""
        return self.attempt - self.excused

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN_STATES


class WorkerBeat(models.Model):
    """A worker's sign of life."""

    worker = models.CharField(max_length=64, primary_key=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.worker
