"""A round: what goes in, what comes out, what never happens."""

from dataclasses import replace

import numpy as np
import pytest

from selection.core.config import LoopConfig
from selection.core.loop import audit_size, grown_audit_size, run_round
from selection.core.types import FactsError
from tests.selection.core.worlds import blobs, facts_of, trainable

RESERVED = 30  # a quarter of 120 items


def codes(result):
    return {badge.code for badge in result.health}


def positions(picks, purpose):
    return [pick.position for pick in picks if pick.purpose == purpose]


@pytest.fixture
def pool():
    return blobs()


@pytest.fixture
def trained(pool):
    X, classes = pool
    order = facts_of(X, classes).audit_order
    return facts_of(X, classes, train=order[RESERVED : RESERVED + 12], audit=order[:4])


# Audit items


def test_audit_set_is_capped_at_a_quarter_of_the_pool():
    config = LoopConfig(audit_max=300)

    assert audit_size(1000, config) == 250
    assert audit_size(2000, config) == 300
    assert audit_size(3, config) == 0
    assert audit_size(1000, LoopConfig(audit_share=0)) == 0


def test_audit_set_of_a_grown_pool_stops_before_a_trained_item():
    order = np.array([5, 3, 8, 1, 0, 2, 4, 6, 7, 9, 10, 11])

    # a quarter of 12 items are 3: 5, 3, 8; item 8 was trained on, so only 2 stay
    assert grown_audit_size(order, np.array([8, 11]), LoopConfig()) == 2
    assert grown_audit_size(order, np.array([11]), LoopConfig()) == 3


def test_batch_carries_a_fifth_audit_items_and_so_does_the_reserve(trained):
    result = run_round(trained, LoopConfig(batch_size=20, reserve_size=10))

    # ceil(0.2 x 20) = 4 and ceil(0.2 x 10) = 2
    assert len(positions(result.batch, "audit")) == 4
    assert len(positions(result.reserve, "audit")) == 2
    assert (len(result.batch), len(result.reserve)) == (20, 10)


def test_audit_items_go_out_in_their_fixed_order(trained):
    result = run_round(trained, LoopConfig(batch_size=20, reserve_size=10))

    expected = trained.audit_order[4:10].tolist()  # the first four are labelled
    assert sorted(positions(result.picks, "audit")) == sorted(expected)


def test_audit_items_stand_at_random_places(trained):
    places = set()
    for number in range(1, 6):
        result = run_round(replace(trained, number=number), LoopConfig())
        places |= {at for at, pick in enumerate(result.batch) if pick.purpose == "audit"}

    assert len(places) > 8
    assert max(places) > 12


def test_reserved_audit_item_is_never_a_query(pool):
    X, classes = pool
    facts = facts_of(X, classes)
    config = LoopConfig(batch_size=100, reserve_size=100, audit_share=0.01)

    result = run_round(facts, config)

    kept = set(facts.audit_order[:RESERVED].tolist())
    assert not kept & set(positions(result.picks, "query"))
    assert len(positions(result.picks, "query")) == 90


def test_facts_with_an_audit_item_in_training_are_refused(pool):
    X, classes = pool
    facts = facts_of(X, classes)
    bad = facts_of(X, classes, train=facts.audit_order[RESERVED - 1 : RESERVED + 5])

    with pytest.raises(FactsError, match="1 reserved audit items among the training items"):
        run_round(bad, LoopConfig())


def test_labelled_audit_item_beyond_the_reserved_ones_must_not_train(pool):
    X, classes = pool
    order = facts_of(X, classes).audit_order
    bad = facts_of(X, classes, train=order[40:50], audit=order[40:41])

    with pytest.raises(FactsError, match="1 audit items among the training items"):
        run_round(bad, LoopConfig())


def test_answers_of_audit_items_change_nothing_but_measurements(trained):
    other = replace(trained, audit_targets=np.roll(trained.audit_targets, 1, axis=1))
    config = LoopConfig(target_value=0.9)

    one, two = run_round(trained, config), run_round(other, config)

    assert one.picks == two.picks
    assert one.model.digest() == two.model.digest()
    assert one.metrics != two.metrics


def test_pending_audit_items_do_not_count_as_covered(trained):
    out = replace(trained, pending=trained.audit_order[5:8])
    out.unavailable[trained.audit_order[5:8]] = True
    plain = replace(out, pending=np.empty(0, dtype=np.int64))

    assert run_round(out, LoopConfig()).picks == run_round(plain, LoopConfig()).picks


def test_pending_query_items_count_as_covered_and_are_not_picked(trained):
    first = run_round(trained, LoopConfig(batch_size=5, audit_share=0.0, strategy="farthest_first"))
    out = np.array(positions(first.batch, "query"))

    second = run_round(
        replace(trained, pending=out, audit_reserved=RESERVED),
        LoopConfig(batch_size=5, audit_share=0.0, strategy="farthest_first"),
    )

    assert not set(out.tolist()) & {pick.position for pick in second.picks}


