"""Who gets where: every address, every verb, every role, generated from the list of addresses.

Whoever may not be somewhere is told that there is nothing: 404, and the log has it; who is not
signed in is sent to the sign-in page. The API walks its own list (tests/annotation/api).
"""

import logging
import re

import pytest
from django.urls import reverse

from annotation.models import Gold, Item, Label
from annotation.services import known_answers
from tests.factories import NOW
from tests.security.conftest import changed, rows_of_all_tables
from tests.support.addresses import addresses

VERBS = ("get", "post", "put", "patch", "delete")
ORDER = ("nobody", "outsider", "annotator", "reviewer", "lead", "owner", "admin")
# Who is the least that may be somewhere. What is not named here needs a lead.
ANYBODY = {
    "sign-in", "sign-in-link", "sign-in-again", "sign-out", "invitation", "admin-sign-in",
    "account_login", "account_inactive", "account_signup", "account_confirm_email",
    "account_reset_password", "account_reset_password_done", "account_reset_password_from_key",
    "account_reset_password_from_key_done", "mfa_authenticate", "mfa_login_webauthn",
    "single-sign-on", "single-sign-on-back", "socialaccount_signup",
    "socialaccount_login_cancelled",
}  # fmt: skip
SIGNED_IN = {
    "account-name", "account-end-session", "account_email", "account_reauthenticate", "mfa_index",
    "mfa_list_webauthn", "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "mfa_activate_totp",
    "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
    "mfa_add_webauthn", "mfa_edit_webauthn", "mfa_remove_webauthn",
    "projects", "account", "theme", "account-pace", "account-keys", "account-keys-reset",
    "language", "account-tokens", "account-tokens-revoke",
}  # fmt: skip
LABELS = {
    "label", "answer", "skip", "undo", "remark", "heartbeat", "leave", "bulk", "bulk-answer",
    "bulk-undo", "bulk-leave", "my-answers", "my-answer", "my-answer-change",
    "my-answer-take-back", "own-work", "notes", "notes-settle", "guidelines", "guidelines-read",
    "item-image", "leave-project",
}  # fmt: skip
WATCHES = {
    "items", "import-state", "disagreements", "decided", "disagreement", "disagreement-undo",
    "disagreement-return", "disagreement-tick-off", "progress", "curve-csv", "rounds", "round",
    "replay-state",
}  # fmt: skip
ADMINS = {"system", "whole-log", "whole-log-file", "accounts", "account-change"}
# An annotator is told by these that nothing is there, as of any number that is not theirs.
OWN_THINGS = {
    "my-answer", "item-image", "notes-settle", "sign-in-link", "account-tokens-revoke",
    "mfa_deactivate_totp", "mfa_view_recovery_codes",
}  # fmt: skip
# Not there unless a setting says so.
CLOSED = {"account_signup", "single-sign-on", "single-sign-on-back"}
# A lead sees these pages but the owner alone decides about money: 403 says so, on the page.
SAYS_WHY = {"budget-pay", "budget-own-rate", "project-new"}


def least(name):
    for who, names in (
        ("nobody", ANYBODY),
        ("outsider", SIGNED_IN | {"project-new"}),
        ("annotator", LABELS),
        ("reviewer", WATCHES),
        ("admin", ADMINS),
    ):
        if name in names:
            return who
    return "lead"


def may(who, name):
    return ORDER.index(who) >= ORDER.index(least(name))


def test_every_name_that_is_listed_is_an_address():
    assert addresses().keys() >= ANYBODY | SIGNED_IN | LABELS | WATCHES | ADMINS


def test_whoever_may_not_be_somewhere_finds_nothing_there(world, caplog):
    """Row 14. Refused are all who are less than an address asks for, by every verb."""
    before, wrong = rows_of_all_tables(), []
    # Where someone is not let in, whether a verb exists must not depend on them either.
    for who in ORDER[:-1]:
        client = world.client(who)
        start = rows_of_all_tables(without=frozenset({"annotation_session"}))
        for name, path in world.paths.items():
            if may(who, name):
                continue
            for verb in VERBS:
                caplog.clear()
                reply = getattr(client, verb)(path)
                if not is_refusal(who, reply):
                    wrong.append(f"{who} {verb} {name}: {reply.status_code}")
                elif reply.status_code == 404 and path not in caplog.text:
                    wrong.append(f"{who} {verb} {name}: not in the log")
        after = rows_of_all_tables(without=frozenset({"annotation_session"}))
        assert changed(start, after) == [], who

    assert wrong == []
    assert before


def is_refusal(who, reply):
    if reply.status_code == 302:
        return who == "nobody" and reply["Location"].startswith(reverse("sign-in"))
    return reply.status_code in (404, 405)


def test_no_refused_verb_is_all_there_is(world):
    """A 405 alone would let an address pass that is open by the one verb nobody tried."""
    wrong = []
    client = world.client("outsider")
    for name, path in world.paths.items():
        if not may("outsider", name):
            seen = {getattr(client, verb)(path).status_code for verb in ("get", "post")}
            if 404 not in seen:
                wrong.append((name, seen))

    assert wrong == []


