from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from annotation import exchange
from annotation.models import AuditEntry, Seed
from annotation.services import seeds
from tests.factories import (
    NOW,
    add_items,
    answer,
    claim,
    make_project,
    make_user,
    publish,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead():
    return make_user("lead")


@pytest.fixture
def project(lead):
    return make_project(n_items=12, owner=lead)


def add(project, lead, items, **more):
    ids = [each.pk for each in items]
    return seeds.add(project=project, item_ids=ids, actor=lead, now=NOW, **more)


def test_picks_keep_the_order_they_were_picked_in(project, lead):
    items = list(project.items.order_by("pk"))

    add(project, lead, [items[7], items[2]])
    add(project, lead, [items[2], items[5]])

    assert exchange.waiting_seeds(project.pk) == [items[7].pk, items[2].pk, items[5].pk]


def test_picking_twice_says_how_many_were_new(project, lead):
    items = list(project.items.all())
    add(project, lead, items[:3])

    assert add(project, lead, items[:5]) == seeds.Added(n_new=2, n_before=3, n_unknown=0)


def test_pick_says_who_picked_it_and_when(project, lead):
    [item] = project.items.all()[:1]

    add(project, lead, [item])

    pick = Seed.objects.get()
    assert (pick.added_by, pick.added_at) == (lead, NOW)
    assert AuditEntry.objects.get(action="seeds.add").after == [item.pk]


def test_item_of_another_project_or_out_of_the_pool_is_left_out(project, lead):
    inside, gone = project.items.all()[:2]
    gone.withdrawn_at = NOW
    gone.save(update_fields=["withdrawn_at"])
    [foreign] = add_items(make_project(), 1)

    assert add(project, lead, [inside, gone, foreign]).n_unknown == 2
    assert exchange.waiting_seeds(project.pk) == [inside.pk]


def test_too_many_at_once_are_refused_with_the_limit(project, lead):
    with pytest.raises(ValidationError, match="1,001 items at once are too many: at most 1,000"):
        seeds.add(project=project, item_ids=range(1, 1_002), actor=lead, now=NOW)


def test_class_of_another_project_is_refused(project, lead):
    foreign = make_project().classes.first()

    with pytest.raises(ValidationError, match="not a class of this project"):
        add(project, lead, project.items.all()[:1], suggested_id=foreign.pk)


def test_pick_that_was_handed_out_waits_no_more_and_stays_on_record(project, lead):
    first, second = project.items.all()[:2]
    add(project, lead, [first, second])
    publish(project, [first])
    assert exchange.waiting_seeds(project.pk) == [first.pk, second.pk]

    claim(project, make_user())

    assert exchange.waiting_seeds(project.pk) == [second.pk]
    assert Seed.objects.count() == 2


def test_pick_can_be_taken_back_until_it_is_in_a_batch(project, lead):
    first, second = project.items.all()[:2]
    add(project, lead, [first, second])
    publish(project, [first])

    gone = seeds.remove(project=project, item_ids=[first.pk, second.pk], actor=lead, now=NOW)

    assert gone == 1
    assert seeds.waiting_ids(project.pk) == [first.pk]
    assert Seed.objects.get(item=second).removed_at == NOW
    assert AuditEntry.objects.get(action="seeds.remove").before == [second.pk]


def test_picks_are_counted_by_the_class_they_are_thought_to_be(project, lead):
    yes, no = project.classes.all()
    items = list(project.items.all())
    add(project, lead, items[:3], suggested_id=yes.pk)
    add(project, lead, items[3:4])
    publish(project, items[:1])
    annotator = make_user()
    answer(project, annotator, claim(project, annotator))

    found = {each.suggested: (each.n, each.n_waiting) for each in seeds.shares(project)}

    assert found == {yes: (3, 2), no: (0, 0), None: (1, 1)}


def test_another_class_may_be_suggested_later(project, lead):
    yes, no = project.classes.all()
    [item] = project.items.all()[:1]
    add(project, lead, [item], suggested_id=yes.pk)

    seeds.suggest(project=project, item_id=item.pk, class_id=no.pk, actor=lead)

    assert Seed.objects.get().suggested == no
    entry = AuditEntry.objects.get(action="seeds.suggest")
    assert (entry.before, entry.after) == (yes.pk, no.pk)


def test_pick_taken_back_may_be_made_again_behind_the_others(project, lead):
    first, second = project.items.all()[:2]
    add(project, lead, [first])
    seeds.remove(project=project, item_ids=[first.pk], actor=lead, now=NOW)
    add(project, lead, [second])

    later = NOW + timedelta(minutes=1)
    seeds.add(project=project, item_ids=[first.pk], actor=lead, now=later)

    assert seeds.waiting_ids(project.pk) == [second.pk, first.pk]
