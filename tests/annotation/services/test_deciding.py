"""Items that too many skipped: when they come to the lead, and what the lead can do with them."""

from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from annotation import exchange
from annotation.models import Account, Assignment, AuditEntry, Item, Label, Project, Skip
from annotation.services import deciding, labels, projects, queue, skipped
from annotation.services.import_staging import STAGED
from tests.factories import NOW, add_items, answer, claim, make_project, make_user, publish

pytestmark = pytest.mark.django_db


def skip(project, person, reason="unsure", *, now=NOW):
    held = claim(project, person)
    queue.skip(project=project, assignment_id=held.pk, annotator=person, reason=reason, now=now)
    return held


def answers(project, place=0):
    return labels.Answer([project.classes.all()[place].pk], uuid4())


@pytest.fixture
def lead():
    return make_user("ada")


@pytest.fixture
def people():
    return [make_user(f"person {n}") for n in range(4)]


@pytest.fixture
def project(lead, people):
    """One item, skipped by the three who may skip it before it goes to the lead."""
    project = make_project(n_items=1, owner=lead)
    publish(project, project.items.all())
    for person in people:
        projects.set_role(project=project, user=person, role="annotator", actor=lead)
    for person, reason in zip(people[:3], ["unsure", "no_class", "no_class"], strict=True):
        skip(project, person, reason)
    return project


def the_item(project):
    return project.items.get()


def test_list_shows_reasons_with_counts_and_who_skipped(project, people):
    (found,) = skipped.waiting(project, limit=10)

    assert found.reasons == [("No class fits", 2), ("I am not sure", 1)]
    assert [each.annotator for each in found.skips] == people[:3]
    assert skipped.count(project) == 1


def test_skips_count_per_item_whatever_slot_was_skipped(lead, people):
    project = make_project(n_items=1, owner=lead)
    Project.objects.update(max_skips=2)
    project.refresh_from_db()
    for person in people:
        projects.set_role(project=project, user=person, role="annotator", actor=lead)
    publish(project, project.items.all(), overlap=3)
    held = [claim(project, person) for person in people[:2]]

    for person, each in zip(people, held, strict=False):
        queue.skip(
            project=project, assignment_id=each.pk, annotator=person, reason="other", now=NOW
        )

    assert set(project.assignments.values_list("state", flat=True)) == {"skipped"}


def test_item_everybody_skipped_goes_to_the_lead_before_max_skips(lead):
    project = make_project(n_items=1, owner=lead)
    publish(project, project.items.all())

    skip(project, lead)

    assert Assignment.objects.get().state == "skipped"


def test_item_is_not_for_the_lead_while_somebody_else_may_still_be_asked(lead, people):
    project = make_project(n_items=1, owner=lead)
    projects.set_role(project=project, user=people[0], role="annotator", actor=lead)
    publish(project, project.items.all())

    skip(project, people[0])

    assert Assignment.objects.get().state == "open"


def test_item_put_back_is_among_the_next_and_also_of_those_who_skipped_it(project, lead, people):
    publish(project, add_items(project, 3), number=1)

    n = deciding.put_back(project=project, item_ids=[the_item_id(project)], actor=lead, now=NOW)

    assert n == 1
    # It shares the first place with the first of the batch.
    next_two = [claim(project, people[0]) for _ in range(2)]
    (again,) = [each for each in next_two if each.item_id == the_item_id(project)]
    assert again.batch.number == 1
    assert AuditEntry.objects.get(action="skip.put_back").actor == lead


def the_item_id(project):
    return Item.objects.filter(project=project).order_by("pk").first().pk


def test_skips_of_an_item_put_back_stay_on_record_and_count_no_more(project, lead, people):
    deciding.put_back(project=project, item_ids=[the_item_id(project)], actor=lead, now=NOW)

    skip(project, people[0])

    assert Skip.objects.count() == 4
    assert Assignment.objects.get().state == "open"


def test_item_that_does_not_wait_cannot_be_put_back(project, lead):
    (other,) = add_items(project, 1)

    assert deciding.put_back(project=project, item_ids=[other.pk], actor=lead, now=NOW) == 0


def test_item_of_another_project_cannot_be_decided_here(project, lead):
    elsewhere = make_project(owner=lead)
    item = the_item(project)

    assert deciding.put_back(project=elsewhere, item_ids=[item.pk], actor=lead, now=NOW) == 0
    with pytest.raises(ValidationError, match="does not wait"):
        deciding.withdraw(project=elsewhere, item_id=item.pk, actor=lead, now=NOW)
    assert Assignment.objects.get().state == "skipped"


def test_withdrawn_item_is_asked_of_nobody_again(project, lead, people):
    item = the_item(project)

    deciding.withdraw(project=project, item_id=item.pk, actor=lead, now=NOW)

    assert Item.objects.get().withdrawn_at == NOW
    assert skipped.count(project) == 0
    assert queue.claim(project=project, annotator=people[3], now=NOW) is None
    assert AuditEntry.objects.filter(action="item.withdraw", target=f"item {item.pk}").exists()


