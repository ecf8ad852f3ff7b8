"""Pictures: opened as if hostile, kept as files of our own making. Pure: no Django.

Whatever comes in is decoded within limits and encoded anew: what is served later was written by
this program, without the original's metadata.
"""

import hashlib
import io
import os
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from PIL import Image, ImageOps, UnidentifiedImageError

MAX_PIXELS = 40_000_000
MAX_BYTES = 50_000_000
THUMBNAIL_PIXELS = 256
# What a page shows at first: enough for most screens, a fraction of a large original's bytes.
DISPLAY_PIXELS = 1600
QUALITY = 92
DISPLAY_QUALITY = 88
THUMBNAIL_QUALITY = 80
# What is read, and what it is kept as. A JPEG stays one; what was lossless stays so.
KEPT_AS = {
    "PNG": "PNG",
    "JPEG": "JPEG",
    "MPO": "JPEG",
    "WEBP": "WEBP",
    "GIF": "PNG",
    "BMP": "PNG",
    "TIFF": "PNG",
}
SUFFIXES = {"PNG": ".png", "JPEG": ".jpg", "WEBP": ".webp"}
STRIP_ROWS = 64


class ImageError(ValueError):
    """The bytes are no picture that can be kept."""

    def __init__(self, reason: str, limit: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.limit = limit


@dataclass(frozen=True)
class Picture:
    """A decoded picture, upright, in mode L, RGB or RGBA; its hash is one of its pixels."""

    image: Image.Image
    kept_as: str
    content_hash: str

    @property
    def width(self) -> int:
        return self.image.width

    @property
    def height(self) -> int:
        return self.image.height


@dataclass(frozen=True)
class StoredImage:
    """Names relative to the media folder. A small picture is its own thumbnail."""

    file: str
    thumbnail: str
    width: int
    height: int


def decode(data: bytes) -> Picture:
    """Return the picture these bytes hold, its first frame; raises ImageError.

    The hash is the same for the same pixels, whatever the file's name, format or metadata.
    """
    if len(data) > MAX_BYTES:
        raise ImageError(f"has {len(data):,} bytes", f"{MAX_BYTES:,} bytes")
    with warnings.catch_warnings():
        # Pillow only warns of a bomb below twice its own limit; of damage it says more than asked.
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        kept_as = _checked_format(data)
        image = _upright(data)
    return Picture(image, kept_as, content_hash(image))


def _checked_format(data: bytes) -> str:
    """Return what the picture is kept as, from its header alone: no pixel is decoded yet."""
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            name, (width, height) = image.format or "", image.size
            if width * height > MAX_PIXELS:
                raise _too_many_pixels(width, height)
            image.verify()
    except ImageError:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise ImageError("has too many pixels", f"{MAX_PIXELS:,} pixels") from None
    except UnidentifiedImageError:
        known = "PNG, JPEG, WebP, GIF, BMP or TIFF"
        raise ImageError(f"is not an image of a known type ({known})") from None
    except Exception as error:
        raise _unreadable(error) from None
    return KEPT_AS[name]


def _upright(data: bytes) -> Image.Image:
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            # In place: a picture of 40 megapixels takes 160 MB each time it is copied.
            ImageOps.exif_transpose(image, in_place=True)
            return _plain_mode(image)
    except Exception as error:
        raise _unreadable(error) from None


def _unreadable(error: Exception) -> ImageError:
    """Say it in words: on hostile bytes the decoders raise exceptions of every kind."""
    if isinstance(error, MemoryError):
        raise error
    return ImageError(f"cannot be read as an image: it is damaged or cut off ({error})"[:300])


def _too_many_pixels(width: int, height: int) -> ImageError:
    return ImageError(f"has {width:,} x {height:,} pixels", f"{MAX_PIXELS:,} pixels")


def _plain_mode(image: Image.Image) -> Image.Image:
    """Return the picture in mode L, RGB or RGBA, carrying pixels and nothing else."""
    if image.mode.startswith(("I", "F")):
        image = _eight_bits(image)
    opaque = "L" if image.mode in ("1", "L") else "RGB"
    wanted = "RGBA" if image.has_transparency_data else opaque
    if image.mode != wanted:
        image = image.convert(wanted)
    image.load()
    image.info = {}
    return image


def _eight_bits(image: Image.Image) -> Image.Image:
    """Return a picture of deep grey (16 bits, floats) in 256 greys, darkest to lightest."""
    deep = image.convert("F")
    low, high = (float(each) for each in deep.getextrema() if not isinstance(each, tuple))
    scale = 255.0 / (high - low) if high > low else 0.0
    return deep.point(lambda value: value * scale - low * scale).convert("L")


def content_hash(image: Image.Image) -> str:
    """Return the SHA-256 of mode, size and pixels, strip by strip: no second copy is made."""
    digest = hashlib.sha256(f"{image.mode} {image.width} {image.height}\n".encode())
    for strip in _strips(image):
        digest.update(strip.tobytes())
    return digest.hexdigest()


def _strips(image: Image.Image) -> Iterator[Image.Image]:
    for top in range(0, image.height, STRIP_ROWS):
        yield image.crop((0, top, image.width, min(top + STRIP_ROWS, image.height)))


def store(picture: Picture, *, media_root: Path, folder: str) -> StoredImage:
    """Write the picture, its display size and its thumbnail, each whole or not at all.

    They are named by their hash: the same pixels give the same name, and what is there stays.
    """
    name = f"{folder}/{picture.content_hash[:2]}/{picture.content_hash}"
    suffix, image = SUFFIXES[picture.kept_as], picture.image
    file = thumbnail = name + suffix
    _write(image, media_root / file, picture.kept_as, QUALITY)
    if max(image.size) > DISPLAY_PIXELS:
        image = ImageOps.contain(image, (DISPLAY_PIXELS, DISPLAY_PIXELS))
        _write(image, media_root / display_of(file), picture.kept_as, DISPLAY_QUALITY)
    if max(image.size) > THUMBNAIL_PIXELS:
        thumbnail = f"{name}-{THUMBNAIL_PIXELS}{suffix}"
        small = ImageOps.contain(image, (THUMBNAIL_PIXELS, THUMBNAIL_PIXELS))
        _write(small, media_root / thumbnail, picture.kept_as, THUMBNAIL_QUALITY)
    return StoredImage(file, thumbnail, picture.width, picture.height)


def display_of(file: str) -> str:
    """Return the name of a picture's display size, which exists where the picture is larger."""
    name, dot, suffix = file.rpartition(".")
    return f"{name}-{DISPLAY_PIXELS}{dot}{suffix}"


def _write(image: Image.Image, path: Path, kept_as: str, quality: int) -> None:
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{uuid4().hex}")
    try:
        image.save(draft, format=kept_as, quality=quality)
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


_FORMATS = tuple(name for name in KEPT_AS if name != "MPO")
