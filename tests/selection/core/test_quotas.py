"""What goes beside the strategy's picks: no repeats, rare classes, costs."""

from dataclasses import replace

import numpy as np
import pytest

from selection.core import quotas
from selection.core.apart import new_to, pick_apart, unit
from selection.core.batches.coverage import herding
from selection.core.batches.ranking import top
from selection.core.config import LoopConfig
from selection.core.herding import herd
from selection.core.loop import run_round
from selection.core.rare import missing_labels, rare_picks
from selection.core.types import FactsError
from tests.selection.core.worlds import blobs, facts_of, trainable, view_of

RNG = np.random.default_rng
RESERVED = 30


def choose(scores, view, size):
    return top(scores, view, size, rng=RNG(0))


def angles(*degrees):
    radians = np.radians(degrees)
    return np.column_stack([np.cos(radians), np.sin(radians)]).astype(np.float32)


def trained_facts(seed=0, n_labels=12, **changes):
    X, classes = blobs(seed=seed)
    facts = facts_of(X, classes)
    return facts_of(X, classes, train=trainable(facts, RESERVED, n_labels), **changes)


# Near repeats


def test_rows_like_a_seen_or_an_earlier_kept_row_are_not_new():
    # cos 11 degrees = 0.9816 is above 0.98, cos 12 degrees = 0.9781 is not.
    X, seen = angles(11, 12, 40, 50, 52), angles(0)

    assert new_to(X, seen, 0.98).tolist() == [False, True, True, False, True]


def test_row_of_zeros_is_like_nothing():
    X = unit(np.zeros((3, 2), dtype=np.float32))

    assert new_to(X, X, 0.98).tolist() == [True, True, True]


def test_picks_pass_over_copies_however_many_stand_in_front():
    # Ten copies of each of 5 directions, scores falling: the best of each direction is wanted.
    X = np.repeat(angles(0, 30, 60, 90, 120), 10, axis=0)
    view = replace(view_of(X, np.zeros(50, int), [], with_model=False), covered=np.array([0]))
    view = replace(view, candidates=np.arange(1, 50))
    scores = np.linspace(1, 0, 49)

    picked = pick_apart(choose, scores, view, 4, limit=0.98)

    assert view.candidates[picked].tolist() == [10, 20, 30, 40]


def test_batch_of_nothing_but_copies_is_still_full():
    view = view_of(np.ones((30, 4), dtype=np.float32), np.zeros(30, int), [], with_model=False)

    picked = pick_apart(choose, np.linspace(0, 1, 30), view, 20, limit=0.98)

    assert len(set(picked.tolist())) == 20


def test_limit_of_one_leaves_the_batch_function_alone():
    X = np.repeat(angles(0, 90), 10, axis=0)
    view = view_of(X, np.zeros(20, int), [], with_model=False)

    picked = pick_apart(choose, np.linspace(1, 0, 20), view, 5, limit=1.0)

    assert picked.tolist() == [0, 1, 2, 3, 4]


