from functools import partial

import pytest

from annotation.formats import ColumnMap
from annotation.models import (
    Item,
    Label,
    Run,
)
from annotation.services import import_run
from tests.annotation.services.import_support import (
    counts,
    files_in,
    import_file,
    packed,
    perform,
    picture,
    reasons,
    write_upload,
)
from tests.factories import make_project, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def upload(data_dir):
    return partial(write_upload, data_dir / "uploads")


def test_images_are_stored_under_names_of_ours_with_thumbnails(upload, settings):
    project = make_project(modality="image", classes=("cat", "dog"))
    files = {
        "in/a.png": picture(10),
        "in/b.jpg": picture(20),
        "in/again.bmp": picture(10, kind="BMP"),
        "in/broken.png": picture(30)[:50],
        "../../evil.png": picture(40),
        "in/page.html": b"<html><script>alert(1)</script>",
        "labels.csv": "file,label\na.png,cat\nb.jpg,dog\n",
    }
    columns = ColumnMap(key="file", label="label")

    run = import_file(project, upload(packed(files), "i.zip"), columns)

    assert counts(run) == (6, 2, 1, 3)
    assert [reason.split(" is ")[0].split(" cannot ")[0] for reason in reasons(run)] == [
        "row 3, content: the same as row 1",
        "row 4, file: 'in/broken.png'",
        "row 5, file: the name '../../evil.png' leads out of the archive",
        "row 6, file: 'in/page.html'",
    ]
    item = Item.objects.get(key="in/a.png")
    payload = item.payload
    folder = f"{project.pk}/{item.content_hash[:2]}/{item.content_hash}"
    assert (payload.file, payload.thumbnail) == (f"{folder}.png", f"{folder}-256.png")
    assert (payload.width, payload.height) == (300, 40)
    kept = {
        path.relative_to(settings.MEDIA_ROOT).parts[0] for path in files_in(settings.MEDIA_ROOT)
    }
    assert kept == {str(project.pk)}
    assert len(files_in(settings.MEDIA_ROOT)) == 4
    assert Label.objects.count() == 2


def test_picture_refused_for_its_id_is_not_kept(upload, settings):
    project = make_project(modality="image")
    columns = ColumnMap(key="file")
    import_file(project, upload(packed({"a.png": picture(1)}), "1.zip"), columns)

    run = import_file(project, upload(packed({"a.png": picture(2)}), "2.zip"), columns)

    assert reasons(run) == ["row 1, id: 'a.png' is the id of item 'a.png'"]
    assert {path.stem[:64] for path in files_in(settings.MEDIA_ROOT)} == {
        Item.objects.get().content_hash
    }


def test_import_of_images_that_fails_leaves_no_picture_behind(upload, settings):
    project = make_project(modality="image")
    files = {"a.png": picture(10), "b.png": b"no", "c.png": b"no", "d.png": b"no"}

    run = import_file(project, upload(packed(files), "i.zip"), ColumnMap(key="file"))

    assert run.state == Run.State.FAILED
    assert "3 of 4 rows are bad" in run.error
    assert (Item.objects.count(), files_in(settings.MEDIA_ROOT)) == (0, [])


def test_folder_of_images_is_read_where_it_lies(tmp_path):
    project = make_project(modality="image", classes=("cats", "dogs"))
    for name in ("cats/1.png", "dogs/2.png"):
        (tmp_path / "in" / name).parent.mkdir(parents=True)
        (tmp_path / "in" / name).write_bytes(picture(len(name) + ord(name[0])))

    run = perform(
        import_run.start_import_in_place(
            project=project,
            path=tmp_path / "in",
            filename="in",
            columns=ColumnMap(key="file", label="label"),
            actor=make_user(),
        )
    )

    assert counts(run) == (2, 2, 0, 0)
    assert (tmp_path / "in" / "cats" / "1.png").exists()
