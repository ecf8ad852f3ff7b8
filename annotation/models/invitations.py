"""Links that bring somebody into a project."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from annotation.models.annotators import Role, User
from annotation.models.projects import Project

MAX_USES = 500


class Invitation(models.Model):
    """A link that gives a role in a project; only the hash of its token is kept."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=10, choices=Role, default=Role.ANNOTATOR)
    token_hash = models.CharField(max_length=64, unique=True)
    # For whom it is, in the words of who invited; nothing depends on the name.
    name = models.CharField(max_length=150, blank=True)
    # Whoever single sign-on says has this address is taken for invited, too.
    email = models.EmailField(blank=True)
    invited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    max_uses = models.PositiveSmallIntegerField(default=1)
    n_uses = models.PositiveSmallIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["project", "-id"], name="invitation_by_project")]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="invitation_role_known"),
            models.CheckConstraint(
                condition=Q(max_uses__range=(1, MAX_USES)), name="invitation_uses_in_range"
            ),
            models.CheckConstraint(
                condition=Q(n_uses__lte=F("max_uses")), name="invitation_not_overused"
            ),
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk} to {self.project_id}"
