import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from alapp.clock import database_now
from annotation import exchange
from annotation.formats import ColumnMap
from annotation.models import (
    AuditEntry,
    Consensus,
    Item,
    ItemPayload,
    KnownAnswer,
    Label,
    LabelClass,
    Run,
)
from annotation.services import import_report, import_rows, import_staging, imports, runs
from tests.factories import make_project, make_user

pytestmark = pytest.mark.django_db
TEXT = ColumnMap(text="text")
LABELLED = ColumnMap(text="text", label="label", key="id")


@pytest.fixture
def upload(data_dir):
    """Return a function that writes an upload and returns its path."""

    def write(content, name="rows.csv"):
        path = data_dir / "uploads" / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def start(project, path, columns=TEXT, **options):
    actor = options.pop("actor", None) or project.memberships.get().user
    return imports.start_import(
        project=project, path=path, filename=path.name, columns=columns, actor=actor, **options
    )


def perform(run):
    """Do the run in this process, as a worker would; return it as it stands then."""
    attempt = runs.claim(run.pk, now=database_now())
    assert attempt is not None
    runs.perform(attempt)
    run.refresh_from_db()
    return run


def import_file(project, path, columns=TEXT, **options):
    return perform(start(project, path, columns, **options))


def counts(run):
    return tuple(run.report[name] for name in ("rows", "added", "duplicates", "bad"))


def reasons(run):
    return [str(problem) for problem in import_report.problems_of(run.report)]


def leftovers(data_dir):
    return [path for path in (data_dir / "imports").rglob("*") if path.is_file()]


# Texts


def test_texts_become_items_of_the_pool(upload, data_dir):
    project = make_project()
    path = upload("id,text,label,page\na1, Grüße ,yes,3\na2,two,no,4\n")

    run = import_file(project, path, ColumnMap(text="text", key="id"))

    assert run.state == Run.State.DONE
    assert counts(run) == (2, 2, 0, 0)
    first = Item.objects.order_by("pk").first()
    assert (first.key, first.withdrawn_at) == ("a1", None)
    assert first.content_hash == import_rows.hash_of_text("Grüße")
    assert first.audit_rank == import_rows.audit_rank(project.seed, first.content_hash)
    assert first.payload.text == " Grüße "
    assert first.payload.fields == {"label": "yes", "page": "3"}
    assert exchange.load_pool(project.pk).ids.tolist() == list(
        Item.objects.values_list("pk", flat=True)
    )
    assert not path.exists()
    assert leftovers(data_dir) == []


def test_import_is_in_the_audit_log_and_wakes_the_reader(upload):
    project = make_project()
    actor = make_user()

    run = import_file(project, upload("text\none\n"), actor=actor)

    entry = AuditEntry.objects.get(action="items.import")
    assert (entry.actor, entry.target, entry.after["added"]) == (actor, "rows.csv", 1)
    assert "one" not in json.dumps(entry.after)
    assert run.report["is_complete"]


def test_second_import_of_the_same_file_adds_nothing(upload):
    project = make_project()
    content = "id,text,label\n1,one,yes\n2,two,no\n"
    import_file(project, upload(content), LABELLED)

    run = import_file(project, upload(content), LABELLED)

    assert counts(run) == (2, 0, 2, 0)
    assert reasons(run) == [
        "row 2, content: the same as item '1'",
        "row 3, content: the same as item '2'",
    ]
    assert (Item.objects.count(), ItemPayload.objects.count(), Label.objects.count()) == (2, 2, 2)


def test_duplicates_in_a_file_name_the_row_they_repeat(upload, monkeypatch):
    monkeypatch.setattr(imports, "CHUNK_ROWS", 2)
    project = make_project()
    # é as one character and as two, spaces around: the same text.
    path = upload("text\ncafé\nother\n cafe\u0301 \nmore\ncafé\nmore\n")

    run = import_file(project, path)

    assert counts(run) == (6, 3, 3, 0)
    assert reasons(run) == [
        "row 4, content: the same as row 2",
        "row 6, content: the same as row 2",
        "row 7, content: the same as row 5",
    ]


