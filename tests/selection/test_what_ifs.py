"""What-ifs: replays in the worker within their minutes, and the page that shows and uses them."""

import pytest
from django.urls import reverse

from annotation import exchange
from annotation.models import AuditEntry, Run
from annotation.services import projects, runs
from selection import asking, what_ifs
from selection.configuration import config_of
from selection.models import Pick, Round, SelectionConfig, WhatIf
from tests.factories import NOW, add_items, answer, claim, make_project, make_user
from tests.selection.test_retraining import do_rounds, texts, truth

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def lead():
    return make_user("lead")


@pytest.fixture
def fresh(lead):
    """80 items without an answer."""
    project = make_project(classes=("money", "parcel"), owner=lead)
    add_items(project, 80, texts=texts(80))
    config = {"batch_size": 40, "reserve_size": 0, "audit_share": 0.5, "estimator": "logistic"}
    SelectionConfig.objects.create(project=project, config=config)
    return project


@pytest.fixture
def project(fresh, lead):
    """80 items, all of them answered in two rounds: 20 audit items among them."""
    project = fresh
    for _ in range(2):
        do_rounds(project)
        while not exchange.progress(project.pk, now=NOW).is_complete:
            held = claim(project, lead)
            answer(project, lead, held, place=truth(held.item))
    return project


@pytest.fixture
def as_lead(client, lead):
    client.force_login(lead, backend=BACKEND)
    return client


def url(name, project, *args):
    return reverse(name, args=[project.slug, *args])


def ask(project, lead, *, minutes=5, n_seeds=3) -> WhatIf:
    variants = [
        {"name": "Auto, 10", "strategy": "auto", "batch_size": 10},
        {"name": "Random, 10", "strategy": "random", "batch_size": 10},
    ]
    config = config_of(project.pk).config | {"audit_share": 0.2}
    row = asking.what_if(
        project_id=project.pk,
        actor_id=lead.pk,
        config=config,
        variants=variants,
        n_seeds=n_seeds,
        minutes=minutes,
    )
    assert row is not None
    return row


def work(row) -> Run:
    run = Run.objects.get(kind="what-if", params={"what_if": row.pk})
    runs.execute.call(run.pk)
    row.refresh_from_db()
    run.refresh_from_db()
    return run


def test_variants_are_replayed_and_compared_on_audit_items(project, lead):
    row = ask(project, lead)

    run = work(row)

    assert (run.state, run.error) == ("done", "")
    assert row.finished_at is not None
    assert (row.result["n_test"], row.result["n_seeds"]) == (20, 3)
    assert [line["name"] for line in row.result["lines"]] == ["Auto, 10", "Random, 10"]
    assert all(
        low <= value <= high
        for line in row.result["lines"]
        for low, value, high in zip(line["low"], line["value"], line["high"], strict=True)
    )
    # Labels of two thirds of what is no audit item; eight of a batch of ten train.
    most = int(row.result["n_pool"] * 2 / 3)
    assert row.result["lines"][0]["labels"] == list(range(8, most + 1, 8))
    assert set(row.result["gains"]) == {"Random, 10"}


def test_what_may_be_asked_and_what_measures_share_nothing(project, lead):
    row = ask(project, lead)
    work(row)

    pool, test = ({item for item, _ in row.known[name]} for name in ("pool", "test"))
    audit = set(Pick.objects.filter(purpose="audit").values_list("item", flat=True))
    assert not pool & test
    assert test == audit
    assert len(pool) + len(test) == 80


def test_nothing_is_published_by_a_what_if(project, lead):
    before = Round.objects.count(), Pick.objects.count()

    work(ask(project, lead))

    assert (Round.objects.count(), Pick.objects.count()) == before


def test_what_if_ends_when_its_minutes_are_used_up(project, lead):
    row = ask(project, lead)
    # As much as was allowed has been used by an earlier attempt.
    WhatIf.objects.filter(pk=row.pk).update(cpu_seconds=300)

    run = work(row)

    assert run.state == "done"
    assert row.trials == []
    assert "0 of at least 3 replays" in row.result["said"]


def test_cancelled_what_if_keeps_what_is_done(project, lead):
    row = ask(project, lead)
    assert asking.cancel(project_id=project.pk, what_if_id=row.pk)

    run = work(row)

    assert run.state == "done"
    assert row.finished_at is not None
    assert not asking.cancel(project_id=project.pk, what_if_id=row.pk)


def test_what_if_gives_way_to_a_waiting_round_and_goes_on_after_it(project, lead):
    row = ask(project, lead)
    other = make_project(n_items=3)
    exchange.open_run(kind="round", project_id=other.pk)

    run = work(row)
    assert (run.state, run.tries, row.finished_at) == ("queued", 0, None)

    Run.objects.filter(kind="round").update(state="done")
    run = work(row)
    assert (run.state, row.result["n_seeds"]) == ("done", 3)


def test_interrupted_what_if_does_not_do_again_what_is_done(project, lead):
    row = ask(project, lead)
    work(row)
    done = row.trials
    WhatIf.objects.filter(pk=row.pk).update(trials=done[:-1], finished_at=None, result={})
    Run.objects.filter(kind="what-if").update(state="queued")

    work(row)

    assert row.trials == done


def test_labels_given_meanwhile_play_no_part(project, lead):
    row = ask(project, lead)
    work(row)
    known = row.known
    add_items(project, 10, texts=texts(10, seed=5))
    do_rounds(project)
    held = claim(project, lead)
    answer(project, lead, held, place=truth(held.item))
    Run.objects.filter(kind="what-if").update(state="queued")

    work(row)

    assert row.known == known


