import io
import zipfile
from functools import partial

import pytest
from django.core.exceptions import ValidationError

from annotation.formats import ColumnMap
from annotation.models import (
    Item,
    Run,
)
from annotation.services import runs
from tests.annotation.services.import_support import (
    LABELLED,
    TEXT,
    counts,
    files_in,
    import_file,
    packed,
    perform,
    picture,
    reasons,
    start,
    write_upload,
)
from tests.factories import make_project

pytestmark = pytest.mark.django_db


@pytest.fixture
def upload(data_dir):
    return partial(write_upload, data_dir / "uploads")


@pytest.mark.parametrize(
    ("name", "content", "columns", "message"),
    [
        ("rows.exe", b"MZ", TEXT, "type .exe cannot be imported"),
        ("rows.csv", b"", TEXT, "is empty"),
        ("rows.csv", "id,text\n1,Grün\n".encode("latin-1"), TEXT, "Line 2: byte 5 is 0xFC"),
        ("rows.csv", b"id,review\n1,x\n", TEXT, "no column 'text'; the file has: id, review"),
        ("rows.csv", b"id,review\n1,x\n", ColumnMap(), "Say which column holds the text"),
        ("rows.csv", b"PK\x03\x04", TEXT, "it is a ZIP archive"),
        ("rows.zip", packed({"a.png": picture(1)}), ColumnMap(), "made of a file of rows"),
        ("rows.zip", b"text\none\n", ColumnMap(), "not a ZIP archive"),
    ],
)
def test_file_is_refused_at_once(upload, data_dir, name, content, columns, message):
    project = make_project()
    path = upload(content, name)

    with pytest.raises(ValidationError, match=message.replace("(", r"\(")):
        start(project, path, columns)

    assert path.exists()
    assert not Run.objects.exists()
    assert files_in(data_dir / "imports") == []


def test_file_too_big_is_refused_with_the_limit(upload, settings):
    settings.ALAPP_MAX_UPLOAD_BYTES = 10

    with pytest.raises(ValidationError, match="has 15 bytes; 10 is the limit"):
        start(make_project(), upload("text\none\ntwo\nx\n"))


def test_file_of_two_gigabytes_is_refused_unread(upload):
    path = upload("text\none\n")
    with path.open("r+b") as file:
        file.truncate(2_000_000_001)

    with pytest.raises(ValidationError, match=r"has 2,000,000,001 bytes; 2,000,000,000 is"):
        start(make_project(), path)


def test_zip_bomb_is_refused_at_once(upload):
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        for n in range(6):
            archive.writestr(f"{n}.png", bytes(10_000_000))
    path = upload(bomb.getvalue(), "bomb.zip")

    with pytest.raises(ValidationError, match="looks like a zip bomb"):
        start(make_project(modality="image"), path, ColumnMap(key="file"))


def test_archive_of_archives_imports_nothing(upload):
    files = {f"{n}.zip": packed({"a.png": picture(n)}) for n in range(3)}

    run = import_file(
        make_project(modality="image"), upload(packed(files), "nested.zip"), ColumnMap(key="file")
    )

    assert run.state == Run.State.FAILED
    assert "'0.zip': archives inside an archive are not opened" in run.error


def test_labels_without_classes_are_refused(upload):
    project = make_project(classes=(), is_active=False)

    with pytest.raises(ValidationError, match="classes before importing labels"):
        start(project, upload("id,text,label\n1,one,a\n"), LABELLED)


def test_images_are_wanted_where_the_project_is_made_of_them(upload):
    with pytest.raises(ValidationError, match="made of images"):
        start(make_project(modality="image"), upload("text\none\n"))


def test_table_needs_a_column_beside_id_and_label(upload):
    project = make_project(modality="table")

    with pytest.raises(ValidationError, match="No column is left to show"):
        start(project, upload("id,label\n1,yes\n"), ColumnMap(key="id", label="label"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("text\n", "rows.csv has no rows"),
        ("text\n" + "one\n" * 600 + "Gr\udcfcn\n", "Line 602: byte 3 is 0xFC"),
        ("text,label\none,yes\ntwo,x\nthree,y\n", "2 of 3 rows are bad, more than half"),
    ],
)
def test_fault_found_by_the_worker_imports_nothing(upload, data_dir, content, message):
    project = make_project()
    path = upload(content.encode(errors="surrogateescape"))
    columns = ColumnMap(text="text", label="label" if "label" in content else None)

    run = import_file(project, path, columns)

    assert run.state == Run.State.FAILED
    assert message in run.error
    assert "nothing was" in run.error or "Save the file" in run.error
    assert not Item.objects.exists()
    assert files_in(data_dir / "imports") == []


def test_file_mostly_bad_keeps_its_reasons(upload):
    project = make_project()

    run = import_file(project, upload('text,x\n"",1\n"",2\nthree,3\n'))

    assert counts(run) == (3, 0, 0, 2)
    assert reasons(run) == ["row 2, text: is empty", "row 3, text: is empty"]


def test_half_of_the_rows_may_be_bad(upload):
    run = import_file(make_project(), upload('text,x\n"",1\ntwo,2\n'))

    assert counts(run) == (2, 1, 0, 1)


def test_second_import_while_one_is_open_is_refused(upload, data_dir):
    project = make_project()
    start(project, upload("text\none\n"))
    second = upload("text\ntwo\n", "second.csv")

    with pytest.raises(ValidationError, match="Another import into this project is still running"):
        start(project, second)

    assert len(files_in(data_dir / "imports")) == 1


def test_refused_import_tried_again_says_that_its_file_is_gone(upload):
    run = import_file(make_project(), upload("text\n"))
    runs.retry(run)

    perform(run)

    assert run.error == "rows.csv is no longer here: import it again."
