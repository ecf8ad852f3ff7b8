"""What was exported is imported again without loss."""

import json
import zipfile

import pytest
from PIL import Image

from annotation.formats import ColumnMap, inspect
from annotation.formats.outgoing import OUT_FORMATS
from annotation.formats.writing import CONSENSUS
from annotation.models import ItemPayload, Project, Run
from annotation.services import imports, runs
from annotation.services.exports import rows, tables
from annotation.services.exports.ground import ground_of
from annotation.services.exports.orders import Order
from annotation.services.exports.origins import Origins
from tests.annotation.formats.test_writing import PAYLOADS
from tests.factories import make_project, make_user

pytestmark = pytest.mark.django_db
ROWS = ("csv", "tsv", "jsonl", "parquet")


@pytest.fixture
def lead():
    return make_user("lead")


def write(project, path, form, *, is_safe=False):
    """Write the agreed labels of the project alone, as they can be imported again."""
    order = Order(CONSENSUS, form, with_provenance=False, is_safe=is_safe)
    ground = ground_of(project, order, Origins(), None)
    table = tables.table_of(ground)
    order.out_format.write(path, table, (page.rows for page in rows.read(ground)))
    return table


def bring_in(project, path, columns, actor):
    """Import a copy of the file; every row of it must be good."""
    copy = path.with_name(f"copy-{path.name}")
    copy.write_bytes(path.read_bytes())
    run = imports.start_import(
        project=project, path=copy, filename=path.name, columns=columns, actor=actor
    )
    runs.execute.call(run.pk)
    run.refresh_from_db()
    assert run.state == Run.State.DONE, run.error
    assert run.report["bad"] == run.report["duplicates"] == 0


def held(project):
    """Return what a project holds: ids, contents, further columns and agreed classes."""
    names = {each.pk: each.name for each in project.classes.all()}
    found = project.items.order_by("pk").select_related("payload", "consensus")
    return [
        (
            item.key,
            item.content_hash,
            item.payload.text,
            item.payload.fields,
            [names[each] for each in item.consensus.value] if hasattr(item, "consensus") else None,
        )
        for item in found
    ]


def filled(lead, tmp_path, **choices):
    """Return a project of the thirty payloads: texts that begin with them, and a further column."""
    project = make_project(owner=lead, classes=("yes", "no"), **choices)
    given = [
        {"id": f"k{n}", "text": f"{each} #{n}", "label": ("yes", "no", "")[n % 3], "note": each}
        for n, each in enumerate(PAYLOADS)
    ]
    path = tmp_path / "first.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in given))
    bring_in(project, path, ColumnMap(text="text", label="label", key="id"), lead)
    return project


@pytest.mark.parametrize("form", ROWS)
@pytest.mark.parametrize("is_safe", [False, True])
def test_texts_with_labels_come_back_as_they_were(lead, tmp_path, form, is_safe):
    project = filled(lead, tmp_path)
    path = tmp_path / f"out{OUT_FORMATS[form].ending}"
    write(project, path, form, is_safe=is_safe)
    other = make_project(owner=lead, classes=("yes", "no"))

    bring_in(other, path, inspect(path, path.name).guess, lead)

    assert len(held(project)) == 30
    assert held(other) == held(project)


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_table_rows_keep_numbers_and_truth(lead, tmp_path, form):
    project = make_project(owner=lead, modality="table", n_items=2, classes=("yes", "no"))
    cells = [
        {"age": 31, "share": 0.5, "is_new": True},
        {"age": None, "share": 2.0, "is_new": False},
    ]
    for item, fields in zip(project.items.order_by("pk"), cells, strict=True):
        ItemPayload.objects.filter(item=item).update(text="", fields=fields)
    path = tmp_path / f"out{OUT_FORMATS[form].ending}"
    write(project, path, form)
    other = make_project(owner=lead, modality="table", classes=("yes", "no"))

    bring_in(other, path, ColumnMap(label="label", key="id"), lead)

    assert [fields for *_, fields, _ in held(other)] == cells


def test_several_classes_of_an_item_come_back(lead, tmp_path):
    project = make_project(owner=lead, n_items=1, classes=("a", "b", "c"))
    Project.objects.update(task="multi")
    path = tmp_path / "first.csv"
    path.write_text("id,text,label\nx,hello there,a|c\n")
    project = Project.objects.get()
    bring_in(project, path, ColumnMap(text="text", label="label", key="id"), lead)

    for form in ROWS:
        out = tmp_path / f"{form}{OUT_FORMATS[form].ending}"
        write(project, out, form)
        other = make_project(owner=lead, classes=("a", "b", "c"))
        Project.objects.filter(pk=other.pk).update(task="multi")
        other.refresh_from_db()
        bring_in(other, out, ColumnMap(text="text", label="label", key="id"), lead)
        assert held(other)[-1][-1] == ["a", "c"]


def test_images_come_back_with_ids_and_labels(lead, tmp_path):
    path = tmp_path / "first.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number, name in enumerate(("cats/one.png", "dogs/two.png")):
            Image.new("RGB", (9, 9), (90 * number, 0, 0)).save(tmp_path / "one.png")
            archive.write(tmp_path / "one.png", name)
    project = make_project(owner=lead, modality="image", classes=("cats", "dogs"))
    bring_in(project, path, ColumnMap(key="file", label="label"), lead)
    out = tmp_path / "out.zip"

    write(project, out, "zip")

    other = make_project(owner=lead, modality="image", classes=("cats", "dogs"))
    bring_in(other, out, inspect(out, out.name).guess, lead)
    assert [(key, content, label) for key, content, _, _, label in held(other)] == [
        (key, content, label) for key, content, _, _, label in held(project)
    ]
    assert [row[0] for row in held(other)] == ["cats/one.png", "dogs/two.png"]
