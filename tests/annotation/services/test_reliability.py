"""Skills and consensus as the worker measures them, and what is decided by them."""

import numpy as np
import pytest
from django.core.exceptions import ValidationError

from alapp.errors import Conflict
from annotation import exchange
from annotation.models import (
    Assignment,
    AuditEntry,
    Consensus,
    Decision,
    Gold,
    Project,
    Reliability,
    Returned,
    Trust,
)
from annotation.services import budgets, decisions, projects, queue, reliability, trust
from annotation.services.queue import Nothing
from tests.factories import NOW, add_items, answer, claim, make_project, make_user, publish
from tests.support.tampering import rows_may_change

pytestmark = pytest.mark.django_db


def people(project, n):
    found = [make_user() for _ in range(n)]
    for each in found:
        projects.set_role(project=project, user=each, role="annotator", actor=None)
    return found


def panel(*, n_items, places, n_people=None, **fields):
    """Everybody answers every item; places[person][item] is the class, by its place."""
    project = make_project(n_items=n_items, **fields)
    crowd = people(project, n_people or len(places))
    publish(project, list(project.items.order_by("pk")), overlap=len(places))
    for who, said in zip(crowd, places, strict=False):
        for place in said:
            answer(project, who, claim(project, who), place=place)
    return project, crowd


def certainty(item):
    return Consensus.objects.get(item=item).certainty


def test_skill_is_measured_and_decides_between_two():
    """Two agree on 25 items and one contradicts; on the last item one of each pair remains."""
    project, (one, two, other) = panel(n_items=26, places=[[0] * 26, [0] * 25 + [1], [1] * 26])

    reliability.measure(project, now=NOW)

    skills = {r.annotator_id: r for r in Reliability.objects.filter(project=project)}
    assert skills[one.pk].low > skills[other.pk].high
    assert skills[two.pk].n_shared == 26
    items = list(project.items.order_by("pk"))
    yes = project.classes.all()[0].pk
    assert Consensus.objects.get(item=items[0]).value == [yes]
    # One believed person against a believed one and a doubted one, who speaks for the first.
    assert Consensus.objects.get(item=items[25]).value == [yes]


def test_strangers_who_contradict_each_other_are_tied_until_they_are_known():
    project, _ = panel(n_items=1, places=[[0], [1]])

    assert Consensus.objects.get().is_tied
    reliability.measure(project, now=NOW)
    assert Consensus.objects.get().is_tied


def test_answer_between_two_measurements_goes_by_the_skills_known_then():
    project, (one, _, other) = panel(n_items=30, places=[[0] * 29, [0] * 29, [1] * 29])
    reliability.measure(project, now=NOW)
    last = project.items.order_by("pk")[29]

    answer(project, one, claim(project, one), place=0)
    answer(project, other, claim(project, other), place=1)

    agreed = Consensus.objects.get(item=last)
    assert (agreed.value, agreed.is_tied) == ([project.classes.all()[0].pk], False)
    assert agreed.certainty > 0.9


def test_items_nobody_doubts_count_whole_in_training():
    project, _ = panel(n_items=5, places=[[0, 1, 0, 1, 0]])

    exchange.measure_people(project.pk, now=NOW)
    answers = exchange.load_answers(project.pk)

    assert answers.certainties.tolist() == [1.0] * 5
    assert answers.n_answers.tolist() == [1] * 5
    # Nobody else has been asked, and somebody may be.
    assert not answers.is_settled.any()


def test_contested_items_count_less_and_agreed_ones_are_settled():
    project, _ = panel(n_items=30, places=[[0] * 30, [0] * 29 + [1]])

    exchange.measure_people(project.pk, now=NOW)
    answers = exchange.load_answers(project.pk)

    assert answers.certainties[:29].tolist() == [1.0] * 29
    assert answers.certainties[29] < 0.7
    assert answers.is_settled.tolist() == [True] * 29 + [False]


