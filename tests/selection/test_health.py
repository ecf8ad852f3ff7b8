"""What is wrong, said with what to do; what was checked and is well."""

from datetime import timedelta

import pytest

from alapp.clock import database_now
from annotation import exchange
from annotation.models import WorkerBeat
from selection import against_pool, health
from selection.models import Round
from tests.factories import make_project

pytestmark = pytest.mark.django_db


def make_round(project, *, number=0, n_labels=0, **facts):
    return Round.objects.create(
        project=project, number=number, seed=1, config={"batch_size": 20}, features_version="v",
        label_revision=0, n_items=100, n_labels=n_labels, n_train=0, n_audit=0, audit_reserved=0,
        model_version="m", facts=facts,
    )  # fmt: skip


def remarked(project, *, n_labels=0, rounds=(), runs=()):
    found = health.remarks(project.pk, rounds, runs, n_labels=n_labels, now=database_now())
    return {remark.word: remark for remark in found}


def region(name, *, pool, labelled, batch=0):
    return {"name": name, "pool": pool, "batch": batch, "labelled": labelled}


def test_worker_that_lives_is_a_check_that_went_well():
    seen_at = database_now() - timedelta(seconds=3)
    WorkerBeat.objects.create(worker="w", started_at=seen_at, seen_at=seen_at)

    assert remarked(make_project())["Worker"].level == "good"


@pytest.mark.parametrize(("n_labels", "is_stale"), [(40, False), (41, True)])
def test_ranking_is_stale_when_two_batches_were_answered_since(n_labels, is_stale):
    project = make_project()
    newest = make_round(project, n_labels=0)

    found = remarked(project, n_labels=n_labels, rounds=[newest])

    assert ("Stale ranking" in found) is is_stale
    if is_stale:
        assert found["Stale ranking"].to_do


def test_large_part_of_the_pool_without_a_label_is_named():
    project = make_project()
    distribution = {
        "pool": 100, "alike": None,
        "regions": [region("card, fee", pool=80, labelled=9), region("lost", pool=15, labelled=0),
                    region("box", pool=5, labelled=0)],
    }  # fmt: skip
    newest = make_round(project, distribution=distribution)

    remark = remarked(project, rounds=[newest])["Bare region"]

    # "box" is only a twentieth of the pool.
    assert remark.text == "Nothing is labelled yet in 15% of the pool: “lost”."


def test_remark_of_the_core_says_what_to_do():
    project = make_project()
    newest = make_round(project)
    newest.health = [{"code": "no_audit", "level": "warn", "text": "No audit items."}]

    assert remarked(project, rounds=[newest])["No audit"].to_do.startswith("Set a share")


def test_batch_is_put_into_words_beside_the_pool():
    project = make_project(classes=("money", "parcel"))
    first, second = [c.pk for c in project.classes.all()]
    distribution = {
        "pool": 100, "batch": 8, "sources": {"audit": 2, "strategy": 8},
        "classes": [[first, 90, 2], [second, 10, 6]],
        "doubts": {
            "pool": [100, *[0] * 9], "batch": [*[0] * 4, 8, *[0] * 5], "means": [0.02, 0.45],
        },
        "regions": [region("a", pool=60, labelled=1, batch=8), region("b", pool=40, labelled=0)],
        "alike": 0.3, "alike_random": 0.5,
    }  # fmt: skip

    facts = exchange.project_facts(project.pk)
    shown = against_pool.read(facts, {"distribution": distribution}, {second: 3})

    assert shown.about_classes == "Asks most for parcel: 75% of picks, 10% of the pool"
    assert shown.about_doubts.startswith("Asks where the model doubts: 45% likely")
    assert shown.about_regions == "Picks from 1 of 2 regions of the pool"
    assert shown.about_sources == "8 of 10: chosen by the strategy"
    assert "differ more than random ones (0.30 against 0.50)" in shown.about_likeness
    assert [row.labelled for row in shown.classes] == [0, 3]
    assert [row.name for row in shown.sources] == ["Chosen by the strategy", "Random, to measure"]


def test_round_without_a_distribution_shows_none():
    assert against_pool.read(exchange.project_facts(make_project().pk), {}, {}) is None
