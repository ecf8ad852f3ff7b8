"""The outbox: news is written in the transaction of what it tells of, and sent by a worker later.

So none is lost with a process, and none is made up by a transaction that is rolled back.
"""

from typing import Any

from annotation.models import Delivery, Webhook


def announce(project_id: int, event: str, data: dict[str, Any]) -> None:
    """Write a delivery for every webhook that wants the event, inside the caller's transaction.

    `data` holds numbers, names of rules and the like: never an item's text or an answer.
    """
    hooks = Webhook.objects.filter(project=project_id, is_on=True).select_related("project")
    wanted = [hook for hook in hooks if event in hook.events]
    if wanted:
        Delivery.objects.bulk_create(delivery(hook, event, data) for hook in wanted)


def delivery(hook: Webhook, event: str, data: dict[str, Any]) -> Delivery:
    """Return what will be sent to one webhook, not written yet."""
    project = {"slug": hook.project.slug, "name": hook.project.name}
    return Delivery(webhook=hook, event=event, payload={"project": project, "data": data})