def test_measuring_twice_writes_nothing_the_second_time(django_assert_max_num_queries):
    project, _ = panel(n_items=10, places=[[0] * 10, [0] * 9 + [1]])
    reliability.measure(project, now=NOW)
    before = list(Consensus.objects.order_by("pk").values())

    # Reading, locking a chunk, the lone ones, the people: whatever the number of items.
    with django_assert_max_num_queries(25):
        reliability.measure(project, now=NOW)

    assert list(Consensus.objects.order_by("pk").values()) == before


@pytest.fixture
def guesser():
    """Three agree on 40 items; the fourth, one answer in five, says the opposite half the time."""
    project = make_project(n_items=40)
    crowd = people(project, 4)
    publish(project, list(project.items.order_by("pk")), overlap=4)
    for who, said in zip(
        crowd, [[0, 1] * 20, [0, 1] * 20, [0, 1] * 20, [0, 0, 1, 1] * 10], strict=True
    ):
        for place in said:
            answer(project, who, claim(project, who), place=place)
    return project, crowd


def test_who_answers_at_random_is_told_of_but_not_left_out_when_too_much_goes_with_them(guesser):
    project, crowd = guesser

    reliability.measure(project, now=NOW)

    # Right on half of 40: 0.5, below chance 0.5 + 0.15. A quarter of all answers are theirs.
    assert list(
        Reliability.objects.filter(looks_random=True).values_list("annotator", flat=True)
    ) == [crowd[3].pk]
    assert not Trust.objects.exists()


def test_who_answers_at_random_is_left_out_by_rule_and_a_lead_has_the_last_word(guesser):
    project, crowd = guesser
    # The three others answer more: the guesser's part falls below a fifth.
    publish(project, add_items(project, 20), number=1, overlap=3)
    for who in crowd[:3]:
        for _ in range(20):
            answer(project, who, claim(project, who), place=0)

    reliability.measure(project, now=NOW)

    row = Trust.objects.get()
    assert (row.annotator, row.is_left_out, row.changed_by) == (crowd[3], True, None)
    assert "Hardly better than guessing on 40 shared items" in row.reason
    lead = make_user()
    trust.set_left_out(
        project=project, annotator=crowd[3], is_left_out=False, reason="", actor=lead, now=NOW
    )
    reliability.measure(project, now=NOW)
    assert not Trust.objects.get().is_left_out
    assert AuditEntry.objects.filter(action="trust.change").count() == 2


def test_left_out_answers_count_for_nothing_are_asked_anew_and_come_back():
    project, (one, two) = panel(n_items=4, places=[[0, 0], [0, 1]], n_people=2)
    # Both answered the first two items; one more item each has a lone answer.
    answer(project, one, claim(project, one), place=0)
    lone = claim(project, two)
    answer(project, two, lone, place=1)
    item, lead = lone.item_id, make_user()
    shared = Consensus.objects.filter(n_labels=2).count()

    trust.set_left_out(
        project=project, annotator=two, is_left_out=True, reason="Guesses", actor=lead, now=NOW
    )

    assert two.labels.current().count() == 3
    assert Consensus.objects.filter(n_labels=2).count() < shared
    again = Assignment.objects.filter(reason=trust.ASKED_ANEW, state="open")
    alone = set(again.values_list("item", flat=True))
    if not Consensus.objects.filter(item=item).exists():
        assert item in alone
    trust.set_left_out(
        project=project, annotator=two, is_left_out=False, reason="", actor=lead, now=NOW
    )
    assert not again.exists()
    assert Consensus.objects.filter(n_labels=2).count() == shared


def test_leaving_somebody_out_needs_a_reason():
    project, (one,) = panel(n_items=1, places=[[0]])

    with pytest.raises(ValidationError, match="Say why"):
        trust.set_left_out(
            project=project, annotator=one, is_left_out=True, reason=" ", actor=one, now=NOW
        )


