from functools import partial
from pathlib import Path

import numpy as np
import pytest
from django.core.exceptions import ValidationError

from annotation.models import (
    Item,
)
from annotation.services import import_rows, import_run
from tests.annotation.services.import_support import TEXT, perform, write_upload
from tests.factories import make_project

pytestmark = pytest.mark.django_db


@pytest.fixture
def upload(data_dir):
    return partial(write_upload, data_dir / "uploads")


def test_vectors_are_kept_by_content(upload, tmp_path, settings):
    project = make_project()
    vectors = np.arange(8, dtype=np.float64).reshape(4, 2)
    np.save(tmp_path / "v.npy", vectors)
    path = upload("text,x\none,1\n ,2\ntwo,3\none,4\n")

    run = perform(in_place(project, path, vectors=tmp_path / "v.npy"))

    folder = Path(settings.FEATURES_DIR, str(project.pk), "user-vectors")
    kept = np.load(folder / f"{run.pk:012d}.vectors.npy")
    hashes = np.load(folder / f"{run.pk:012d}.hashes.npy")
    assert (kept.dtype, kept.tolist()) == (np.float32, vectors.tolist())
    assert [bytes(row).hex() for row in hashes] == [
        import_rows.hash_of_text("one"),
        "0" * 64,
        import_rows.hash_of_text("two"),
        import_rows.hash_of_text("one"),
    ]
    assert run.report["vectors"] == 3
    assert len(list(folder.iterdir())) == 2


def in_place(project, path, **options):
    return import_run.start_import_in_place(
        project=project,
        path=path,
        filename=path.name,
        columns=TEXT,
        actor=project.memberships.get().user,
        **options,
    )


@pytest.mark.parametrize(
    ("vectors", "message"),
    [
        (np.zeros((3, 2)), "3 vectors for 2 rows"),
        (np.array([[0, 1], [2, np.nan]]), "Vector 2 holds a number that is not finite"),
        (np.array([[0, 1], [2, 1e300]]), "Vector 2 holds a number that is not finite"),
    ],
)
def test_vectors_that_do_not_fit_import_nothing(upload, tmp_path, vectors, message):
    np.save(tmp_path / "v.npy", vectors)

    run = perform(in_place(make_project(), upload("text\none\ntwo\n"), vectors=tmp_path / "v.npy"))

    assert message in run.error
    assert not Item.objects.exists()


@pytest.mark.parametrize(
    "content", [np.zeros(3), np.zeros((2, 2), int), np.array([["a"]]), np.array([[{}]], object)]
)
def test_what_is_no_matrix_of_floats_is_refused_at_once(upload, tmp_path, content):
    np.save(tmp_path / "v.npy", content, allow_pickle=True)

    with pytest.raises(ValidationError, match="vectors"):
        in_place(make_project(), upload("text\none\n"), vectors=tmp_path / "v.npy")


def test_vectors_of_another_width_are_refused(upload, tmp_path):
    project = make_project()
    for width in (2, 3):
        np.save(tmp_path / f"{width}.npy", np.zeros((1, width), np.float16))
    perform(in_place(project, upload("text\none\n"), vectors=tmp_path / "2.npy"))

    run = perform(in_place(project, upload("text\ntwo\n"), vectors=tmp_path / "3.npy"))

    assert "have 3 columns; those of this project's earlier imports have 2" in run.error
