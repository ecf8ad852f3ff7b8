"""The audit log's one door."""

from typing import Any

from annotation.models import AuditEntry, Project, User


def note(
    action: str,
    *,
    actor: User | None,
    project: Project | None = None,
    target: str = "",
    before: Any = None,
    after: Any = None,
) -> None:
    """Write who changed what; called inside the transaction of the change itself."""
    AuditEntry.objects.create(
        project=project, actor=actor, action=action, target=target, before=before, after=after
    )
