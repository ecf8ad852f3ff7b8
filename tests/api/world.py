"""A project with something behind every address of the API, and people of every role."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from annotation.models import (
    Delivery,
    Gold,
    ItemPayload,
    Project,
    Remark,
    Returned,
    Run,
    Suspect,
    User,
)
from annotation.services import budgets, invitations, projects, webhooks
from selection import map_files
from selection.models import Metric, Pick, PoolMap, Round, WhatIf
from tests.factories import add_items, answer, claim, make_project, make_user, publish
from tests.support.exporting import made

BACKEND = "django.contrib.auth.backends.ModelBackend"
# From the least to the most: whoever may something, those behind may too.
ROLES = ("nobody", "outsider", "annotator", "reviewer", "lead", "owner", "admin")
VERBS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class World:
    project: Project
    people: dict[str, User]
    ids: dict[str, Any]

    def path(self, name: str, arguments: frozenset[str]) -> str:
        return reverse(name, kwargs={each: self.ids[each] for each in arguments})

    def client(self, role: str) -> Client:
        client = Client()
        if role != "nobody":
            client.force_login(self.people[role], backend=BACKEND)
        return client


def operations() -> dict[tuple[str, str], frozenset[str]]:
    """Return every operation there is, as name and verb, with its address's arguments."""
    found: dict[tuple[str, str], frozenset[str]] = {}

    def walk(patterns: Any, space: str, before: frozenset[str], is_api: bool) -> None:
        for each in patterns:
            arguments = before | each.pattern.converters.keys()
            inside = is_api or str(each.pattern).startswith("api/v1/")
            if not isinstance(each, URLPattern):
                inner = f"{each.namespace}:" if each.namespace else space
                walk(each.url_patterns, inner, arguments, inside)
            elif inside:
                view = getattr(each.callback, "cls", None)
                for verb in VERBS if view else ():
                    if hasattr(view, verb):
                        found[f"{space}{each.name}", verb] = arguments

    walk(get_resolver().url_patterns, "", frozenset(), False)
    return found


def build() -> World:
    """Make it: one item that everybody answered and disagrees on, a skipped one, a round."""
    cache.clear()
    people = {role: make_user(role) for role in ROLES[1:-1]}
    people["admin"] = make_user("admin", is_superuser=True)
    project = make_project(owner=people["owner"], budget=100, guidelines="Be kind.")
    for role in ("annotator", "reviewer", "lead"):
        projects.set_role(project=project, user=people[role], role=role, actor=None)
    subject = make_user("subject")
    projects.set_role(project=project, user=subject, role="annotator", actor=None)
    item = _answered(project, {**people, "subject": subject})
    publish(project, add_items(project, 3), number=1, overlap=1)
    number = _round(project, item)
    run = Run.objects.create(kind="import", project=project, state="failed", error="no")
    ids = {
        "slug": project.slug,
        "item_id": item,
        "size": "full",
        "user_id": subject.pk,
        "budget_id": budgets.set_limit(project=project, scope="project", limit=100, actor=None).pk,
        "run_id": run.pk,
        "export_id": made(project, people["owner"], b"id\n").pk,
        "returned_id": 1,
        **_webhook(project, people["lead"]),
        "invitation_id": _invitation(project, people["owner"]),
        "what_if_id": _drawn_and_wondered(project),
        "number": number,
        "rest": "nowhere/",
    }
    return World(project, people, ids)


def _answered(project: Project, people: dict[str, User]) -> int:
    item = add_items(project, 1)[0]
    publish(project, [item], overlap=6)
    for place, role in enumerate([*ROLES[2:-1], "subject", "admin"]):
        held = claim(project, people[role])
        label = answer(project, people[role], held, place=place % 2)
    Returned.objects.create(
        project=project,
        label=label,
        annotator=people["admin"],
        comment="?",
        returned_by=people["lead"],
    )
    Remark.objects.create(
        project=project, item=item, annotator=people["annotator"], kind="comment", text="Hm",
        client_token=uuid4(),
    )  # fmt: skip
    _picture(project, item.pk)
    return int(item.pk)


def _webhook(project: Project, lead: User) -> dict[str, Any]:
    url = "https://example.org/news"
    made = webhooks.create(project=project, actor=lead, url=url, events=["run.failed"])
    sent = Delivery.objects.create(webhook=made.hook, event="run.failed", state="given_up")
    return {"hook_id": made.hook.pk, "delivery_id": str(sent.pk)}


def _invitation(project: Project, owner: User) -> int:
    invitations.invite(project=project, role="annotator", actor=owner, now=timezone.now())
    return int(project.invitations.get().pk)


def _drawn_and_wondered(project: Project) -> int:
    """Lay down a map of one item and a what-if, as a worker leaves them."""
    bounds = {"item": (0).to_bytes(4, "little"), "doubt": b"\xff"}
    columns = bounds | dict.fromkeys(("x", "y", "predicted"), b"\xff\xff")
    header = map_files.Header(1, project.items.order_by("pk")[0].pk, ())
    now = timezone.now()
    PoolMap.objects.create(
        project=project, file=map_files.write(project.pk, header, columns), method="pca",
        features_version="v", n_placed=1, n_points=1, n_items=1, placed_at=now, made_at=now,
    )  # fmt: skip
    variants = [{"name": "Auto, 20", "strategy": "auto", "batch_size": 20}]
    row = WhatIf.objects.create(project=project, config={}, variants=variants, n_seeds=3, minutes=5)
    return int(row.pk)


def _picture(project: Project, item_id: int) -> None:
    name = f"{project.pk}/picture.png"
    path = Path(settings.MEDIA_ROOT, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\x89PNG\r\n\x1a\n")
    ItemPayload.objects.filter(pk=item_id).update(file=name)


def _round(project: Project, item_id: int) -> int:
    classes = [each.pk for each in project.classes.all()]
    estimate = {"value": 0.8, "low": 0.6, "high": 0.9, "n": 20}
    measured: dict[str, Any] = {
        "accuracy": estimate, "exact": estimate, "assisted": None, "macro_f1": estimate,
        "speaks": "exact", "n_reference": 0, "narrower": 0.0, "classes": [],
    }  # fmt: skip
    verdict = {"rule": "target", "stop": True, "value": 0.9, "threshold": 0.8, "reason": "there"}
    row = Round.objects.create(
        project=project, number=1, seed=7, config={}, features_version="v", label_revision=1,
        n_items=4, n_labels=5, n_train=4, n_audit=1, audit_reserved=1, model_version="m",
        verdicts=[verdict], facts={"measured": measured, "curve": []}, timings={"fit": 0.5},
    )  # fmt: skip
    Metric.objects.create(round=row, name="accuracy", **estimate)
    Pick.objects.create(
        round=row, item_id=item_id, position=0, purpose="query", strategy="margin", score=0.5,
        predicted_class=classes[0], confidence=0.6,
    )  # fmt: skip
    Gold.objects.create(
        project=project, item=project.items.exclude(pk=item_id)[0], value=[classes[0]],
        source="upload", added_by=project.memberships.all()[0].user,
    )  # fmt: skip
    agreed = project.consensus.get(item=item_id).value
    Suspect.objects.create(
        project=project, item_id=item_id, value=agreed, predicted=[classes[1]], belief=0.1,
        confidence=0.9, found_at=timezone.now(),
    )  # fmt: skip
    return 1


def send(client: Client, verb: str, path: str, body: Any = None) -> Any:
    if verb == "get":
        return client.get(path)
    return client.generic(verb.upper(), path, json.dumps(body or {}), "application/json")
