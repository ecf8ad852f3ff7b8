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
    address: str = "",
) -> None:
    """Write who changed what; called inside the transaction of the change itself."""
    AuditEntry.objects.create(
        project=project,
        project_slug=project.slug if project else "",
        actor=actor,
        actor_name=actor.username if actor else "",
        action=action,
        target=target[:200],
        before=before,
        after=after,
        address=address,
    )
