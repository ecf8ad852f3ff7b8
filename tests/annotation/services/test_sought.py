from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from annotation.models import Assignment, Charge, Consensus, Label, Project, Seed
from annotation.services import budgets, labels, seeds, sought
from tests.factories import NOW, answer, claim, make_project, make_user, publish
from tests.support.invariants import violations

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead():
    return make_user("lead")


@pytest.fixture
def project(lead):
    return make_project(n_items=8, owner=lead, budget=5)


def label(project, lead, item, *, token=None, place=0, class_ids=None):
    chosen = [project.classes.all()[place].pk] if class_ids is None else class_ids
    given = labels.Answer(chosen, token or uuid4(), active_ms=1_500, wall_ms=2_000)
    return sought.answer(project=project, item_id=item.pk, actor=lead, answer=given, now=NOW)


def test_answer_on_the_spot_is_a_label_that_says_a_lead_sought_it(project, lead):
    item = project.items.first()

    given = label(project, lead, item)

    assert (given.annotator, given.purpose, given.origin) == (lead, "seed", "annotator")
    assert Consensus.objects.get(item=item).value == given.value
    assert Seed.objects.get(item=item).added_by == lead
    assert violations(project) == []


def test_answer_on_the_spot_counts_in_the_budget(project, lead):
    label(project, lead, project.items.first())

    assert Charge.objects.get().state == "settled"
    assert budgets.labels_left(project) == 4


def test_without_budget_nothing_is_recorded(project, lead):
    budgets.set_limit(project=project, scope="project", limit=1, actor=lead)
    first, second = project.items.all()[:2]
    label(project, lead, first)

    with pytest.raises(ValidationError, match="Raise the budget first"):
        label(project, lead, second)

    assert Label.objects.count() == 1
    assert not Seed.objects.filter(item=second).exists()
    assert violations(project) == []


def test_answer_sent_twice_is_recorded_once(project, lead):
    item, token = project.items.first(), uuid4()

    assert label(project, lead, item, token=token) == label(project, lead, item, token=token)
    assert Label.objects.count() == 1


def test_wrong_answer_leaves_nothing_behind(project, lead):
    with pytest.raises(ValidationError, match="not recorded"):
        label(project, lead, project.items.first(), class_ids=[10**9])

    assert not Assignment.objects.exists()
    assert not Seed.objects.exists()


def test_nobody_else_is_asked_about_it(project, lead):
    item = project.items.first()
    label(project, lead, item)

    publish(project, list(project.items.all()))

    assert Assignment.objects.filter(item=item).count() == 1


@pytest.mark.parametrize("purpose", ["query", "audit"])
def test_refusal_depends_on_what_everybody_sees_and_not_on_the_purpose(project, lead, purpose):
    waits, out = project.items.all()[:2]
    publish(project, [out, waits], purpose=purpose)
    claim(project, make_user())

    with pytest.raises(ValidationError, match="waits in the queue already"):
        label(project, lead, waits)
    with pytest.raises(ValidationError, match="Somebody has this item"):
        label(project, lead, out)


def test_answered_item_is_not_answered_again(project, lead):
    item = project.items.first()
    publish(project, [item])
    annotator = make_user()
    answer(project, annotator, claim(project, annotator))

    with pytest.raises(ValidationError, match="has an answer already"):
        label(project, lead, item)


def test_finished_project_takes_no_more(project, lead):
    Project.objects.update(status="stopped")

    with pytest.raises(ValidationError, match="finished"):
        label(project, lead, project.items.first())


def test_project_that_has_not_started_takes_answers(project, lead):
    Project.objects.update(status="draft")

    assert label(project, lead, project.items.first()).pk


def test_pick_that_is_answered_on_the_spot_waits_no_more(project, lead):
    item = project.items.first()
    seeds.add(project=project, item_ids=[item.pk], actor=lead, now=NOW)

    label(project, lead, item)

    assert seeds.waiting_ids(project.pk) == []
    assert Seed.objects.count() == 1


def test_answer_on_the_spot_can_be_taken_back(project, lead):
    label(project, lead, project.items.first())

    labels.undo(project=project, annotator=lead, token=uuid4(), now=NOW)

    assert not Consensus.objects.exists()
    assert violations(project) == []
