"""The replay: the loop of production against an oracle, and the files it reads."""

import gzip
import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from selection.core import datasets, oracles
from selection.core.comparison import Plan, compare, curves, journal_of, report, variants_of
from selection.core.config import LoopConfig
from selection.core.executors import open_executor
from selection.core.loop import run_round
from selection.core.people import Desk, People
from selection.core.simulation import (
    Oracle,
    _start,
    _with_answers,
    full_data_accuracy,
    labels_to,
    play,
    simulate,
)
from selection.core.types import CoreError
from tests.selection.core.worlds import blobs

CONFIG = LoopConfig(batch_size=10)


@pytest.fixture
def oracle():
    X, classes = blobs(n_per_class=60, spread=0.4)
    targets = np.eye(3)[classes]
    return Oracle(X[:120], targets[:120], X[120:], targets[120:])


def test_replay_spends_the_budget_and_no_more(oracle):
    points = simulate(oracle, CONFIG, budget=45, seed=0)

    assert [point.labels for point in points] == [0, 10, 20, 30, 40, 45]
    assert points[0].test_accuracy is None
    assert points[-1].test_accuracy > 0.8
    assert "budget" in points[-1].stops


def test_replay_counts_audit_labels_but_never_trains_on_them(oracle):
    points = simulate(oracle, CONFIG, budget=40, seed=0)

    # a fifth of every batch of 10 measures
    assert [point.train_labels for point in points] == [0, 8, 16, 24, 32]
    assert points[-1].audit[3] == 8


def test_replay_never_asks_twice_for_one_item(oracle):
    picked = [p for result in play(oracle, CONFIG, budget=100, seed=0) for p in result.picks]

    positions = [pick.position for pick in picked]
    assert len(positions) == len(set(positions)) == 100


def test_replay_ends_with_the_pool(oracle):
    points = simulate(oracle, CONFIG, budget=1000, seed=0)

    assert points[-1].labels == 120
    assert "pool_empty" in points[-1].stops


def test_replay_repeats_itself_under_a_seed_and_varies_with_it(oracle):
    def picks(seed):
        return [point.picks for point in simulate(oracle, CONFIG, budget=30, seed=seed)]

    assert picks(1) == picks(1)
    assert picks(1) != picks(2)


def test_replay_without_a_budget_is_refused(oracle):
    with pytest.raises(CoreError, match="budget 0 must be at least 1"):
        simulate(oracle, CONFIG, budget=0, seed=0)


def test_labels_to_an_accuracy_are_those_of_the_first_crossing(oracle):
    points = simulate(oracle, CONFIG, budget=60, seed=0)

    reached = labels_to(points, 0.5)

    assert reached == min(p.labels for p in points if (p.test_accuracy or 0) >= 0.5)
    assert labels_to(points, 1.1) is None


def plan_of(strategies=("margin", "random"), seeds=(0, 1), budget=20, **changes):
    return Plan(variants_of(CONFIG, strategies), seeds, budget, **changes)


def test_comparison_holds_every_strategy_and_seed_and_fits_into_json(oracle):
    seen = []
    plan = plan_of()
    runs = compare(oracle, plan, progress=seen.append)

    content = json.loads(json.dumps(report(runs, oracle, plan, {"data": "blobs"})))

    assert [(run["strategy"], run["seed"]) for run in content["runs"]] == [
        ("margin", 0),
        ("margin", 1),
        ("random", 0),
        ("random", 1),
    ]
    assert sum(seen) == 80
    assert content["full_data_accuracy"] == full_data_accuracy(oracle, CONFIG)
    curve = curves(runs, content["full_data_accuracy"])[0]
    assert curve.labels == (10, 20)
    assert set(curve.labels_to) == {"85%", "90%", "95%", "accuracy 85%"}
    assert all(
        low <= mean <= high
        for low, mean, high in zip(curve.low, curve.mean, curve.high, strict=True)
    )


def test_variants_are_every_combination_and_random_only_starts_at_random():
    variants = variants_of(CONFIG, ["margin", "random"], ["typical", "random"])

    assert list(variants) == ["margin/typical", "margin/random", "random/random"]
    assert variants["margin/typical"].cold_start == "typical"


def without_seconds(runs):
    seconds = {"fit_seconds": 0.0, "score_seconds": 0.0, "pick_seconds": 0.0}
    return [[replace(point, **seconds) for point in run.points] for run in runs]


def test_runs_in_processes_are_those_made_here(oracle):
    plan = plan_of(seeds=(0, 1), strategies=("margin",))
    with open_executor("processes", workers=2) as executor:
        runs = compare(oracle, plan, executor=executor)

    assert without_seconds(runs) == without_seconds(compare(oracle, plan))


