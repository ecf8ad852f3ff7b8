import io
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from annotation import images
from annotation.images import ImageError


def encoded(image, kind, **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def gradient(width=300, height=200, mode="RGB"):
    return Image.linear_gradient("L").resize((width, height)).convert(mode)


def png_claiming(width, height):
    """Return a small PNG whose header promises so many pixels."""

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 100_000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("kind", "kept_as"),
    [
        ("PNG", "PNG"),
        ("BMP", "PNG"),
        ("TIFF", "PNG"),
        ("GIF", "PNG"),
        ("JPEG", "JPEG"),
        ("WEBP", "WEBP"),
    ],
)
def test_every_format_is_decoded_and_kept_as_one_that_browsers_show(tmp_path, kind, kept_as):
    picture = images.decode(encoded(gradient(), kind))

    stored = images.store(picture, media_root=tmp_path, folder="7")

    assert (stored.width, stored.height) == (300, 200)
    assert Image.open(tmp_path / stored.file).format == kept_as
    assert Image.open(tmp_path / stored.thumbnail).size == (256, 171)


@pytest.mark.parametrize(
    ("mode", "kind", "wanted"),
    [
        ("1", "PNG", "L"),
        ("L", "PNG", "L"),
        ("LA", "PNG", "RGBA"),
        ("P", "PNG", "RGB"),
        ("RGBA", "PNG", "RGBA"),
        ("CMYK", "JPEG", "RGB"),
        ("I", "TIFF", "L"),
        ("F", "TIFF", "L"),
        ("YCbCr", "TIFF", "RGB"),
    ],
)
def test_modes_become_grey_or_colour(mode, kind, wanted):
    assert images.decode(encoded(gradient(mode=mode), kind)).image.mode == wanted


def test_sixteen_bits_keep_their_contrast():
    deep = Image.new("I;16", (2, 1))
    deep.putpixel((0, 0), 1_000)
    deep.putpixel((1, 0), 3_000)

    picture = images.decode(encoded(deep, "PNG"))

    assert [picture.image.getpixel((x, 0)) for x in (0, 1)] == [0, 255]


def test_same_pixels_are_the_same_picture_whatever_the_format_and_metadata():
    exif = Image.Exif()
    exif[271] = "A camera"
    png = images.decode(encoded(gradient(), "PNG"))

    assert images.decode(encoded(gradient(), "BMP")).content_hash == png.content_hash
    assert images.decode(encoded(gradient(), "PNG", exif=exif)).content_hash == png.content_hash
    assert images.decode(encoded(gradient(301), "PNG")).content_hash != png.content_hash


def test_hash_is_known():
    # sha256 of "L 2 1\n" and the bytes 0, 255.
    image = Image.new("L", (2, 1))
    image.putpixel((1, 0), 255)

    assert images.content_hash(image) == (
        "6cbb6ac430897699f70ecbae54a9f8ce23b4f6880696a323b4b434eeeda87d95"
    )


def test_turned_photo_is_set_upright_and_its_metadata_dropped(tmp_path):
    exif = Image.Exif()
    exif[274] = 6
    exif[271] = "A camera with a serial number"

    picture = images.decode(encoded(gradient(), "JPEG", exif=exif))
    stored = images.store(picture, media_root=tmp_path, folder="7")

    assert (stored.width, stored.height) == (200, 300)
    for name in (stored.file, stored.thumbnail):
        kept = Image.open(tmp_path / name)
        assert not kept.getexif()
        assert b"serial number" not in (tmp_path / name).read_bytes()


def test_animation_gives_its_first_frame():
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "blue")]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])

    assert images.decode(data).image.convert("RGB").getpixel((0, 0)) == (255, 0, 0)


def test_names_are_made_of_the_hash_and_small_pictures_are_their_own_thumbnail(tmp_path):
    picture = images.decode(encoded(gradient(8, 8, "L"), "PNG"))

    stored = images.store(picture, media_root=tmp_path, folder="7")

    digest = picture.content_hash
    assert stored.file == stored.thumbnail == f"7/{digest[:2]}/{digest}.png"
    assert [path.name for path in tmp_path.rglob("*.*")] == [f"{digest}.png"]


def test_storing_again_writes_nothing(tmp_path):
    picture = images.decode(encoded(gradient(), "PNG"))
    first = images.store(picture, media_root=tmp_path, folder="7")
    before = (tmp_path / first.file).stat()

    again = images.store(picture, media_root=tmp_path, folder="7")

    assert again == first
    assert (tmp_path / first.file).stat().st_mtime_ns == before.st_mtime_ns
    assert (tmp_path / first.file).stat().st_ino == before.st_ino


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is not an image of a known type"),
        (b"hello", "is not an image of a known type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is not an image of a known type"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "is not an image of a known type"),
        (b"%PDF-1.7", "is not an image of a known type"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "is not an image of a known type"),
        (encoded(gradient(), "PNG")[:-400], "damaged or cut off"),
        (encoded(gradient(), "JPEG")[:-2_000], "damaged or cut off"),
    ],
)
def test_what_is_no_picture_is_refused(data, reason):
    with pytest.raises(ImageError, match=reason):
        images.decode(data)


@pytest.mark.parametrize("size", [(7_000, 7_000), (10_000, 10_000), (50_000, 50_000)])
def test_too_many_pixels_are_refused_by_the_header(size):
    with pytest.raises(ImageError) as error:
        images.decode(png_claiming(*size))

    assert "pixels" in error.value.reason
    assert error.value.limit == "40,000,000 pixels"


def test_too_many_bytes_are_refused(monkeypatch):
    monkeypatch.setattr(images, "MAX_BYTES", 10)

    with pytest.raises(ImageError, match="has 11 bytes"):
        images.decode(bytes(11))


def test_script_behind_the_pixels_does_not_survive(tmp_path):
    data = encoded(gradient(), "PNG") + b"<script>alert(1)</script>"

    stored = images.store(images.decode(data), media_root=tmp_path, folder="7")

    assert b"script" not in (tmp_path / stored.file).read_bytes()


WHOLE = [encoded(gradient(40, 30), kind) for kind in ("PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP")]


@settings(deadline=None)
@given(st.sampled_from(WHOLE), st.data())
def test_damaged_bytes_give_a_picture_or_an_image_error(data, draw):
    damaged = bytearray(data)
    for _ in range(draw.draw(st.integers(1, 8))):
        damaged[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 255))

    try:
        picture = images.decode(bytes(damaged[: draw.draw(st.integers(1, len(data)))]))
    except ImageError:
        return
    assert picture.width * picture.height <= images.MAX_PIXELS


@pytest.mark.parametrize(
    ("width", "height", "wanted"), [(2000, 1000, (1600, 800)), (900, 3200, (450, 1600))]
)
def test_large_picture_has_a_display_size(tmp_path, width, height, wanted):
    picture = images.decode(encoded(gradient(width, height), "JPEG"))

    stored = images.store(picture, media_root=tmp_path, folder="7")

    assert Image.open(tmp_path / stored.file).size == (width, height)
    assert Image.open(tmp_path / images.display_of(stored.file)).size == wanted
    assert max(Image.open(tmp_path / stored.thumbnail).size) == 256


def test_picture_within_the_display_size_has_none_of_its_own(tmp_path):
    stored = images.store(
        images.decode(encoded(gradient(1600, 900), "PNG")), media_root=tmp_path, folder="7"
    )

    assert not (tmp_path / images.display_of(stored.file)).exists()
