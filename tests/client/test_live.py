"""The client and a real server: what the documentation shows is done here."""

import re

import pytest

from alapp.client import CardLeft, Client, Forbidden, Invalid, NotFound, Unauthenticated
from alapp.clock import database_now
from annotation.models import Assignment, Label, Project, Remark, Skip
from annotation.services import projects, tokens
from tests.factories import make_project, make_user, publish

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lead():
    return make_user("ada")


@pytest.fixture
def project(lead):
    project = make_project(owner=lead, n_items=4)
    publish(project, project.items.order_by("pk"))
    return project


@pytest.fixture
def client_for(live_server):
    made = []

    def make(user, *scopes):
        now = database_now()
        wanted = scopes or ("read", "label", "lead")
        _, text = tokens.make(user=user, name="tests", wanted=wanted, now=now)
        made.append(Client(live_server.url, text))
        return made[-1]

    yield make
    for each in made:
        each.close()


def test_loop_answers_every_card_once_by_names(client_for, project, lead):
    labelling = client_for(lead).label(project.slug)
    seen = []

    for card in labelling:
        seen.append(card.text)
        card.answer("no" if len(seen) % 2 else "yes")

    names = dict(project.classes.values_list("pk", "name"))
    given = [names[label.value[0]] for label in Label.objects.order_by("pk")]
    assert seen == [f"text {key}" for key in range(4)]
    assert given == ["no", "yes", "no", "yes"]
    assert labelling.nothing is not None
    assert labelling.counts["batch_done"] == 4


def test_card_can_be_skipped_flagged_and_commented(client_for, project, lead):
    cards = iter(client_for(lead).label(project.slug))
    first = next(cards)
    first.comment("Which of the two?")
    first.flag("wrong_data")
    first.keep()
    first.skip("no_class")

    second = next(cards)
    cards.close()

    assert second.item != first.item
    assert set(Remark.objects.values_list("kind", flat=True)) == {"comment", "wrong_data"}
    assert Skip.objects.get().reason == "no_class"
    # Whoever leaves the loop gives back what they hold: within a minute others have it.
    left = Assignment.objects.filter(state="leased").values_list("leased_until", flat=True)
    assert all((until - database_now()).total_seconds() < 60 for until in left)


def test_card_left_unanswered_ends_the_loop_with_an_error(client_for, project, lead):
    with pytest.raises(CardLeft, match="answer or skip"):
        for _ in client_for(lead).label(project.slug):
            pass


def test_unknown_class_is_named_before_anything_is_sent(client_for, project, lead):
    card = next(iter(client_for(lead).label(project.slug)))

    with pytest.raises(ValueError, match="'maybe' is not a class .* yes, no"):
        card.answer("maybe")

    assert not Label.objects.exists()


def test_problems_are_exceptions_with_fields_and_limits(client_for, project, lead):
    client = client_for(lead)
    other = make_user()
    projects.set_role(project=project, user=other, role="annotator", actor=None)

    with pytest.raises(Invalid) as caught:
        client.change_settings(project.slug, overlap=99)
    with pytest.raises(NotFound):
        client.read_project("nowhere")
    with pytest.raises(NotFound):
        client_for(other, "read", "label").read_settings(project.slug)
    with pytest.raises(Forbidden):
        client_for(lead, "read").change_settings(project.slug, overlap=2)
    assert [(each["field"], each["limit"]) for each in caught.value.errors] == [("overlap", "20")]


def test_revoked_token_opens_nothing(client_for, lead):
    client = client_for(lead)

    client.revoke_this_token()

    with pytest.raises(Unauthenticated):
        client.read_me()


def test_project_made_twice_by_one_key_is_made_once(client_for, project, lead):
    client = client_for(lead)

    made = [client.create_project(name="Tickets", idempotency_key="k1") for _ in range(2)]

    assert made[0] == made[1]
    assert Project.objects.filter(name="Tickets").count() == 1


def test_rows_of_all_pages_come_as_one(client_for, project, lead):
    for number in range(60):
        projects.create(name=f"P{number}", modality="text", owner=lead)

    names = [each["name"] for each in client_for(lead).list_projects()]

    assert len(names) == len(set(names)) == 61


def test_what_the_documentation_shows_works(live_server, project, lead, settings, monkeypatch):
    Project.objects.filter(pk=project.pk).update(slug="my-project")
    _, token = tokens.make(
        user=lead, name="docs", wanted=["read", "label", "lead"], now=database_now()
    )
    monkeypatch.setenv("ALAPP_URL", live_server.url)
    monkeypatch.setenv("ALAPP_TOKEN", token)
    text = (settings.BASE_DIR / "docs" / "client.md").read_text()
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)

    for block in blocks:
        exec(block, {})

    assert len(blocks) >= 3
    assert Label.objects.count() == 4
