"""Archives of more than images: datasets as huggingface.co says under "File names and splits",
doccano's ZIP of a file per person, Label Studio's tasks with images.

Files that the tools wrote themselves are read in tests/peers.
"""

import io
import json
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from annotation import formats
from annotation.formats import Answer, BadRow, FormatError, features, layouts
from tests.annotation.formats.reading_support import read
from tests.annotation.formats.test_archives import HOSTILE
from tests.annotation.formats.test_label_studio import annotation, chosen

CARD = """---
dataset_info:
  features:
  - name: text
    dtype: string
  - name: label
    dtype:
      class_label:
        names:
          '0': neg
          '1': pos
  - name: topics
    list:
      class_label:
        names: [a, b]
---
# Reviews
"""
INFO = {"info": {"features": {"label": {"names": ["no", "yes"], "_type": "ClassLabel"}}}}


@pytest.fixture
def pack(tmp_path):
    def pack_files(files, name="set.zip"):
        path = tmp_path / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for each, data in files.items():
                archive.writestr(each, data)
        return path

    return pack_files


def shard(metadata=None, **columns):
    table = pa.table(columns)
    if metadata:
        table = table.replace_schema_metadata({features.METADATA: json.dumps(metadata)})
    file = io.BytesIO()
    pq.write_table(table, file)
    return file.getvalue()


def test_shards_are_rows_with_their_split_and_names_for_classes(pack):
    path = pack(
        {
            "README.md": CARD,
            "data/test-00000-of-00001.parquet": shard(text=["three"], label=[-1], topics=[[]]),
            "data/train-00000-of-00002.parquet": shard(text=["one"], label=[0], topics=[[0, 1]]),
            "data/train-00001-of-00002.parquet": shard(text=["two"], label=[1], topics=[[1]]),
        }
    )

    sheet = formats.inspect(path, path.name)
    rows = read(path)

    assert sheet.format == "Hugging Face dataset"
    assert sheet.columns == ("text", "label", "topics", "split")
    assert [(row.number, row.text, row.labels, row.fields) for row in rows] == [
        (1, "three", (), {"topics": "[]", "split": "test"}),
        (2, "one", ("neg",), {"topics": '["a", "b"]', "split": "train"}),
        (3, "two", ("pos",), {"topics": '["b"]', "split": "train"}),
    ]


def test_what_a_shard_says_goes_before_the_card(pack):
    files = {"README.md": CARD, "train.parquet": shard(INFO, text=["one"], label=[1])}

    assert [row.labels for row in read(pack(files))] == [("yes",)]


def test_single_parquet_file_tells_its_classes(tmp_path):
    path = tmp_path / "rows.parquet"
    path.write_bytes(shard(INFO, text=["one", "two"], label=[1, 7]))

    good, bad = read(path)

    assert good.labels == ("yes",)
    assert (bad.field, bad.reason, bad.limit) == ("label", "7 is the number of no class", "0 to 1")


def test_images_lie_in_the_shard(pack):
    cells = [{"bytes": b"PNG", "path": "a.png"}, {"bytes": None, "path": "http://x.test/b.png"}]
    kind = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    path = pack({"data/train-0-of-1.parquet": shard(image=pa.array(cells, kind), label=[1, 0])})

    good, bad = read(path)

    sheet = formats.inspect(path, path.name)
    assert (sheet.holds_images, sheet.guess.text) == (True, None)
    assert (good.image.name, good.image.read(), good.labels) == ("a.png", b"PNG", ("1",))
    assert bad.reason.startswith("'http://x.test/b.png' is not in the file; nothing is fetched")


def test_folder_is_read_like_an_archive(tmp_path):
    (tmp_path / "set" / "train").mkdir(parents=True)
    (tmp_path / "set" / "train" / "0000.parquet").write_bytes(shard(text=["one"]))

    assert [row.fields for row in read(tmp_path / "set")] == [{"split": "train"}]


def test_split_of_the_rows_themselves_stays(pack):
    path = pack({"train-0-of-1.parquet": shard(text=["one"], split=["audit"])})

    assert [row.fields for row in read(path)] == [
        {"split": "audit", "split (of the file)": "train"}
    ]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (
            {"en/train-0-of-1.parquet": shard(text=["a"]), "de/train-0-of-1.parquet": b""},
            "holds several datasets",
        ),
        ({"train/data-00000-of-00001.arrow": b""}, "write Parquet instead"),
        ({"train.parquet": b"PAR1 and no more"}, "train.parquet cannot be read as Parquet"),
        ({"train.parquet": b"MZ\x90"}, "train.parquet is not what its name says: it is a program"),
        (
            {"README.md": "---\n[\n---\n", "train.parquet": shard(text=["a"])},
            "head of README.md is not YAML",
        ),
    ],
)
def test_dataset_that_cannot_be_read_is_refused_whole(pack, files, message):
    with pytest.raises(FormatError) as error:
        read(pack(files))

    assert message in str(error.value)


