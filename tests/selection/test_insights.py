"""What the worker finds out in a round, as the pages read it: costs, forecast, price."""

import pytest
from django.urls import reverse

from annotation import units
from annotation.models import Project
from selection.configuration import config_of
from selection.models import Round, SelectionConfig
from tests.factories import add_items, answer_in_time, make_project, make_user
from tests.selection.test_retraining import do_rounds, label_batch, texts

pytestmark = pytest.mark.django_db
CONFIG = {"batch_size": 12, "audit_share": 0.5, "reserve_size": 4, "target_value": 0.9}


@pytest.fixture
def person():
    return make_user("lead")


@pytest.fixture
def project(person):
    project = make_project(classes=("money", "parcel"), owner=person, budget=200)
    add_items(project, 100, texts=texts(100))
    SelectionConfig.objects.create(project=project, config=CONFIG)
    rate = units.to_amount(units.MONEY, 2)
    Project.objects.filter(pk=project.pk).update(pay_by="label", pay_rate=rate)
    return project


def play(project, person, n_rounds):
    for _ in range(n_rounds):
        do_rounds(project)
        label_batch(project, person, how=answer_in_time)
    do_rounds(project)


@pytest.fixture
def facts(project, person):
    play(project, person, 5)
    return Round.objects.latest("number").facts


def test_each_round_knows_what_its_labels_have_cost(project, person, facts):
    costs = [each.facts["cost"] for each in Round.objects.order_by("number")]

    # 12 labels a round, 1.5 s and 2.00 each
    assert [cost["n_labels"] for cost in costs] == [0, 12, 24, 36, 48, 60]
    assert costs[-1]["hours"] == pytest.approx(60 * 1.5 / 3600)
    assert costs[-1]["money"] == 120.0
    points = facts["curve"]
    assert [point["money"] for point in points] == [24.0 * n for n in range(len(points))]


def test_forecast_waits_for_models_and_audit_labels(project, person):
    play(project, person, 1)

    forecast = Round.objects.latest("number").facts["forecast"]

    assert (forecast["state"], forecast["audit"], forecast["audit_needed"]) == ("early", 6, 20)


def test_forecast_and_price_are_kept_with_the_round(facts):
    forecast, price = facts["forecast"], facts["price"]

    assert forecast["state"] in {"there", "reachable", "doubtful", "pool", "never"}
    assert forecast["rate"]["money"] == pytest.approx(2.0)
    assert forecast["n_labels"] == 60
    assert len(forecast["path"]) == 12
    low, likely, high = price["gain"]
    assert low <= likely <= high
    assert price["spent"]["money"] == pytest.approx(2 * price["spent"]["labels"])


def test_page_tells_forecast_price_and_the_path_to_come(client, project, person, facts):
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")

    page = client.get(reverse("progress", args=[project.slug])).content.decode()

    assert "What lies ahead" in page
    assert "What the last labels bought" in page
    assert page.count('<td class="number">0.9') >= 1
    assert ">forecast</td>" in page
    assert "EUR" in page


def test_settings_that_changed_are_marked_on_the_curve(client, project, person):
    play(project, person, 2)
    selection = config_of(project.pk)
    selection.config = {**selection.config, "strategy": "margin"}
    selection.save()
    label_batch(project, person)
    do_rounds(project)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")

    lines = client.get(reverse("curve-csv", args=[project.slug])).content.decode().splitlines()

    assert "Strategy: Automatic to Margin" in lines[-1]
    assert not any("Margin" in line for line in lines[:-1])


def test_repeated_round_comes_to_the_same_forecast(project, person, facts):
    newest = Round.objects.latest("number")
    project.batches.get(number=newest.number).delete()
    newest.delete()
    do_rounds(project)

    again = Round.objects.latest("number").facts
    assert again["forecast"] == facts["forecast"]
    assert again["price"] == facts["price"]


def test_selection_is_held_beside_random_labels_once_there_are_enough(client, person):
    project = make_project(classes=("money", "parcel"), owner=person)
    add_items(project, 200, texts=texts(200))
    SelectionConfig.objects.create(project=project, config=CONFIG | {"batch_size": 24})
    play(project, person, 4)

    rounds = list(Round.objects.order_by("number"))
    first = next(each for each in rounds if "lessons" in each.facts)
    found = rounds[-1].facts["against_random"]

    # 12 audit items a round: 48 after four, the first number from 40 on
    assert (first.number, len(first.facts["lessons"]["items"])) == (4, 48)
    assert rounds[3].facts["against_random"] == {"state": "early", "audit": 36, "audit_needed": 40}
    assert found["state"] in {"fewer", "more", "unclear"}
    assert (found["n_train"], found["audit"]) == (48, 48)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("progress", args=[project.slug])).content.decode()
    assert "Against random labels" in page


def test_lessons_are_not_taught_again_until_the_audit_has_grown_by_half(person):
    project = make_project(classes=("money", "parcel"), owner=person)
    add_items(project, 260, texts=texts(260))
    SelectionConfig.objects.create(project=project, config=CONFIG | {"batch_size": 24})
    play(project, person, 7)

    rounds = Round.objects.filter(facts__has_key="lessons").order_by("number")

    # 48 at round 4; 60 and 63 are too few more; at round 7 all 65 reserved ones are there
    assert [each.number for each in rounds] == [4, 7]
    assert Round.objects.get(number=6).facts["against_random"]["audit"] == 48
