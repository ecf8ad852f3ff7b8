"""manage.py simulate: from files to a JSON of numbers and a picture, without a database."""

import io
import json

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from selection.watching import labels_in


def run(tmp_path, *arguments):
    call_command(
        "simulate",
        *map(str, arguments),
        f"--out={tmp_path / 'out.json'}",
        verbosity=0,
        stdout=io.StringIO(),
    )
    return json.loads((tmp_path / "out.json").read_text())


def text_file(tmp_path, n=60):
    words = ("goal match team", "bank rate shares")
    lines = [f"{words[i % 2]} number{i},{'sport' if i % 2 == 0 else 'money'}" for i in range(n)]
    path = tmp_path / "news.csv"
    path.write_text("text,label\n" + "\n".join(lines) + "\n")
    return path


def test_digits_of_the_demo_are_learned_within_sixty_labels(tmp_path):
    content = run(tmp_path, "--demo", "--strategies=balanced", "--budget=60", "--seeds=1")

    points = content["runs"][0]["points"]
    assert [point["labels"] for point in points] == [0, 20, 40, 60]
    assert points[-1]["test_accuracy"] > 0.85
    assert content["full_data_accuracy"] > 0.97
    assert content["configs"]["balanced"]["strategy"] == "balanced"


def test_text_file_gives_numbers_and_a_picture(tmp_path):
    picture = tmp_path / "out.png"

    content = run(
        tmp_path,
        f"--train={text_file(tmp_path)}",
        "--strategies=margin,random",
        "--budget=20",
        "--batch-size=5",
        "--seeds=2",
        f"--plot={picture}",
    )

    assert [curve["strategy"] for curve in content["summary"]] == ["margin", "random"]
    assert content["about"] == {"data": "news.csv", "pool": 45, "test": 15}
    with Image.open(picture) as image:
        assert image.format == "PNG"


def test_vectors_beside_the_files_replace_the_encoder(tmp_path):
    path = text_file(tmp_path)
    vectors = np.eye(2)[np.arange(60) % 2] + np.random.default_rng(0).normal(0, 0.1, (60, 2))
    np.save(tmp_path / "v.npy", vectors.astype(np.float32))

    content = run(
        tmp_path,
        f"--train={path}",
        f"--test={path}",
        f"--train-features={tmp_path / 'v.npy'}",
        f"--test-features={tmp_path / 'v.npy'}",
        "--budget=10",
        "--seeds=1",
    )

    assert content["runs"][0]["points"][-1]["test_accuracy"] == 1.0


def test_words_stand_beside_given_vectors_and_descriptions_are_read(tmp_path):
    path = text_file(tmp_path)
    np.save(tmp_path / "v.npy", np.random.default_rng(0).normal(size=(60, 2)))
    about = tmp_path / "about.json"
    about.write_text(json.dumps({"sport": "goal match", "money": "bank"}))

    content = run(
        tmp_path,
        f"--train={path}",
        f"--test={path}",
        f"--train-features={tmp_path / 'v.npy'}",
        f"--test-features={tmp_path / 'v.npy'}",
        "--features=given,text_tfidf",
        f"--class-descriptions={about}",
        f"--keep-features={tmp_path / 'rows.npz'}",
        '--set=estimator_params={"descriptions": false}',
        "--budget=10",
        "--seeds=1",
    )

    assert content["configs"]["auto"]["estimator_params"] == {"descriptions": False}
    assert content["full_data_accuracy"] == 1.0
    with np.load(tmp_path / "rows.npz") as kept:
        assert kept["class_vectors"].any(axis=1).all()


def test_several_people_starts_and_models_are_compared_and_a_second_call_goes_on(tmp_path):
    arguments = (
        f"--train={text_file(tmp_path)}",
        "--strategies=margin",
        "--cold-start=typical,random",
        "--annotators=3",
        "--noise=0.1",
        "--per-class=1",
        "--budget=20",
        "--batch-size=5",
        "--seeds=1",
        "--jobs=1",
    )

    content = run(tmp_path, *arguments)
    journals = sorted((tmp_path / "out.json.runs").iterdir())
    stamps = [path.stat().st_mtime_ns for path in journals]
    again = run(tmp_path, *arguments)

    assert list(content["configs"]) == ["margin/typical", "margin/random"]
    assert content["people"] == {"annotators": 3, "noise": 0.1, "imported": 0, "per_class": 1}
    assert content["runs"][0]["points"][0]["labels"] == 2
    assert content["runs"][0]["points"][-1]["labels"] == 20
    rules = [rule for rule, _, _ in content["runs"][0]["points"][-1]["verdicts"]]
    assert "budget" in rules
    assert [path.stat().st_mtime_ns for path in journals] == stamps
    assert again == content


def test_progress_is_read_from_journals_still_being_written(tmp_path):
    path = tmp_path / "auto-0.jsonl"

    assert labels_in(path) == 0
    path.write_text('{"run": "auto"}\n{"labels": 20}\n{"labels": 40}\n{"lab')
    assert labels_in(path) == 40


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "name the data"),
        (("--train=nowhere.csv",), "nowhere.csv: .*No such file"),
        (("--demo", "--strategies=guess"), r"--strategies \['guess'\]: known are auto"),
        (("--demo", "--cold-start=warm"), r"--cold-start \['warm'\]: known are"),
        (("--demo", "--noise=1.5"), "noise 1.5 must be at least 0"),
        (("--demo", "--jobs=0"), "--jobs 0 must be at least 1"),
        (("--demo", "--seeds=0"), "--seeds 0"),
        (("--demo", "--batch-size=0"), "batch_size: 0 is not allowed"),
        (("--demo", "--audit-share=2"), "audit_share: 2.0 is not allowed"),
        (("--demo", "--train-features=v.npy"), "belong to --train and --test"),
        (("--demo", "--features=text_tfidf"), "'text_tfidf' do not read image"),
        (("--demo", "--set=estimator_params=3"), "estimator_params: 3 is not allowed"),
        (("--demo", "--set=calibrate"), "--set calibrate: write FIELD=JSON"),
    ],
)
def test_unusable_arguments_are_named(tmp_path, arguments, message):
    with pytest.raises(CommandError, match=message):
        run(tmp_path, *arguments)


def test_file_of_vectors_that_is_none_is_refused(tmp_path):
    path = text_file(tmp_path)
    (tmp_path / "v.npy").write_text("no vectors")
    both = (f"--train-features={tmp_path / 'v.npy'}", f"--test-features={tmp_path / 'v.npy'}")

    with pytest.raises(CommandError, match=r"v\.npy: not a \.npy file of numbers"):
        run(tmp_path, f"--train={path}", f"--test={path}", *both)
