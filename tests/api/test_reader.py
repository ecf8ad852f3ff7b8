"""Finishing, what-ifs, the map and groups by program: asked for, worked at, read."""

import pytest

from annotation.models import AuditEntry, Group, Run, Seed
from annotation.services import projects, runs
from selection.configuration import config_of
from selection.models import SelectionConfig, WhatIf
from tests.api.calling import caller
from tests.factories import NOW, add_items, make_project, make_user
from tests.selection.test_retraining import do_rounds, label_batch, texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead():
    return make_user("lead")


@pytest.fixture
def fresh(lead):
    project = make_project(classes=("money", "parcel"), owner=lead)
    add_items(project, 120, texts=texts(120))
    config = {"batch_size": 40, "reserve_size": 0, "audit_share": 0.5, "audit_adapts": False}
    SelectionConfig.objects.create(project=project, config=config)
    return project


@pytest.fixture
def labelled(fresh, lead):
    """80 labels, 40 of them of audit items."""
    for _ in range(2):
        do_rounds(fresh)
        label_batch(fresh, lead)
    return fresh


@pytest.fixture
def call(lead, fresh):
    return caller(lead, fresh, space="api-selection")


def work(project, kind):
    for run in Run.objects.filter(project=project, kind=kind, state="queued"):
        runs.execute.call(run.pk)


def test_final_model_is_made_accepted_taken_back_and_labelled_on(call, labelled, lead):
    active = call("post", "final")
    projects.set_status(project=labelled, status="paused", actor=None, now=NOW)
    before = call("get", "final").json()
    asked = [call("post", "final").json()["is_started"] for _ in range(2)]
    work(labelled, "final")
    made = call("get", "final", query="?limit=0.2").json()

    assert active.status_code == 422
    assert (before["final"], before["offer"], before["levels"]) == (None, None, [])
    assert asked == [True, False]
    assert (made["final"]["number"], made["final"]["n_labelled"]) == (1, 80)
    # 120 items, 80 of them labelled; the usual 20 are listed.
    assert (made["n_open"], len(made["useful"]), made["run"]["state"]) == (40, 20, "done")
    assert made["offer"]["limit"] == 0.2
    assert made["offer"]["level"] in made["levels"]

    stale = call("post", "final-accept", number=2, limit=0.2)
    accepted = call("post", "final-accept", number=1, limit=0.2)
    twice = call("post", "final-accept", number=1, limit=0.2)
    assert (stale.status_code, accepted.status_code, twice.status_code) == (422, 201, 422)
    assert accepted.json()["n_items"] == made["offer"]["level"]["n_pool"]
    assert call("get", "final").json()["accepted"] == accepted.json()

    withdrawn = [call("post", "final-withdraw").json()["is_withdrawn"] for _ in range(2)]
    assert withdrawn == [True, False]
    assert call("post", "final-label-next", n=7).json() == {"n": 7}
    assert Seed.objects.filter(item__project=labelled).count() == 7
    labelled.refresh_from_db()
    assert labelled.status == "active"
    noted = AuditEntry.objects.filter(action__startswith="predictions.").order_by("pk")
    assert [(each.action, each.actor) for each in noted] == [
        ("predictions.accept", lead), ("predictions.withdraw", lead),
    ]  # fmt: skip


def test_what_if_is_asked_for_read_and_used(call, labelled, lead):
    sent = {"strategies": ["random"], "batch_sizes": [20, 40]}
    asked = call("post", "what-ifs", **sent)
    second = call("post", "what-ifs", **sent)

    assert (asked.status_code, second.status_code) == (201, 409)
    shown = asked.json()
    # What is in force first, then every strategy with every size.
    pairs = [(each["strategy"], each["batch_size"]) for each in shown["variants"]]
    assert pairs == [("auto", 40), ("random", 20), ("random", 40)]
    assert (shown["run"]["state"], shown["said"], shown["lines"]) == ("queued", "", [])

    work(labelled, "what-if")
    done = call("get", "what-if", shown["id"]).json()
    assert done["run"]["state"] == "done"
    assert done["said"]
    assert done["beside"][0]["verdict"] == "in force"
    assert len(done["beside"]) == 3
    assert all(len(each["labels"]) == len(each["value"]) for each in done["lines"])
    listed = call("get", "what-ifs").json()
    assert listed == [{name: done[name] for name in listed[0]}]

    used = call("post", "what-if-use", shown["id"], variant=1)
    assert used.json()["settings"]["batch_size"] == 20
    assert config_of(labelled.pk).config["strategy"] == "random"
    assert call("post", "what-if-use", shown["id"], variant=3).status_code == 422


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, ""),
        ({"strategies": ["coin"]}, "strategies"),
        ({"batch_sizes": [10_001]}, "batch_sizes.0"),
        ({"strategies": ["random"], "n_seeds": 2}, "n_seeds"),
        ({"strategies": ["random"], "minutes": 61}, "minutes"),
    ],
)
def test_what_if_that_cannot_be_is_refused_with_its_field(call, sent, field):
    refused = call("post", "what-ifs", **sent)

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == field
    assert not WhatIf.objects.exists()


def test_cancelled_what_if_says_so(call, fresh):
    asked = call("post", "what-ifs", strategies=["random"]).json()

    assert call("post", "what-if-cancel", asked["id"]).json()["is_cancelled"]


def test_map_is_drawn_and_its_points_read_page_by_page(call, fresh, monkeypatch):
    monkeypatch.setattr("selection.api.maps.PER_PAGE", 50)
    none = call("get", "map-points")
    before = call("get", "map").json()
    started = [call("post", "map").json()["is_started"] for _ in range(2)]
    work(fresh, "map")

    assert none.status_code == 404
    assert (before["map"], before["run"], started) == (None, None, [True, False])
    assert "pca" in [each["name"] for each in before["methods"]]
    drawn = call("get", "map").json()
    assert (drawn["map"]["n_points"], drawn["run"]["state"]) == (120, "done")
    first = call("get", "map-points").json()
    found, page = list(first["results"]), first
    while page["next"]:
        page = call("get", "map-points", query="?" + page["next"].partition("?")[2]).json()
        found += page["results"]
    assert [each["item"] for each in found] == list(
        fresh.items.order_by("pk").values_list("pk", flat=True)
    )
    # No model has seen them yet.
    assert {(each["predicted"], each["sure"]) for each in found} == {(None, None)}
    near = call("get", "map-found", query=f"?order=near&near={found[3]['item']}").json()
    assert (len(near), near[0]["item"]) == (100, found[3]["item"])

    call("post", "map")
    work(fresh, "map")
    late = call("get", "map-points", query="?" + first["next"].partition("?")[2])
    assert late.status_code == 409
    assert call("get", "map-points", query="?cursor=7").status_code == 400


def test_groups_are_looked_for_and_read_with_their_most_typical_items(call, fresh):
    item = fresh.items.order_by("pk")[0]
    Group.objects.create(project=fresh, number=2, size=9, words=["fee"], examples=[item.pk])

    started = call("post", "api:groups")
    shown = call("get", "api:groups").json()

    assert (started.status_code, started.json()) == (202, {"is_started": True})
    assert (shown["run"]["kind"], shown["run"]["state"]) == ("groups", "queued")
    (group,) = shown["groups"]
    assert (group["key"], group["size"], group["words"]) == ("alike-2", 9, ["fee"])
    assert [each["item"] for each in group["examples"]] == [item.pk]
    assert group["examples"][0]["payload"]["text"] == item.payload.text
