"""Rounds on the real desk: real rows, real features, the real core."""

import numpy as np
import pytest

from alapp.clock import database_now
from annotation import exchange
from annotation.models import Assignment, Consensus, Item, ItemPayload, Reliability, Run
from annotation.services import budgets, projects, queue, runs
from selection import due, model_files, retraining
from selection.core.config import LoopConfig
from selection.models import Metric, Pick, Round, SelectionConfig
from tests.factories import NOW, add_items, answer, claim, make_project, make_user

pytestmark = pytest.mark.django_db

WORDS = {
    0: "refund money charged twice card payment",
    1: "parcel late delivery courier lost box",
}


def texts(n: int, seed: int = 1) -> list[str]:
    """Texts of two kinds in turn, each a different draw of its kind's words."""
    rng = np.random.default_rng(seed)
    return [f"{' '.join(rng.choice(WORDS[i % 2].split(), 4))} {i}" for i in range(n)]


def truth(item: Item) -> int:
    return int(ItemPayload.objects.get(item=item).text.split()[-1]) % 2


@pytest.fixture
def project():
    project = make_project(classes=("money", "parcel"), budget=200)
    add_items(project, 80, texts=texts(80))
    SelectionConfig.objects.create(project=project, config={"batch_size": 8, "reserve_size": 4})
    return project


@pytest.fixture
def person():
    return make_user()


def do_rounds(project) -> None:
    """What the worker does when it is woken."""
    due.look(project.pk)
    for run in Run.objects.filter(project=project, state="queued"):
        runs.execute.call(run.pk)


def label_batch(project, person, *, how=answer) -> int:
    """Answer what is wanted of the current batch truly; the number of answers."""
    n = 0
    while (
        exchange.progress(project.pk, now=NOW).n_closed
        < exchange.progress(project.pk, now=NOW).n_wanted
    ):
        held = claim(project, person)
        how(project, person, held, place=truth(held.item))
        n += 1
    return n


def test_active_project_gets_its_first_batch_and_a_reserve(project):
    do_rounds(project)

    assert Round.objects.get().number == 0
    assert Assignment.objects.filter(in_reserve=False).count() == 8
    assert Assignment.objects.filter(in_reserve=True).count() == 4
    # 20 % of the batch, rounded up, measures the model.
    assert Assignment.objects.filter(in_reserve=False, purpose="audit").count() == 2


def test_looking_again_changes_nothing_while_the_batch_is_open(project):
    do_rounds(project)

    assert not due.look(project.pk)
    assert Round.objects.count() == 1


def test_completed_batch_brings_a_trained_round_with_the_next_batch(project, person):
    do_rounds(project)
    label_batch(project, person)

    do_rounds(project)

    newest = Round.objects.get(number=1)
    assert newest.n_train == 6
    assert newest.model_version
    assert model_files.read(newest.model_file).n_classes == 2
    assert exchange.progress(project.pk, now=NOW).batch == 1


def test_model_learns_and_is_measured_on_audit_items(project, person):
    for _ in range(4):
        do_rounds(project)
        label_batch(project, person)
    do_rounds(project)

    accuracy = Metric.objects.get(round__number=4, name="accuracy")
    # Two audit items in each of four batches.
    assert accuracy.n == 8
    assert accuracy.value == 1.0
    assert accuracy.low < 0.7


def test_audit_items_never_train(project, person):
    for _ in range(3):
        do_rounds(project)
        label_batch(project, person)
    do_rounds(project)

    newest = Round.objects.latest("number")
    order = list(project.items.order_by("audit_rank").values_list("pk", flat=True))
    reserved = set(order[: newest.audit_reserved])
    assert set(Pick.objects.filter(purpose="audit").values_list("item", flat=True)) <= reserved
    assert not set(Pick.objects.filter(purpose="query").values_list("item", flat=True)) & reserved
    assert newest.n_train + newest.n_audit == 24


def test_imported_audit_labels_beyond_the_asked_ones_neither_train_nor_measure(project, person):
    do_rounds(project)
    label_batch(project, person)
    # 80 // 4 = 20 items are reserved; the last of them is far behind those asked.
    far_audit_item = project.items.order_by("audit_rank")[19]
    yes = project.classes.first().pk
    Consensus.objects.create(
        item=far_audit_item, project=project, value=[yes], certainty=1, n_labels=1
    )

    do_rounds(project)

    newest = Round.objects.get(number=1)
    assert (newest.n_train, newest.n_audit) == (6, 2)


def test_same_seed_and_labels_give_the_same_batch(project, person):
    do_rounds(project)
    label_batch(project, person)
    do_rounds(project)
    first = list(Pick.objects.filter(round__number=1).values_list("position", "item", "score"))

    Round.objects.filter(number=1).delete()
    project.batches.get(number=1).delete()
    do_rounds(project)

    again = list(Pick.objects.filter(round__number=1).values_list("position", "item", "score"))
    assert again == first


