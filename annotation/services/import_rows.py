"""From a row of a file to an item to be: hashed, its labels matched, its picture stored."""

import hashlib
import json
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from annotation import images
from annotation.formats import Answer, BadRow, Row, RowError, joined
from annotation.formats.reading import Scalar, shown
from annotation.images import StoredImage

SHOWN_CLASSES = 12


@dataclass(frozen=True, slots=True)
class Classes:
    """A project's classes by name, exact and folded; folded names that two share are left out."""

    ids: Mapping[str, int]
    folded: Mapping[str, int]
    is_multi: bool

    @classmethod
    def of(cls, ids: Mapping[str, int], *, is_multi: bool) -> "Classes":
        n = Counter(name.casefold() for name in ids)
        once = {name.casefold(): pk for name, pk in ids.items() if n[name.casefold()] == 1}
        return cls(ids, once, is_multi)

    def answer(self, answer: Answer) -> list[int]:
        """Return the class ids of what somebody said as stored, [] for none.

        Raises RowError for a label that is no class, and for several where one is asked for.
        """
        names = joined.names_of(answer, self.ids, is_multi=self.is_multi)
        if not self.is_multi and len(names) > 1:
            listed = ", ".join(shown(name) for name in names)
            raise RowError("label", f"{listed} are {len(names)} labels; this project asks for one")
        return sorted({self._class_id(name) for name in names})

    def _class_id(self, name: str) -> int:
        found = self.ids.get(name) or self.folded.get(name.casefold())
        if found is None:
            known = ", ".join(list(self.ids)[:SHOWN_CLASSES])
            more = " …" if len(self.ids) > SHOWN_CLASSES else ""
            raise RowError("label", f"{shown(name)} is not one of the classes {known}{more}")
        return found


@dataclass(frozen=True, slots=True)
class Given:
    """One person's answer as stored. `by` is "" for whoever brings the file."""

    value: list[int]
    by: str = ""
    at: datetime | None = None
    is_part: bool = False

    def followed_by(self, other: "Given") -> "Given":
        """Return what stands of two answers by one person: both parts, or else the later one."""
        if self.is_part and other.is_part:
            return replace(self, value=sorted({*self.value, *other.value}))
        is_older = self.at is not None and other.at is not None and other.at < self.at
        return self if is_older else other


@dataclass(frozen=True, slots=True)
class Rules:
    """What a project asks of every row. `classes` is None when the file brings no labels."""

    modality: str
    classes: Classes | None
    media_root: Path
    media_folder: str
    now: datetime
    is_truth: bool = False

    def given(self, row: Row) -> tuple[Given, ...]:
        """Return the row's answers as stored, one a person: their newest, or all its parts.

        Raises RowError for an answer that does not fit, and for known answers that differ.
        """
        if self.classes is None:
            return ()
        by_person: dict[str, Given] = {}
        for answer in row.answers:
            if given := self._given(answer, self.classes):
                before = by_person.get(given.by)
                by_person[given.by] = given if before is None else before.followed_by(given)
        found = tuple(by_person.values())
        if self.is_truth and any(each.value != found[0].value for each in found):
            raise RowError("label", f"{len(found)} people say different things", "one known answer")
        return found

    def _given(self, answer: Answer, classes: Classes) -> Given | None:
        if answer.at and answer.at > self.now:
            limit = f"now, {self.now.isoformat(timespec='seconds')}"
            raise RowError("label", f"was given in the future, {answer.at.isoformat()}", limit)
        value = classes.answer(answer)
        # Nothing applies: an answer where somebody gave it or it was said outright, and any number
        # of classes may be given.
        is_answer = classes.is_multi and (answer.by or joined.says_none(answer))
        return (
            None
            if not value and not is_answer
            else Given(value, answer.by, answer.at, answer.is_part)
        )


@dataclass(frozen=True, slots=True)
class Draft:
    """An item to be. `place` is its row's position in the file, from 0."""

    place: int
    number: int
    key: str
    content_hash: str
    text: str
    fields: dict[str, Scalar]
    given: tuple[Given, ...] = ()
    image: StoredImage | None = None

    @property
    def size(self) -> int:
        """How much memory it takes, about."""
        return len(self.text) + 100 * (1 + len(self.fields))


def draft(place: int, row: Row, rules: Rules) -> Draft | BadRow:
    """Make the item of a row; a picture is decoded and stored on the way."""
    try:
        given = rules.given(row)
        if row.image is not None:
            return _draft_of_image(place, row, given, rules)
    except RowError as error:
        return BadRow.of(row.number, error)
    is_table = rules.modality == "table"
    content = hash_of_fields(row.fields) if is_table else hash_of_text(row.text)
    return Draft(place, row.number, row.key, content, row.text, row.fields, given)


def _draft_of_image(place: int, row: Row, given: tuple[Given, ...], rules: Rules) -> Draft:
    assert row.image is not None
    try:
        picture = images.decode(row.image.read())
    except images.ImageError as error:
        reason = f"{shown(row.image.name)} {error.reason}"
        raise RowError("file", reason, error.limit) from None
    stored = images.store(picture, media_root=rules.media_root, folder=rules.media_folder)
    return Draft(
        place, row.number, row.key, picture.content_hash, "", row.fields, given, image=stored
    )


def hash_of_text(text: str) -> str:
    """Return the hash of a text, the same however its accents are written and space is around."""
    return hashlib.sha256(unicodedata.normalize("NFC", text).strip().encode()).hexdigest()


def hash_of_fields(fields: Mapping[str, Any]) -> str:
    """Return the hash of a table row, the same in whatever order its columns stand."""
    canonical = json.dumps(fields, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(unicodedata.normalize("NFC", canonical).encode()).hexdigest()


def audit_rank(seed: int, content_hash: str) -> int:
    """Return the item's place in the project's fixed random order, in [0, 2**63).

    A keyed hash of what the item is: one imported later takes its fair place, and nobody without
    the seed can choose it.
    """
    key = seed.to_bytes(8, "big", signed=True)
    digest = hashlib.blake2b(content_hash.encode(), digest_size=8, key=key).digest()
    return int.from_bytes(digest, "big") >> 1
