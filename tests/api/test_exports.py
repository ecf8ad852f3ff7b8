"""Exports by program."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotation.models import AuditEntry, Run
from annotation.services import projects, tokens
from annotation.services.exports.orders import Order
from tests.factories import make_project, make_user
from tests.support.exporting import made

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead():
    return make_user("lead")


@pytest.fixture
def project(lead):
    return make_project(n_items=2, owner=lead)


def caller(user, project, *, scopes=("read",)):
    """Return call(method, name, *arguments, **body) with a token of that person."""
    cache.clear()
    _, text = tokens.make(user=user, name="bot", wanted=list(scopes), now=timezone.now())

    def call(method, name, *arguments, **body):
        return getattr(Client(), method)(
            reverse(f"api:{name}", args=[project.slug, *arguments]),
            **({"data": body, "content_type": "application/json"} if method == "post" else {}),
            headers={"Authorization": f"Bearer {text}"},
        )

    return call


@pytest.fixture
def call(lead, project):
    return caller(lead, project)


def test_export_is_asked_for_watched_and_cancelled(call, project, lead):
    yes = project.classes.first().pk
    asked = call(
        "post",
        "exports",
        contents="labels",
        format="csv",
        classes=[yes],
        since="2026-05-04T12:00:00+02:00",
        is_safe=True,
    )

    assert asked.status_code == 201, asked.content
    shown = asked.json()
    run = Run.objects.get()
    assert (shown["id"], shown["state"], shown["file"]) == (run.pk, "queued", None)
    assert shown["created_by"] == "lead"
    assert Order.of(run.params) == Order(
        "labels", "csv", classes=(yes,), since="2026-05-04T10:00:00+00:00", is_safe=True
    )
    assert call("get", "export", run.pk).json() == shown
    assert call("get", "exports").json() == [shown]
    assert call("post", "export-cancel", run.pk).json()["state"] == "cancelled"


def test_file_is_taken_as_it_lies(call, project, lead):
    run = made(project, lead, b"id,label\n1,yes\n")
    shown = call("get", "export", run.pk).json()

    reply = call("get", "export-file", run.pk)

    assert shown["file"] == reverse("api:export-file", args=[project.slug, run.pk])
    assert shown["manifest"]["counts"] == {"rows": 1}
    assert b"".join(reply.streaming_content) == b"id,label\n1,yes\n"
    entry = AuditEntry.objects.get(action="export.download")
    assert (entry.actor, entry.target) == (lead, f"export {run.pk}")
    assert reply["Content-Disposition"].startswith("attachment")
    assert reply["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "contents"),
        ({"contents": "labels", "format": "html"}, "format"),
        ({"contents": "labels", "purposes": ["fun"]}, "purposes.0"),
        ({"contents": "labels", "classes": [999_999]}, "classes"),
        ({"contents": "labels", "first_round": 3, "last_round": 2}, "last_round"),
        ({"contents": "labels", "project": 1}, "project"),
    ],
)
def test_what_does_not_fit_names_its_field(call, body, field):
    reply = call("post", "exports", **body)

    assert reply.status_code == 422
    assert [each["field"] for each in reply.json()["errors"]] == [field]
    assert not Run.objects.exists()


def test_second_open_export_is_refused(call):
    assert call("post", "exports", contents="labels").status_code == 201
    assert call("post", "exports", contents="labels").status_code == 422


@pytest.mark.parametrize("role", ["reviewer", "annotator", None])
def test_only_leads_and_no_token_for_labelling_alone(project, lead, role):
    run = made(project, lead)
    other = make_user()
    if role:
        projects.set_role(project=project, user=other, role=role, actor=None)
    calls = [(caller(other, project), 404), (caller(lead, project, scopes=("label",)), 403)]

    for call, status in calls:
        for name in ("exports", "export", "export-file"):
            arguments = [] if name == "exports" else [run.pk]
            assert call("get", name, *arguments).status_code == status
        for name in ("export-cancel", "export-retry"):
            assert call("post", name, run.pk).status_code == status


def test_exports_of_another_project_are_not_there(call):
    other = make_user()
    run = made(make_project(owner=other), other)

    for name in ("export", "export-file"):
        assert call("get", name, run.pk).status_code == 404
    for name in ("export-cancel", "export-retry"):
        assert call("post", name, run.pk).status_code == 404