def test_finished_runs_are_taken_from_the_journal_and_cut_ones_done_again(oracle, tmp_path):
    plan = plan_of(strategies=("margin",), data="blobs")
    first = compare(oracle, plan, journal=tmp_path)
    whole, cut = (journal_of(tmp_path, task) for task in plan.tasks())
    before = whole.stat().st_mtime_ns
    lines = cut.read_text().splitlines(keepends=True)
    cut.write_text("".join(lines[:-2]) + lines[-2][:20])

    again = compare(oracle, plan, journal=tmp_path)

    assert whole.stat().st_mtime_ns == before
    assert again[0] == first[0]
    assert without_seconds(again) == without_seconds(first)
    assert cut.read_text().splitlines()[-1] == '{"end": 3}'


@pytest.mark.parametrize(
    "changes", [{"data": "others"}, {"budget": 30}, {"people": People(noise=0.1)}]
)
def test_journal_of_another_plan_is_not_taken(oracle, tmp_path, changes):
    first = plan_of(strategies=("random",), seeds=(0,))
    compare(oracle, first, journal=tmp_path)
    other = replace(first, **changes)

    runs = compare(oracle, other, journal=tmp_path)

    assert without_seconds(runs) == without_seconds(compare(oracle, other))


# People


def test_several_annotators_leave_items_out_that_the_next_round_counts_as_covered(oracle):
    desk = Desk(oracle.targets, People(annotators=4), "single", 0)
    facts = facts_for(oracle, desk)
    result = run_round(facts, CONFIG)
    desk.work(result.picks, 100)

    # four people: one gives the last answer of the batch, three are at work on others
    assert len(desk.pending) == 3
    assert desk.handed == desk.spent + 3
    assert desk.unavailable[desk.pending].all()
    answered = {int(p) for kind in ("train", "audit") for p in desk.positions(kind)}
    batch = {pick.position for pick in result.batch}
    assert batch <= answered
    assert not answered & set(desk.pending.tolist())


def facts_for(oracle, desk):
    return _with_answers(_start(oracle, 0, 100), desk, 100)


def test_several_annotators_spend_the_budget_to_the_last_label(oracle):
    points = simulate(oracle, CONFIG, budget=45, seed=0, people=People(annotators=5))

    assert points[-1].labels == 45
    assert all(a.labels < b.labels for a, b in pairwise(points))
    assert points[-1].test_accuracy > 0.8


def test_several_annotators_label_the_whole_pool(oracle):
    points = simulate(oracle, CONFIG, budget=1000, seed=0, people=People(annotators=3))

    assert points[-1].labels == 120


def test_noise_turns_answers_to_other_classes_at_its_rate(oracle):
    desk = Desk(oracle.targets, People(noise=0.3, imported=120), "single", 0)
    everything = np.arange(120)
    desk.start(everything)

    wrong = (desk.targets(everything).argmax(1) != oracle.targets.argmax(1)).mean()

    # 120 answers at 0.3: four standard deviations are 0.17
    assert 0.13 < wrong < 0.47
    assert (desk.targets(everything).sum(axis=1) == 1).all()


def test_second_answers_make_soft_targets(oracle):
    config = replace(CONFIG, relabel_share=0.5, audit_share=0.0)
    people = People(noise=0.3)
    desk = Desk(oracle.targets, people, "single", 0)
    desk.start(np.arange(0))
    for _ in range(8):
        desk.work(run_round(facts_for(oracle, desk), config).picks, 200)

    train = desk.positions("train")
    assert desk.answers(train).max() > 1
    assert desk.spent == desk.answers(train).sum() > len(train)
    assert ((desk.targets(train) > 0) & (desk.targets(train) < 1)).any()


def test_imported_and_expert_labels_are_known_before_the_first_round(oracle):
    people = People(imported=6, per_class=2)

    points = simulate(oracle, CONFIG, budget=40, seed=0, people=people)

    assert 6 <= points[0].labels <= 12
    assert points[0].test_accuracy is not None
    assert points[-1].labels == 40


def test_expert_labels_show_every_class(oracle):
    desk = Desk(oracle.targets, People(per_class=2), "single", 0)
    desk.start(np.arange(120))

    assert oracle.targets[desk.positions("train")].sum(axis=0).tolist() == [2, 2, 2]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"annotators": 0}, "annotators 0 must be at least 1"),
        ({"noise": 1.0}, "noise 1.0 must be at least 0 and below 1"),
        ({"imported": -1}, "imported -1 must be at least 0"),
    ],
)
def test_people_that_cannot_be_are_refused(changes, message):
    with pytest.raises(CoreError, match=message):
        People(**changes)