def test_decision_is_final_and_can_be_undone():
    project, (one, two, _) = panel(n_items=1, places=[[0], [0]], n_people=3)
    item, no = project.items.get(), project.classes.all()[1].pk
    lead = make_user()

    decisions.decide(
        project=project, item_id=item.pk, class_ids=[no], actor=lead, now=NOW, comment="See page 2"
    )
    reliability.measure(project, now=NOW)

    agreed = Consensus.objects.get()
    assert (agreed.value, agreed.certainty, agreed.is_final) == ([no], 1.0, True)
    assert Reliability.objects.get(annotator=one).skill < 2 / 3
    with pytest.raises(Conflict, match="decided this item already"):
        decisions.decide(project=project, item_id=item.pk, class_ids=[no], actor=two, now=NOW)
    decisions.undo(project=project, item_id=item.pk, actor=lead, now=NOW)
    agreed.refresh_from_db()
    assert (agreed.value, agreed.is_final) == ([project.classes.all()[0].pk], False)
    assert Decision.objects.get().undone_by == lead


def test_decision_of_another_projects_item_or_class_is_refused():
    project, _ = panel(n_items=1, places=[[0]])
    other = make_project(n_items=1)

    with pytest.raises(ValidationError, match="not part of this project"):
        decisions.decide(
            project=project, item_id=other.items.get().pk, class_ids=[], actor=make_user(), now=NOW
        )
    with pytest.raises(ValidationError, match="not recorded"):
        decisions.decide(
            project=project,
            item_id=project.items.get().pk,
            class_ids=[other.classes.first().pk],
            actor=make_user(),
            now=NOW,
        )


def test_an_answer_is_returned_once_and_with_a_comment():
    project, (one,) = panel(n_items=1, places=[[0]])
    label, lead = one.labels.get(), make_user()

    with pytest.raises(ValidationError, match="look at again"):
        decisions.send_back(project=project, label_id=label.pk, comment="", actor=lead, now=NOW)
    decisions.send_back(project=project, label_id=label.pk, comment="Sure?", actor=lead, now=NOW)
    with pytest.raises(Conflict, match="returned already"):
        decisions.send_back(project=project, label_id=label.pk, comment="?", actor=lead, now=NOW)

    assert Returned.objects.waiting().get().annotator == one
    assert decisions.settle_returned(label, now=NOW)
    assert not decisions.settle_returned(label, now=NOW)


def test_gold_neither_trains_nor_measures_and_is_held_against_people():
    project, (one,) = panel(n_items=3, places=[[0, 0, 1]])
    items = list(project.items.order_by("pk"))
    Gold.objects.create(
        project=project, item=items[0], value=[project.classes.all()[1].pk],
        source="upload", added_by=one,
    )  # fmt: skip

    exchange.measure_people(project.pk, now=NOW)

    pool = exchange.load_pool(project.pk)
    assert pool.ids[pool.is_gold].tolist() == [items[0].pk]
    assert items[0].pk not in exchange.load_answers(project.pk).item_ids
    # Wrong once: Beta(4, 3) has mean 4 / 7.
    assert Reliability.objects.get().skill == pytest.approx(4 / 7, abs=2e-3)


def test_known_answers_pause_who_gets_too_many_wrong():
    project, (one,) = panel(n_items=20, places=[[0] * 20])
    Assignment.objects.update(purpose="gold")
    with rows_may_change():
        one.labels.update(purpose="gold")
    classes = [each.pk for each in project.classes.all()]
    for place, item in enumerate(project.items.order_by("pk")):
        Gold.objects.create(
            project=project, item=item, value=[classes[place % 2]], source="upload", added_by=one
        )

    reliability.measure(project, now=NOW)

    # 10 of 20 right: Wilson's upper end is 0.673, below 0.70.
    publish(project, add_items(project, 2), number=1)
    assert queue.sit_down(project=project, annotator=one, now=NOW).nothing is Nothing.RESTING
    assert not queue.claim_plainly(
        project=project, annotator=one, terms=budgets.terms_for(project, one), now=NOW
    )
    row = Trust.objects.get()
    assert (row.is_paused, row.is_left_out) == (True, False)
    assert row.reason == "10 of 20 known answers were right."
    Project.objects.update(gold_pauses=False)
    Trust.objects.all().delete()
    project.refresh_from_db()
    reliability.measure(project, now=NOW)
    assert not Trust.objects.exists()


