"""The audit log: who changed what, when, from what to what."""

from django.db import models
from django.db.models.functions import Now

from annotation.models.annotators import User
from annotation.models.projects import Project


class AuditEntry(models.Model):
    """One change of a label, budget, role or setting. Rows are only ever added."""

    project = models.ForeignKey(
        Project, on_delete=models.SET_NULL, null=True, related_name="audit_entries"
    )
    actor = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    action = models.CharField(max_length=60)
    target = models.CharField(max_length=120, blank=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "audit entries"
        indexes = [models.Index(fields=["project", "-id"], name="audit_by_project")]

    def __str__(self) -> str:
        return f"{self.action} {self.target}"
