"""Consensus and reliability: by hand where it is small, on people's real answers where they are."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotation.quality import consensus
from annotation.quality.votes import Votes
from tests.annotation.quality.panels import crowd, votes_of

CROWD = Path(__file__).parents[4] / "shared" / "data" / "crowd"
needs_crowd = pytest.mark.skipif(not CROWD.is_dir(), reason="the shared data is not beside here")


def test_a_lone_answer_is_the_consensus():
    found = consensus.agree(votes_of([(0, 0, 2), (2, 1, 1)], n_items=3, n_classes=3))

    assert found.labels.tolist() == [2, -1, 1]
    assert found.certainty[1] == 0


def test_one_coin_by_hand():
    """One item, two say 0 and one says 1, two classes, Beta(4, 2).

    Skills and posterior settle where p = posterior of class 0 solves, with a = (p + 3) / 5 for
    the two and b = (1 - p + 3) / 5 for the other: p / (1 - p) = (a / (1 - a))^2 * (1 - b) / b.
    """
    found = consensus.one_coin(votes_of([(0, 0, 0), (0, 1, 0), (0, 2, 1)]))

    p = found.posteriors[0, 0]
    a, b = (p + 3) / 5, (4 - p) / 5
    assert p > 0.5
    assert p / (1 - p) == pytest.approx((a / (1 - a)) ** 2 * (1 - b) / b, rel=1e-3)
    assert found.skills == pytest.approx([a, a, b], abs=1e-3)


def test_skilled_people_outvote_a_majority_of_guessers():
    votes, truth = crowd(
        np.random.default_rng(3), skills=[0.95, 0.9, 0.34, 0.33, 0.32], n_items=400,
        n_classes=3, per_item=5,
    )  # fmt: skip

    plain = (consensus.majority(votes).labels == truth).mean()
    found = consensus.agree(votes)

    assert (found.labels == truth).mean() > plain + 0.07
    assert set(np.argsort(found.skills)[::-1][:2].tolist()) == {0, 1}


def test_ties_go_to_skill_then_to_the_model_then_to_review():
    # Items 0-2: annotator 2 contradicts 0 and 1, who agree; item 3 is between 0 and 2.
    known = [(n, a, 0) for n in range(3) for a in (0, 1)] + [(n, 2, 1) for n in range(3)]
    by_skill = consensus.agree(votes_of([*known, (3, 0, 0), (3, 2, 1)]))
    assert by_skill.labels[3] == 0
    assert not by_skill.is_tied[3]

    strangers = votes_of([(0, 0, 0), (0, 1, 1)])
    assert consensus.agree(strangers).is_tied.tolist() == [True]
    by_model = consensus.agree(strangers, opinions=np.array([[0.3, 0.7]]))
    assert (by_model.labels[0], by_model.is_tied[0]) == (1, False)
    for nothing in ([[0.5, 0.5]], [[np.nan, np.nan]]):
        assert consensus.agree(strangers, opinions=np.array(nothing)).is_tied.tolist() == [True]


def test_the_models_word_counts_where_people_differ_by_hand():
    # Two strangers of 3 classes say 0 and 1: each as likely. The model gives 0.1, 0.3, 0.6, and
    # 0.05 / 3 is its least word: 1 is (0.3 + 1/60) / (0.1 + 1/60) = 19/7 times as likely as 0.
    votes = votes_of([(0, 0, 0), (0, 1, 1), (1, 2, 0), (1, 3, 0), (2, 4, 0)], n_classes=3)
    word = np.array([[0.1, 0.3, 0.6], [0.0, 1.0, 0.0], [0.0, 1.0, 0.0]])

    alone, found = consensus.agree(votes), consensus.agree(votes, opinions=word)

    assert found.believed[0, 1] / found.believed[0, 0] == pytest.approx(19 / 7)
    # Nobody named class 2; nobody is asked about what two agree on, or what one said.
    assert found.labels.tolist() == [1, 0, 0]
    assert found.posteriors == pytest.approx(alone.posteriors)
    assert found.believed[1:] == pytest.approx(alone.posteriors[1:])
    assert found.skills == pytest.approx(alone.skills)


@pytest.mark.parametrize("model", [consensus.one_coin, consensus.dawid_skene])
def test_answers_that_do_not_tell_of_skill_still_say_what_was_meant(model):
    # Annotator 0 is contradicted by 1 and 2 on three items; those answers do not tell of them.
    rows = [(item, who, int(who == 0)) for item in range(3) for who in range(3)]
    votes = votes_of(rows)
    telling = votes.annotators != 0

    found = model(votes, telling=telling)

    assert found.labels.tolist() == [0, 0, 0]
    nothing = model(votes.only(telling))
    assert found.skills[0] == pytest.approx(nothing.skills[0])
    assert model(votes).skills[0] < found.skills[0]


def test_left_out_annotators_weigh_nothing_but_stay_known():
    rows = [(n, a, 0) for n in range(5) for a in (0, 1)] + [(n, 2, 1) for n in range(5)]
    votes = votes_of(rows)

    found = consensus.one_coin(votes, weights=np.array([0.0, 0.0, 1.0]))

    assert found.labels.tolist() == [1] * 5
    assert (found.skills > 0).all()


def test_reliability_does_not_vouch_for_itself():
    """Annotator 1 alone contradicts annotator 0, twenty times: neither is known to be right."""
    votes = votes_of([(n, a, a) for n in range(20) for a in (0, 1)])
    found = consensus.agree(votes)

    first, second = consensus.reliabilities(votes, found)

    assert first.value == pytest.approx(second.value, abs=1e-6)
    assert (first.n, first.low < first.value < first.high) == (20, True)


def test_reliability_without_shared_items_is_the_prior():
    only = consensus.reliabilities(votes := votes_of([(0, 0, 1)]), consensus.agree(votes))[0]

    # Beta(4, 2): mean 4/6; its 2.5 % and 97.5 % points are 0.2836 and 0.9473,
    # told to the next of 400 steps.
    assert (only.value, only.n) == (pytest.approx(4 / 6, abs=1e-4), 0)
    assert (only.low, only.high) == (
        pytest.approx(0.2836, abs=2.5e-3),
        pytest.approx(0.9473, abs=2.5e-3),
    )


def test_reliability_covers_the_true_skill():
    skills = np.tile([0.95, 0.8, 0.6], 4)
    covered = []
    for seed in range(10):
        votes, _ = crowd(
            np.random.default_rng(seed), skills=skills, n_items=300, n_classes=4, per_item=4
        )
        rows = consensus.reliabilities(votes, consensus.agree(votes))
        covered += [each.low <= true <= each.high for each, true in zip(rows, skills, strict=True)]

    # 120 intervals at 95 %; their own consensus is a little uncertain, so 0.88 is asked.
    assert np.mean(covered) >= 0.88


@pytest.mark.parametrize("per_item", [1, 2])
def test_no_class_swallows_the_others_where_answers_are_few(per_item):
    """Eight in ten items are of class 0: a learned class prior answers 0 nearly everywhere."""
    rng = np.random.default_rng(2)
    skills = rng.uniform(0.45, 0.95, size=25)
    truth = np.where(rng.random(500) < 0.8, 0, 1 + rng.integers(2, size=500))
    rows = []
    for item in range(500):
        for who in rng.choice(25, size=per_item, replace=False):
            said = (
                truth[item]
                if rng.random() < skills[who]
                else (truth[item] + 1 + rng.integers(2)) % 3
            )
            rows.append((item, int(who), int(said)))
    votes = votes_of(rows, n_items=500, n_annotators=25, n_classes=3)

    found, plain = consensus.agree(votes), consensus.majority(votes)

    assert (found.labels == truth).mean() >= (plain.labels == truth).mean()
    assert (found.labels == 0).mean() < 0.8


PANELS = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 4), st.integers(0, 2)), min_size=1, max_size=45
).map(lambda rows: list({(item, who): (item, who, said) for item, who, said in rows}.values()))


@settings(max_examples=60, deadline=None)
@given(PANELS, st.randoms(use_true_random=False))
@pytest.mark.parametrize("model", [consensus.one_coin, consensus.dawid_skene])
def test_names_of_people_items_and_classes_change_nothing(model, rows, random):
    places = [np.array(random.sample(range(n), n)) for n in (10, 5, 3)]
    renamed = [tuple(int(p[n]) for p, n in zip(places, row, strict=True)) for row in rows]
    random.shuffle(renamed)
    sizes = {"n_items": 10, "n_annotators": 5, "n_classes": 3}

    one, other = (model(votes_of(each, **sizes)) for each in (rows, renamed))

    assert one.posteriors == pytest.approx(other.posteriors[places[0]][:, places[2]], abs=1e-6)
    assert one.skills == pytest.approx(other.skills[places[1]], abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(PANELS, st.randoms(use_true_random=False))
def test_names_change_nothing_of_what_is_agreed_with_the_models_word(rows, random):
    places = [np.array(random.sample(range(n), n)) for n in (10, 5, 3)]
    renamed = [tuple(int(p[n]) for p, n in zip(places, row, strict=True)) for row in rows]
    sizes = {"n_items": 10, "n_annotators": 5, "n_classes": 3}
    word = np.random.default_rng(random.randrange(2**32)).dirichlet(np.ones(3), size=10)
    moved = np.empty_like(word)
    moved[np.ix_(places[0], places[2])] = word

    one = consensus.agree(votes_of(rows, **sizes), opinions=word)
    other = consensus.agree(votes_of(renamed, **sizes), opinions=moved)

    named = np.where(one.labels >= 0, places[2][one.labels], -1)
    same = ~one.is_tied & ~other.is_tied[places[0]]
    assert (one.is_tied == other.is_tied[places[0]]).all()
    assert named[same].tolist() == other.labels[places[0]][same].tolist()
    assert one.believed == pytest.approx(other.believed[places[0]][:, places[2]], abs=1e-6)


def load(name):
    with (CROWD / name / "answers.csv").open() as file:
        rows = list(csv.DictReader(file))
    with (CROWD / name / "truth.csv").open() as file:
        truth = {row["task"]: int(row["label"]) for row in csv.DictReader(file)}
    tasks, item = np.unique([row["task"] for row in rows], return_inverse=True)
    people, who = np.unique([row["worker"] for row in rows], return_inverse=True)
    said = np.array([int(row["label"]) for row in rows])
    votes = Votes(item, who, said, len(tasks), len(people), int(said.max()) + 1)
    return votes, np.array([truth[task] for task in tasks])


def few(votes, per_item, rng):
    """Return so many random answers of each item."""
    order = rng.permutation(len(votes))
    order = order[np.argsort(votes.items[order], kind="stable")]
    place = np.arange(len(order)) - np.searchsorted(votes.items[order], votes.items[order])
    keep = np.zeros(len(votes), dtype=bool)
    keep[order[place < per_item]] = True
    return votes.only(keep)


@needs_crowd
@pytest.mark.parametrize(
    ("name", "model", "least"),
    [
        ("product", "one_coin", 0.928),
        ("weather", "one_coin", 0.85),
        ("bluebird", "dawid_skene", 0.88),
    ],
)
def test_real_answers_reach_their_bars(name, model, least):
    votes, truth = load(name)

    found = consensus.agree(votes)

    assert found.model == model
    assert round(float((found.labels == truth).mean()), 3) >= least


@needs_crowd
@pytest.mark.parametrize("name", ["product", "weather", "bluebird"])
def test_random_answerers_cost_at_most_a_point(name):
    """One annotator in five more, answering at random as often as the others."""
    votes, truth = load(name)
    clean = (consensus.one_coin(votes).labels == truth).mean()
    rng = np.random.default_rng(0)
    extra, each = votes.n_annotators // 5, len(votes) // votes.n_annotators
    items = [
        rng.choice(votes.n_items, min(each, votes.n_items), replace=False) for _ in range(extra)
    ]
    who = np.repeat(votes.n_annotators + np.arange(extra), [len(each) for each in items])
    more = Votes(
        np.concatenate([votes.items, *items]),
        np.concatenate([votes.annotators, who]),
        np.concatenate([votes.classes, rng.integers(votes.n_classes, size=sum(map(len, items)))]),
        votes.n_items, votes.n_annotators + extra, votes.n_classes,
    )  # fmt: skip

    assert (consensus.one_coin(more).labels == truth).mean() >= clean - 0.01
