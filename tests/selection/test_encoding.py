"""Features of real projects: encoded once, from text, images, rows, or vectors brought along."""

import csv

import numpy as np
import pytest
from django.conf import settings

from alapp.clock import database_now
from annotation.formats import ColumnMap
from annotation.models import Item, Run
from annotation.services import imports, runs
from selection import own_vectors
from selection.models import Round, SelectionConfig
from tests.factories import add_items, make_project, make_user
from tests.selection.test_retraining import do_rounds, texts

pytestmark = pytest.mark.django_db


def write_csv(path, columns, rows):
    with path.open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(columns)
        lines.writerows(rows)
    return path


def finish(run: Run) -> Run:
    attempt = runs.claim(run.pk, now=database_now())
    assert attempt is not None
    runs.perform(attempt)
    run.refresh_from_db()
    return run


def import_with_vectors(project, path, vectors) -> Run:
    return finish(
        imports.start_import_in_place(
            project=project,
            path=path,
            filename=path.name,
            columns=ColumnMap(text="text"),
            actor=make_user(),
            vectors=vectors,
        )
    )


def test_table_rows_go_through_a_round(tmp_path):
    rows = [[i % 7, ["red", "blue"][i % 2], i * 0.5] for i in range(60)]
    path = write_csv(tmp_path / "cars.csv", ["doors", "colour", "price"], rows)
    project = make_project(modality="table")
    run = imports.start_import_in_place(
        project=project, path=path, filename=path.name, columns=ColumnMap(), actor=make_user()
    )
    finish(run)
    do_rounds(project)

    assert Round.objects.get().features_version.startswith("table_plain")


def test_only_new_items_are_encoded():
    project = make_project()
    add_items(project, 40, texts=texts(40))
    do_rounds(project)
    stores = list((project_folder(project) / "rows").iterdir())

    add_items(project, 10, texts=texts(10, seed=3))
    Run.objects.all().delete()
    run = runs.open_run(kind="round", project=project, params={"force": True})
    assert run is not None
    runs.execute.call(run.pk)

    assert list((project_folder(project) / "rows").iterdir()) == stores
    assert Round.objects.latest("number").n_items == 50


def project_folder(project):
    return settings.FEATURES_DIR / str(project.pk)


def test_vectors_brought_along_are_used(tmp_path):
    path = write_csv(tmp_path / "a.csv", ["text"], [[t] for t in texts(40)])
    np.save(tmp_path / "a.npy", np.random.default_rng(1).normal(size=(40, 12)))
    project = make_project()

    import_with_vectors(project, path, tmp_path / "a.npy")
    do_rounds(project)

    assert Round.objects.get().features_version == "vectors-1-12"


def test_vectors_are_found_by_content_and_the_later_import_counts(tmp_path):
    first, second = texts(20), texts(20)[10:] + texts(10, seed=9)
    project = make_project()
    for number, rows in enumerate((first, second)):
        path = write_csv(tmp_path / f"{number}.csv", ["text"], [[t] for t in rows])
        np.save(tmp_path / f"{number}.npy", np.full((len(rows), 3), number, dtype=np.float32))
        import_with_vectors(project, path, tmp_path / f"{number}.npy")

    items = list(Item.objects.order_by("pk"))
    own = own_vectors.find(
        project_folder(project) / own_vectors.FOLDER, [item.content_hash for item in items]
    )

    assert own is not None
    assert own.rows(np.arange(30))[:, 0].tolist() == [0.0] * 10 + [1.0] * 20


def test_wanted_vectors_that_are_missing_fail_the_round_with_their_number():
    project = make_project()
    add_items(project, 40, texts=texts(40))
    SelectionConfig.objects.create(project=project, features="vectors")

    do_rounds(project)

    assert "all items have none" in Run.objects.get().error
