"""The lead's pages of the queue and of runs: who may, what is shown, what a press does."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from alapp.clock import database_now
from annotation.models import (
    Assignment,
    AuditEntry,
    Item,
    ItemPayload,
    Label,
    Project,
    Run,
    User,
    WorkerBeat,
)
from annotation.services import projects, queue
from tests.factories import claim, make_project, make_user, publish

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def lead(client):
    user = make_user("ada")
    client.force_login(user, backend=BACKEND)
    return user


@pytest.fixture
def project(lead):
    project = make_project(owner=lead, n_items=6)
    publish(project, project.items.all(), reserve=2)
    return project


@pytest.fixture
def annotator(project):
    user = make_user("bob")
    projects.set_role(project=project, user=user, role="annotator", actor=None)
    return user


@pytest.fixture
def waiting(project, annotator):
    """An item that waits for the lead."""
    Project.objects.update(max_skips=1)
    project.refresh_from_db()
    held = claim(project, annotator)
    queue.skip(
        project=project,
        assignment_id=held.pk,
        annotator=annotator,
        reason="no_class",
        now=database_now(),
    )
    return held.item


def url(name, project, *more):
    return reverse(name, args=[project.slug, *more])


LEAD_PAGES = [
    ("queue", "get", ()),
    ("queue-release", "post", ()),
    ("queue-put-back", "post", ()),
    ("queue-decide", "get", (1,)),
    ("queue-decide", "post", (1,)),
    ("queue-withdraw", "post", (1,)),
    ("queue-bring-back", "post", (1,)),
    ("runs", "get", ()),
    ("run-retry", "post", (1,)),
]


@pytest.mark.parametrize("role", [None, "annotator", "reviewer"])
@pytest.mark.parametrize(("name", "method", "more"), LEAD_PAGES)
def test_pages_of_leads_do_not_exist_for_others(client, name, method, more, role):
    project, user = make_project(), make_user()
    if role:
        projects.set_role(project=project, user=user, role=role, actor=None)
    client.force_login(user, backend=BACKEND)

    assert getattr(client, method)(url(name, project, *more)).status_code == 404


def test_queue_shows_leases_batch_and_reserve(client, project, annotator):
    claim(project, annotator, now=database_now() - timedelta(minutes=7))

    page = client.get(url("queue", project)).content.decode()

    assert "bob" in page
    assert "text 0" in page
    assert "7 min" in page
    assert "of 4 answered" in page
    assert "of 2 left" in page
    assert "No fallback in use" in page


def test_page_that_looks_again_gets_the_region_only(client, project):
    response = client.get(url("queue", project), headers=HTMX)

    assert response.content.decode().strip().startswith('<div class="stack wide" id="queue-state"')


def test_lease_is_released_and_the_page_says_so(client, project, annotator):
    held = claim(project, annotator)

    response = client.post(url("queue-release", project), {"assignment": held.pk}, follow=True)

    assert "1 item released." in response.content.decode()
    assert Assignment.objects.get(pk=held.pk).state == "open"
    assert AuditEntry.objects.filter(action="lease.release", before="bob").exists()


def test_all_leases_of_a_person_are_released_in_place(client, project, annotator):
    claim(project, annotator)
    claim(project, annotator)

    response = client.post(url("queue-release", project), {"person": annotator.pk}, headers=HTMX)

    page = response.content.decode()
    assert "2 items released." in page
    assert 'id="flashes" hx-swap-oob="true"' in page
    assert not Assignment.objects.filter(state="leased").exists()


@pytest.mark.parametrize(
    "sent", [{}, {"assignment": "x"}, {"person": "-1"}, {"assignment": "9" * 30}]
)
def test_nonsense_releases_nothing(client, project, annotator, sent):
    claim(project, annotator)

    response = client.post(url("queue-release", project), sent, follow=True)

    assert response.status_code == 200
    assert Assignment.objects.filter(state="leased").count() == 1


def test_skipped_item_is_listed_with_its_reason_and_who(client, project, waiting):
    page = client.get(url("queue", project)).content.decode()

    assert "No class fits" in page
    assert url("queue-decide", project, waiting.pk) in page


def test_skipped_items_are_put_back_one_or_all(client, project, annotator, waiting):
    client.post(url("queue-put-back", project), {"item": waiting.pk})
    assert not Assignment.objects.filter(state="skipped").exists()

    for _ in range(2):
        held = claim(project, annotator)
        queue.skip(
            project=project,
            assignment_id=held.pk,
            annotator=annotator,
            reason="unsure",
            now=database_now(),
        )
    client.post(url("queue-put-back", project), {"item": "all"})

    assert not Assignment.objects.filter(state="skipped").exists()


def test_lead_answers_a_skipped_item(client, project, lead, waiting):
    page = client.get(url("queue-decide", project, waiting.pk)).content.decode()
    assert "Skipped: No class fits" in page

    response = client.post(
        url("queue-decide", project, waiting.pk),
        {"client_token": uuid4(), "classes": project.classes.first().pk},
        follow=True,
    )

    assert "Your answer is recorded." in response.content.decode()
    assert Label.objects.get().annotator == lead


def test_skipped_item_is_withdrawn(client, project, waiting):
    client.post(url("queue-withdraw", project, waiting.pk))

    assert Item.objects.get(pk=waiting.pk).withdrawn_at


def test_withdrawn_item_is_brought_back(client, project, waiting):
    client.post(url("queue-withdraw", project, waiting.pk))
    page = client.get(url("queue", project)).content.decode()
    assert url("queue-bring-back", project, waiting.pk) in page

    response = client.post(url("queue-bring-back", project, waiting.pk), follow=True)

    assert "It is in the pool again." in response.content.decode()
    assert Item.objects.get(pk=waiting.pk).withdrawn_at is None


def test_item_decided_meanwhile_leads_back_with_a_word(client, project, waiting):
    client.post(url("queue-withdraw", project, waiting.pk))

    again = client.post(url("queue-withdraw", project, waiting.pk), follow=True)
    shown = client.get(url("queue-decide", project, waiting.pk), follow=True)

    assert "does not wait for you any more" in again.content.decode()
    assert "does not wait for you any more" in shown.content.decode()


def test_item_of_another_project_is_not_found(client, project, lead):
    other = make_project(owner=lead, n_items=1)

    assert client.get(url("queue-decide", project, other.items.get().pk)).status_code == 404


def test_hostile_names_are_text(client, project, annotator, waiting):
    hostile = "<script>alert(1)</script>"
    User.objects.filter(pk=annotator.pk).update(first_name=hostile)
    ItemPayload.objects.update(text=hostile)
    Item.objects.filter(pk=waiting.pk).update(key=hostile)
    project.classes.filter(name="yes").update(name=hostile)
    claim(project, annotator)
    Run.objects.create(
        project=project, kind="import", state="failed", error=hostile, traceback=hostile,
        created_by=annotator, params={"filename": hostile},
    )  # fmt: skip

    for address in (
        url("queue", project), url("queue-decide", project, waiting.pk), url("runs", project)
    ):  # fmt: skip
        page = client.get(address).content.decode()
        assert hostile not in page
        assert "&lt;script&gt;" in page


def test_runs_show_error_traceback_and_retry(client, project):
    run = Run.objects.create(
        project=project, kind="import", state="failed", error="Row 3 is empty", traceback="in f()"
    )

    page = client.get(url("runs", project)).content.decode()
    assert "Row 3 is empty" in page
    assert "in f()" in page
    response = client.post(url("run-retry", project, run.pk), follow=True)

    assert "It is queued again." in response.content.decode()
    assert Run.objects.get(pk=run.pk).state == "queued"


def test_runs_say_that_no_worker_lives_and_offer_training(client, project):
    page = client.get(url("runs", project)).content.decode()
    assert "No worker has shown a sign of life yet" in page
    WorkerBeat.objects.create(worker="w", started_at=database_now(), seen_at=database_now())

    assert "Worker alive" in client.get(url("runs", project)).content.decode()
    response = client.post(url("train", project), {"next": "runs"})

    assert response.url == url("runs", project)
    assert Run.objects.filter(project=project, kind="round", state="queued").exists()


def test_queue_costs_the_same_statements_however_many_hold_items(
    client, project, annotator, django_assert_max_num_queries
):
    for _ in range(4):
        claim(project, annotator)
    for name in ("carl", "dora"):
        user = make_user(name)
        projects.set_role(project=project, user=user, role="annotator", actor=None)
        claim(project, user)

    # PostgreSQL is asked for the time, too.
    with django_assert_max_num_queries(21):
        client.get(url("queue", project))