def test_an_item_is_asked_again_of_somebody_who_has_not_seen_it():
    project, (one, _, three) = panel(n_items=3, places=[[0, 0], [0, 1]], n_people=3)
    items = list(project.items.order_by("pk"))
    wanted = [
        exchange.WantedItem(item_id=item.pk, position=n, purpose=purpose, in_reserve=False)
        for n, (item, purpose) in enumerate(
            zip(items, ["relabel", "relabel", "query"], strict=True)
        )
    ]
    Project.objects.update(overlap=1)

    exchange.publish(project_id=project.pk, number=1, wanted=wanted, model_version="")

    new = Assignment.objects.filter(batch__number=1).order_by("position")
    assert [(a.item_id, a.slot, a.purpose) for a in new] == [
        (items[0].pk, 2, "relabel"), (items[1].pk, 2, "relabel"), (items[2].pk, 0, "query")
    ]  # fmt: skip
    assert claim(project, one).item_id == items[2].pk
    assert claim(project, three).item_id == items[0].pk


def test_an_item_everybody_has_seen_is_not_asked_again():
    project, _ = panel(n_items=1, places=[[0], [0]])
    owner = project.memberships.get(role="owner")
    owner.delete()
    wanted = exchange.WantedItem(
        item_id=project.items.get().pk, position=0, purpose="relabel", in_reserve=False
    )

    assert exchange.publish(project_id=project.pk, number=1, wanted=[wanted], model_version="") == 0


def test_share_asked_again_follows_the_skill_of_those_who_label():
    project, _ = panel(n_items=25, places=[[0] * 25])
    reliability.measure(project, now=NOW)
    assert exchange.worth_asking_again(project.pk) == 0

    project, _ = panel(n_items=2, places=[[0, 1], [0, 1]])
    reliability.measure(project, now=NOW)
    # Two shared answers each say little: people are expected to err.
    assert exchange.worth_asking_again(project.pk) > 0.45

    project, _ = panel(n_items=60, places=[[0, 1] * 30, [0, 1] * 30])
    reliability.measure(project, now=NOW)
    assert 0.2 <= exchange.worth_asking_again(project.pk) < 0.25


def word_for(project, place, items):
    """Every model is sure of the class at this place."""
    classes = list(project.classes.values_list("pk", flat=True))
    proba = np.full((len(items), 2), 0.05)
    proba[:, place] = 0.95
    return exchange.Opinions(np.array([item.pk for item in items]), tuple(classes), proba)


def test_models_decide_where_strangers_differ_but_never_what_measures_them():
    project, _ = panel(n_items=2, places=[[0, 0], [1, 1]])
    items = list(project.items.order_by("pk"))
    Assignment.objects.filter(item=items[1]).update(purpose="audit")

    exchange.measure_people(project.pk, now=NOW, opinions=word_for(project, 1, items))

    decided, audit = (Consensus.objects.get(item=item) for item in items)
    assert (decided.value, decided.is_tied) == ([project.classes.all()[1].pk], False)
    assert decided.certainty > 0.9
    assert audit.is_tied
    assert audit.certainty <= 0.5


def test_who_gave_the_answer_that_was_doubted_is_not_judged_by_it():
    project, (one, two) = panel(n_items=30, places=[[0] * 30], n_people=2)
    items = list(project.items.order_by("pk"))
    for number, item in enumerate(items[:5], start=1):
        wanted = exchange.WantedItem(
            item_id=item.pk, position=0, purpose="relabel", in_reserve=False
        )
        exchange.publish(project_id=project.pk, number=number, wanted=[wanted], model_version="")
        answer(project, two, claim(project, two), place=1)

    reliability.measure(project, now=NOW)

    shared = dict(Reliability.objects.values_list("annotator", "n_shared"))
    assert shared == {one.pk: 0, two.pk: 5}