def test_id_that_is_taken_is_reported_with_its_holder(upload, monkeypatch):
    monkeypatch.setattr(imports, "CHUNK_ROWS", 2)
    project = make_project()
    import_file(project, upload("id,text\na,zero\n"), ColumnMap(text="text", key="id"))
    path = upload("id,text\na,one\nb,two\nb,three\n,four\n,five\nb,six\n")

    run = import_file(project, path, ColumnMap(text="text", key="id"))

    assert counts(run) == (6, 3, 3, 0)
    assert reasons(run) == [
        "row 2, id: 'a' is the id of item 'a'",
        "row 4, id: 'b' is the id of row 3",
        "row 7, id: 'b' is the id of row 3",
    ]


def test_row_refused_for_its_id_does_not_hide_the_same_text_under_another_id(upload):
    project = make_project()
    path = upload("id,text\na,one\na,two\nb,two\n")

    run = import_file(project, path, ColumnMap(text="text", key="id"))

    assert counts(run) == (3, 2, 1, 0)
    assert set(Item.objects.values_list("key", flat=True)) == {"a", "b"}


def test_same_text_in_another_project_is_no_duplicate(upload):
    content = "id,text\n1,one\n"
    import_file(make_project(), upload(content), ColumnMap(text="text", key="id"))

    run = import_file(make_project(), upload(content), ColumnMap(text="text", key="id"))

    assert counts(run) == (1, 1, 0, 0)


def test_bad_rows_are_reported_and_the_others_imported(upload):
    project = make_project()
    path = upload("text,label\none,yes\n ,no\nthree,maybe\nfour,\nfive,NO\n")

    run = import_file(project, path, ColumnMap(text="text", label="label"))

    assert counts(run) == (5, 3, 0, 2)
    assert reasons(run) == [
        "row 3, text: is empty",
        "row 4, label: 'maybe' is not one of the classes yes, no",
    ]


def test_problems_are_kept_up_to_a_limit_and_counted_beyond(upload, monkeypatch):
    monkeypatch.setattr(import_report, "MAX_PROBLEMS", 3)
    project = make_project()

    run = import_file(project, upload("text\n" + "same\n" * 10))

    assert counts(run) == (10, 1, 9, 0)
    assert len(run.report["problems"]) == 3
    assert run.report["problems_left_out"] == 6


# Labels


def test_labels_become_the_actors_labels_and_the_consensus(upload):
    project = make_project()
    actor = make_user()
    path = upload("id,text,label\n1,one,YES\n2,two,\n")

    run = import_file(project, path, LABELLED, actor=actor)

    yes = LabelClass.objects.get(name="yes")
    label = Label.objects.get()
    assert run.report["labels"] == 1
    assert (label.annotator, label.origin, label.purpose) == (actor, "import", "query")
    assert (label.item.key, label.value, label.assignment) == ("1", [yes.pk], None)
    consensus = Consensus.objects.get()
    assert (consensus.item, consensus.value, consensus.certainty) == (label.item, [yes.pk], 1.0)


def test_truth_becomes_known_answers_and_no_labels(upload):
    project = make_project()

    run = import_file(project, upload("id,text,label\n1,one,no\n2,two,\n"), LABELLED, truth=True)

    assert run.report["known_answers"] == 1
    assert KnownAnswer.objects.get().value == [LabelClass.objects.get(name="no").pk]
    assert not Label.objects.exists()


def test_several_labels_stand_in_one_cell(upload):
    project = make_project(task="multi", classes=("a", "b", "c"))

    run = import_file(project, upload("id,text,label\n1,one,c| a\n2,two,b\n3,x,d|a\n"), LABELLED)

    ids = {each.name: each.pk for each in project.classes.all()}
    values = list(Label.objects.order_by("item").values_list("value", flat=True))
    assert values == [[ids["a"], ids["c"]], [ids["b"]]]
    assert reasons(run) == ["row 4, label: 'd' is not one of the classes a, b, c"]


def test_one_class_is_wanted_where_one_is_asked_for(upload):
    project = make_project(classes=("a", "b"))
    lines = [{"text": "one", "label": ["a", "b"]}, {"text": "two", "label": "a"}]
    path = upload("\n".join(map(json.dumps, lines)), "rows.jsonl")

    run = import_file(project, path, ColumnMap(text="text", label="label"))

    assert reasons(run) == ["row 1, label: 'a', 'b' are 2 labels; this project asks for one"]