# Files


def write(tmp_path, name, text):
    path = tmp_path / name
    if name.endswith(".gz"):
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "id,Text,label\n1,good,yes\n2,bad,no\n"),
        ("a.csv.gz", "\ufeffText,label\ngood,yes\nbad,no\n"),
        ("a.tsv", "label\tsentence\nyes\tgood\nno\tbad\n"),
        ("a.jsonl", '{"text": "good", "label": "yes"}\n\n{"text": "bad", "label": "no"}\n'),
    ],
)
def test_text_and_label_columns_are_found_in_every_format(tmp_path, name, content):
    data = datasets.read_dataset(write(tmp_path, name, content))

    assert [payload.text for payload in data.payloads] == ["good", "bad"]
    assert data.labels == (("yes",), ("no",))
    assert (data.modality, data.task) == ("text", "single")


def test_columns_can_be_named(tmp_path):
    path = write(tmp_path, "a.csv", "what,mood\nfine day,up\n")

    data = datasets.read_dataset(path, text_column="what", label_column="mood")

    assert data.payloads[0].text == "fine day"


def test_several_labels_of_a_row_make_the_task_multi(tmp_path):
    data = datasets.read_dataset(write(tmp_path, "a.csv", "text,labels\nx,joy|fear\ny,joy\n"))

    assert data.labels == (("joy", "fear"), ("joy",))
    assert data.task == "multi"


def test_rows_without_text_or_image_are_table_rows(tmp_path):
    data = datasets.read_dataset(write(tmp_path, "a.csv", "id,x,y,label\n7,1,2,a\n8,3,4,b\n"))

    assert data.modality == "table"
    assert dict(data.payloads[0].values) == {"x": "1", "y": "2"}


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.xlsx", "", "a.xlsx: unknown type '.xlsx'; use csv, tsv or jsonl"),
        ("a.csv", "", "a.csv: no rows"),
        ("a.csv", "text,label\n", "a.csv: no rows"),
        ("a.csv", "text,mood\nx,up\n", "no label column .* it has text, mood"),
        ("a.csv", "text,label\nx,up\ny,\n", "a.csv, row 2, column label: no label"),
        ("a.csv", "text,label\n  ,up\n", "a.csv, row 1, column text: no text"),
        ("a.jsonl", '{"text": "x"\n', "a.jsonl, row 1: "),
        ("a.jsonl", "[1]\n", "a.jsonl, row 1: not an object"),
        ("a.csv", "image,label\nno.png,a\n", "a.csv, row 1, column image: no image no.png"),
    ],
)
def test_unusable_file_is_refused_by_file_row_and_column(tmp_path, name, content, message):
    with pytest.raises(datasets.DatasetError, match=message):
        datasets.read_dataset(write(tmp_path, name, content))


def test_file_in_another_encoding_is_refused(tmp_path):
    (tmp_path / "a.csv").write_bytes("text,label\ncafé,a\n".encode("latin-1"))

    with pytest.raises(datasets.DatasetError, match=r"a\.csv: not UTF-8 at byte"):
        datasets.read_dataset(tmp_path / "a.csv")


def test_label_that_only_the_test_part_has_is_refused(tmp_path):
    train = datasets.read_dataset(write(tmp_path, "a.csv", "x,label\n1,a\n2,b\n"))
    test = datasets.read_dataset(write(tmp_path, "b.csv", "x,label\n1,a\n2,c\n"))

    with pytest.raises(datasets.DatasetError, match=r"b\.csv, row 2: c is no class of train"):
        oracles.build_oracle(train, test)


def test_vectors_that_do_not_match_the_rows_are_refused(tmp_path):
    data = datasets.read_dataset(write(tmp_path, "a.csv", "x,label\n1,a\n2,b\n"))

    with pytest.raises(datasets.DatasetError, match="3 vectors for 2 rows"):
        oracles.build_oracle(data, data, oracles.Recipe(given=(np.zeros((3, 2)), np.zeros((2, 2)))))


def test_held_out_rows_are_not_in_the_pool(tmp_path):
    text = "x,label\n" + "".join(f"{n},{'ab'[n % 2]}\n" for n in range(20))
    data = datasets.read_dataset(write(tmp_path, "a.csv", text))

    train, test = datasets.split(data, 0.25, seed=0)

    assert (len(train.payloads), len(test.payloads)) == (15, 5)
    values = [row.values["x"] for part in (train, test) for row in part.payloads]
    assert sorted(map(int, values)) == list(range(20))
