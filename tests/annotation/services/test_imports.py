import json
from functools import partial

import pytest

from annotation import exchange
from annotation.formats import ColumnMap
from annotation.models import (
    AuditEntry,
    Item,
    ItemPayload,
    Label,
    Run,
)
from annotation.services import import_report, import_rows, import_run
from tests.annotation.services.import_support import (
    LABELLED,
    TEXT,
    counts,
    files_in,
    import_file,
    reasons,
    write_upload,
)
from tests.factories import make_project, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def upload(data_dir):
    return partial(write_upload, data_dir / "uploads")


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
        Item.objects.order_by("pk").values_list("pk", flat=True)
    )
    assert not path.exists()
    assert files_in(data_dir / "imports") == []


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
    monkeypatch.setattr(import_run, "CHUNK_ROWS", 2)
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
    monkeypatch.setattr(import_run, "CHUNK_ROWS", 2)
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


def test_table_rows_keep_their_columns(upload):
    project = make_project(modality="table", classes=("yes", "no"))
    path = upload("id,x,y,label\n1,3,red,yes\n2,4,blue,no\n3,3,red,no\n")

    run = import_file(project, path, ColumnMap(label="label", key="id"))

    assert counts(run) == (3, 2, 1, 0)
    payload = ItemPayload.objects.get(item__key="1")
    assert (payload.text, payload.fields) == ("", {"x": "3", "y": "red"})
    assert payload.item.content_hash == import_rows.hash_of_fields({"y": "red", "x": "3"})


def test_project_knows_the_order_of_the_columns_on_every_database(upload):
    project = make_project(modality="table", n_items=0)
    rows = "zeta,b,alpha\n1,2,3\n"

    import_file(project, upload(rows, "first.csv"), ColumnMap())
    import_file(project, upload("alpha,new,b\n4,5,6\n", "second.csv"), ColumnMap())

    project.refresh_from_db()
    assert project.field_order == ["zeta", "b", "alpha", "new"]


def test_guessed_text_of_a_table_is_a_column_like_any_other(upload):
    project = make_project(modality="table")

    import_file(project, upload("text,x\none,1\n"), TEXT)

    assert ItemPayload.objects.get().fields == {"text": "one", "x": "1"}


def test_audit_rank_is_keyed_spread_and_fits_a_bigint():
    hashes = [import_rows.hash_of_text(str(n)) for n in range(1_000)]

    ranks = [import_rows.audit_rank(5, each) for each in hashes]

    assert len(set(ranks)) == 1_000
    assert all(0 <= rank < 2**63 for rank in ranks)
    # A fair order: half of the ranks lie in the lower half, give or take 5 standard errors.
    assert abs(sum(rank < 2**62 for rank in ranks) - 500) < 80
    assert import_rows.audit_rank(6, hashes[0]) != ranks[0]
