"""The page of known answers: accepted, uploaded, retired, and who may see it at all."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from annotation.models import AuditEntry, Gold, Project
from annotation.services import decisions, known_answers, projects
from annotation.services.known_answers import Known
from tests.factories import NOW, add_items, answer, claim, make_project, make_user, publish
from tests.support.panel import items_of, panel

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def lead(client):
    user = make_user("ada")
    client.force_login(user, backend=BACKEND)
    return user


def address(project, name="", *more):
    return reverse(f"known-answers{name}", args=[project.slug, *more])


def page(client, project):
    response = client.get(address(project))
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


def yes(project):
    return project.classes.all()[0].pk


def make_known(project, items, lead):
    known = [Known(each.pk, [yes(project)]) for each in items]
    known_answers.add(project=project, known=known, source="upload", actor=lead, now=NOW)


def upload(client, project, text, name="known.csv"):
    file = SimpleUploadedFile(name, text.encode())
    return client.post(address(project, "-upload"), {"file": file}, follow=True)


def test_a_decided_item_is_accepted_with_one_click(client, lead):
    project, _ = panel([[0, 0], [1, 1]], owner=lead)
    item = items_of(project)[0]
    assert "comes here to be accepted" in page(client, project)
    decisions.decide(
        project=project, item_id=item.pk, class_ids=[yes(project)], actor=lead, now=NOW
    )
    assert "Accept<span" in page(client, project)

    reply = client.post(address(project, "-accept"), {"item": item.pk}, follow=True)

    assert "1 known answer added." in reply.content.decode()
    gold = Gold.objects.get()
    assert (gold.item, gold.value, gold.source) == (item, [yes(project)], "adjudicated")


def test_what_is_no_candidate_cannot_be_accepted(client, lead):
    project = make_project(n_items=1, owner=lead)

    for sent in (items_of(project)[0].pk, "x", 2**80):
        client.post(address(project, "-accept"), {"item": sent})

    assert not Gold.objects.exists()


def test_a_file_is_taken_whole_or_not_at_all(client, lead):
    project = make_project(n_items=3, owner=lead)

    refused = upload(client, project, "item,class\n0,yes\n1,<b>\n")
    text = refused.content.decode()
    assert "Nothing was added" in text
    assert "Row 3, class: &#x27;&lt;b&gt;&#x27; is not a class of this project" in text
    assert not Gold.objects.exists()

    taken = upload(client, project, "item,class\n0,yes\n1,no\n")
    assert "2 known answers added." in taken.content.decode()
    assert set(Gold.objects.values_list("source", flat=True)) == {"upload"}


def test_an_item_that_measures_the_model_is_refused_by_its_row(client, lead):
    project = make_project(n_items=2, owner=lead)
    publish(project, items_of(project)[:1], purpose="audit")

    text = upload(client, project, "item,class\n0,yes\n1,yes\n").content.decode()

    assert "Row 2: item &#x27;0&#x27; measures the model" in text
    assert not Gold.objects.exists()


def test_many_problems_are_cut_and_counted(client, lead):
    project = make_project(owner=lead)
    rows = "\n".join(f"{n},yes" for n in range(60))

    text = upload(client, project, f"item,class\n{rows}\n").content.decode()

    assert text.count("is not the id of an item") == 50
    assert "And 10 more." in text


def test_a_file_too_large_or_none_is_refused(client, lead, monkeypatch):
    monkeypatch.setattr("annotation.forms.known_answers.MAX_BYTES", 10)
    project = make_project(n_items=1, owner=lead)

    assert "10 is the limit" in upload(client, project, "item,class\n0,yes\n").content.decode()
    assert "This field is required" in client.post(address(project, "-upload")).content.decode()


def answer_what_is_there(project, who, *, place):
    for _ in range(project.assignments.filter(state="open").count()):
        answer(project, who, claim(project, who), place=place)


def test_how_often_each_was_asked_and_right_and_a_doubt_of_its_own(client, lead):
    project = make_project(n_items=1, owner=lead)
    make_known(project, items_of(project), lead)
    Project.objects.update(gold_percent=50)
    project.refresh_from_db()
    for number in range(3):
        who = make_user()
        projects.set_role(project=project, user=who, role="annotator", actor=None)
        publish(project, add_items(project, 2), number=number, overlap=1)
        answer_what_is_there(project, who, place=1)
        text = page(client, project)
        assert ("Nobody was right: probably wrong itself" in text) is (number == 2)

    assert 'data-name="Asked">3<' in text
    assert 'data-name="Right">0<' in text
    assert "1 probably wrong" in text

    client.post(address(project, "-retire", Gold.objects.get().item_id))
    assert Gold.objects.get().retired_at
    assert ">Retired<" in page(client, project)
    client.post(address(project, "-restore", Gold.objects.get().item_id))
    assert Gold.objects.get().retired_at is None
    assert AuditEntry.objects.filter(action="gold.restore", project=project).exists()
    assert ">Retired<" not in page(client, project)


def test_settings_are_saved_and_logged(client, lead):
    project = make_project(owner=lead)
    sent = {"gold_percent": 10, "gold_floor_percent": 60, "gold_feedback": "on"}

    client.post(address(project, "-settings"), sent)

    project.refresh_from_db()
    assert (project.gold_percent, project.gold_floor_percent) == (10, 60)
    assert (project.gold_pauses, project.gold_feedback) == (False, True)
    assert AuditEntry.objects.filter(action="project.change", project=project).exists()
    wrong = client.post(address(project, "-settings"), sent | {"gold_percent": 51})
    assert "less than or equal to 50" in wrong.content.decode()
    project.refresh_from_db()
    assert project.gold_percent == 10


def test_only_leads_see_known_answers(client):
    project, user = make_project(n_items=1), make_user()
    client.force_login(user, backend=BACKEND)
    for role in (None, "annotator", "reviewer"):
        if role:
            projects.set_role(project=project, user=user, role=role, actor=None)
        assert client.get(address(project)).status_code == 404
        for name, more in (
            ("accept", []),
            ("upload", []),
            ("settings", []),
            ("retire", [1]),
            ("restore", [1]),
        ):
            assert client.post(address(project, f"-{name}", *more)).status_code == 404


@pytest.mark.parametrize("n", [1, 6])
def test_statements_do_not_grow_with_known_answers(client, lead, django_assert_num_queries, n):
    project, _ = panel([[0] * n, [1] * n], owner=lead)
    for item in items_of(project):
        decisions.decide(
            project=project, item_id=item.pk, class_ids=[yes(project)], actor=lead, now=NOW
        )
    make_known(project, add_items(project, n), lead)

    with django_assert_num_queries(10):
        client.get(address(project))
