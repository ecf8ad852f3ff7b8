"""A project's answers as verdicts: one class or several, decisions, people left out."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotation.quality.settling import Opinions, Said, mean_skill, settle
from annotation.quality.single import UNKNOWN

A, B, C = 11, 12, 13


def said(*rows):
    """(item, annotator, *classes), in item order."""
    return [Said(item, who, tuple(answer)) for item, who, *answer in sorted(rows)]


def crowd_said(rng, *, skills, n_items, per_item, classes=(A, B, C)):
    truth = rng.integers(len(classes), size=n_items)
    rows = []
    for item in range(n_items):
        for who in rng.choice(len(skills), size=per_item, replace=False):
            right = rng.random() < skills[who]
            wrong = (truth[item] + 1 + rng.integers(len(classes) - 1)) % len(classes)
            rows.append((item, int(who), classes[int(truth[item] if right else wrong)]))
    return said(*rows), {item: (classes[int(t)],) for item, t in enumerate(truth)}


def test_lone_answers_are_believed_with_the_mean_skill():
    found = settle(said((1, 7, A), (2, 8, B)), classes=[A, B], is_multi=False)

    assert {item: each.answer for item, each in found.verdicts.items()} == {1: (A,), 2: (B,)}
    assert {each.certainty for each in found.verdicts.values()} == {UNKNOWN}
    assert {who: each.n for who, each in found.people.items()} == {7: 0, 8: 0}


def test_lone_answers_of_known_people_are_believed_with_their_own_skill():
    rows = [(item, who, A) for item in range(30) for who in (1, 2)]
    rows += [(item, 3, B) for item in range(30)] + [(90, 1, A), (91, 3, A)]

    found = settle(said(*rows), classes=[A, B], is_multi=False)

    assert found.verdicts[90].certainty == pytest.approx(found.people[1].value)
    assert found.verdicts[91].certainty == pytest.approx(found.people[3].value)
    assert found.people[1].value > 0.9 > 0.2 > found.people[3].value


def test_a_decision_is_final_and_what_people_are_held_against():
    rows = [(item, who, B) for item in range(25) for who in (1, 2)]
    rows += [(item, 3, A) for item in range(25)]
    decided = dict.fromkeys(range(24), (A,))

    found = settle(said(*rows), classes=[A, B], is_multi=False, truths=decided)

    assert found.verdicts[0].answer == (A,)
    assert (found.verdicts[0].certainty, found.verdicts[0].is_final) == (1.0, True)
    assert found.verdicts[0].n_labels == 3
    # The one who was right against two, 24 times, is believed on the 25th item.
    assert (found.verdicts[24].answer, found.verdicts[24].is_final) == ((A,), False)
    assert found.people[3].low > found.people[1].high


def test_a_known_answer_measures_a_lone_answer():
    rows = said(*((item, 1, A if item else B) for item in range(20)))

    found = settle(rows, classes=[A, B], is_multi=False, truths=dict.fromkeys(range(20), (A,)))

    # 19 of 20 right: Beta(4 + 19, 2 + 1) has mean 23 / 26.
    assert found.people[1].n == 20
    assert found.people[1].value == pytest.approx(23 / 26, abs=2e-3)


def test_people_left_out_count_for_nothing_and_are_still_told_of():
    rows = [(item, who, A) for item in range(30) for who in (1, 2)]
    rows += [(item, 3, B) for item in range(30)] + [(50, 3, B), (51, 1, A), (51, 3, B)]

    found = settle(said(*rows), classes=[A, B], is_multi=False, leave_out=frozenset({3}))

    assert 50 not in found.verdicts
    assert (found.verdicts[0].answer, found.verdicts[0].n_labels) == ((A,), 2)
    assert (found.verdicts[51].answer, found.verdicts[51].n_labels) == ((A,), 1)
    assert found.people[3].value < 0.2
    assert found.mean_skill > 0.9


def test_each_of_several_classes_is_decided_by_itself():
    rows = said(
        *((item, who, A, B) for item in range(20) for who in (1, 2)),
        (30, 1, A), (30, 2, A, B), (30, 3, A, C),
        (40, 1), (40, 2),
    )  # fmt: skip

    found = settle(rows, classes=[A, B, C], is_multi=True)

    assert found.verdicts[0].answer == (A, B)
    assert A in found.verdicts[30].answer
    assert C not in found.verdicts[30].answer
    # Both said that no class fits.
    assert (found.verdicts[40].answer, found.verdicts[40].certainty) == ((), 1.0)


def test_strangers_who_contradict_each_other_are_tied():
    found = settle(said((1, 1, A), (1, 2, B)), classes=[A, B, C], is_multi=False)

    assert found.verdicts[1].is_tied


def test_models_decide_between_strangers_and_say_nothing_of_them():
    rows = said((1, 1, A), (1, 2, B), (2, 1, A), (2, 2, B))
    # Of item 2 there is no opinion; class C came after the models were made, D was removed.
    word = Opinions(np.array([1, 9]), (13, 12, 14), np.array([[0.1, 0.8, 0.1], [1.0, 0, 0]]))

    found = settle(rows, classes=[A, B, C], is_multi=False, opinions=word)
    alone = settle(rows, classes=[A, B, C], is_multi=False)

    assert (found.verdicts[1].answer, found.verdicts[1].is_tied) == ((B,), False)
    assert found.verdicts[1].certainty > 0.9
    assert found.verdicts[2] == alone.verdicts[2]
    assert found.people == alone.people


def test_models_decide_each_of_several_classes_by_itself():
    rows = said((1, 1, A, B), (1, 2, B, C))
    word = Opinions(np.array([1]), (A, B, C), np.array([[0.9, 0.2, 0.1]]))

    found = settle(rows, classes=[A, B, C], is_multi=True, opinions=word)

    # Both named B, whatever the model says of it; of A and C one said yes and one no.
    assert (found.verdicts[1].answer, found.verdicts[1].is_tied) == ((A, B), False)


def test_an_answer_somebody_was_asked_because_of_does_not_tell_of_its_giver():
    rows = [Said(item, who, (A,)) for item in range(20) for who in (1, 2)]
    doubted = [Said(item, who, (B if who == 1 else A,)) for item in range(20, 30) for who in (1, 2)]
    asked = [replace(each, tells=each.annotator != 1) for each in doubted]

    plain, found = (
        settle([*rows, *each], classes=[A, B], is_multi=False) for each in (doubted, asked)
    )

    assert (found.people[1].n, found.people[2].n) == (20, 30)
    assert found.people[1].value - plain.people[1].value > 0.1


def test_skill_beats_the_plain_majority():
    rows, truth = crowd_said(
        np.random.default_rng(1), skills=[0.95, 0.95, 0.35, 0.35, 0.35], n_items=300, per_item=5
    )

    found = settle(rows, classes=[A, B, C], is_multi=False)

    right = np.mean([found.verdicts[item].answer == answer for item, answer in truth.items()])
    assert right > 0.93


def test_mean_skill_is_of_all_shared_answers_together():
    # Ten people with 3 of 3 right each: (4 + 3) / (6 + 3) = 7/9 alone; together 34 of 36.
    assert mean_skill([(7 / 9, 3)] * 10) == pytest.approx(34 / 36)
    # 0 of 6 right is 4/12 alone; with 30 of 30, 34/36: together 34 of 42.
    assert mean_skill([(4 / 12, 6), (34 / 36, 30)]) == pytest.approx(34 / 42)
    assert mean_skill([]) == UNKNOWN


def test_nothing_said_is_nothing_settled():
    found = settle([], classes=[A, B], is_multi=False)

    assert (found.verdicts, found.people, found.mean_skill) == ({}, {}, UNKNOWN)


ROWS = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 4), st.sets(st.sampled_from([A, B, C]))),
    max_size=25,
).map(lambda rows: list({(i, w): (i, w, *sorted(c)) for i, w, c in rows}.values()))


@settings(max_examples=50, deadline=None)
@given(ROWS, st.permutations(range(5)), st.permutations(range(7)))
def test_names_of_people_and_items_change_nothing(rows, people, items):
    renamed = [(items[i], people[w], *classes) for i, w, *classes in rows]

    one = settle(said(*rows), classes=[A, B, C], is_multi=True)
    other = settle(said(*renamed), classes=[A, B, C], is_multi=True)

    for item, verdict in one.verdicts.items():
        same = other.verdicts[items[item]]
        assert same.certainty == pytest.approx(verdict.certainty, abs=1e-5)
        assert verdict.is_tied or same.answer == verdict.answer
    assert {people[w]: e.n for w, e in one.people.items()} == {
        w: e.n for w, e in other.people.items()
    }