def test_predictions_cover_every_reserved_audit_item(trained):
    past = run_round(trained, LoopConfig()).past

    np.testing.assert_array_equal(past.audit_positions, trained.audit_order[:RESERVED])
    assert past.audit_predictions.shape == (RESERVED,)
    assert past.stop_predictions.shape == past.stop_positions.shape == (120,)


@pytest.mark.parametrize(("size", "rounds", "audits"), [(1, 10, 2), (2, 10, 4), (4, 10, 8)])
def test_tiny_batches_keep_the_audit_share_over_rounds(pool, size, rounds, audits):
    X, classes = pool
    config = LoopConfig(batch_size=size, reserve_size=0)

    results = [run_round(facts_of(X, classes, number=n), config) for n in range(rounds)]

    assert sum(len(positions(result.picks, "audit")) for result in results) == audits


# Determinism


def test_same_facts_and_configuration_give_the_same_picks_bit_for_bit(trained):
    config = LoopConfig(random_share=0.2)

    one, two = run_round(trained, config), run_round(trained, config)

    assert one.picks == two.picks
    assert one.model.digest() == two.model.digest()


def test_another_seed_gives_another_batch(trained):
    config = LoopConfig(strategy="random")

    one, two = run_round(trained, config), run_round(replace(trained, seed=6), config)

    assert one.picks != two.picks


def test_float16_on_disk_gives_the_picks_of_float16_in_memory(trained, tmp_path):
    X = trained.features.astype(np.float16)
    np.save(tmp_path / "X.npy", X)
    mapped = np.load(tmp_path / "X.npy", mmap_mode="r")

    in_memory = run_round(replace(trained, features=X), LoopConfig())
    on_disk = run_round(replace(trained, features=mapped), LoopConfig())

    assert in_memory.picks == on_disk.picks


# No model


def test_round_without_labels_starts_cold_and_says_so(pool):
    result = run_round(facts_of(*pool), LoopConfig())

    assert result.model is None
    assert "fallback" in codes(result)
    assert {pick.reason.code for pick in result.batch if pick.purpose == "query"} == {"typical"}
    assert not result.metrics


def test_round_with_one_class_so_far_starts_cold_and_says_so(pool):
    X, classes = pool
    facts = facts_of(X, classes)
    beyond = facts.audit_order[RESERVED:]
    same = beyond[classes[beyond] == 1][:5]

    result = run_round(facts_of(X, classes, train=same), LoopConfig())

    assert result.model is None
    assert {"fallback", "unseen_classes"} <= codes(result)
    assert len(result.batch) == 20


def test_strategy_without_a_model_runs_with_one_class_so_far(pool):
    X, classes = pool
    beyond = facts_of(X, classes).audit_order[RESERVED:]
    same = beyond[classes[beyond] == 1][:5]

    result = run_round(facts_of(X, classes, train=same), LoopConfig(strategy="farthest_first"))

    assert "fallback" not in codes(result)
    assert {pick.reason.code for pick in result.batch if pick.purpose == "query"} == {"novel"}


def test_cold_start_touches_every_blob(pool):
    X, classes = pool

    result = run_round(facts_of(X, classes), LoopConfig(batch_size=4, reserve_size=0))

    assert {int(classes[p]) for p in positions(result.batch, "query")} == {0, 1, 2}


# Classes, budget, the end of the pool


def test_new_class_gets_probability_zero_and_a_badge(pool):
    X, classes = pool
    facts = facts_of(X, classes)
    train = trainable(facts, RESERVED, 12)

    result = run_round(facts_of(X, classes, train=train, n_classes=5), LoopConfig())

    badge = next(badge for badge in result.health if badge.code == "unseen_classes")
    assert badge.classes == (3, 4)
    assert (result.model.predict_proba(X)[:, 3:] == 0).all()


def test_budget_cuts_batch_before_reserve(trained):
    config = LoopConfig(batch_size=20, reserve_size=20)

    result = run_round(replace(trained, budget_left=25), config)

    assert (len(result.batch), len(result.reserve)) == (20, 5)
    short = run_round(replace(trained, budget_left=7), config)
    assert (len(short.batch), len(short.reserve)) == (7, 0)
    assert "short_batch" in codes(short)


def test_exhausted_budget_picks_nothing_and_stops(trained):
    result = run_round(replace(trained, budget_left=0), LoopConfig())

    assert result.picks == ()
    assert result.should_stop
    assert "budget" in {verdict.rule for verdict in result.verdicts if verdict.stop}


def test_nearly_empty_pool_gives_a_shorter_batch(trained):
    trained.unavailable[trained.audit_order[:115]] = True

    result = run_round(trained, LoopConfig())

    assert len(result.picks) == 5
    assert "short_batch" in codes(result)
    assert not result.should_stop


def test_empty_pool_picks_nothing_and_says_so(trained):
    trained.unavailable[:] = True

    result = run_round(trained, LoopConfig())

    assert result.picks == ()
    assert [verdict.rule for verdict in result.verdicts if verdict.stop] == ["pool_empty"]


