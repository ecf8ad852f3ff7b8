"""What exports learn of selection: how items were chosen, and what the newest model says."""

import pytest
from django.core.exceptions import ValidationError

from alapp.clock import database_now
from annotation.services import projects, runs
from annotation.services.exports import asking
from annotation.services.exports.orders import Order
from selection.models import Pick, Round, SelectionConfig
from selection.origins import origins_of
from selection.services import accepting
from tests.factories import NOW, add_items, make_project, make_user
from tests.selection.test_retraining import do_rounds, label_batch, texts, truth
from tests.support.exporting import rows_of

pytestmark = pytest.mark.django_db
N = 120


@pytest.fixture
def lead():
    return make_user("lead")


@pytest.fixture
def project(lead):
    """Return a project after two batches: its round 1 has a model, round 2 waits."""
    project = make_project(classes=("money", "parcel"), owner=lead)
    add_items(project, N, texts=texts(N))
    SelectionConfig.objects.create(
        project=project, config={"batch_size": 20, "reserve_size": 0, "audit_share": 0.25}
    )
    for _ in range(2):
        do_rounds(project)
        label_batch(project, lead)
    return project


@pytest.fixture
def attempt(project, lead):
    run = asking.ask(project=project, order=Order("predictions", "jsonl"), actor=lead)
    return runs.claim(run.pk, now=database_now())


def test_model_of_the_last_round_is_asked_about_every_item(project, attempt, tmp_path):
    newest = Round.objects.get(number=1)

    said = origins_of(project.pk).predict(attempt, tmp_path / "said")

    assert (said.model, said.source) == (newest.model_version, "model of round 1")
    rows = list(said.rows())
    assert [each.item_id for each in rows] == list(
        project.items.order_by("pk").values_list("pk", flat=True)
    )
    assert all(sum(each.probabilities) == pytest.approx(1, abs=1e-5) for each in rows)
    items = project.items.order_by("pk")
    right = sum(
        each.probabilities.index(max(each.probabilities)) == truth(item)
        for each, item in zip(rows, items, strict=True)
    )
    assert right > 0.9 * N
    # The class that is predicted is the likeliest, and its probability is how sure the model is.
    told = rows_of(project, "predictions", predictions=said)
    assert all(
        row["predicted_confidence"] == pytest.approx(max(row["p_money"], row["p_parcel"]), abs=1e-5)
        and row[f"p_{row['predicted']}"] >= 0.5
        for row in told
    )


def test_other_settings_than_the_models_are_named_instead_of_wrong_numbers(
    project, attempt, tmp_path
):
    Round.objects.filter(number=1).update(features_version="another encoder")

    with pytest.raises(ValidationError, match="after the next round"):
        origins_of(project.pk).predict(attempt, tmp_path / "said")


def test_final_model_goes_before_that_of_a_round(project, attempt, tmp_path, lead):
    projects.set_status(project=project, status="paused", actor=None, now=NOW)
    accepting.finish(project=project, actor=lead)
    for run in project.runs.filter(kind="final", state="queued"):
        runs.execute.call(run.pk)

    said = origins_of(project.pk).predict(attempt, tmp_path / "said")

    assert said.source == "final model 1"
    assert len(list(said.rows())) == N
    assert not said.has_probabilities


def test_rows_say_strategy_seed_and_chance_of_the_round_that_picked(project):
    rows = [row for row in rows_of(project, "labels") if row["round"] == 1]

    assert rows
    newest = Round.objects.get(number=1)
    for row in rows:
        pick = Pick.objects.get(round=newest, item=row["item"])
        assert (row["strategy"], row["probability"]) == (pick.strategy, pick.probability)
        assert (row["seed"], row["model"]) == (newest.seed, newest.model_version)
        assert row["purpose"] == pick.purpose
    assert {row["split"] for row in rows} <= {"train", "audit"}
    assert any(row["split"] == "audit" for row in rows_of(project, "labels"))
