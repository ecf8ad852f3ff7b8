"""The audit log as it is read: by whom, what can be looked for, page after page, and as files."""

import csv
import io
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from annotation.models import AuditEntry, Label
from annotation.services import audit, audit_log, budgets, projects
from tests.factories import NOW, answer, claim, make_project, make_user, publish
from tests.support.tampering import rows_may_change

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def lead():
    return make_user("ada")


@pytest.fixture
def project(lead):
    project = make_project(owner=lead, n_items=4, budget=10)
    projects.set_role(project=project, user=make_user("mia"), role="annotator", actor=lead)
    return project


@pytest.fixture
def answered(project, lead):
    """Four answers, each a minute after an entry of its own: one entry, one answer, in turn."""
    publish(project, project.items.all())
    entries = []
    for n in range(4):
        audit.note("project.change", actor=lead, project=project, after={"n": n})
        entries.append(AuditEntry.objects.latest("pk").pk)
        answer(project, lead, claim(project, lead))
    with rows_may_change():
        AuditEntry.objects.exclude(pk__in=entries).update(created_at=NOW - timedelta(days=9))
        for n, (entry, label) in enumerate(zip(entries, Label.objects.order_by("pk"), strict=True)):
            AuditEntry.objects.filter(pk=entry).update(created_at=NOW + timedelta(minutes=2 * n))
            Label.objects.filter(pk=label.pk).update(created_at=NOW + timedelta(minutes=2 * n + 1))
    return project


def see(client, user, name="log", *args, **asked):
    client.force_login(user, backend=BACKEND)
    return client.get(reverse(name, args=args), asked)


def test_lead_reads_who_changed_what_in_their_project(client, lead, project):
    other = make_project(owner=make_user())
    budgets.set_limit(project=other, scope="project", limit=7, actor=None)

    reply = see(client, lead, "log", project.slug)

    lines = reply.context["lines"]
    assert {line.project for line in lines} == {project.slug}
    assert ("role.set", "ada", "mia", "annotator") in [
        (line.action, line.who, line.target, line.after) for line in lines
    ]


def test_admin_reads_all_of_it(client, project):
    admin = make_user("root", is_superuser=True)

    lines = see(client, admin, "whole-log").context["lines"]

    assert {line.project for line in lines} == {project.slug, ""}
    assert lines[0].action == "sign-in"


@pytest.mark.parametrize("role", ["annotator", "reviewer", None])
def test_others_do_not_learn_of_it(client, project, role):
    person = make_user()
    if role:
        projects.set_role(project=project, user=person, role=role, actor=None)

    assert see(client, person, "log", project.slug).status_code == 404
    assert see(client, person, "whole-log").status_code == 404
    assert client.post(reverse("log-file", args=[project.slug])).status_code == 404
    assert client.post(reverse("whole-log-file")).status_code == 404


def test_entries_and_answers_are_one_list_page_after_page(answered):
    wanted = audit_log.Wanted(kind=audit_log.EVERYTHING, since=NOW.date())
    found, more = [], audit_log.Place()
    for _ in range(3):
        # Three at a time of the eight: pages end within both tables.
        wanted = audit_log.replace(wanted, place=more)
        chunk = audit_log._chunk(answered, wanted, 3)
        found += chunk
        more = chunk[-1].place

    said = [(line.action, line.after) for line in found]
    assert said == [
        each
        for n in (3, 2, 1, 0)
        for each in (("label.answer", ["yes"]), ("project.change", {"n": n}))
    ]


def test_answers_are_shown_only_where_they_are_asked_for(client, lead, answered):
    plain = see(client, lead, "log", answered.slug).context["lines"]
    answers = see(client, lead, "log", answered.slug, what="answers").context["lines"]

    assert "label.answer" not in {line.action for line in plain}
    assert [line.action for line in answers] == ["label.answer"] * 4
    assert {line.who for line in answers} == {"ada"}


@pytest.mark.parametrize(
    ("asked", "n"),
    [
        ({"what": "people"}, 1),
        ({"what": "budgets"}, 1),
        ({"who": "ada", "what": "people"}, 1),
        ({"who": "mia", "what": "people"}, 0),
        ({"since": "2026-05-04"}, 4),
        ({"until": "2026-05-03", "what": "settings"}, 2),  # made, its classes set
    ],
)
def test_log_is_looked_through_by_what_who_and_when(client, lead, answered, asked, n):
    assert len(see(client, lead, "log", answered.slug, **asked).context["lines"]) == n


def test_days_that_are_none_are_refused_in_words(client, lead, project):
    wrong = see(client, lead, "log", project.slug, since="yesterday")
    turned = see(client, lead, "log", project.slug, since="2026-05-04", until="2026-05-01")

    assert wrong.status_code == turned.status_code == 422
    assert "A day is written like 2026-05-04." in wrong.text
    assert "is before the first" in turned.text


@pytest.mark.parametrize("place", ["x", "1", "-1.5", "9" * 19 + ".1", "1.1'--"])
def test_made_up_places_break_nothing(client, lead, project, place):
    assert see(client, lead, "log", project.slug, place=place).status_code == 200


def test_file_holds_all_that_is_found_and_is_in_the_log_itself(client, lead, answered):
    client.force_login(lead, backend=BACKEND)

    reply = client.post(
        reverse("log-file", args=[answered.slug]), {"kind": "jsonl", "what": "answers"}
    )

    rows = [json.loads(line) for line in reply.getvalue().decode().splitlines()]
    assert [row["after"] for row in rows] == [["yes"]] * 4
    assert 'filename="' in reply["Content-Disposition"]
    note = AuditEntry.objects.get(action="audit.export")
    assert (note.actor, note.target, note.after) == (lead, "jsonl", {"what": "answers"})


def test_table_is_safe_for_spreadsheets(client, lead, project):
    audit.note("role.set", actor=lead, project=project, target="=cmd()", after="+1")
    client.force_login(lead, backend=BACKEND)

    reply = client.post(reverse("log-file", args=[project.slug]), {"kind": "csv"})

    # The newest is this very file.
    rows = list(csv.DictReader(io.StringIO(reply.getvalue().decode())))[1:]
    assert (rows[0]["target"], rows[0]["after"]) == ("'=cmd()", "'+1")


def test_page_costs_the_same_however_long_the_log_is(
    client, lead, answered, django_assert_max_num_queries
):
    client.force_login(lead, backend=BACKEND)

    # Session with person and project, entries, labels with their people, names of classes.
    with django_assert_max_num_queries(8):
        client.get(reverse("log", args=[answered.slug]), {"what": "all"})


def told(**options):
    out = io.StringIO()
    call_command("audit", stdout=out, **options)
    return out.getvalue()


def test_command_prints_lines_and_json(project):
    assert "ada  role.set  mia  annotator" in told(project=project.slug, what="people")
    found = json.loads(told(project=project.slug, what="people", json=True))
    assert [(each["who"], each["target"], each["after"]) for each in found] == [
        ("ada", "mia", "annotator")
    ]
    assert len(told(limit=2, jsonl=True).splitlines()) == 2
    assert told(csv=True, limit=1).startswith("at,project,who")


def test_command_refuses_what_is_not_there(project):
    with pytest.raises(CommandError, match="There is no project 'nowhere'"):
        told(project="nowhere")
    with pytest.raises(CommandError, match="--limit"):
        told(limit=-1)
