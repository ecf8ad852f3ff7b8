"""The audit log: who changed what, when, from what to what."""

from django.db import models
from django.db.models.functions import Now

from annotation.models.annotators import User
from annotation.models.projects import Project


class AuditEntry(models.Model):
    """One change of a label, budget, role or setting. Rows are only ever added: the database
    refuses anything else (annotation.append_only), so that they outlive projects and people.

    Their names are kept beside their numbers, as they were then; the numbers may lead nowhere.
    """

    project = models.ForeignKey(
        Project,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="audit_entries",
    )
    project_slug = models.CharField(max_length=60, blank=True, db_default="")
    actor = models.ForeignKey(
        User, on_delete=models.DO_NOTHING, db_constraint=False, null=True, related_name="+"
    )
    actor_name = models.CharField(max_length=150, blank=True, db_default="")
    action = models.CharField(max_length=60)
    target = models.CharField(max_length=200, blank=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    # Where somebody signed in from, shortened to a network; of nothing else.
    address = models.CharField(max_length=50, blank=True, db_default="")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["project", "-id"], name="audit_by_project"),
            models.Index(fields=["actor", "-id"], name="audit_by_actor"),
            models.Index(fields=["action", "-id"], name="audit_by_action"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.target}"