def test_project_with_too_few_labels_is_refused_in_words(lead):
    project = make_project(classes=("money", "parcel"), owner=lead)
    add_items(project, 30, texts=texts(30))
    row = ask(project, lead)

    run = work(row)

    assert run.state == "failed"
    assert "needs 20 audit labels and 30 others; so far there are 0 and 0." in run.error


def sent(**given):
    return {"strategies": ["margin"], "batch_sizes": "10, 20", "n_seeds": 3, "minutes": 2} | given


def test_form_asks_for_every_strategy_with_every_size_beside_what_is_in_force(as_lead, fresh):
    response = as_lead.post(url("what-if", fresh), sent())

    row = WhatIf.objects.get()
    assert response.url == url("what-if-one", fresh, row.pk)
    assert [(v["strategy"], v["batch_size"]) for v in row.variants] == [
        ("auto", 40),
        ("margin", 10),
        ("margin", 20),
    ]
    assert Run.objects.filter(kind="what-if", state="queued").count() == 1


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"strategies": ["astrology"]}, "astrology is not one of the available choices"),
        ({"batch_sizes": "0"}, "is no batch size"),
        ({"batch_sizes": "1,2,3,4"}, "4 sizes are too many: at most 3"),
        ({"n_seeds": 2}, "greater than or equal to 3"),
        ({"minutes": 61}, "less than or equal to 60"),
        ({"strategies": [], "batch_sizes": ""}, "other than in force"),
        (
            {"strategies": ["margin", "entropy", "random"], "batch_sizes": "5,6,7"},
            "10 variants are too many",
        ),
    ],
)
def test_bad_wishes_are_refused_in_words(as_lead, fresh, given, words):
    response = as_lead.post(url("what-if", fresh), sent(**given))

    assert response.status_code == 422
    assert words in response.content.decode()
    assert not WhatIf.objects.exists()


def test_second_what_if_waits_for_the_first(as_lead, fresh):
    as_lead.post(url("what-if", fresh), sent())

    response = as_lead.post(url("what-if", fresh), sent(), follow=True)

    assert "A what-if is running already" in response.content.decode()
    assert WhatIf.objects.count() == 1


def test_page_shows_progress_then_curves_with_the_caution(as_lead, project, lead):
    row = ask(project, lead)
    waiting = as_lead.get(url("what-if", project)).content.decode()
    work(row)
    done = as_lead.get(url("what-if", project)).content.decode()
    lines = as_lead.get(url("what-if-csv", project, row.pk)).content.decode().splitlines()

    assert "It starts as soon as a worker is free." in waiting
    assert "Only items that are labelled can be asked here" in done
    assert 'id="wonder-table"' in done
    assert lines[0] == "labels,variant,accuracy,low,high"
    assert lines[1].startswith('8,"Auto, 10",')


def test_variant_is_used_from_the_next_round_on_and_logged(as_lead, project, lead):
    row = ask(project, lead)
    work(row)

    as_lead.post(url("what-if-use", project, row.pk), {"variant": "1"})

    config = config_of(project.pk).config
    assert (config["strategy"], config["batch_size"]) == ("random", 10)
    # What was set beside it stays.
    assert config["audit_share"] == 0.5
    assert AuditEntry.objects.filter(action="selection.change").exists()


@pytest.mark.parametrize("variant", ["", "9", "-1", "x"])
def test_unknown_variant_is_not_found(as_lead, fresh, lead, variant):
    row = ask(fresh, lead)

    response = as_lead.post(url("what-if-use", fresh, row.pk), {"variant": variant})

    assert response.status_code == 404


@pytest.mark.parametrize("role", ["reviewer", "annotator"])
def test_what_ifs_are_for_leads_only(client, fresh, lead, role):
    row = ask(fresh, lead)
    person = make_user()
    projects.set_role(project=fresh, user=person, role=role, actor=None)
    client.force_login(person, backend=BACKEND)

    assert client.get(url("what-if", fresh)).status_code == 404
    for name in ("what-if-state", "what-if-csv"):
        assert client.get(url(name, fresh, row.pk)).status_code == 404
    for name in ("what-if-cancel", "what-if-use"):
        assert client.post(url(name, fresh, row.pk)).status_code == 404


def test_what_if_of_another_project_is_not_found(as_lead, fresh, lead):
    other = make_project(owner=lead)
    row = ask(fresh, lead)

    assert as_lead.get(url("what-if-state", other, row.pk)).status_code == 404
    assert not asking.cancel(project_id=other.pk, what_if_id=row.pk)


def test_page_asks_the_database_few_times(as_lead, project, lead, django_assert_max_num_queries):
    work(ask(project, lead))

    with django_assert_max_num_queries(14):
        as_lead.get(url("what-if", project))


def test_gaps_of_a_line_stay_gaps():
    row = WhatIf(
        result={
            "lines": [
                {
                    "name": "a",
                    "labels": [8, 16],
                    "value": [0.5, 0.6],
                    "low": [0, 0],
                    "high": [1, 1],
                },
                {"name": "b", "labels": [16], "value": [0.7], "low": [0], "high": [1]},
            ]
        }
    )

    names, rows = what_ifs.table(row)

    assert names == ["a", "b"]
    assert rows == [
        (8, [[0.5, 0, 1], [None, None, None]]),
        (16, [[0.6, 0, 1], [0.7, 0, 1]]),
    ]
