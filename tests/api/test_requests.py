"""What holds at every address: strict fields and filters, keys for retries, limits, pages."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from annotation.models import AuditEntry, KeptReply, Membership, Project, Run
from annotation.services import projects, replies, uses
from annotation.services.uses import Rate
from tests.api.world import build, operations, send
from tests.factories import NOW, add_items, make_project, make_user

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def ada():
    return make_user("ada")


@pytest.fixture
def project(ada):
    cache.clear()
    return make_project(owner=ada)


@pytest.fixture
def lead(client, ada, project):
    client.force_login(ada, backend=BACKEND)
    return client


def post(client, name, project, body, key=None):
    headers = {"Idempotency-Key": key} if key else {}
    path = reverse(name, args=[project.slug] if project else [])
    return client.post(path, body, content_type="application/json", headers=headers)


# Filters

NO_JSON = frozenset({"api:schema", "api:image", "api:export-file", "api:nowhere", "api:root"})


@pytest.mark.parametrize(
    "key",
    [
        "annotator__password__startswith",
        "project__memberships__user__password",
        "pk",
        "id__gt",
        "order_by",
        "payload__text__regex",
        "CURSOR",
        "__class__",
    ],
)
def test_query_keys_that_are_not_listed_get_one_constant_answer_everywhere(key):
    world, answers = build(), set()
    client = world.client("admin")

    for (name, verb), arguments in operations().items():
        if verb != "get" or name in NO_JSON:
            continue
        reply = client.get(world.path(name, arguments), {key: "a"})
        answers.add((reply.status_code, reply.content))

    assert len(answers) == 1
    status, body = answers.pop()
    assert status == 400
    assert key.encode() not in body


def test_value_of_a_filter_that_does_not_fit_is_named(lead, project):
    path = reverse("api:items", args=[project.slug])

    for query, field in (({"page_size": 201}, "page_size"), ({"cursor": "x"}, "cursor")):
        reply = lead.get(path, query)
        assert reply.status_code == 400
        assert reply.json()["errors"][0]["field"] == field


# Fields


@pytest.mark.parametrize(
    "field", ["is_staff", "is_superuser", "project", "seed", "slug", "status", "owner", "gold"]
)
def test_field_that_is_not_on_the_list_is_an_error_and_changes_nothing(lead, project, field):
    before = Project.objects.filter(pk=project.pk).values().get()
    path = reverse("api:settings", args=[project.slug])

    reply = lead.patch(path, {"overlap": 2, field: True}, content_type="application/json")

    assert reply.status_code == 422
    assert reply.json()["errors"][0]["field"] == field
    assert Project.objects.filter(pk=project.pk).values().get() == before


def test_no_body_takes_a_field_that_is_not_on_its_list():
    world = build()
    client, taken = world.client("admin"), []

    for (name, verb), arguments in operations().items():
        if verb in ("get", "delete"):
            continue
        reply = send(client, verb, world.path(name, arguments), {"is_staff": True, "gold": 1})
        named = [each["field"] for each in reply.json().get("errors", [])] if reply.content else []
        if reply.status_code < 300 and "is_staff" not in named:
            taken.append((name, verb))

    # These take no body at all, so nothing of it is read.
    assert set(taken) <= {
        (name, "post")
        for name in (
            "api:heartbeat", "api:leave", "api:item-bring-back", "api:queue-settle",
            "api:disagreement-tick-off", "api:run-retry", "api:suspect-right", "api:suspect-ask",
            "api-selection:rounds", "api-selection:replay", "api:export-cancel",
            "api:export-retry", "api:disagreement-undo", "api:known-restore", "api:groups",
            "api:webhook-secret", "api:webhook-test", "api:delivery-again", "api:together-leave",
            "api-selection:final-withdraw", "api-selection:what-if-cancel",
        )
    }  # fmt: skip


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400),
        ("[]", 422),
        ("null", 422),
        ('{"name": NaN}', 400),
        ("[" * 100_000, 400),
        ('{"name": "a\\u0000b"}', 422),
        ('{"name": 1e400}', 400),
    ],
)
def test_body_that_cannot_be_is_refused(lead, project, body, status):
    path = reverse("api:settings", args=[project.slug])

    assert lead.generic("PATCH", path, body, "application/json").status_code == status


def test_body_that_is_too_large_is_refused_unread(lead, project, settings):
    settings.ALAPP_API_MAX_BODY_BYTES = 1_000

    reply = post(lead, "api:items", project, {"items": [{"text": "x" * 1_000}]})

    assert reply.status_code == 413
    assert not Run.objects.exists()


def test_body_just_below_the_limit_is_read(lead, project):
    items = [{"text": f"{n} " + "x" * 48_000} for n in range(100)]

    reply = post(lead, "api:items", project, {"items": items})

    assert reply.status_code == 202


# Retries


def test_request_sent_twice_with_its_key_is_done_once(lead, ada, project):
    first, second = (post(lead, "api:projects", None, {"name": "New"}, key="k-1") for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert Project.objects.filter(name="New").count() == 1


def test_without_a_key_it_is_done_twice(lead, project):
    for _ in range(2):
        post(lead, "api:projects", None, {"name": "New"})

    assert Project.objects.filter(name="New").count() == 2


def test_key_with_another_request_is_refused(lead, project):
    post(lead, "api:projects", None, {"name": "New"}, key="k-1")

    reply = post(lead, "api:projects", None, {"name": "Other"}, key="k-1")

    assert reply.status_code == 422
    assert not Project.objects.filter(name="Other").exists()


def test_what_failed_may_be_sent_again_with_its_key(lead, project):
    path = {"status": "active"}
    refused = post(lead, "api:status", project, path, key="k-1")
    add_items(project, 2)

    done = post(lead, "api:status", project, path, key="k-1")

    assert (refused.status_code, done.status_code) == (422, 200)


def test_keys_are_each_persons_own_and_forgotten_after_a_day(ada):
    other = make_user()
    made = []

    def once(user, now):
        def act():
            made.append(user)
            return replies.Reply(200, len(made))

        return replies.once(replies.Sent(user, "k", "h"), act, kept=lambda body: body, now=now)

    assert [once(ada, NOW).body, once(other, NOW).body, once(ada, NOW).body] == [1, 2, 1]
    later = NOW + replies.KEEP * 2
    assert once(ada, later).body == 3
    assert KeptReply.objects.count() == 1


# Limits


def test_person_is_slowed_down_and_others_are_not(lead, project, settings, client):
    settings.ALAPP_API_RATE = "5/600"
    cache.clear()

    statuses = [lead.get(reverse("api:me")).status_code for _ in range(7)]
    slow = lead.get(reverse("api:me"))

    assert statuses == [200] * 5 + [429] * 2
    assert slow["Content-Type"] == "application/problem+json"
    assert 0 < int(slow["Retry-After"]) <= 601
    client.force_login(make_user(), backend=BACKEND)
    assert client.get(reverse("api:me")).status_code == 200


def test_nobody_is_slowed_down_by_address(client, settings, project):
    settings.ALAPP_API_RATE_NOBODY = "3/600"
    cache.clear()

    tried = [client.get(reverse("api:me")).status_code for _ in range(4)]

    assert tried == [401, 401, 401, 429]
    assert client.get(reverse("api:me"), REMOTE_ADDR="10.0.0.9").status_code == 401


def test_all_processes_together_grant_no_more_than_the_rate():
    rate = Rate(100, 60)

    # A process that has forgotten everything takes its shares from the same count.
    counted = [uses.count(holder="x", rate=rate, n=5, now=NOW) for _ in range(22)]

    assert counted == [5 * (place + 1) for place in range(22)]
    assert uses.count(holder="y", rate=rate, n=5, now=NOW) == 5


@pytest.mark.parametrize("text", ["", "5", "0/60", "5/0", "x/y", "-1/60"])
def test_rate_that_is_none_is_refused(text):
    with pytest.raises(ValueError, match="invalid literal|no rate"):
        Rate.read(text)


# Pages, and what they cost


def test_items_come_page_by_page_until_there_are_no_more(lead, project):
    add_items(project, 7)
    seen, path = [], reverse("api:items", args=[project.slug]) + "?page_size=3"

    while path:
        page = lead.get(path).json()
        seen += [each["key"] for each in page["results"]]
        path = page["next"]

    assert seen == [str(n) for n in range(7)]


LISTS = (
    "api:projects", "api:items", "api:find", "api:members", "api:people", "api:runs", "api:ledger",
    "api:own-answers", "api:person-answers", "api:disagreements", "api:decisions",
    "api:known-answers", "api:suspects", "api:queue-skipped", "api:queue-remarks", "api:seeds",
    "api:budgets", "api-selection:rounds", "api-selection:picks",
)  # fmt: skip
MOST = 12


def test_lists_cost_a_few_statements_however_long_they_are():
    world = build()
    client, arguments = world.client("owner"), operations()
    add_items(world.project, 40)
    for number in range(8):
        person = make_user()
        projects.set_role(project=world.project, user=person, role="annotator", actor=None)
        projects.set_role(
            project=make_project(), user=world.people["owner"], role="lead", actor=None
        )
        Run.objects.create(kind=f"k{number}", project=world.project, state="done")
    costs = {}

    for name in LISTS:
        path = world.path(name, arguments[name, "get"])
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200, name
        costs[name] = len(asked)

    assert max(costs.values()) <= MOST, costs


def test_what_leads_change_is_in_the_audit_log(lead, ada, project):
    make_user("mia")

    post(lead, "api:members", project, {"username": "mia", "role": "reviewer"})

    entry = AuditEntry.objects.filter(action="role.set").latest("pk")
    assert (entry.actor, entry.target, entry.after) == (ada, "mia", "reviewer")
    assert Membership.objects.get(project=project, user__username="mia").role == "reviewer"


# Bringing items in


def test_items_sent_as_json_come_in_by_the_same_import(lead, project):
    reply = post(
        lead,
        "api:items",
        project,
        {"items": [{"text": "hello", "key": "a", "fields": {"year": 2020}, "labels": ["yes"]}]},
    )

    assert reply.status_code == 202
    run = Run.objects.get()
    assert (reply.json()["id"], reply.json()["state"]) == (run.pk, "queued")
    columns = run.params["columns"]
    assert [columns[name] for name in ("text", "label", "key")] == ["text", "label", "key"]