def test_class_names_that_differ_in_case_only_match_exactly():
    classes = import_rows.Classes.of({"US": 1, "us": 2, "Them": 3}, is_multi=False)

    assert classes.answer(("US",)) == [1]
    assert classes.answer(("us",)) == [2]
    assert classes.answer(("THEM",)) == [3]
    with pytest.raises(import_rows.RowError, match="'Us' is not one of the classes"):
        classes.answer(("Us",))


def test_classes_are_listed_from_a_file(upload):
    path = upload("text,label\na,10\nb,2\nc,Spam\nd,spam\ne,Spam|ham\nf,\n")

    found = imports.classes_in(path, path.name, ColumnMap(text="text", label="label"))

    assert found == ["2", "10", "ham", "Spam"]


def test_too_many_classes_are_refused(upload):
    path = upload("text,label\n" + "".join(f"text {n},class {n}\n" for n in range(201)))

    with pytest.raises(ValidationError, match="'label' has more than 200 different values"):
        imports.classes_in(path, path.name, ColumnMap(text="text", label="label"))


# Tables


def test_table_rows_keep_their_columns(upload):
    project = make_project(modality="table", classes=("yes", "no"))
    path = upload("id,x,y,label\n1,3,red,yes\n2,4,blue,no\n3,3,red,no\n")

    run = import_file(project, path, ColumnMap(label="label", key="id"))

    assert counts(run) == (3, 2, 1, 0)
    payload = ItemPayload.objects.get(item__key="1")
    assert (payload.text, payload.fields) == ("", {"x": "3", "y": "red"})
    assert payload.item.content_hash == import_rows.hash_of_fields({"y": "red", "x": "3"})


def test_guessed_text_of_a_table_is_a_column_like_any_other(upload):
    project = make_project(modality="table")

    import_file(project, upload("text,x\none,1\n"), TEXT)

    assert ItemPayload.objects.get().fields == {"text": "one", "x": "1"}


# Images


def picture(shade, *, size=(300, 40), kind="PNG"):
    file = io.BytesIO()
    Image.new("L", size, shade).save(file, kind)
    return file.getvalue()


def packed(files):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()


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
    kept = {path.relative_to(settings.MEDIA_ROOT).parts[0] for path in files_in(settings)}
    assert kept == {str(project.pk)}
    assert len(files_in(settings)) == 4
    assert Label.objects.count() == 2


def files_in(settings):
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def test_import_of_images_that_fails_leaves_no_picture_behind(upload, settings):
    project = make_project(modality="image")
    files = {"a.png": picture(10), "b.png": b"no", "c.png": b"no", "d.png": b"no"}

    run = import_file(project, upload(packed(files), "i.zip"), ColumnMap(key="file"))

    assert run.state == Run.State.FAILED
    assert "3 of 4 rows are bad" in run.error
    assert (Item.objects.count(), files_in(settings)) == (0, [])


def test_folder_of_images_is_read_where_it_lies(tmp_path):
    project = make_project(modality="image", classes=("cats", "dogs"))
    for name in ("cats/1.png", "dogs/2.png"):
        (tmp_path / "in" / name).parent.mkdir(parents=True)
        (tmp_path / "in" / name).write_bytes(picture(len(name) + ord(name[0])))

    run = perform(
        imports.start_import_in_place(
            project=project,
            path=tmp_path / "in",
            filename="in",
            columns=ColumnMap(key="file", label="label"),
            actor=make_user(),
        )
    )

    assert counts(run) == (2, 2, 0, 0)
    assert (tmp_path / "in" / "cats" / "1.png").exists()


# Files that cannot be imported


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
    assert leftovers(data_dir) == []


def test_file_too_big_is_refused_with_the_limit(upload, settings):
    settings.ALAPP_MAX_UPLOAD_BYTES = 10

    with pytest.raises(ValidationError, match="has 15 bytes; 10 is the limit"):
        start(make_project(), upload("text\none\ntwo\nx\n"))


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
    assert leftovers(data_dir) == []


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

    assert len(leftovers(data_dir)) == 1


# Interruptions


def broken_once(monkeypatch, error):
    """Let the second chunk of the first attempt fail."""
    add = import_staging.Stage.add
    calls = []

    def failing(stage, drafts, tally):
        calls.append(stage.attempt.number)
        if len(calls) == 2:
            raise error
        return add(stage, drafts, tally)

    monkeypatch.setattr(import_staging.Stage, "add", failing)
    monkeypatch.setattr(imports, "CHUNK_ROWS", 2)