def test_superseded_worker_publishes_nothing(project):
    due.look(project.pk)
    attempt = runs.claim(Run.objects.get().pk, now=database_now())
    assert attempt is not None
    Run.objects.update(attempt=2)

    with pytest.raises(runs.Superseded):
        retraining.run_round_of(attempt)

    assert not Round.objects.exists()
    assert not Assignment.objects.exists()


def test_train_now_publishes_a_round_before_the_batch_is_complete(project, person):
    do_rounds(project)
    held = claim(project, person)
    answer(project, person, held, place=truth(held.item))

    opened = due.train_now(project_id=project.pk, actor_id=person.pk)
    do_rounds(project)

    assert opened
    assert Round.objects.count() == 2


def test_spent_budget_ends_with_a_last_model_and_no_further_batch(project, person):
    budgets.set_limit(project=project, scope="project", limit=10, actor=None)
    for _ in range(2):
        do_rounds(project)
        label_batch(project, person)
    do_rounds(project)

    newest = Round.objects.latest("number")
    assert (newest.number, newest.n_labels) == (2, 10)
    assert exchange.progress(project.pk, now=NOW).n_wanted == 0
    assert [v["rule"] for v in newest.verdicts if v["stop"]] == ["budget"]
    assert not due.is_due(project.pk)


def test_raised_budget_brings_the_next_batch(project, person):
    budgets.set_limit(project=project, scope="project", limit=8, actor=None)
    do_rounds(project)
    label_batch(project, person)
    do_rounds(project)
    assert not due.is_due(project.pk)

    budgets.set_limit(project=project, scope="project", limit=50, actor=None)

    assert due.is_due(project.pk)


def test_stopping_rule_pauses_the_project_only_when_told_to(project, person):
    SelectionConfig.objects.update(on_stop="pause")
    budgets.set_limit(project=project, scope="project", limit=8, actor=None)
    do_rounds(project)
    label_batch(project, person)

    do_rounds(project)

    project.refresh_from_db()
    assert project.status == "paused"


def test_failed_round_says_so_and_labelling_goes_on(project, person):
    Project = type(project)
    Project.objects.filter(pk=project.pk).update(modality="image")
    do_rounds(project)

    run = Run.objects.get()
    assert run.state == "queued"
    assert run.error
    late = NOW + queue.PREPARING
    assert queue.sit_down(project=project, annotator=person, now=late).assignments


def test_round_that_failed_for_good_is_not_opened_again_at_once(project):
    due.look(project.pk)
    Run.objects.update(state="failed", finished_at=database_now())

    assert not due.look(project.pk)
    Run.objects.update(finished_at=database_now() - runs.FIRST_REST)
    assert due.look(project.pk)


def test_train_now_of_a_worker_killed_after_publishing_is_not_obeyed_again(project):
    due.train_now(project_id=project.pk, actor_id=project.memberships.get().user_id)
    run = Run.objects.get()
    attempt = runs.claim(run.pk, now=database_now())

    retraining.run_round_of(attempt)

    # Nothing after the publishing write has run, as when the process ends there.
    run.refresh_from_db()
    assert (run.state, run.report["published"]) == ("done", 0)
    runs.tick(now=database_now())
    assert runs.claim(run.pk, now=database_now()) is None


def test_project_that_is_paused_gets_no_round(project):
    projects.set_status(project=project, status="paused", actor=None, now=NOW)

    assert not due.look(project.pk)


def test_items_imported_later_take_their_fair_places_in_the_audit_order(project, person):
    do_rounds(project)
    label_batch(project, person)
    add_items(project, 80, texts=texts(80, seed=2))

    do_rounds(project)

    newest = Round.objects.get(number=1)
    order = list(project.items.order_by("audit_rank").values_list("pk", flat=True))
    reserved = set(order[: newest.audit_reserved])
    asked = Pick.objects.filter(round__number=0, in_reserve=False)
    assert not set(asked.filter(purpose="query").values_list("item", flat=True)) & reserved
    assert set(asked.filter(purpose="audit").values_list("item", flat=True)) <= reserved
    assert newest.n_items == 160


@pytest.mark.parametrize(
    ("relabels", "given", "share"), [(True, 0.0, 0.5), (True, 0.1, 0.1), (False, 0.3, 0.0)]
)
def test_lead_says_whether_and_how_much_is_asked_again(project, relabels, given, share):
    """People who are right seven times in ten are asked again about half a batch at most, unless
    a share was set, or none at all."""
    for _ in range(2):
        Reliability.objects.create(
            project=project, annotator=make_user(), skill=0.7, low=0.6, high=0.8,
            n_shared=40, n_labels=40, measured_at=NOW,
        )  # fmt: skip
    config = LoopConfig(batch_size=8, reserve_size=4, relabels=relabels, relabel_share=given)
    saved = config.to_dict()
    SelectionConfig.objects.filter(project=project).update(config=saved)

    do_rounds(project)

    assert Round.objects.get().config["relabel_share"] == pytest.approx(share)
