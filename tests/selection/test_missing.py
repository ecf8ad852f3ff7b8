"""An own entry taken out of the settings while a project uses it: said, and chosen anew."""

import pytest
from django.urls import reverse
from django.utils import timezone

from annotation.models import Run
from annotation.services import tokens
from selection import configuration
from selection.models import Round, SelectionConfig
from tests.factories import add_items, make_project, make_user
from tests.selection.test_retraining import do_rounds, texts

pytestmark = pytest.mark.django_db
GONE = "is not in the settings of the server"
MISSING = {
    "strategy": ({"strategy": "mine", "strategy_params": {"heat": 2}}, "auto", "ALAPP_STRATEGIES"),
    "estimator": ({"estimator": "mine"}, "auto", "ALAPP_ESTIMATORS"),
    "features": ({}, "text_tfidf+mine", "ALAPP_ENCODERS"),
}


@pytest.fixture
def lead(client):
    lead = make_user("lead")
    client.force_login(lead, backend="django.contrib.auth.backends.ModelBackend")
    return lead


def project_with(lead, what):
    config, features, _ = MISSING[what]
    project = make_project(classes=("money", "parcel"), owner=lead, budget=200)
    add_items(project, 12, texts=texts(12))
    SelectionConfig.objects.create(
        project=project, config={"batch_size": 4, **config}, features=features
    )
    return project


def sent(form, **changed):
    """Return what a browser would send for the form as it is shown."""
    shown = {each.name: each.value() for each in form}
    return {
        name: value for name, value in shown.items() if value is not None and value is not False
    } | changed


@pytest.mark.parametrize("what", MISSING)
def test_page_says_what_is_missing_and_takes_another_choice(client, lead, what):
    project = project_with(lead, what)
    address = reverse("selection-settings", args=[project.slug])

    page = client.get(address)
    assert f"{GONE} ({MISSING[what][2]}) any more" in page.text
    unchanged = client.post(address, sent(page.context["form"]))
    assert unchanged.status_code == 422
    assert list(unchanged.context["form"].errors) == [what]
    others = {"strategy": "margin", "estimator": "auto", "features": "text_tfidf"}
    saved = client.post(address, sent(page.context["form"], **{what: others[what]}))

    assert saved.status_code == 302
    selection = configuration.config_of(project.pk)
    assert {**selection.config, "features": selection.features}[what] == others[what]
    assert GONE not in client.get(address).text


@pytest.mark.parametrize("what", MISSING)
def test_round_fails_with_that_reason_and_takes_nothing_instead(lead, what):
    project = project_with(lead, what)

    do_rounds(project)

    error = Run.objects.get(kind="round").error
    assert f"'mine' {GONE}" in error
    assert "Choose another one on the page Selection" in error
    assert not Round.objects.exists()


def test_other_pages_of_the_project_stand(client, lead):
    project = project_with(lead, "strategy")

    for name in ("progress", "rounds", "what-if", "outside", "after", "runs", "map", "report"):
        assert client.get(reverse(name, args=[project.slug])).status_code == 200, name


def test_what_if_is_refused_in_words(client, lead):
    project = project_with(lead, "strategy")

    reply = client.post(
        reverse("what-if", args=[project.slug]),
        {"strategies": ["margin"], "n_seeds": "3", "minutes": "5"},
    )

    assert reply.status_code == 422
    assert f"&#x27;mine&#x27; {GONE}" in reply.text


def test_program_reads_the_name_as_it_stands_and_may_change_it(client, lead):
    project = project_with(lead, "strategy")
    _, text = tokens.make(user=lead, name="bot", wanted=["read", "lead"], now=timezone.now())
    headers = {"Authorization": f"Bearer {text}"}
    address = reverse("api-selection:selection", args=[project.slug])

    told = client.get(address, headers=headers).json()
    changed = client.patch(
        address,
        {"settings": {"strategy": "margin", "strategy_params": {}}},
        content_type="application/json",
        headers=headers,
    )

    assert told["settings"]["strategy"] == "mine"
    assert changed.json()["settings"]["strategy"] == "margin"
