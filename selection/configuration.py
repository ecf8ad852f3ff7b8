"""How a project selects: safe defaults until somebody changes them, every change logged."""

from typing import Any

from django.db import transaction

from annotation import exchange
from annotation.exchange import Project, User
from selection.models import SelectionConfig


def config_of(project_id: int) -> SelectionConfig:
    """Return how the project selects: by safe defaults until somebody changes them."""
    selection, _ = SelectionConfig.objects.get_or_create(project_id=project_id)
    return selection


@transaction.atomic
def change(
    *,
    project: Project,
    actor: User | None,
    is_enabled: bool,
    on_stop: str,
    features: str,
    config: dict[str, Any],
) -> None:
    """Change how the project selects, from the next round on."""
    selection = config_of(project.pk)
    before = _plain(selection)
    selection.is_enabled, selection.on_stop, selection.config = is_enabled, on_stop, config
    selection.features = features
    selection.save()
    exchange.note(
        "selection.change", actor=actor, project=project, before=before, after=_plain(selection)
    )


def _plain(selection: SelectionConfig) -> dict[str, Any]:
    return {
        "is_enabled": selection.is_enabled,
        "on_stop": selection.on_stop,
        "features": selection.features,
        "config": selection.config,
    }
