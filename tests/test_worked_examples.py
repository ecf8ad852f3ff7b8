"""What the documents show as examples works as shown."""

import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from annotation.models import Run
from selection.core.catalog import STRATEGIES, Strategy
from selection.models import OutsideVersion, Round, SelectionConfig
from tests.factories import add_items, make_project, make_user
from tests.selection.test_retraining import do_rounds, label_batch, texts
from tests.support.exporting import write_file

DOCS = Path(settings.BASE_DIR) / "docs"
HERE = "tests.contracts.test_contract"


def blocks(page: str, language: str = "python") -> list[str]:
    text = (DOCS / page).read_text(encoding="utf-8")
    fenced = re.findall(r"^```(\w*)\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    return [code for kind, code in fenced if kind == language]


def checked(folder: Path, **own: str) -> "subprocess.CompletedProcess[str]":
    """Run check_plugins in a process of its own: settings are read once, at the start."""
    paths = os.pathsep.join([str(folder), str(settings.BASE_DIR)])
    return subprocess.run(
        [sys.executable, "manage.py", "check_plugins", "--json"],
        cwd=settings.BASE_DIR,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "alapp.settings",
            "PYTHONPATH": paths,
            "ALAPP_DATA_DIR": str(folder / "data"),
            **own,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_own_strategy_model_and_encoder_of_the_page_keep_every_promise(tmp_path):
    described, computing = blocks("own-strategies.md")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "catalog.py").write_text(described)
    (tmp_path / "mine" / "computing.py").write_text(computing)
    said = blocks("own-strategies.md", "")
    lines = next(each for each in said if each.startswith("ALAPP_STRATEGIES")).split()

    done = checked(tmp_path, **dict(line.split("=", 1) for line in lines))

    assert done.returncode == 0, done.stdout + done.stderr
    entries = json.loads(done.stdout)["entries"]
    assert {each["name"]: each["broken"] for each in entries} == {
        "second_guess": [], "centres": [], "lengths": [],
    }  # fmt: skip


def test_own_entry_out_of_the_data_folder_or_unknown_is_refused_by_name(tmp_path):
    data = tmp_path / "data"
    data.mkdir(exist_ok=True)
    (data / "uploaded.py").write_text("raise SystemExit('loaded')\n")
    own = "a=uploaded.ENTRY,b=no_such_package.X,Bad=x.y,margin=os.path,c=os.path"

    done = checked(tmp_path, ALAPP_STRATEGIES=own, PYTHONPATH=f"{data}{os.pathsep}.")

    assert done.returncode == 1
    told = json.loads(done.stdout)["problems"]
    words = ("data folder", "no package 'no_such_package'", "no name", "another one", "not a Strat")
    assert len(told) == len(words)
    assert all(word in problem for word, problem in zip(words, told, strict=True))


@pytest.mark.django_db
def test_own_strategy_that_gives_nan_fails_the_round_with_that_reason(monkeypatch):
    entry = Strategy("mine", "Mine", "Tries.", f"{HERE}.nothing", "none", needs_proba=False)
    monkeypatch.setitem(STRATEGIES, "mine", entry)
    lead = make_user("lead")
    project = make_project(classes=("money", "parcel"), owner=lead, budget=200)
    add_items(project, 40, texts=texts(40))
    SelectionConfig.objects.create(project=project, config={"batch_size": 8, "strategy": "mine"})
    do_rounds(project)
    label_batch(project, lead)

    do_rounds(project)

    assert "mine gave" in Run.objects.filter(kind="round").order_by("-pk").first().error
    assert Round.objects.count() == 1


@pytest.mark.django_db
def test_worked_example_of_an_outside_model_trains_on_an_export_and_is_pushed(
    tmp_path, monkeypatch
):
    lead = make_user("lead")
    project = make_project(classes=("money", "parcel"), owner=lead, budget=200)
    add_items(project, 80, texts=texts(80))
    SelectionConfig.objects.create(project=project, config={"batch_size": 12})
    do_rounds(project)
    label_batch(project, lead)
    monkeypatch.chdir(tmp_path)
    write_file(Path("export.csv"), project, "results", "csv", names=True, is_safe=True)

    exec(compile(blocks("outside-models.md")[0], "outside-models.md", "exec"), {})
    call_command(
        "push_predictions", project.slug, "predictions.csv",
        "--name=my-model", "--trained-on=trained-on.csv", verbosity=0,
    )  # fmt: skip

    version = OutsideVersion.objects.get()
    with Path("trained-on.csv").open(newline="") as file:
        n_trained = len(list(csv.DictReader(file)))
    # A fifth of 12, rounded up, are 3 audit items: they are not among the 9 it was trained on.
    assert (version.n_items, version.n_trained, n_trained) == (80, 9, 9)