FIVE = "id,text,label\n" + "".join(f"{n},text {n},yes\n" for n in range(5))


def test_failure_in_the_middle_removes_what_was_staged_and_the_next_attempt_succeeds(
    upload, monkeypatch
):
    project = make_project()
    broken_once(monkeypatch, OSError("the disk is full"))
    run = perform(start(project, upload(FIVE), LABELLED))
    assert (run.state, run.error) == (Run.State.QUEUED, "the disk is full")
    assert (Item.objects.count(), Label.objects.count()) == (0, 0)
    Run.objects.update(due_at=database_now())

    perform(run)

    assert counts(run) == (5, 5, 0, 0)
    assert (Item.objects.count(), Label.objects.count(), Consensus.objects.count()) == (5, 5, 5)


class PowerCutError(BaseException):
    """Ends an attempt as SIGKILL does: nothing after it runs."""


def test_items_staged_by_a_killed_attempt_are_unseen_and_made_anew(upload, monkeypatch):
    project = make_project()
    broken_once(monkeypatch, PowerCutError())
    run = start(project, upload(FIVE), LABELLED)
    with pytest.raises(PowerCutError):
        perform(run)
    assert Item.objects.count() == 2
    assert exchange.load_pool(project.pk).ids.size == 0
    assert exchange.load_answers(project.pk).item_ids.size == 0
    Run.objects.update(state=Run.State.QUEUED, due_at=database_now())

    perform(run)

    assert counts(run) == (5, 5, 0, 0)
    assert run.report["labels"] == 5
    assert (Item.objects.count(), Label.objects.count()) == (5, 5)


def test_items_staged_by_an_import_given_up_are_removed_by_the_next(upload, monkeypatch):
    project = make_project()
    broken_once(monkeypatch, PowerCutError())
    with pytest.raises(PowerCutError):
        perform(start(project, upload(FIVE), LABELLED))
    Run.objects.update(state=Run.State.FAILED)

    run = import_file(project, upload("id,text,label\n9,other,no\n"), LABELLED)

    assert counts(run) == (1, 1, 0, 0)
    assert list(Item.objects.values_list("key", flat=True)) == ["9"]


def test_attempt_killed_after_publishing_finds_its_report(upload, monkeypatch):
    project = make_project()
    run = perform(start(project, upload(FIVE), LABELLED))
    report = run.report
    Run.objects.update(state=Run.State.QUEUED, due_at=database_now())

    perform(run)

    assert (run.state, run.report) == (Run.State.DONE, report)


def test_superseded_attempt_neither_publishes_nor_removes(upload, monkeypatch):
    project = make_project()
    run = start(project, upload(FIVE), LABELLED)
    publish = import_staging.Stage.publish

    def too_late(stage, tally):
        Run.objects.update(attempt=7)
        return publish(stage, tally)

    monkeypatch.setattr(import_staging.Stage, "publish", too_late)

    perform(run)

    assert run.state == Run.State.RUNNING
    assert Item.objects.filter(withdrawn_at=import_staging.STAGED).count() == 5


def test_withdrawn_items_stay_withdrawn(upload):
    project = make_project()
    import_file(project, upload(FIVE), LABELLED)
    Item.objects.filter(key="3").update(withdrawn_at=database_now())

    run = import_file(project, upload(FIVE + "9,new,no\n"), LABELLED)

    assert counts(run) == (6, 1, 5, 0)
    assert Item.objects.get(key="3").withdrawn_at is not None


# Vectors and ranks


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
    return imports.start_import_in_place(
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


def test_audit_rank_is_keyed_spread_and_fits_a_bigint():
    hashes = [import_rows.hash_of_text(str(n)) for n in range(1_000)]

    ranks = [import_rows.audit_rank(5, each) for each in hashes]

    assert len(set(ranks)) == 1_000
    assert all(0 <= rank < 2**63 for rank in ranks)
    # A fair order: half of the ranks lie in the lower half, give or take 5 standard errors.
    assert abs(sum(rank < 2**62 for rank in ranks) - 500) < 80
    assert import_rows.audit_rank(6, hashes[0]) != ranks[0]
