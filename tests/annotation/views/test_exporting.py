"""The export page: who may, what is asked, and how a file leaves."""

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from alapp.clock import database_now
from annotation.models import AuditEntry, Run
from annotation.services import projects
from annotation.services.exports.orders import Order
from tests.factories import make_project, make_user
from tests.support.exporting import made

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def lead():
    return make_user("lead")


@pytest.fixture
def project(lead):
    return make_project(n_items=2, owner=lead)


@pytest.fixture
def as_lead(client, lead):
    client.force_login(lead, backend=BACKEND)
    return client


def address(name, project, run=None):
    return reverse(name, args=[project.slug, *([run.pk] if run else [])])


def test_what_is_asked_for_becomes_a_run_of_the_worker(as_lead, project, lead):
    yes = project.classes.first()

    reply = as_lead.post(
        address("export", project),
        {
            "contents": "labels",
            "format": "parquet",
            "status": "labelled",
            "since": "2026-05-04",
            "purposes": ["audit", "query"],
            "classes": [yes.pk],
            "first_round": "1",
            "people": "names",
            "is_safe": "on",
            "without_content": "on",
        },
    )

    assert (reply.status_code, reply["Location"]) == (302, address("export", project))
    run = Run.objects.get()
    assert (run.kind, run.created_by, run.state) == ("export", lead, "queued")
    assert Order.of(run.params) == Order(
        contents="labels",
        format="parquet",
        status="labelled",
        since="2026-05-04T00:00:00+00:00",
        purposes=("audit", "query"),
        classes=(yes.pk,),
        first_round=1,
        names=True,
        is_safe=True,
        with_content=False,
    )


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"contents": "everything"}, "Select a valid choice"),
        ({"format": "zip"}, "Select a valid choice"),
        ({"first_round": "5", "last_round": "4"}, "Round 4 comes before round 5."),
        ({"classes": ["999999"]}, "Select a valid choice"),
        ({"since": "soon"}, "Enter a valid date."),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field(as_lead, project, sent, said):
    reply = as_lead.post(
        address("export", project), {"contents": "labels", "format": "csv", **sent}
    )

    assert reply.status_code == 422
    assert said in reply.text
    assert not Run.objects.exists()


def test_second_export_while_one_is_open_is_refused_in_words(as_lead, project):
    for status in (302, 422):
        reply = as_lead.post(address("export", project), {"contents": "labels", "format": "csv"})
        assert reply.status_code == status

    assert "Your last export is still being made" in reply.text
    assert "It starts as soon as a worker is free" in as_lead.get(address("export", project)).text


def test_page_looks_again_while_something_is_made_and_rests_afterwards(as_lead, project, lead):
    as_lead.post(address("export", project), {"contents": "labels", "format": "csv"})
    part = as_lead.get(address("export", project), headers={"HX-Request": "true"}).text
    assert 'hx-trigger="every 2s"' in part
    assert "<html" not in part

    as_lead.post(address("export-cancel", project, Run.objects.get()))

    page = as_lead.get(address("export", project)).text
    assert "Cancelled" in page
    assert "hx-trigger" not in page.partition('id="exports"')[2].partition("</section>")[0]


def test_file_leaves_as_an_attachment_that_no_browser_shows(as_lead, project, lead):
    run = made(project, lead, b"<script>alert(1)</script>")

    reply = as_lead.get(address("export-file", project, run))

    assert b"".join(reply.streaming_content) == b"<script>alert(1)</script>"
    assert reply["Content-Type"] == "text/csv; charset=utf-8"
    assert reply["Content-Disposition"] == f'attachment; filename="{project.slug}-labels.csv"'
    assert reply["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in reply["Cache-Control"]
    told = as_lead.get(address("export-manifest", project, run))
    assert told.json()["counts"] == {"rows": 1}
    assert told["Content-Disposition"].startswith("attachment")


def test_who_takes_a_file_is_written_down_and_who_only_looks_is_not(as_lead, project, lead):
    run = made(project, lead)
    as_lead.get(address("export", project))
    as_lead.head(address("export-file", project, run))
    as_lead.get(address("export-manifest", project, run))
    taken = AuditEntry.objects.filter(action="export.download")
    assert not taken.exists()

    as_lead.get(address("export-file", project, run))

    entry = taken.get()
    assert (entry.actor, entry.project, entry.target) == (lead, project, f"export {run.pk}")
    assert entry.after == {"filename": f"{project.slug}-labels.csv", "rows": 1}
    assert entry.created_at


def test_file_that_was_kept_long_enough_is_gone(as_lead, project, lead):
    run = made(project, lead)
    run.report["expires_at"] = (database_now() - timedelta(seconds=1)).isoformat()
    run.save(update_fields=["report"])

    assert as_lead.get(address("export-file", project, run)).status_code == 404
    assert not AuditEntry.objects.filter(action="export.download").exists()
    assert "File deleted" in as_lead.get(address("export", project)).text


@pytest.mark.parametrize("role", ["reviewer", "annotator", None])
def test_only_leads_export(client, project, lead, role):
    run = made(project, lead)
    other = make_user()
    if role:
        projects.set_role(project=project, user=other, role=role, actor=None)
    client.force_login(other, backend=BACKEND)

    for name in ("export", "export-file", "export-manifest"):
        path = address(name, project, None if name == "export" else run)
        assert client.get(path).status_code == 404
    for name in ("export-cancel", "export-retry"):
        assert client.post(address(name, project, run)).status_code == 404
    assert client.post(address("export", project), {}).status_code == 404


def test_exports_of_another_project_are_not_found_by_number(as_lead, project, lead):
    other = make_project(owner=make_user())
    run = made(other, make_user())

    for name in ("export-file", "export-manifest"):
        assert as_lead.get(address(name, project, run)).status_code == 404
    as_lead.post(address("export-cancel", project, run))
    run.refresh_from_db()
    assert run.state == Run.State.DONE


def test_retry_queues_a_failed_export_again(as_lead, project, lead):
    run = made(project, lead)
    Run.objects.filter(pk=run.pk).update(state="failed", error="The disk is full.")
    assert "The disk is full." in as_lead.get(address("export", project)).text

    as_lead.post(address("export-retry", project, run))

    run.refresh_from_db()
    assert run.state == Run.State.QUEUED


def test_page_takes_as_many_statements_with_twenty_exports_as_with_one(
    as_lead, project, lead, django_assert_num_queries
):
    for n in (1, 19):
        for _ in range(n):
            made(project, lead)
        # Who is signed in with role and project, the classes, the exports; PostgreSQL is asked
        # for the time.
        with django_assert_num_queries(3 + (connection.vendor == "postgresql")):
            as_lead.get(address("export", project))
