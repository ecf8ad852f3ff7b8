"""Groups of alike items, found by a worker without a model, answered together."""

from datetime import timedelta
from uuid import uuid4

import pytest

from annotation.models import Account, Assignment, Group, Label, Project
from annotation.services import bulk, desk, projects, together
from tests.factories import NOW, make_user
from tests.support.invariants import violations
from tests.support.table import make_grouped_project, put_in_groups

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def ada():
    return make_user("ada")


@pytest.fixture
def project(ada):
    """80 items, every other of them alike: about thirty of each kind may be answered together."""
    project = make_grouped_project(ada, n_items=80)
    put_in_groups(project, [["refund", "money"], []])
    return project


def alike(number):
    return bulk.Key(bulk.Kind.ALIKE, number)


def open_alike(project, person, number, now=NOW):
    return bulk.open_table(desk.Seat(project, person, now), key=alike(number))


def may_be_together(project, number, n_groups=2):
    items = enumerate(project.items.order_by("pk"))
    return [
        item.pk
        for place, item in items
        if place % n_groups == number and not bulk.comes_one_by_one(project, item.content_hash)
    ]


def items_of(table):
    rows = dict(Assignment.objects.filter(pk__in=table.order).values_list("pk", "item"))
    return [rows[pk] for pk in table.order]


def test_alike_items_are_handed_out_together_whatever_their_class(project, ada):
    table = open_alike(project, ada, 1)

    assert table.group == alike(1)
    assert items_of(table) == may_be_together(project, 1)[:24]
    classes = Assignment.objects.filter(pk__in=table.order).values_list("prediction", flat=True)
    # Items 1, 3, 5 ... are all taken for one class; those of the other group for both.
    assert len({each["class_id"] for each in classes}) == 1
    other = Assignment.objects.filter(pk__in=open_alike(project, make_user(), 0).order)
    assert len({each.prediction["class_id"] for each in other}) == 2
    assert violations(project) == []


def test_groups_come_after_classes_each_with_its_words_and_number(project, ada):
    groups = open_alike(project, ada, 0).groups

    assert [each.key.kind for each in groups] == ["class", "class", "alike", "alike"]
    found = {each.key.number: (each.words, each.n) for each in groups[2:]}
    assert found == {
        0: (("refund", "money"), len(may_be_together(project, 0))),
        1: ((), len(may_be_together(project, 1))),
    }


def test_without_a_model_alike_items_are_what_is_offered(project, ada):
    Assignment.objects.update(prediction=None)

    table = bulk.open_table(desk.Seat(project, ada, NOW))

    assert table.group is not None
    assert table.group.kind is bulk.Kind.ALIKE
    assert len(table.order) == 24


def test_while_a_worker_finds_groups_anew_there_are_none(project, ada):
    Group.objects.all().delete()

    table = open_alike(project, ada, 0)

    assert {each.key.kind for each in table.groups} == {"class"}
    assert table.group == table.groups[0].key


@pytest.mark.parametrize("purpose", ["audit", "gold"])
def test_what_measures_is_never_among_alike_items(ada, purpose):
    measuring = range(0, 80, 4)
    project = make_grouped_project(ada, n_items=80, purposes=dict.fromkeys(measuring, purpose))
    put_in_groups(project, [["refund"], ["parcel"]])

    # Half of the items of group 0 measure: 20 of 40. All else but the kept quarter is handed out.
    seen = items_of(open_alike(project, ada, 0))

    ids = list(project.items.order_by("pk").values_list("pk", flat=True))
    measured = {ids[place] for place in measuring}
    wanted = [pk for pk in may_be_together(project, 0) if pk not in measured]
    assert seen == wanted
    assert len(wanted) > 5


def test_answer_to_alike_items_is_recorded_for_each(project, ada):
    table = open_alike(project, ada, 0)
    chosen = project.classes.last().pk

    together.answer(
        desk.Seat(project, ada, LATER),
        [together.Sent(pk, uuid4()) for pk in table.order],
        class_ids=[chosen],
        active_ms=10_000,
        wall_ms=12_000,
    )

    assert Label.objects.count() == 24
    after = open_alike(project, ada, 0, LATER)
    assert items_of(after) == may_be_together(project, 0)[24:48]
    assert violations(project) == []


def test_who_looks_through_many_groups_holds_two_pages_at_most(ada):
    project = make_grouped_project(ada, n_items=120)
    put_in_groups(project, [[f"w{n}"] for n in range(10)])

    for number in range(10):
        # 12 items of each, less those that come one by one.
        table = open_alike(project, ada, number, NOW + timedelta(seconds=number))
        assert items_of(table) == may_be_together(project, number, 10)
        held = Assignment.objects.filter(annotator=ada, state="leased").count()
        assert held <= bulk.MAX_TOGETHER + len(table.order)

    assert Account.objects.get().reserved == held
    assert violations(project) == []


def test_many_groups_are_cut_but_for_the_one_that_is_looked_at(ada):
    project = make_grouped_project(ada, n_items=120)
    put_in_groups(project, [[f"w{n}"] for n in range(20)])
    smallest = min(range(20), key=lambda n: (len(may_be_together(project, n, 20)), -n))

    table = open_alike(project, ada, smallest)

    shown = [each.key.number for each in table.groups if each.key.kind is bulk.Kind.ALIKE]
    assert len(shown) == bulk.MOST_ALIKE + 1
    assert shown[-1] == smallest


def test_groups_of_another_project_name_none_here(project, ada):
    other = make_grouped_project(ada, n_items=8)
    put_in_groups(other, [["theirs"]])

    words = {each.words for each in open_alike(project, ada, 0).groups}

    assert ("theirs",) not in words


def test_alike_items_take_one_statement_more(project, ada, django_assert_num_queries):
    open_alike(project, make_user(), 1)

    # 12 of a table, and the words of its groups.
    with django_assert_num_queries(13):
        assert len(open_alike(project, ada, 0).order) == 24


def test_budget_limits_alike_items_too(ada):
    project = make_grouped_project(ada, budget=5)
    put_in_groups(project, [["refund"]])

    assert len(open_alike(project, ada, 0).order) == 5
    assert violations(project) == []


def test_paused_project_hands_out_no_alike_items(project, ada):
    projects.set_status(project=project, status="paused", actor=None, now=NOW)
    project = Project.objects.get(pk=project.pk)

    assert open_alike(project, ada, 0).order == []


@pytest.mark.parametrize(
    ("sent", "key"),
    [
        ("class-5", bulk.Key(bulk.Kind.CLASS, 5)),
        ("alike-0", bulk.Key(bulk.Kind.ALIKE, 0)),
        ("", None),
        ("5", None),
        ("class-", None),
        ("class--5", None),
        ("class-²", None),
        ("purpose-1", None),
        ("class-" + "9" * 30, None),
    ],
)
def test_key_of_a_group_is_read_or_is_none(sent, key):
    assert bulk.parse(sent) == key
    assert key is None or str(key) == sent