def test_pool_without_a_single_item_is_no_error():
    facts = facts_of(np.empty((0, 4), dtype=np.float32), np.empty(0, dtype=int), n_classes=2)

    assert run_round(facts, LoopConfig()).picks == ()


def test_audit_items_fill_the_batch_when_queries_run_out(pool):
    X, classes = pool
    facts = facts_of(X, classes)
    facts.unavailable[facts.audit_order[RESERVED + 6 :]] = True

    result = run_round(facts, LoopConfig(reserve_size=0))

    assert len(positions(result.batch, "query")) == 6
    assert len(positions(result.batch, "audit")) == 14


# Reasons and figures


def test_uncertain_pick_names_the_two_likeliest_classes(trained):
    result = run_round(trained, LoopConfig(strategy="margin"))

    pick = next(pick for pick in result.batch if pick.purpose == "query")
    proba = result.model.predict_proba(trained.features[[pick.position]])[0]
    first, second = np.argsort(-proba)[:2]
    assert pick.reason.code == "uncertain"
    assert pick.reason.classes == (first, second)
    assert pick.reason.numbers == pytest.approx((proba[first], proba[second]))
    assert pick.predicted == first
    assert pick.confidence == pytest.approx(proba[first])
    assert pick.score == pytest.approx(1 - (proba[first] - proba[second]), abs=1e-6)


def test_random_pick_carries_its_probability(trained):
    result = run_round(trained, LoopConfig(strategy="random", reserve_size=0))

    pick = next(pick for pick in result.batch if pick.purpose == "query")
    # 16 queries out of 120 - 30 reserved - 12 labelled = 78 candidates
    assert pick.probability == pytest.approx(16 / 78)
    audit = next(pick for pick in result.batch if pick.purpose == "audit")
    assert audit.probability == pytest.approx(30 / 120)


def test_random_share_is_drawn_by_chance(trained):
    result = run_round(trained, LoopConfig(random_share=0.25, reserve_size=0))

    by_chance = [pick for pick in result.batch if pick.reason.code == "random"]
    assert len(by_chance) == 4  # a quarter of 16 queries
    assert all(pick.probability == pytest.approx(4 / 78) for pick in by_chance)


def test_items_that_all_look_the_same_get_a_badge(pool):
    _, classes = pool
    X = np.ones((120, 4), dtype=np.float32)
    facts = facts_of(X, classes)

    result = run_round(facts_of(X, classes, train=trainable(facts, RESERVED, 12)), LoopConfig())

    assert {"constant_features", "degenerate_scores", "redundant_batch"} <= codes(result)
    assert len(result.batch) == 20


def test_multi_label_round_names_the_least_sure_class(pool):
    X, classes = pool
    facts = facts_of(X, classes)
    facts = facts_of(X, classes, train=trainable(facts, RESERVED, 20), audit=facts.audit_order[:5])
    both = np.minimum(facts.train_targets + np.roll(facts.train_targets, 1, axis=1), 1)

    result = run_round(replace(facts, train_targets=both), LoopConfig(task="multi"))

    query = next(pick for pick in result.batch if pick.purpose == "query")
    assert len(query.reason.classes) == 1
    assert result.past.stop_predictions.shape == (120, 3)
    assert [metric.name for metric in result.metrics] == ["accuracy", "macro_f1"]


# Facts that contradict each other


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"train_weights": np.zeros(12)}, "above 0"),
        ({"unavailable": np.zeros(3, dtype=bool)}, r"shape \(3,\) for 120 items"),
        ({"audit_order": np.zeros(120, dtype=np.int64)}, "each of the 120 positions once"),
        ({"pending": np.array([120])}, "pending must lie in 0..119"),
        ({"pending": np.array([7, 7])}, "pending repeats a position"),
        ({"train_targets": np.full((12, 3), 0.5)}, "rows must sum to 1"),
        ({"train_targets": np.full((12, 3), 1.5)}, r"lie in \[0, 1\]"),
        ({"n_classes": 4}, r"train_targets: \(12, 3\), not \(12, 4\)"),
        ({"audit_reserved": 500}, "500 audit items of 120"),
        ({"blocks": (4, 4)}, "blocks sum to 8, not 6 columns"),
        ({"class_vectors": np.ones((2, 6))}, r"class_vectors: \(2, 6\)"),
        ({"class_vectors": np.full((3, 6), np.nan)}, "class_vectors must be finite"),
        ({"seconds": np.ones(3)}, r"seconds: shape \(3,\) for 120 items"),
        ({"seconds": np.zeros(120)}, "seconds must be above 0"),
        ({"train_answers": np.ones(3, dtype=int)}, r"train_answers: \(3,\)"),
        ({"train_answers": np.zeros(12, dtype=int)}, "train_answers must be above 0"),
    ],
)
def test_contradicting_facts_are_refused(trained, change, message):
    with pytest.raises(FactsError, match=message):
        run_round(replace(trained, **change), LoopConfig())