def test_whoever_may_be_somewhere_is_let_in(world):
    """The other half: a page that refused everybody would pass the test above."""
    wrong = []
    for who in ORDER[1:]:
        client = world.client(who)
        for name, path in world.paths.items():
            if may(who, name) and name not in OWN_THINGS | SAYS_WHY | CLOSED:
                status = client.get(path).status_code
                if status not in (200, 302, 204, 405):
                    wrong.append(f"{who} {name}: {status}")

    assert wrong == []


def test_ids_of_another_project_lead_nowhere(world):
    """Row 14. Somebody who owns a project asks there for the numbers of another one."""
    texts = [each.payload.text for each in world.project.items.select_related("payload")]
    client = world.client("outsider")
    left_out = frozenset({"annotation_session", "django_session"})
    before, wrong = rows_of_all_tables(without=left_out), []

    for name, path in world.stray.items():
        for verb in VERBS:
            reply = getattr(client, verb)(path)
            body = "" if reply.streaming else reply.text
            if reply.status_code not in (302, 404, 405, 409, 422):
                wrong.append(f"{verb} {name}: {reply.status_code}")
            if world.project.name in body or any(text in body for text in texts):
                wrong.append(f"{verb} {name}: shows what is not theirs")

    assert wrong == []
    assert changed(before, rows_of_all_tables(without=left_out)) == []


def test_nobody_passes_without_a_token(world):
    """Row 24. Every address that takes something refuses it from a page that is not ours."""
    client, wrong = world.client("admin", enforce_csrf_checks=True), []
    left_out = frozenset({"annotation_session"})
    before = rows_of_all_tables(without=left_out)

    for name, path in world.paths.items():
        for verb in VERBS[1:]:
            status = getattr(client, verb)(path).status_code
            if status not in (403, 405):
                wrong.append(f"{verb} {name}: {status}")

    assert wrong == []
    assert changed(before, rows_of_all_tables(without=left_out)) == []


def test_verbs_no_page_knows_are_refused(world):
    client = world.client("admin")
    wrong = [
        f"{verb} {name}"
        for name, path in world.paths.items()
        # Who is signed in is sent on from the sign-in page, whatever they send.
        for verb in ("put", "patch", "delete")
        if name not in ANYBODY
        if getattr(client, verb)(path).status_code != 405
    ]

    assert wrong == []


# What a GET may write, each with its reason.
WRITES_BY_GET = {
    "label": "hands out an item: a lease that ends by itself",
    "bulk": "hands out items: leases that end by themselves",
}
# Taking a file away is written down, and that is all it changes.
WRITTEN_DOWN = {"export-file": ["annotation_auditentry"]}


@pytest.mark.parametrize("who", ["admin", "lead"])
def test_looking_changes_nothing(world, who):
    """Row 24. Not one row of any table is another after any page was fetched, but that files
    were taken is in the log."""
    client, wrong = world.client(who), {}
    before = rows_of_all_tables()

    for name, path in world.paths.items():
        reply = client.get(path)
        if reply.streaming:
            reply.getvalue()
        after = rows_of_all_tables()
        if found := changed(before, after):
            wrong[name] = found
        before = after

    others = {name: tables for name, tables in wrong.items() if name not in WRITES_BY_GET}
    assert others == WRITTEN_DOWN


def test_annotator_learns_neither_what_is_known_nor_what_others_said(world):
    """Row 15. All that an annotator can fetch, looked through for the things not to be told."""
    item = Item.objects.filter(project=world.project).order_by("-pk").first()
    first = world.project.classes.first()
    owner = world.people["owner"]
    known_answers.add(
        project=world.project,
        known=[known_answers.Known(item.pk, (first.pk,))],
        source="upload",
        actor=owner,
        now=NOW,
    )
    client, found = world.client("annotator"), {}
    others = set(Label.objects.values_list("client_token", flat=True))

    for name, path in world.paths.items():
        if not may("annotator", name):
            continue
        reply = client.get(path)
        text = reply.text if not reply.streaming else reply.getvalue().decode("latin-1")
        told = {word for word in ("gold", "audit", "purpose", "relabel", "mia") if says(text, word)}
        told |= {str(token) for token in others if str(token) in text}
        if told:
            found[name] = told

    assert Gold.objects.exists()
    assert found == {}


def says(text, word):
    """Look where a reader or a script would: in words, names of fields and values."""
    return re.search(rf"(?<![\w/-]){word}(?![\w-])", text, re.IGNORECASE) is not None


def test_refusals_say_in_the_log_who_asked_for_what(world, caplog):
    client = world.client("annotator")

    with caplog.at_level(logging.WARNING, "django.request"):
        client.get(world.paths["settings"])

    record = next(each for each in caplog.records if each.name == "django.request")
    assert record.status_code == 404
    assert world.paths["settings"] in record.getMessage()
    assert record.request.user == world.people["annotator"]
