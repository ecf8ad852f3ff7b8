"""The pages of rounds: the list, one round, its picks as a file, its repetition."""

import csv
import io

import pytest
from django.urls import reverse

from annotation.models import Run
from annotation.services import projects, runs
from selection import rounds
from selection.models import Metric, Pick, Replay, Round, SelectionConfig
from tests.factories import add_items, answer, claim, make_project, make_user
from tests.selection.test_retraining import do_rounds, label_batch, texts, truth

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def lead():
    return make_user("lead")


@pytest.fixture
def project(lead):
    project = make_project(classes=("money", "parcel"), owner=lead)
    add_items(project, 80, texts=texts(80))
    SelectionConfig.objects.create(project=project, config={"batch_size": 8, "reserve_size": 4})
    return project


@pytest.fixture
def as_lead(client, lead):
    client.force_login(lead, backend=BACKEND)
    return client


@pytest.fixture
def as_reviewer(client, project):
    person = make_user("reviewer")
    projects.set_role(project=project, user=person, role="reviewer", actor=None)
    client.force_login(person, backend=BACKEND)
    return client


def url(name, project, *args):
    return reverse(name, args=[project.slug, *args])


def copies(project, n) -> None:
    """Lay n rounds behind the newest one, as heavy as rounds are."""
    row = Round.objects.filter(project=project).latest("number")
    start, facts = row.number, row.facts | {"curve": [{"round": 1, "n": 2}] * 200}
    for number in range(start + 1, start + 1 + n):
        row.pk, row.number, row.facts = None, number, facts
        row.save(force_insert=True)
        Metric.objects.create(round=row, name="accuracy", value=0.8, low=0.7, high=0.9, n=40)


def test_list_shows_newest_round_first_with_accuracy_and_changed_settings(as_lead, project, lead):
    do_rounds(project)
    label_batch(project, lead)
    SelectionConfig.objects.update(
        config={"batch_size": 6, "strategy": "margin"}, features="text_tfidf"
    )
    do_rounds(project)

    response = as_lead.get(url("rounds", project))

    newest, first = response.context["rounds"]
    assert (newest.round.number, first.round.number) == (1, 0)
    assert newest.accuracy.n == 2
    assert [(c.name, c.before, c.after) for c in newest.changes] == [
        ("Batch size", "8", "6"),
        ("Features", "auto", "text_tfidf"),
        ("Reserve size", "4", "20"),
        ("Strategy", "auto", "margin"),
    ]
    assert first.changes == []


def test_two_hundred_rounds_are_paged_in_few_statements(
    as_lead, project, django_assert_max_num_queries
):
    do_rounds(project)
    copies(project, 200)

    with django_assert_max_num_queries(10):
        response = as_lead.get(url("rounds", project), {"page": "2"})

    assert [each.round.number for each in response.context["rounds"]] == list(range(175, 150, -1))
    assert "151" not in [c.name for each in response.context["rounds"] for c in each.changes]


def test_project_without_rounds_says_when_the_first_comes(as_lead, project):
    assert "The first one comes" in as_lead.get(url("rounds", project)).content.decode()


def test_round_page_says_what_was_answered_since_and_whether_the_model_had_it(
    as_lead, project, lead
):
    do_rounds(project)
    label_batch(project, lead)
    do_rounds(project)
    held = claim(project, lead)
    answer(project, lead, held, place=1 - truth(held.item))

    response = as_lead.get(url("round", project, 1))

    answered = [each for each in response.context["picks"] if each.answer]
    wrong = project.classes.all()[1 - truth(held.item)]
    pick = Pick.objects.get(round__number=1, item=held.item)
    assert [(each.answer, each.agrees) for each in answered] == [
        (wrong.name, pick.predicted_class == wrong.pk)
    ]
    assert response.context["tally"].n_answered == 1
    assert "Not yet" in response.content.decode()


def test_round_page_shows_steps_with_wall_and_cpu_seconds(as_lead, project):
    do_rounds(project)

    steps = as_lead.get(url("round", project, 0)).context["steps"]

    assert [each.name for each in steps][:3] == [
        "Read what is on the desk", "Read the items", "Train"
    ]  # fmt: skip
    assert all(each.wall >= 0 and each.cpu is not None for each in steps)


def test_round_page_leads_to_its_neighbours_by_key(as_lead, project, lead):
    do_rounds(project)
    label_batch(project, lead)
    do_rounds(project)

    first = as_lead.get(url("round", project, 0)).content.decode()
    second = as_lead.get(url("round", project, 1)).content.decode()

    assert 'data-key="n"' in first
    assert 'data-key="p"' not in first
    assert f'data-key="p" href="{url("round", project, 0)}"' in second


def test_round_page_asks_the_database_few_times(as_lead, project, django_assert_max_num_queries):
    do_rounds(project)
    copies(project, 3)

    with django_assert_max_num_queries(18):
        as_lead.get(url("round", project, 0))


def test_picks_can_be_had_as_csv_that_no_spreadsheet_runs(as_lead, project, lead):
    project.items.update(key="")
    do_rounds(project)
    item = Pick.objects.get(position=0).item
    item.key = "=1+1"
    item.save(update_fields=["key"])
    held = claim(project, lead)
    answer(project, lead, held, place=truth(held.item))

    response = as_lead.get(url("round-csv", project, 0))
    content = b"".join(response.streaming_content).decode()

    rows = list(csv.DictReader(io.StringIO(content)))
    assert len(rows) == 12
    assert rows[0]["key"] == "'=1+1"
    assert {row["purpose"] for row in rows} == {"query", "audit"}
    assert [row["answer"] for row in rows if row["item"] == str(held.item_id)] == [
        ("money", "parcel")[truth(held.item)]
    ]


def test_reviewer_sees_no_purposes_because_reviewers_label_too(as_reviewer, project):
    do_rounds(project)

    page = as_reviewer.get(url("round", project, 0)).content.decode()

    assert "Audit" not in page.split("picks-title")[1]
    assert "to measure the model." not in page
    assert as_reviewer.get(url("round-csv", project, 0)).status_code == 404
    assert as_reviewer.post(url("replay", project, 0)).status_code == 404


def test_replay_is_asked_for_shown_and_its_result_stored(as_lead, project):
    do_rounds(project)

    as_lead.post(url("replay", project, 0))
    waiting = as_lead.get(url("round", project, 0)).content.decode()
    runs.execute.call(Run.objects.get(kind="replay").pk)
    done = as_lead.get(url("replay-state", project, 0)).content.decode()

    assert "It starts as soon as a worker is free." in waiting
    assert "same 12 picks, same model, bit for bit." in done
    assert "hx-trigger" not in done
    assert Replay.objects.get().is_same


def test_failed_replay_says_why(as_lead, project):
    do_rounds(project)
    Run.objects.create(
        project=project, kind="replay", params={"round": 0}, state="failed", error="Disk full."
    )

    assert "The replay failed: Disk full." in as_lead.get(url("round", project, 0)).content.decode()


def test_settings_are_told_flat_and_in_plain_words():
    row = Round(config={"stopping": {"budget": {}, "plateau": {"gain": 0.02}}, "batch_size": 3})

    assert rounds.settings_of(row) == {
        "stopping.budget": "judged",
        "stopping.plateau.gain": 0.02,
        "batch_size": 3,
    }
    assert rounds.shown(None) == "not set"
