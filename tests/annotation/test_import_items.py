import io
import json
import time
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from alapp.clock import database_now
from annotation import exchange
from annotation.models import Item, ItemPayload, KnownAnswer, Label, Run
from annotation.services import imports, runs
from tests.factories import make_project

pytestmark = pytest.mark.django_db
ROWS = "id,text,label\n1,one,yes\n2,,no\n3,three,maybe\n4,four,no\n5,one,yes\n"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text(ROWS)
    return path


def import_items(project, file, *arguments):
    out = io.StringIO()
    call_command("import_items", project.slug, str(file), *map(str, arguments), stdout=out)
    return out.getvalue()


def test_columns_are_guessed_and_the_report_names_every_row_left_out(file):
    project = make_project()

    told = import_items(project, file)

    assert told.splitlines() == [
        "rows.csv: 5 rows read, 2 items added, 1 duplicates, 2 bad rows",
        "labels: 2",
        "  row 3, text: is empty",
        "  row 4, label: 'maybe' is not one of the classes yes, no",
        "  row 6, content: the same as row 2",
    ]
    assert set(project.items.values_list("key", flat=True)) == {"1", "4"}
    assert Label.objects.first().annotator == project.memberships.get().user
    assert file.exists()


def test_columns_can_be_named_or_left_out(tmp_path):
    project = make_project()
    path = tmp_path / "rows.csv"
    path.write_text("id,text,summary,label\n1,long one,a,x\n2,long two,b,y\n")

    import_items(project, path, "--text", "summary", "--label", "", "--id", "")

    payload = ItemPayload.objects.order_by("pk").first()
    assert (payload.text, payload.item.key) == ("a", "")
    assert payload.fields == {"id": "1", "text": "long one", "label": "x"}
    assert not Label.objects.exists()


def test_guessed_labels_are_left_alone_where_a_project_has_no_classes(file):
    project = make_project(classes=(), is_active=False)

    import_items(project, file)

    assert not Label.objects.exists()
    assert ItemPayload.objects.first().fields == {"label": "yes"}


def test_truth_and_vectors_and_report(file, tmp_path):
    project = make_project()
    np.save(tmp_path / "v.npy", np.ones((5, 3), np.float32))

    options = ("--truth", "--vectors", tmp_path / "v.npy", "--report", tmp_path / "report.json")
    told = import_items(project, file, *options)

    report = json.loads((tmp_path / "report.json").read_text())
    assert "known answers: 2\nvectors: 3\n" in told
    assert (report["added"], len(report["problems"])) == (2, 3)
    assert KnownAnswer.objects.count() == 2
    assert not Label.objects.exists()


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        ("text\n", (), "Nothing was imported. rows.csv has no rows"),
        ("id,a\n1,x\n", ("--text", "review"), "There is no column 'review'; the file has: id, a"),
        ("", (), "The file is empty"),
        ("text,label\none,x\n", (), "1 of 1 rows are bad"),
    ],
)
def test_import_that_fails_says_why_and_exits_with_1(tmp_path, content, options, message):
    path = tmp_path / "rows.csv"
    path.write_text(content)

    with pytest.raises(CommandError, match=message) as error:
        import_items(make_project(), path, *options)

    assert error.value.returncode == 1
    assert not Item.objects.exists()


def test_missing_file_and_project_are_said(tmp_path):
    project = make_project()

    with pytest.raises(CommandError, match=r"There is no file gone\.csv"):
        import_items(project, tmp_path / "gone.csv")
    with pytest.raises(CommandError, match=f"no project 'other'. Projects: {project.slug}"):
        call_command("import_items", "other", "x.csv")


def test_many_problems_are_shown_in_part(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("text\n" + "same\n" * 30)

    told = import_items(make_project(), path)

    assert "row 21, content" in told
    assert "row 23, content" not in told
    assert "and 9 more" in told


def test_import_that_is_running_elsewhere_is_not_disturbed(file, data_dir):
    project = make_project()
    other = data_dir / "uploads" / "other.csv"
    other.write_text("text\nother\n")
    run = imports.start_import(
        project=project,
        path=other,
        filename="other.csv",
        columns=imports.ColumnMap(text="text"),
        actor=project.memberships.get().user,
    )
    assert runs.claim(run.pk, now=database_now())

    with pytest.raises(CommandError, match="Another import into this project is still running"):
        import_items(project, file)


@pytest.mark.django_db(transaction=True)
def test_import_killed_in_the_middle_is_finished_and_nothing_is_doubled(start_manage, tmp_path):
    n = 12_000
    project = make_project()
    path = tmp_path / "many.csv"
    rows = (f"k{i},text number {i},{('yes', 'no')[i % 2]}\n" for i in range(n))
    path.write_text("id,text,label\n" + "".join(rows))
    process = start_manage("import_items", project.slug, str(path))
    _wait_until(lambda: project.items.count() >= 2_000, process)
    process.kill()
    staged = project.items.count()
    assert 0 < staged < n
    assert exchange.load_pool(project.pk).ids.size == 0

    told = import_items(project, path)

    assert f"{n:,} rows read, 0 items added, {n:,} duplicates" in told
    assert exchange.load_pool(project.pk).ids.size == n
    assert (project.items.count(), project.labels.count()) == (n, n)
    assert ItemPayload.objects.filter(item__project=project).count() == n
    first, second = Run.objects.order_by("pk")
    assert (first.state, first.attempt, first.report["added"]) == ("done", 2, n)
    assert (second.state, second.report["duplicates"]) == ("done", n)


def _wait_until(is_so, process, *, seconds=30):
    deadline = time.monotonic() + seconds
    while not is_so():
        assert process.is_running(), process.log_text()
        assert time.monotonic() < deadline, process.log_text()
        time.sleep(0.002)


def test_file_is_found_from_where_the_command_runs(file, monkeypatch):
    monkeypatch.chdir(file.parent)

    assert "2 items added" in import_items(make_project(), Path("rows.csv"))
