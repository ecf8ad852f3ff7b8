"""A round finds labels that are wrong, and never doubts what measures the model."""

import pytest

from annotation.models import Assignment, Suspect
from selection import doubting
from selection.models import SelectionConfig
from tests.factories import add_items, answer, claim, make_project, make_user
from tests.selection.test_retraining import do_rounds, texts, truth

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    project = make_project(classes=("money", "parcel"), budget=200)
    add_items(project, 80, texts=texts(80))
    SelectionConfig.objects.create(project=project, config={"batch_size": 30, "reserve_size": 0})
    return project


def label_all(project, *, wrong):
    """Answer the batch truly, but these items of it, in the order of their keys, wrongly."""
    person = make_user()
    batch = Assignment.objects.filter(project=project, state="open", purpose="query")
    chosen = sorted(batch.values_list("item", flat=True))[:wrong]
    for _ in range(Assignment.objects.filter(project=project, state="open").count()):
        held = claim(project, person)
        answer(project, person, held, place=truth(held.item) ^ (held.item_id in chosen))
    return set(chosen)


def test_a_round_lists_the_wrong_labels_first(project):
    do_rounds(project)
    wrong = label_all(project, wrong=2)

    do_rounds(project)

    found = list(Suspect.objects.filter(project=project).order_by("belief"))
    assert {each.item_id for each in found[:2]} == wrong
    audits = Assignment.objects.filter(project=project, purpose="audit").values("item")
    assert audits.count() > 0
    assert not Suspect.objects.filter(item__in=audits).exists()


def test_of_very_many_labels_each_round_looks_at_some(project, monkeypatch):
    monkeypatch.setattr(doubting, "MOST", 12)
    do_rounds(project)
    label_all(project, wrong=0)

    do_rounds(project)

    # Fewer than all: they cannot speak for the measures of the round, which hold out their own.
    assert project.rounds.count() == 2
    assert Suspect.objects.filter(project=project).count() <= 12
