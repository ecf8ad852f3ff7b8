"""What a lead sees of people's work, with the numbers worked out by hand."""

from datetime import timedelta
from uuid import uuid4

import pytest

from annotation.models import Label
from annotation.services import labels, people, projects, queue, remarks
from tests.factories import NOW, add_items, claim, make_project, make_user, publish
from tests.support.tampering import rows_may_change

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    project = make_project(owner=make_user("olga"), n_items=6)
    publish(project, project.items.all(), overlap=2)
    return project


def answer(project, user, place, *, seconds, at=NOW):
    # A minute each: time enough for the seconds to be true, and no moment counted twice.
    begun = at + timedelta(minutes=Label.objects.count())
    held = claim(project, user, now=begun)
    chosen = project.classes.all()[place]
    label = labels.record(
        project=project,
        assignment_id=held.pk,
        annotator=user,
        answer=labels.Answer([chosen.pk], uuid4(), active_ms=1000 * seconds, wall_ms=0),
        now=begun + timedelta(seconds=30),
    )
    with rows_may_change():
        Label.objects.filter(pk=label.pk).update(created_at=at)
    return label


def found(project, name, *, now=NOW, **options):
    return next(p for p in people.of(project, now=now, **options) if p.user.username == name)


def member(project, name):
    user = make_user(name)
    projects.set_role(project=project, user=user, role="annotator", actor=None)
    return user


def test_work_is_counted_per_person_today_and_in_seven_days(project):
    mia = member(project, "mia")
    for days, seconds in ((8, 2), (3, 4), (0, 9)):
        answer(project, mia, 0, seconds=seconds, at=NOW - timedelta(days=days))

    each = found(project, "mia")

    assert (each.n_labels, each.n_week, each.n_today) == (3, 2, 1)
    assert each.active == timedelta(seconds=15)
    assert each.pace == 4.0
    assert each.last_answer == NOW


def test_median_of_an_even_number_is_the_mean_of_the_middle_two(project):
    mia = member(project, "mia")
    for seconds in (1, 9, 3, 6):
        answer(project, mia, 0, seconds=seconds)

    assert found(project, "mia").pace == 4.5


def test_agreement_counts_pairs_of_answers_to_the_same_item(project):
    mia, bob = member(project, "mia"), member(project, "bob")
    for place_of_mia, place_of_bob in ((0, 0), (0, 1), (1, 1)):
        answer(project, mia, place_of_mia, seconds=1)
        answer(project, bob, place_of_bob, seconds=1)

    each = found(project, "mia").agreement

    assert (each.n_agreed, each.n, each.percent) == (2, 3, 67)
    assert found(project, "olga").agreement is None


def test_skips_are_counted_by_reason(project):
    mia = member(project, "mia")
    for reason in ("unsure", "unsure", "no_class"):
        held = claim(project, mia)
        queue.skip(project=project, assignment_id=held.pk, annotator=mia, reason=reason, now=NOW)

    each = found(project, "mia")

    assert each.skips == [("I am not sure", 2), ("No class fits", 1)]
    assert each.n_skips == 3


def test_flags_and_comments_are_counted_per_person_ticked_off_or_not(project):
    mia, bob = member(project, "mia"), member(project, "bob")
    held = {user: claim(project, user) for user in (mia, bob)}
    for user, kind in ((mia, "wrong_data"), (mia, "guideline"), (mia, "comment"), (bob, "other")):
        remarks.make(
            project=project, assignment_id=held[user].pk, annotator=user,
            said=remarks.Said(kind, "Which year is meant?", uuid4()),
        )  # fmt: skip
    remarks.settle(project=project, item_id=held[mia].item_id, actor=mia, now=NOW)

    each = found(project, "mia")

    assert (each.n_flags, each.n_comments, each.n_remarks) == (2, 1, 3)
    assert found(project, "bob").n_remarks == 1
    first = people.of(project, now=NOW, sort="remarks")[0]
    assert first.user == mia
    row = dict(zip(people.CSV, people.rows([each])[0], strict=True))
    assert (row["flags"], row["comments"]) == (2, 1)


def test_undone_answer_is_no_label_but_its_time_was_worked(project):
    mia = member(project, "mia")
    answer(project, mia, 0, seconds=5)
    labels.undo(project=project, annotator=mia, token=uuid4(), now=NOW)

    each = found(project, "mia")

    assert (each.n_labels, each.n_undone) == (0, 1)
    assert each.active == timedelta(seconds=5)


def test_everybody_with_a_role_is_listed_by_name(project):
    member(project, "zoe"), member(project, "Ada")

    assert [p.user.username for p in people.of(project, now=NOW)] == ["Ada", "olga", "zoe"]


def test_list_can_be_sorted_and_equals_stay_by_name(project):
    mia = member(project, "mia")
    member(project, "bob")
    answer(project, mia, 0, seconds=1)

    by_labels = people.of(project, now=NOW, sort="labels")

    assert [p.user.username for p in by_labels] == ["mia", "bob", "olga"]
    assert people.of(project, now=NOW, sort="astrology") == people.of(project, now=NOW)


def test_answers_are_found_by_words_class_and_difference(project):
    mia, bob = member(project, "mia"), member(project, "bob")
    answer(project, mia, 0, seconds=1)
    answer(project, bob, 1, seconds=1)
    answer(project, bob, 1, seconds=1)
    yes, no = project.classes.all()

    def of(user, **wanted):
        return people.answers_of(project, user, people.Wanted(**wanted))[0]

    # Of two answers that differ the first is what was agreed.
    assert len(of(bob)) == 2
    assert len(of(bob, differs=True)) == 1
    assert len(of(bob, class_id=no.pk)) == 2
    assert of(bob, class_id=yes.pk) == []
    text = of(mia)[0].label.item.payload.text
    assert len(of(mia, search=text.upper())) == 1
    assert of(mia, search="nowhere") == []


def test_answers_come_in_pages_by_key(project, monkeypatch):
    monkeypatch.setattr(people, "PER_PAGE", 2)
    mia = member(project, "mia")
    given = [answer(project, mia, 0, seconds=1).pk for _ in range(5)]

    seen, before = [], None
    for _ in range(3):
        page, before = people.answers_of(project, mia, people.Wanted(before=before))
        seen += [each.label.pk for each in page]

    assert seen == given[::-1]
    assert before is None


def test_multi_label_answers_are_found_by_each_of_their_classes():
    project = make_project(task="multi", classes=("a", "b", "c"))
    add_items(project, 1)
    publish(project, project.items.all())
    mia = member(project, "mia")
    first, second, third = project.classes.all()
    held = claim(project, mia)
    labels.record(
        project=project, assignment_id=held.pk, annotator=mia, now=NOW,
        answer=labels.Answer([first.pk, third.pk], uuid4(), active_ms=1, wall_ms=1),
    )  # fmt: skip

    def n(each):
        return len(people.answers_of(project, mia, people.Wanted(class_id=each.pk))[0])

    assert [n(first), n(second), n(third)] == [1, 0, 1]
