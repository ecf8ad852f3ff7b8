import pytest

from annotation.models import Assignment, Project
from annotation.services import overlap, queue
from tests.factories import NOW, add_items, answer, claim, make_project, make_user, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    project = make_project(n_items=200)
    Project.objects.update(overlap=3, overlap_percent=20, seed=7)
    project.refresh_from_db()
    return project


def chosen(project):
    return {
        i.pk for i in project.items.all() if overlap.opinions_wanted(project, i.content_hash) > 1
    }


def test_share_of_the_items_gets_several_opinions_and_the_rest_one(project):
    publish(project, project.items.all())

    slots = Assignment.objects.filter(project=project).values_list("item", "slot")
    by_item = {}
    for item, slot in slots:
        by_item.setdefault(item, []).append(slot)

    assert {len(found) for found in by_item.values()} == {1, 3}
    assert {pk for pk, found in by_item.items() if len(found) == 3} == chosen(project)
    # Binomial(200, 0.2): 40, and within four standard deviations of 5.7.
    assert 18 <= len(chosen(project)) <= 62


def test_choice_is_the_same_again_and_another_for_another_project(project):
    first = chosen(project)

    assert chosen(Project.objects.get(pk=project.pk)) == first
    project.seed = 8
    assert chosen(project) != first


def test_raising_the_share_keeps_the_items_chosen_before(project):
    few = chosen(project)
    project.overlap_percent = 50

    assert few < chosen(project)


def test_choice_does_not_follow_the_audit_order(project):
    ranks = {i.pk: i.audit_rank for i in project.items.all()}
    middle = sorted(ranks.values())[100]

    early = sum(ranks[pk] < middle for pk in chosen(project))

    # Of about 40, half: within three standard deviations.
    assert 0.25 < early / len(chosen(project)) < 0.75


def test_further_slots_say_so_and_audit_items_stay_audit():
    project = make_project(n_items=2)
    items = list(project.items.all())
    publish(project, items[:1], overlap=2)
    publish(project, items[1:], number=1, purpose="audit")

    purposes = Assignment.objects.order_by("item", "slot").values_list("purpose", flat=True)

    assert list(purposes) == ["query", "overlap", "audit", "audit"]


def test_no_more_people_than_wanted_and_nobody_twice():
    project = make_project(n_items=1)
    publish(project, project.items.all(), overlap=3)
    people = [make_user() for _ in range(5)]

    given = 0
    for person in people + people:
        if held := queue.claim(project=project, annotator=person, now=NOW):
            answer(project, person, held)
            given += 1

    assert given == 3
    assert project.labels.values("annotator").distinct().count() == 3


def test_item_handed_out_because_the_queue_was_dry_gets_its_opinions_too():
    project = make_project()
    Project.objects.update(overlap=2)
    project.refresh_from_db()
    items = add_items(project, 2)
    publish(project, items[:1])
    people = [make_user(), make_user()]
    for person in people:
        answer(project, person, claim(project, person))

    first, second = (claim(project, person) for person in people)

    assert (first.item, second.item) == (items[1], items[1])
    assert {first.slot, second.slot} == {0, 1}
    assert queue.claim(project=project, annotator=make_user(), now=NOW) is None