def test_card_of_a_hostile_hand_is_refused_in_no_time():
    """Each line names the one before ten times: as text the last would fill the memory."""
    lines = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [{f'*a{n - 1}, ' * 10}]" for n in range(1, 12)]

    assert features.of_card("---\n" + "\n".join(lines) + "\n---\n") == features.NOTHING
    with pytest.raises(FormatError, match="not YAML"):
        features.of_card("---\na: !!python/object/apply:os.system [id]\n---\n")
    with pytest.raises(FormatError, match="not YAML"):
        features.of_card("---\n" + "[" * 100_000 + "\n---\n")


def test_card_too_long_is_refused(pack, monkeypatch):
    monkeypatch.setattr(layouts, "MAX_CARD_BYTES", 10)

    with pytest.raises(FormatError, match=r"README.md is longer than 10 bytes"):
        read(pack({"README.md": CARD, "train.parquet": shard(text=["a"])}))


# doccano


def test_lines_of_each_person_are_theirs(pack):
    def line(number, label):
        return json.dumps({"id": number, "text": f"text {number}", "label": label, "Comments": []})

    path = pack(
        {
            "anna.jsonl": line(1, ["a"]) + "\n" + line(2, []) + "\n",
            "ben.jsonl": line(1, ["b"]) + "\n[]\n",
            "unknown.jsonl": line(3, ["c"]),
            "cleo.jsonl": "",
        }
    )

    rows = read(path)

    assert formats.inspect(path, path.name).format == "doccano in ZIP of JSONL"
    assert [row.answers for row in rows if not isinstance(row, BadRow)] == [
        (Answer(("a",), "anna"),),
        (),
        (Answer(("b",), "ben"),),
        (Answer(("c",)),),
    ]
    assert [(row.number, row.reason) for row in rows if isinstance(row, BadRow)] == [
        (4, "is a JSON list, not an object (in ben.jsonl)")
    ]


def test_numbers_of_classes_become_the_names_that_lie_beside(pack):
    line = {"id": 1, "text": "one", "annotations": [{"label": 7, "user": 2}], "meta": {}}
    labels = [{"id": 7, "text": "good", "suffix_key": "g"}, {"id": 8, "text": "bad"}]

    path = pack({"all.jsonl": json.dumps(line), "label_config.json": json.dumps(labels)})

    assert [row.answers for row in read(path)] == [(Answer(("good",), "2"),)]


# Label Studio


def tasks(*images):
    return json.dumps(
        [
            {"id": n, "data": {"image": image}, "annotations": [annotation(chosen("cat"))]}
            for n, image in enumerate(images, start=1)
        ]
    )


@pytest.mark.parametrize(
    "image",
    [
        "/data/upload/3/1a2b3c4d-one.png",
        "/data/local-files/?d=cats/one.png",
        "cats/one.png",
        "one.png",
        "http://ls.test/data/upload/3/one.png",
    ],
)
def test_image_of_a_task_is_found_in_the_archive(pack, image):
    path = pack({"tasks.json": tasks(image), "cats/one.png": b"1", "dogs/two.png": b"2"})

    sheet = formats.inspect(path, path.name)

    assert sheet.holds_images
    for row in formats.read(path, path.name, sheet.guess):
        assert (row.image.name, row.image.read()) == ("cats/one.png", b"1")
        assert (row.key, row.labels, row.fields) == ("1", ("cat",), {})


def test_image_under_the_name_it_was_uploaded_as_is_found(pack):
    path = pack({"tasks.json": tasks("/data/upload/3/1a2b3c4d-one.png"), "1a2b3c4d-one.png": b"1"})

    assert [row.image.name for row in read(path)] == ["1a2b3c4d-one.png"]


@pytest.mark.parametrize(
    "image",
    ["http://10.0.0.1/x.png", "s3://bucket/x.png", "file:///etc/x.png", "../../x.png", "two.png"],
)
def test_image_from_elsewhere_is_refused_and_nothing_is_fetched(pack, image):
    path = pack(
        {"t.json": tasks("one.png", image), "one.png": b"1", "a/two.png": b"", "b/two.png": b""}
    )

    bad = read(path)[1]

    assert bad.field == "image"
    assert "is not in the archive; nothing is fetched from elsewhere" in bad.reason


def test_hostile_names_beside_the_tasks_are_not_opened(pack):
    """zipfile itself refuses to write a name of nothing, or one with half a character."""
    hostile = [name for name in HOSTILE if name and "\ud800" not in name]
    path = pack({"t.json": tasks("one.png"), "one.png": b"1"} | dict.fromkeys(hostile, b"x"))

    assert [row.image.name for row in read(path)] == ["one.png"]


def test_other_json_among_images_is_no_list_of_tasks(pack):
    path = pack({"notes.json": '{"a": 1}', "one.png": b"1"})

    assert formats.inspect(path, path.name).format == "ZIP of images"


def test_bombs_are_refused_in_these_layouts_too(pack):
    for name in ("tasks.json", "all.jsonl", "train.parquet"):
        with pytest.raises(FormatError, match="more than 200 times its size"):
            read(pack({name: b"[" + bytes(60_000_000)}, "bomb.zip"))