def test_round_does_not_ask_twice_about_copies():
    X, classes = blobs(n_per_class=10, spread=0.5)
    X, classes = np.repeat(X, 8, axis=0), np.repeat(classes, 8)
    facts = facts_of(X, classes, train=np.arange(0, 96, 8))
    config = LoopConfig(
        strategy="margin", batch_size=10, reserve_size=0, audit_share=0, duplicate_cosine=0.999
    )

    picked = [pick.position for pick in run_round(facts, config).batch]
    plain = [
        pick.position for pick in run_round(facts, replace(config, duplicate_cosine=1.0)).batch
    ]

    assert len({position // 8 for position in picked}) == 10
    assert len({position // 8 for position in plain}) < 5


# Rare classes


def test_class_is_short_of_five_labels_a_fifth_of_the_average_or_a_quarter_when_scarce():
    # Average 40, a fifth is 8: class 1 lacks 5 - 2 = 3. Class 2 has 9 and 0.1 % of the pool (even
    # share 25 %): it lacks 40 / 4 - 9 = 1; class 3 has 1 % of the pool too, but 11 labels.
    counts = np.array([138.0, 2.0, 9.0, 11.0])
    shares = np.array([0.5, 0.489, 0.001, 0.01])

    assert missing_labels(counts, shares).tolist() == [0, 3, 1, 0]


def test_even_classes_with_few_labels_each_are_not_short():
    assert missing_labels(np.full(77, 1.0), np.full(77, 1 / 77)).sum() == 0


def test_no_class_is_left_behind_while_many_are_short():
    counts = np.full(77, 10.0)
    shares = np.full(77, 1 / 77)
    counts[:7] = 0

    # Average 9.1, a fifth is 1.8: seven classes lack 2 each; an eighth is more than a tenth of 77.
    assert missing_labels(counts, shares).sum() == 14
    counts[7] = 0
    assert missing_labels(counts, shares).sum() == 0


def test_rare_picks_find_the_neighbours_of_the_class():
    X, classes = blobs(n_per_class=60)
    labelled = np.concatenate([np.flatnonzero(classes == c)[:40] for c in (0, 1)])
    labelled = np.append(labelled, np.flatnonzero(classes == 2)[0])
    view = view_of(X, classes, labelled)

    # 81 labels, a fifth of the average is 5.4: five labels less the one it has
    found = rare_picks(view, 10, class_vectors=None, limit=1.0, rng=RNG(0))

    assert found.classes.tolist() == [2] * 4
    assert (classes[view.candidates[found.indices]] == 2).all()
    np.testing.assert_allclose(found.proba, view.proba[found.indices, 2], atol=1e-6)


def test_class_without_a_label_is_found_by_its_vector_only():
    X, classes = blobs(n_per_class=60)
    labelled = np.concatenate([np.flatnonzero(classes == c)[:40] for c in (0, 1)])
    view = view_of(X, classes, labelled, n_classes=3)
    vectors = np.zeros((3, X.shape[1]))
    vectors[2] = np.eye(6)[2]

    found = rare_picks(view, 5, class_vectors=vectors, limit=1.0, rng=RNG(0))

    assert (classes[view.candidates[found.indices]] == 2).mean() >= 0.8
    nothing = rare_picks(view, 5, class_vectors=None, limit=1.0, rng=RNG(0))
    assert len(nothing.indices) == 0


def test_quota_share_holds_over_rounds_of_tiny_batches():
    # 0.2 x 1 item: one in five rounds; 0.2 x 20 items: 4 each round.
    assert sum(quotas.places(0.2, 1, number) for number in range(10)) == 2
    assert quotas.places(0.2, 20, 3) == 4
    assert quotas.places(0.0, 20, 3) == 0


def test_round_gives_a_starved_class_what_it_lacks_and_says_so():
    X, classes = blobs(n_per_class=100)
    facts = facts_of(X, classes, audit_reserved=0)
    labelled = np.concatenate([np.flatnonzero(classes == c)[:40] for c in (0, 1)])
    labelled = np.append(labelled, np.flatnonzero(classes == 2)[0])
    facts = facts_of(X, classes, train=labelled, audit_reserved=0)
    config = LoopConfig(audit_share=0, batch_size=20, reserve_size=20)

    result = run_round(facts, config)

    # it lacks 5 - 1 = 4 of at most 0.2 x 40, half of them in the batch
    rare = [pick for pick in result.picks if pick.reason.code == "rare"]
    assert len(rare) == 4
    assert sum(not pick.in_reserve for pick in rare) == 2
    assert {pick.reason.classes for pick in rare} == {(2,)}
    assert all(len(pick.reason.numbers) == 1 for pick in rare)
    off = run_round(facts, replace(config, rare_share=0.0))
    assert "rare" not in {pick.reason.code for pick in off.picks}


# Costs


def test_costs_are_beside_the_median_and_cut_at_the_tails():
    seconds = np.array([0.1, 5.0, 10.0, 20.0, 900.0])
    facts = facts_of(np.eye(5, dtype=np.float32), np.arange(5), seconds=seconds)

    # median 10; 10 % quantile 0.1 + 0.4 x 4.9 = 2.06, 90 % quantile 20 + 0.6 x 880 = 548
    found = quotas.costs(facts, LoopConfig(per_second=True))

    assert found == pytest.approx([0.206, 0.5, 1.0, 2.0, 54.8])
    assert quotas.costs(facts, LoopConfig()) is None


def test_herding_prefers_the_cheap_one_of_two_alike():
    X = np.array([[0.0], [0.0], [10.0]], dtype=np.float32)

    picked, gains = herd(
        X, X, np.ones(3), np.zeros(3), 2, width=1.0, costs=np.array([2.0, 1.0, 4.0])
    )

    # item 1 covers two thirds for 1, item 2 one third for 4
    assert picked.tolist() == [1, 2]
    assert gains == pytest.approx([2 / 3, 1 / 12])


@pytest.mark.parametrize("strategy", ["margin", "auto"])
def test_dear_items_are_asked_less_when_cost_counts(strategy):
    X, classes = blobs(n_per_class=150)
    dear = np.arange(len(X)) % 2 == 0
    train = trainable(facts_of(X, classes), 0, 20)
    facts = facts_of(X, classes, train=train, seconds=np.where(dear, 60.0, 5.0))
    config = LoopConfig(strategy=strategy, audit_share=0, reserve_size=0, rare_share=0)

    shares = [
        np.mean([dear[p.position] for p in run_round(facts, each).batch])
        for each in (config, replace(config, per_second=True))
    ]

    assert shares[1] < shares[0] - 0.2


# Candidates of the default


def test_few_high_scores_are_among_the_candidates_of_herding():
    X, _ = blobs(n_per_class=1000)
    view = view_of(X, np.zeros(len(X), int), [], with_model=False)
    scores = np.zeros(view.n)
    scores[[5, 1700, 2900]] = 1.0

    picked = herding(scores, view, 3, rng=RNG(0), n_candidates=60, n_reference=3000)

    assert set(picked.tolist()) == {5, 1700, 2900}


# Seeds


def test_seeds_come_first_in_their_order_as_far_as_they_may_be_picked():
    facts = trained_facts()
    free = np.setdiff1d(facts.audit_order[RESERVED:], facts.train_positions)
    seeds = np.array([free[5], facts.audit_order[0], free[2], facts.train_positions[0], free[9]])
    config = LoopConfig(audit_max=RESERVED, audit_share=0.2, batch_size=10, reserve_size=0)

    result = run_round(replace(facts, audit_reserved=RESERVED, seeds=seeds), config)

    asked = [pick for pick in result.picks if pick.purpose != "audit"]
    assert [pick.position for pick in asked[:3]] == [free[5], free[2], free[9]]
    assert [pick.purpose for pick in asked] == ["seed"] * 3 + ["query"] * 5
    assert {pick.reason.code for pick in asked[:3]} == {"seed"}


def test_what_a_strategy_picks_beside_seeds_is_unlike_them():
    X, classes = blobs(n_per_class=30, n_classes=2)
    facts = facts_of(X, classes, seeds=np.flatnonzero(classes == 0)[:3])
    config = LoopConfig(audit_share=0, batch_size=4, reserve_size=0, cold_start="expert")

    result = run_round(facts, config)

    # Two clouds; the seeds stand in the first, so the one typical item is of the other.
    assert classes[result.picks[3].position] == 1


def test_more_seeds_than_places_fill_the_batch_and_then_the_reserve():
    X, classes = blobs()
    seeds = np.arange(20)
    config = LoopConfig(audit_share=0, batch_size=6, reserve_size=4)

    result = run_round(facts_of(X, classes, seeds=seeds), config)

    assert [pick.position for pick in result.batch] == list(range(6))
    assert [pick.position for pick in result.reserve] == list(range(6, 10))


def test_rounds_without_seeds_are_as_they_were():
    facts = trained_facts()
    config = LoopConfig(audit_max=RESERVED)

    plain = run_round(facts, config)
    with_unpickable = run_round(replace(facts, seeds=facts.train_positions[:2]), config)

    assert plain.picks == with_unpickable.picks


def test_seed_outside_the_pool_is_refused():
    with pytest.raises(FactsError, match=r"seeds must lie in 0\.\.119"):
        run_round(trained_facts(seeds=np.array([120])), LoopConfig(audit_max=RESERVED))
