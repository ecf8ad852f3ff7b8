"""Rows 19, 20 and 21: uploads are judged by what is in them, however they call themselves, and
cost little to refuse."""

import io
import json
import struct
import subprocess
import sys
import zipfile
import zlib

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from annotation import images
from annotation.models import ItemPayload
from tests.factories import add_items, make_project, make_user

BACKEND = "django.contrib.auth.backends.ModelBackend"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="window.pwned=1"/>'
HTML = b"<!doctype html><script>window.pwned=1</script>"


def png(size=(8, 8)):
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [SVG, HTML, b"%PDF-1.7 " + HTML, b"GIF89a" + HTML, b"\x89PNG\r\n\x1a\n" + SVG, b"BM" + HTML],
    ids=["svg", "html", "pdf", "gif head", "png head", "bmp head"],
)
def test_what_is_no_picture_by_its_content_is_refused(data):
    with pytest.raises(images.ImageError):
        images.decode(data)


@pytest.mark.parametrize("tail", [SVG, HTML, b"PK\x03\x04" + HTML], ids=["svg", "html", "zip"])
def test_of_a_picture_that_is_something_else_too_only_pixels_are_kept(tail, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    stored = images.store(images.decode(png() + tail), media_root=tmp_path, folder="1")

    kept = (tmp_path / stored.file).read_bytes()

    assert tail not in kept
    assert b"pwned" not in kept
    assert stored.file.endswith(".png")


@pytest.mark.django_db
@pytest.mark.parametrize("suffix", [".png", ".html", ".svg", ".xml", ".js"])
def test_files_of_items_are_never_served_as_anything_that_runs(suffix, data_dir):
    """Even if something else lay in the folder: its type is ours to say, and nobody guesses."""
    owner = make_user()
    project = make_project(owner=owner)
    (item,) = add_items(project, 1)
    (data_dir / "media" / f"x{suffix}").write_bytes(HTML)
    ItemPayload.objects.filter(item=item).update(file=f"x{suffix}")
    client = Client()
    client.force_login(owner, backend=BACKEND)

    reply = client.get(reverse("item-image", args=[project.slug, item.pk, "full"]))

    wanted = "image/png" if suffix == ".png" else "application/octet-stream"
    assert reply["Content-Type"] == wanted
    assert reply["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in reply["Content-Security-Policy"]


def bomb_png():
    """A PNG of 50,000 x 50,000 pixels: 2.5 thousand million, in a few bytes."""

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    row = zlib.compress(b"\0" * 1_000_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", row) + chunk(b"IEND", b"")


def zip_of_zips():
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.png", b"\0" * 20_000_000)
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(50):
            archive.writestr(f"{number}.zip", inner.getvalue())
    return outer.getvalue()


BOMBS = {
    "picture.png": bomb_png,
    "archive.zip": zip_of_zips,
    "line.jsonl": lambda: b'{"text": "' + b"x" * 60_000_000 + b'"}\n',
}
# In a process of its own, so that what is measured is the refusal alone.
TRY = """
import json, resource, sys, time
from pathlib import Path
import django
django.setup()
from annotation import images
from annotation.services import imports
path = Path(sys.argv[1])
before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
try:
    if path.suffix == ".png":
        images.decode(path.read_bytes())
    else:
        imports.look_at(path, path.name)
    said = ""
except Exception as error:
    said = f"{type(error).__name__}: {error}"
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([said, time.process_time() - start, (after - before) / 1024]))
"""


@pytest.mark.parametrize("name", BOMBS)
def test_bomb_is_refused_within_a_second_and_200_megabytes(name, tmp_path):
    path = tmp_path / name
    path.write_bytes(BOMBS[name]())

    done = subprocess.run(
        [sys.executable, "-c", TRY, str(path)], capture_output=True, text=True, check=True
    )

    said, seconds, megabytes = json.loads(done.stdout.splitlines()[-1])
    # Archives inside of one are looked at by nobody: each is a bad row (test_import_faults).
    assert said.startswith(("ImageError", "ValidationError")) or name == "archive.zip", said
    assert seconds < 1
    assert megabytes < 200
