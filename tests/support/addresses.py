"""Every address there is, and a project at work that each of them has something to show of."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from django.urls import URLPattern, get_resolver

from alapp.clock import database_now
from annotation.models import Budget, Label, Project, User
from annotation.services import (
    accounts,
    invitations,
    projects,
    queue,
    skipped,
    uploads,
    webhooks,
)
from selection.models import SelectionConfig, WhatIf
from tests.factories import NOW, add_items, answer, claim, make_project, make_user
from tests.selection.test_mapping import draw
from tests.selection.test_replaying import do_replay
from tests.selection.test_retraining import do_rounds, label_batch, texts
from tests.selection.test_what_ifs import ask, work
from tests.support.exporting import made


def addresses() -> dict[str, frozenset[str]]:
    """Return each address outside of the admin and the API by its name, with what its
    arguments are called."""

    def walk(patterns: Any, before: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
        for each in patterns:
            arguments = before | each.pattern.converters.keys()
            if isinstance(each, URLPattern):
                yield str(each.name), arguments
            elif not str(each.pattern).startswith(("admin", "api/")):
                yield from walk(each.url_patterns, arguments)

    return dict(walk(get_resolver().url_patterns, frozenset()))


def project_at_work(lead: User) -> Project:
    """A project at work: two rounds of the real loop, answers of two people, a map, a what-if
    that ends with a reason: there are too few labels for it."""
    project = make_project(
        owner=lead, budget=200, guidelines="# Decide\nBe *kind*.", classes=("money", "parcel")
    )
    add_items(project, 60, texts=texts(60))
    config = {"batch_size": 8, "reserve_size": 4, "audit_share": 0.5, "estimator": "logistic"}
    SelectionConfig.objects.create(project=project, config=config)
    project.bulk_allowed = True
    project.save(update_fields=["bulk_allowed"])
    other = make_user("mia")
    projects.set_role(project=project, user=other, role="annotator", actor=None)
    for person in (other, lead):
        do_rounds(project)
        label_batch(project, person)
    do_rounds(project)
    for person, place in ((lead, 0), (other, 1)):
        answer(project, person, claim(project, person), place=place)
    _skip(project, other, lead)
    draw(project, lead)
    do_replay(project, 1, lead)
    work(ask(project, lead, n_seeds=1))
    return project


def _skip(project: Project, *people: User) -> None:
    """Let everybody skip what they are handed until an item waits for the lead."""
    for person in people * 4:
        held = queue.claim(project=project, annotator=person, now=NOW)
        if held is None or skipped.waiting_ids(project):
            break
        queue.skip(
            project=project, assignment_id=held.pk, annotator=person, reason="no_class", now=NOW
        )


def fillings(project: Project, lead: User) -> Callable[[str], Mapping[str, Any]]:
    """Return what fills the arguments of an address, by its name; a token is another thing for
    each name."""
    now = database_now()
    file = uploads.keep(
        project=project, filename="more.csv", chunks=[b"text\nhello\nthere\n"], now=now
    )
    link = accounts.make_sign_in_link(user=lead, now=now, valid_for=timedelta(hours=1))
    hook = webhooks.create(
        project=project, actor=lead, url="https://example.org/news", events=["round.published"]
    ).hook
    invited = invitations.invite(project=project, role="annotator", actor=lead, now=now)
    same = {
        "slug": project.slug,
        "item_id": project.items.all()[0].pk,
        "size": "small",
        "number": 1,
        "user_id": lead.pk,
        "member": lead.pk,
        "budget_id": Budget.objects.filter(project=project)[0].pk,
        "run_id": project.runs.order_by("pk")[0].pk,
        "token_id": 1,
        "returned_id": 1,
        "export_id": made(project, lead).pk,
        "hook_id": hook.pk,
        "delivery_id": webhooks.test(hook=hook, actor=lead).pk,
        "invitation_id": project.invitations.order_by("-pk")[0].pk,
        "uidb36": "1",
        "key": "made-up",
        "pk": WhatIf.objects.get(project=project).pk,
    }
    tokens = {"import": file.token, "sign-in-link": link, "invitation": invited}
    # An answer is looked at where one has given it, and decided on where it waits for that.
    own = {"my-answer": Label.objects.filter(project=project, annotator=lead)[0].item_id}
    own["queue-decide"] = skipped.waiting_ids(project)[0]
    return lambda name: (
        same | {"token": tokens.get(name), "item_id": own.get(name, same["item_id"])}
    )
