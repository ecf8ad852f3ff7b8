"""Groups of a real pool: found by a run, looked through by its rows."""

import pytest

from annotation.models import Group, Guess, Run
from annotation.services import finding, groups, runs
from annotation.services.finding import Wanted
from selection.models import SelectionConfig
from tests.factories import add_items, make_project, make_user
from tests.selection.test_retraining import do_rounds, label_batch, texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead():
    return make_user("lead")


@pytest.fixture
def project(lead):
    project = make_project(classes=("money", "parcel"), owner=lead, budget=500)
    add_items(project, 80, texts=texts(80))
    SelectionConfig.objects.create(project=project, config={"batch_size": 8, "reserve_size": 4})
    return project


def look(project, lead):
    assert groups.look(project=project, actor=lead)
    run = Run.objects.filter(kind=groups.KIND).latest("pk")
    runs.execute.call(run.pk)
    run.refresh_from_db()
    assert (run.state, run.error) == ("done", "")
    return run


def test_run_puts_every_item_into_a_group_described_by_its_words(project, lead):
    run = look(project, lead)

    # round(sqrt(80 / 4)) = 4.
    found = groups.of(project)
    assert run.report == {"groups": 4, "items": 80}
    assert sum(each.group.size for each in found) == Guess.objects.count() == 80
    assert [each.group.size for each in found] == sorted(
        (each.group.size for each in found), reverse=True
    )
    words = {word for each in found for word in each.group.words}
    assert words & {"refund", "money", "card"}
    assert words & {"parcel", "courier", "box"}
    assert all(1 <= len(each.examples) <= 6 for each in found)


def test_group_is_looked_through_page_by_page(project, lead):
    look(project, lead)
    [first, *_] = groups.of(project)

    page = finding.page_of(project, Wanted(group=first.group.number))

    assert finding.count(project, Wanted(group=first.group.number)) == first.group.size
    assert {each.item.guess.number for each in page.items} == {first.group.number}


def test_guesses_are_the_newest_models(project, lead):
    person = make_user()
    do_rounds(project)
    label_batch(project, person)
    do_rounds(project)
    look(project, lead)
    money, parcel = project.classes.all()

    right = sum(
        guess.class_id == (money.pk, parcel.pk)[int(guess.item.payload.text.split()[-1]) % 2]
        for guess in Guess.objects.select_related("item__payload")
    )

    assert right > 60
    assert all(0 <= each.confidence <= 1 for each in Guess.objects.all())
    labelled = sum(each.n_labelled for each in groups.of(project))
    assert labelled == 8


def test_without_a_model_there_are_groups_and_no_guesses(project, lead):
    look(project, lead)

    assert set(Guess.objects.values_list("class_id", flat=True)) == {None}


def test_looking_again_swaps_the_groups_as_a_whole(project, lead):
    look(project, lead)
    before = set(Group.objects.values_list("pk", flat=True))
    look(project, lead)

    assert not before & set(Group.objects.values_list("pk", flat=True))
    assert Guess.objects.count() == 80


def test_second_look_waits_for_the_first(project, lead):
    assert groups.look(project=project, actor=lead)
    assert not groups.look(project=project, actor=lead)
