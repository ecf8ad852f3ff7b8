"""Who may what, at every address and by every verb: an operation without a line here fails."""

import pytest
from django.db import transaction

from tests.api.world import ROLES, build, operations, send
from tests.factories import make_project

pytestmark = pytest.mark.django_db

# The least role that may; all behind it may too. Money is the owner's: leads read why not.
TABLE = {
    "outsider": """
        api:me get, api:own-token delete, api:projects get, api:schema get""",
    "annotator": """
        api:project get, api:classes get, api:guidelines get, api:guidelines-read post,
        api:claim post, api:answer post, api:skip post, api:undo post, api:heartbeat post,
        api:leave post, api:remark post, api:together post,
        api:together-answer post, api:together-undo post, api:together-leave post,
        api:own-answers get, api:own-answer get,
        api:correct post, api:take-back post, api:notes get, api:note-settle post,
        api:own-work get, api:image get, api:own-membership delete""",
    "reviewer": """
        api:items get, api:item get,
        api:disagreements get, api:disagreement get, api:disagreement post,
        api:disagreement-undo post, api:disagreement-return post, api:disagreement-tick-off post,
        api:decisions get,
        api-selection:progress get, api-selection:curve get, api-selection:estimates get,
        api-selection:rounds get, api-selection:round get, api-selection:stopping get""",
    "lead": """
        api:settings get, api:settings patch, api:status post, api:readiness get,
        api:classes put, api:guidelines-versions get, api:guidelines-versions post,
        api:guidelines-readers get,
        api:items post, api:find get, api:imports post, api:item-answer post,
        api:item-withdraw post, api:item-bring-back post,
        api:seeds get, api:seeds post, api:seeds-remove post,
        api:queue get, api:queue-release post, api:queue-skipped get, api:queue-put-back post,
        api:queue-answer post, api:queue-remarks get, api:queue-settle post,
        api:budgets get, api:budgets put, api:budget-freeze post, api:pay get, api:spending get,
        api:ledger get,
        api:members get, api:members post, api:member put, api:member delete,
        api:people get, api:person-answers get, api:leave-out post, api:pause post,
        api:quality get, api:known-answers get, api:known-answers post, api:known-candidates get,
        api:known-candidates post, api:known-answer delete, api:suspects get, api:suspect-ask post,
        api:suspect-right post,
        api:runs get, api:run get, api:run-retry post,
        api:exports get, api:exports post, api:export get, api:export-cancel post,
        api:export-retry post, api:export-file get,
        api:groups get, api:groups post, api:known-file post, api:known-restore post,
        api:seed-suggest post,
        api:member-new post, api:invitations get, api:invitations post, api:invitation delete,
        api-selection:final get, api-selection:final post, api-selection:final-accept post,
        api-selection:final-withdraw post, api-selection:final-label-next post,
        api-selection:what-ifs get, api-selection:what-ifs post, api-selection:what-if get,
        api-selection:what-if-cancel post, api-selection:what-if-use post,
        api-selection:map get, api-selection:map post, api-selection:map-points get,
        api-selection:map-found get,
        api:webhooks get, api:webhooks post, api:webhook get, api:webhook patch,
        api:webhook delete, api:webhook-switch post, api:webhook-secret post,
        api:webhook-test post, api:deliveries get, api:delivery get, api:delivery-again post,
        api-selection:rounds post, api-selection:picks get, api-selection:replay post,
        api-selection:go-on post, api-selection:selection get, api-selection:selection patch,
        api-selection:outside-models get, api-selection:outside-models post""",
    "owner": "api:pay put, api:member-pay put",
    # Whoever leads a project somewhere makes another.
    "maker": "api:projects post",
}
PAY = {"pay_by": "label", "pay_rate": 1, "currency": "EUR", "max_paid_seconds": 60}
# Without a body they are refused for that, before it is asked who owns the project.
BODIES = {"api:pay": PAY, "api:member-pay": {"pay_rate": None}, "api:projects": {"name": "New"}}
TOKEN = "11111111-1111-4111-8111-111111111111"
# What is right in shape, so that only the id in the address is wrong.
VALID = {
    ("api:correct", "post"): {"label": 1, "client_token": TOKEN, "classes": [1]},
    ("api:take-back", "post"): {"label": 1, "client_token": TOKEN},
    ("api:note-settle", "post"): {"keeps": True},
    ("api:item-answer", "post"): {"classes": [1], "client_token": TOKEN},
    ("api:queue-answer", "post"): {"classes": [1], "client_token": TOKEN},
    ("api:budget-freeze", "post"): {"is_frozen": True},
    ("api-selection:what-if-use", "post"): {"variant": 0},
    ("api:seed-suggest", "post"): {"suggested": None},
    ("api:webhook-switch", "post"): {"is_on": True},
    ("api:member", "put"): {"role": "lead"},
    ("api:member-pay", "put"): {"pay_rate": None},
    ("api:leave-out", "post"): {"is_left_out": True, "reason": "x"},
    ("api:pause", "post"): {"is_paused": True},
    ("api:disagreement", "post"): {"classes": [1]},
    ("api:disagreement-return", "post"): {"label": 1, "comment": "x"},
}


def lines():
    return {
        tuple(line.split()): least
        for least, text in TABLE.items()
        for line in text.replace("\n", " ").split(",")
        if line.strip()
    }


def expected(name, verb, least, role):
    """Return the status that refuses this role; None where it may."""
    if name == "api:schema":
        return None
    if role == "nobody":
        return 401
    if least == "maker":
        return 403 if role in ("outsider", "annotator", "reviewer") else None
    if ROLES.index(role) >= ROLES.index(least):
        return None
    if least == "owner" and role == "lead":
        return 403
    return 404


@pytest.fixture
def world():
    return build()


def test_every_operation_has_its_line():
    there = operations().keys() - {
        (name, verb) for name, verb in operations() if name in ("api:nowhere", "api:root")
    }

    assert there == lines().keys()


@pytest.mark.parametrize("role", ROLES)
def test_each_role_may_what_its_line_says_and_nothing_else(world, role):
    wrong = []
    client, arguments = world.client(role), operations()
    for (name, verb), least in lines().items():
        path = world.path(name, arguments[name, verb])
        with transaction.atomic():
            reply = send(client, verb, path, BODIES.get(name))
            transaction.set_rollback(True)
        status = expected(name, verb, least, role)
        is_refused = reply.status_code in (401, 403, 404)
        if reply.status_code != status if status else is_refused:
            wrong.append((name, verb, reply.status_code, status))

    assert wrong == []


@pytest.mark.parametrize("role", ROLES[1:])
def test_another_projects_ids_lead_nowhere(world, role):
    other = make_project(owner=world.people[role])
    wrong = []
    for (name, verb), arguments in operations().items():
        if arguments <= {"slug", "number"} or name == "api:nowhere":
            continue
        path = world.path(name, arguments).replace(world.project.slug, other.slug)
        with transaction.atomic():
            reply = send(world.client(role), verb, path, VALID.get((name, verb)))
            transaction.set_rollback(True)
        if reply.status_code not in (404, 409):
            wrong.append((name, verb, reply.status_code))

    assert wrong == []


def test_nothing_is_found_and_nothing_told_below_the_root(client):
    for path in ("", "nowhere/", "projects/x/y/z/", "projects/6%0A/settings/", "me"):
        reply = client.get(f"/api/v1/{path}")
        assert reply.status_code in (301, 401, 404)
        if reply.status_code == 404:
            assert reply["Content-Type"] == "application/problem+json"
            assert reply.json()["type"] == "urn:alapp:problem:not-found"
