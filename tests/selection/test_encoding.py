"""Features of real projects: encoded once, from text, images, rows, or vectors brought along."""

import csv

import numpy as np
import pytest
from django.conf import settings

from alapp.clock import database_now
from annotation.formats import ColumnMap
from annotation.models import Item, Run
from annotation.services import import_run, runs
from selection import own_vectors
from selection.core.features.vectors import VectorEncoder
from selection.encoding import _version, features_of
from selection.models import Round, SelectionConfig
from selection.retraining import read
from tests.factories import add_items, make_project, make_user
from tests.selection.core.bert_folder import write_model
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
        import_run.start_import_in_place(
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
    run = import_run.start_import_in_place(
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


def test_encoders_stand_side_by_side_and_each_keeps_its_rows(tmp_path, settings):
    settings.ALAPP_TEXT_MODEL = str(write_model(tmp_path / "model"))
    project = make_project()
    add_items(project, 40, texts=texts(40))
    selection = SelectionConfig.objects.create(project=project)
    run = runs.open_run(kind="round", project=project)
    attempt = runs.claim(run.pk, now=database_now())

    snapshot, _ = read(project.pk)
    encoded = features_of(snapshot, selection, attempt)

    assert len(list((project_folder(project) / "rows").iterdir())) == 2
    assert encoded.blocks[0] == 8
    assert encoded.matrix.shape == (40, sum(encoded.blocks))
    meaning, words = encoded.version.split("+")
    assert meaning.startswith("text_sentence-2-8-")
    assert words.startswith("text_tfidf")
    lengths = np.linalg.norm(np.asarray(encoded.matrix[:], np.float64)[:, :8], axis=1)
    np.testing.assert_allclose(lengths, 1, atol=1e-2)


def test_text_encoders_read_the_classes_and_the_round_sees_it(tmp_path, settings):
    settings.ALAPP_TEXT_MODEL = str(write_model(tmp_path / "model"))
    project = make_project()
    add_items(project, 40, texts=texts(40))

    do_rounds(project)

    kept = list((project_folder(project) / "classes").iterdir())
    n_classes = project.classes.count()
    vectors = np.load(kept[0])
    np.testing.assert_allclose(np.linalg.norm(vectors[:, :8], axis=1), 1, atol=1e-5)
    assert (len(kept), len(vectors)) == (1, n_classes)
    assert Round.objects.get().features_version.count("+") == 1


def test_images_and_tables_have_no_place_for_class_names(tmp_path):
    rows = [[i % 7, i * 0.5] for i in range(60)]
    path = write_csv(tmp_path / "cars.csv", ["doors", "price"], rows)
    project = make_project(modality="table")
    finish(
        import_run.start_import_in_place(
            project=project, path=path, filename=path.name, columns=ColumnMap(), actor=make_user()
        )
    )
    do_rounds(project)

    assert not (project_folder(project) / "classes").exists()


def test_many_encoders_have_a_version_that_fits_into_a_round():
    encoders = [VectorEncoder(10_000 + n) for n in range(8)]

    version = _version(encoders)

    assert len(version) <= Round._meta.get_field("features_version").max_length
    assert version != _version(encoders[::-1])


def test_wanted_vectors_that_are_missing_fail_the_round_with_their_number():
    project = make_project()
    add_items(project, 40, texts=texts(40))
    SelectionConfig.objects.create(project=project, features="vectors")

    do_rounds(project)

    assert "all items have none" in Run.objects.get().error
