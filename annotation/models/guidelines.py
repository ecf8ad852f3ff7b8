"""Guidelines as they were written, version after version, and who has read which."""

from django.db import models
from django.db.models.functions import Now

from annotation.models.annotators import User
from annotation.models.projects import Project


class GuidelinesVersion(models.Model):
    """What a project's guidelines said from one change to the next. Rows are only ever added; the
    newest is what `Project.guidelines` holds, and its number what `guidelines_version` holds."""

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="guidelines_versions"
    )
    number = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    author = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    # The version whose text this one brought back.
    restores = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="guidelines_number_once"),
            models.CheckConstraint(
                condition=models.Q(number__gte=1), name="guidelines_number_from_one"
            ),
        ]

    def __str__(self) -> str:
        return f"guidelines {self.number} of project {self.project_id}"


class GuidelinesRead(models.Model):
    """Somebody opened a version; when they did so first."""

    version = models.ForeignKey(GuidelinesVersion, on_delete=models.CASCADE, related_name="reads")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="guidelines_reads")
    read_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "user"], name="guidelines_read_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} read {self.version_id}"
