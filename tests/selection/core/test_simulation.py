"""The replay: the loop of production against an oracle, and the files it reads."""

import gzip
import json

import numpy as np
import pytest

from selection.core import datasets, oracles
from selection.core.comparison import compare, curves, report
from selection.core.config import LoopConfig
from selection.core.simulation import Oracle, full_data_accuracy, labels_to, play, simulate
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


def test_comparison_holds_every_strategy_and_seed_and_fits_into_json(oracle):
    seen = []
    runs = compare(
        oracle, CONFIG, ["margin", "random"], budget=20, seeds=[0, 1], progress=seen.append
    )

    content = json.loads(json.dumps(report(runs, oracle, CONFIG, {"data": "blobs"})))

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
    assert all(
        low <= mean <= high
        for low, mean, high in zip(curve.low, curve.mean, curve.high, strict=True)
    )


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
