"""The archive: a tar with a head, the files, and at its end the digest of every one of them.

Written and read as a stream, so that it may be as large as a disk. Needs no Django.
"""

import hashlib
import io
import json
import os
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

FORMAT = 1
HEAD, DIGESTS = "alapp-backup.json", "digests.json"
CHUNK = 1 << 20
Progress = Callable[[int], object]


class ArchiveError(Exception):
    """The archive cannot be used; the message says why."""


@dataclass(frozen=True)
class Head:
    """What made the archive, and what is needed to use it."""

    format: int
    version: str
    taken_at: str
    engine: str
    migrations: list[str]
    with_features: bool


@dataclass(frozen=True)
class Entry:
    """One file: its size and SHA-256."""

    size: int
    sha256: str


class Writer:
    """Write an archive beside its name and give it that name when it is whole."""

    def __init__(self, path: Path, progress: Progress) -> None:
        self._path, self._progress = path, progress
        self._draft = path.with_name(f"{path.name}.part")
        self._entries: dict[str, Entry] = {}

    def __enter__(self) -> "Writer":
        # Passwords' hashes are in it: for its owner only, from the first byte.
        descriptor = os.open(self._draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._file = os.fdopen(descriptor, "wb")
        zipped = self._path.name.endswith((".gz", ".tgz"))
        self._tar = tarfile.open(fileobj=self._file, mode="w|gz" if zipped else "w|")
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if kind is None:
            self._add_text(DIGESTS, {name: asdict(entry) for name, entry in self._entries.items()})
            self._tar.close()
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            os.replace(self._draft, self._path)
            return
        self._file.close()
        self._draft.unlink(missing_ok=True)

    def add_head(self, head: Head) -> None:
        self._add_text(HEAD, asdict(head))

    def add(self, name: str, path: Path) -> bool:
        """Add the file as long as it is now; False when it is gone."""
        try:
            file = path.open("rb")
        except FileNotFoundError:
            return False
        with file:
            self._add(name, file, os.fstat(file.fileno()).st_size)
        return True

    def _add_text(self, name: str, content: Any) -> None:
        text = json.dumps(content, indent=1, sort_keys=True).encode()
        self._add(name, io.BytesIO(text), len(text))

    def _add(self, name: str, file: IO[bytes], size: int) -> None:
        about = tarfile.TarInfo(name)
        about.size, about.mode = size, 0o600
        counted = _Counted(file, self._progress)
        self._tar.addfile(about, cast(IO[bytes], counted))
        self._entries[name] = Entry(size, counted.digest.hexdigest())


class _Counted:
    """A file whose bytes are counted and digested as they are read."""

    def __init__(self, file: IO[bytes], progress: Progress) -> None:
        self._file, self._progress = file, progress
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        part = self._file.read(size)
        self.digest.update(part)
        self._progress(len(part))
        return part


def read_head(path: Path) -> Head:
    """Return what the archive says of itself. Raises ArchiveError when it is none of ours."""
    with _readable(path), tarfile.open(path, mode="r|*") as tar:
        name, file = next(_files(tar), ("", io.BytesIO()))
        facts = json.load(file) if name == HEAD else {}
    if not facts:
        raise ArchiveError(f"{path.name} is not a backup made by alapp.")
    if facts.get("format") != FORMAT:
        raise ArchiveError(
            f"{path.name} has format {facts.get('format')}, made by alapp "
            f"{facts.get('version')}; this version reads format {FORMAT}."
        )
    return Head(**facts)


def verify(path: Path, progress: Progress) -> dict[str, Entry]:
    """Read everything and return what is in it. Raises ArchiveError for the least difference."""
    found: dict[str, Entry] = {}
    promised: dict[str, Entry] | None = None
    with _readable(path), tarfile.open(path, mode="r|*") as tar:
        for name, file in _files(tar):
            if name == DIGESTS:
                promised = {n: Entry(**facts) for n, facts in json.load(file).items()}
            else:
                found[_safe(name)] = _digest(file, progress)
    if promised is None:
        raise ArchiveError(f"{path.name} is not complete: its end is missing.")
    if wrong := sorted(n for n in found.keys() | promised if found.get(n) != promised.get(n)):
        raise ArchiveError(
            f"{path.name} is damaged: {', '.join(wrong[:3])} differs from its digest."
        )
    return found


def unpack(path: Path, folder: Path, progress: Progress) -> None:
    """Write the files below the folder, under their names in the archive."""
    with _readable(path), tarfile.open(path, mode="r|*") as tar:
        for name, file in _files(tar):
            if name not in (HEAD, DIGESTS):
                _write(file, folder / _safe(name), progress)


def _write(file: IO[bytes], target: Path, progress: Progress) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as out:
        while part := file.read(CHUNK):
            out.write(part)
            progress(len(part))


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Say in words what keeps the archive from being read."""
    try:
        yield
    except FileNotFoundError:
        raise ArchiveError(f"There is no file {path}.") from None
    except (tarfile.TarError, EOFError, OSError, ValueError, zlib.error) as error:
        raise ArchiveError(f"{path.name} cannot be read to its end: {error}") from error


def _files(tar: tarfile.TarFile) -> Iterator[tuple[str, IO[bytes]]]:
    for member in tar:
        file = tar.extractfile(member)
        if file is not None:
            yield member.name, file


def _safe(name: str) -> str:
    parts = PurePosixPath(name).parts
    if name.startswith("/") or ".." in parts or "\\" in name or "\0" in name:
        raise ArchiveError(f"The archive holds a file with the name {name!r}, which leads outside.")
    return name


def _digest(file: IO[bytes], progress: Progress) -> Entry:
    seen, size = hashlib.sha256(), 0
    while part := file.read(CHUNK):
        seen.update(part)
        size += len(part)
        progress(len(part))
    return Entry(size, seen.hexdigest())
