"""What models without an item's label think of it, from one round to the next."""

import numpy as np
import pytest

from annotation.models import Assignment, Consensus, Label, Project
from annotation.services import projects
from selection import due, opinions
from selection.models import HeldOut, SelectionConfig
from tests.factories import add_items, answer, claim, make_project, make_user
from tests.selection.test_retraining import do_rounds, texts, truth

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    project = make_project(classes=("money", "parcel"), budget=400)
    Project.objects.filter(pk=project.pk).update(overlap=2, overlap_percent=50, seed=7)
    add_items(project, 80, texts=texts(80))
    SelectionConfig.objects.create(project=project, config={"batch_size": 30, "reserve_size": 0})
    return Project.objects.get(pk=project.pk)


@pytest.fixture
def pair(project):
    """Two people; of items both see the second says the opposite of what is true."""
    people = [make_user(), make_user()]
    for each in people:
        projects.set_role(project=project, user=each, role="annotator", actor=None)
    return people


def label_batch(project, pair):
    for who, is_contrary in zip(pair, (False, True), strict=True):
        seen = Label.objects.filter(annotator=who).values("item")
        left = Assignment.objects.filter(project=project, state="open").exclude(item__in=seen)
        while left.exists():
            held = claim(project, who)
            twice = Label.objects.filter(item=held.item).exists()
            answer(project, who, held, place=truth(held.item) ^ (is_contrary and twice))


def test_the_next_round_decides_between_strangers_by_models_without_the_label(project, pair):
    do_rounds(project)
    assert len(opinions.standing(project.pk).items) > 0
    label_batch(project, pair)
    do_rounds(project)
    word = opinions.standing(project.pk)
    known = dict(zip(word.items.tolist(), word.proba, strict=True))
    several = Consensus.objects.filter(project=project, n_labels=2)
    audits = set(Assignment.objects.filter(purpose="audit").values_list("item", flat=True))
    assert not audits & set(known)
    assert HeldOut.objects.get().round.number == 1

    due.train_now(project_id=project.pk, actor_id=pair[0].pk)
    do_rounds(project)

    classes = list(project.classes.values_list("pk", flat=True))
    sure = {item for item, each in known.items() if each.max() > 0.8}
    decided = [each for each in several if each.item_id in sure]
    assert len(decided) >= 3
    for each in decided:
        assert each.value == [classes[int(known[each.item_id].argmax())]]
        assert not each.is_tied


def test_probabilities_are_kept_to_a_thousandth(project, pair):
    do_rounds(project)
    label_batch(project, pair)
    do_rounds(project)

    word = opinions.standing(project.pk)

    assert word.proba.sum(axis=1) == pytest.approx(np.ones(len(word.items)), abs=0.002)
    assert (np.diff(word.items) > 0).all()
    assert word.classes == tuple(project.classes.values_list("pk", flat=True))