def test_lead_answers_it_within_the_budget(project, lead):
    item = the_item(project)

    label = deciding.answer(
        project=project, item_id=item.pk, actor=lead, answer=answers(project), now=NOW
    )

    assert (label.annotator, label.is_extra) == (lead, False)
    assert Assignment.objects.get().state == "done"
    assert Account.objects.values_list("reserved", "spent").get() == (0, 1)
    assert item.consensus.value == label.value
    assert AuditEntry.objects.get(action="skip.answer").after == label.value


def test_answer_sent_twice_is_recorded_once(project, lead):
    given = answers(project)
    item = the_item(project)

    for _ in range(2):
        deciding.answer(project=project, item_id=item.pk, actor=lead, answer=given, now=NOW)

    assert Label.objects.count() == 1
    assert AuditEntry.objects.filter(action="skip.answer").count() == 1


def test_second_lead_who_decides_the_same_item_is_told_so(project, lead):
    item = the_item(project)
    deciding.answer(project=project, item_id=item.pk, actor=lead, answer=answers(project), now=NOW)

    with pytest.raises(ValidationError, match="somebody decided it"):
        deciding.answer(
            project=project, item_id=item.pk, actor=make_user(), answer=answers(project), now=NOW
        )


def test_answer_without_budget_changes_nothing(project, lead):
    Account.objects.update(limit=1, spent=1)

    with pytest.raises(ValidationError, match="Raise the budget"):
        deciding.answer(
            project=project,
            item_id=the_item_id(project),
            actor=lead,
            answer=answers(project),
            now=NOW,
        )

    assert Assignment.objects.get().state == "skipped"
    assert not Label.objects.exists()


def test_wrong_class_changes_nothing(project, lead):
    with pytest.raises(ValidationError, match="not recorded"):
        deciding.answer(
            project=project,
            item_id=the_item_id(project),
            actor=lead,
            answer=labels.Answer([999_999], uuid4()),
            now=NOW,
        )

    assert Assignment.objects.get().state == "skipped"


def test_lead_who_judged_the_item_cannot_judge_it_again(lead, people):
    project = make_project(n_items=1, owner=lead)
    Project.objects.update(max_skips=1)
    project.refresh_from_db()
    publish(project, project.items.all(), overlap=2)
    answer(project, lead, claim(project, lead))
    skip(project, people[0])

    with pytest.raises(ValidationError, match="judged this item already"):
        deciding.answer(
            project=project,
            item_id=the_item_id(project),
            actor=lead,
            answer=answers(project),
            now=NOW,
        )


def test_answer_of_a_lead_ends_the_other_opinions_wanted(lead, people):
    project = make_project(n_items=1, owner=lead)
    Project.objects.update(max_skips=1)
    project.refresh_from_db()
    publish(project, project.items.all(), overlap=3)
    skip(project, people[0])

    deciding.answer(
        project=project,
        item_id=the_item_id(project),
        actor=lead,
        answer=answers(project),
        now=NOW,
    )

    states = sorted(project.assignments.values_list("state", flat=True))
    assert states == ["done", "withdrawn", "withdrawn"]


def test_labels_of_a_withdrawn_item_neither_measure_nor_count(lead, people):
    project = make_project(n_items=1, owner=lead)
    Project.objects.update(max_skips=1)
    project.refresh_from_db()
    publish(project, project.items.all(), overlap=2, purpose="audit")
    answer(project, lead, claim(project, lead))
    skip(project, people[0])
    assert len(exchange.audit_answers(project.pk)) == 1

    deciding.withdraw(project=project, item_id=the_item_id(project), actor=lead, now=NOW)

    assert exchange.audit_answers(project.pk) == {}
    assert sum(exchange.class_counts(project.pk).values()) == 0
    assert Label.objects.count() == 1


def test_withdrawn_item_is_brought_back_into_the_pool_with_its_labels(project, lead, people):
    item = the_item(project)
    deciding.withdraw(project=project, item_id=item.pk, actor=lead, now=NOW)
    assert list(skipped.withdrawn_items(project)) == [item]

    assert deciding.bring_back(project=project, item_id=item.pk, actor=lead, now=NOW)

    assert Item.objects.get().withdrawn_at is None
    assert exchange.n_askable(project.pk) == 1
    assert AuditEntry.objects.filter(action="item.bring_back").exists()
    # The queue being dry, it is asked again, also of those who had skipped it.
    assert claim(project, people[0]).item == item


def test_item_that_is_just_being_imported_cannot_be_brought_in(project, lead):
    Item.objects.update(withdrawn_at=STAGED)

    is_back = deciding.bring_back(
        project=project, item_id=the_item_id(project), actor=lead, now=NOW
    )

    assert not is_back
    assert list(skipped.withdrawn_items(project)) == []
    assert Item.objects.get().withdrawn_at == STAGED
