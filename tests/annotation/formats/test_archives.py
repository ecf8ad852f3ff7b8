import os
import struct
import zipfile
from pathlib import PurePosixPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from annotation.formats import FormatError, RowError, archives
from annotation.formats.archives import Entry, Refused, display_name

HOSTILE = (
    "../x.png",
    "a/../../x.png",
    "/etc/passwd",
    "C:\\x.png",
    "c:x.png",
    "\\\\server\\x.png",
    "..\\x.png",
    "a\0.png",
    "a\nb.png",
    "..",
    ".",
    "",
    "a\ud800.png",
    "x" * 1_001,
)


def listed(path):
    with archives.opened(path) as listing:
        return list(listing())


@pytest.fixture
def pack(tmp_path):
    def pack_files(files, compression=zipfile.ZIP_DEFLATED):
        path = tmp_path / "images.zip"
        with zipfile.ZipFile(path, "w", compression) as archive:
            for name, data in files.items():
                archive.writestr(name, data)
        return path

    return pack_files


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_name_is_refused(name):
    with pytest.raises(RowError, match="file: "):
        display_name(name)


@given(st.text(st.characters(exclude_categories=[]), max_size=40))
@example("a/./b//c")
@example("a\\b")
def test_name_is_a_plain_relative_path_or_refused(name):
    try:
        shown = display_name(name)
    except RowError:
        return

    path = PurePosixPath(shown)
    assert not path.is_absolute()
    assert ".." not in path.parts
    assert str(path) == shown
    assert "\0" not in shown
    assert "\\" not in shown
    assert display_name(shown) == shown


def test_hostile_names_in_an_archive_are_refused_and_the_others_read(pack, tmp_path):
    path = pack({"../../x.png": b"1", "/abs.png": b"2", "good/y.png": b"3"})
    before = set(tmp_path.parent.rglob("*"))

    entries = listed(path)

    assert [type(each) for each in entries] == [Refused, Refused, Entry]
    assert entries[2].name == "good/y.png"
    assert set(tmp_path.parent.rglob("*")) == before


def test_name_with_a_nul_is_refused_though_zipfile_would_cut_it(pack):
    path = pack({"a.pngXb": b"1"})
    path.write_bytes(path.read_bytes().replace(b"a.pngXb", b"a.png\0b"))

    assert [type(each) for each in listed(path)] == [Refused]


def test_archives_inside_are_refused_with_their_reason(pack):
    entries = listed(pack({"more.zip": b"PK", "x.tar.gz": b"", "a.png": b""}))

    assert [type(each) for each in entries] == [Refused, Refused, Entry]
    assert "archives inside an archive are not opened" in entries[0].error.reason


def test_litter_is_left_out(pack):
    entries = listed(pack({"__MACOSX/._a.png": b"", ".DS_Store": b"", "d/": b"", "a.png": b""}))

    assert [each.name for each in entries] == ["a.png"]


def test_entry_too_big_is_refused_unread(pack, monkeypatch):
    monkeypatch.setattr(archives, "MAX_ENTRY_BYTES", 1_000)

    (entry,) = listed(pack({"a.png": bytes(1_001)}))

    assert isinstance(entry, Refused)
    assert (entry.error.reason, entry.error.limit) == ("'a.png' has 1,001 bytes", "1,000 bytes")


def test_zip_bomb_is_refused(pack):
    path = pack({f"{n}.png": bytes(10_000_000) for n in range(6)})

    with pytest.raises(FormatError, match="more than 200 times its size"):
        listed(path)


def test_archive_claiming_too_much_is_refused(pack, monkeypatch):
    monkeypatch.setattr("annotation.formats.sources.MAX_UNPACKED_BYTES", 1_000)

    with pytest.raises(FormatError, match="more than 1,000 bytes"):
        listed(pack({"a.png": os.urandom(600), "b.png": os.urandom(600)}))


def test_too_many_entries_are_refused_before_they_are_listed(pack, monkeypatch):
    monkeypatch.setattr(archives, "MAX_ENTRIES", 3)
    monkeypatch.setattr(zipfile.ZipFile, "infolist", None)

    with pytest.raises(FormatError, match="more than 3 files"):
        listed(pack({f"{n}.png": b"" for n in range(4)}))


def test_list_of_entries_too_long_is_refused(pack, monkeypatch):
    monkeypatch.setattr(archives, "MAX_DIRECTORY_BYTES", 100)

    with pytest.raises(FormatError, match="more than"):
        listed(pack({"x" * 100: b""}))


def test_encrypted_archive_is_refused(pack):
    path = pack({"a.png": b"secret"})
    data = bytearray(path.read_bytes())
    directory = data.rfind(b"PK\x01\x02")
    struct.pack_into("<H", data, directory + 8, 1)
    path.write_bytes(data)

    with pytest.raises(FormatError, match="encrypted"):
        listed(path)


@pytest.mark.parametrize("keep", [0, 10, 60, -4])
def test_archive_cut_off_is_refused(pack, keep):
    path = pack({"a.png": os.urandom(200)})
    path.write_bytes(path.read_bytes()[:keep])

    with pytest.raises(FormatError, match="cut off"):
        listed(path)


def test_damaged_entry_is_a_row_error(pack):
    path = pack({"a.png": b"0123456789"}, zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"0123456789", b"0123456780"))

    with archives.opened(path) as listing:
        (entry,) = listing()
        with pytest.raises(RowError, match="damaged inside the archive"):
            entry.read()


def test_unusual_packing_is_a_row_error(pack):
    with archives.opened(pack({"a.png": b"0123456789" * 9}, zipfile.ZIP_LZMA)) as listing:
        (entry,) = listing()
        with pytest.raises(RowError, match="not supported"):
            entry.read()


def test_large_archive_format_is_read(tmp_path):
    path = tmp_path / "big.zip"
    with zipfile.ZipFile(path, "w") as archive:
        with archive.open("a.png", "w", force_zip64=True) as file:
            file.write(b"data")
        # The list of more than 65,535 entries is kept in the large format.
        for n in range(65_536):
            archive.writestr(f"{n}.png", b"")

    assert len(listed(path)) == 65_537


def test_folder_is_read_in_the_order_of_names_and_links_are_refused(tmp_path):
    (tmp_path / "in" / "b").mkdir(parents=True)
    for name in ("b/2.png", "a.png", "b/1.png"):
        (tmp_path / "in" / name).write_bytes(name.encode())
    secret = tmp_path / "secret"
    secret.write_text("secret")
    (tmp_path / "in" / "z.png").symlink_to(secret)

    entries = listed(tmp_path / "in")

    assert [each.name for each in entries] == ["a.png", "z.png", "b/1.png", "b/2.png"]
    assert isinstance(entries[1], Refused)
    assert entries[0].read() == b"a.png"
