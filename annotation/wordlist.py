"""Texts as the words one can search for, and a search as what it asks for. Pure: no database.

One function makes the words of an item and those of a search, on every database, so that both
always agree: small letters, without accents, signs of Chinese and Japanese one by one.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

# Further ones of an item are not found: PostgreSQL keeps no places beyond.
MAX_WORDS = 16_000
MAX_LETTERS = 60
MAX_TERMS = 20
MIN_START = 2
CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
WORD = re.compile(f"[{CJK}]|[^\\W_{CJK}]+")
ASCII_WORD = re.compile("[a-z0-9]+")
TERM = re.compile(r'(-?)(?:"([^"]*)"?|([^\s"]+))')


class SearchError(ValueError):
    """A search that cannot be asked; says why."""


@dataclass(frozen=True)
class Term:
    """Words that must follow each other. `is_start`: the last is only the beginning of one."""

    words: tuple[str, ...]
    is_start: bool = False
    is_excluded: bool = False


def words_of(text: str) -> list[str]:
    """Return the words of a text in order."""
    if text.isascii():
        return ASCII_WORD.findall(text.lower())
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = (each for each in plain if unicodedata.category(each)[0] != "M")
    return WORD.findall(unicodedata.normalize("NFKC", "".join(letters)))


def words_of_item(key: str, text: str, fields: Mapping[str, Any]) -> list[str]:
    """Return what an item is found by: its text, the values of its columns, its id or file name."""
    parts = (text, *(str(value) for value in fields.values()), key)
    words = [word[:MAX_LETTERS] for part in parts if part for word in words_of(part)]
    return words[:MAX_WORDS]


def parse(search: str) -> list[Term]:
    """Return the terms of a search: words, "words in a row", beginn*, -not.

    Raises SearchError for too many of them, and when none says what is to be there.
    """
    terms = [term for match in TERM.finditer(search) if (term := _term(*match.groups()))]
    if len(terms) > MAX_TERMS:
        raise SearchError(f"{len(terms)} words are too many: at most {MAX_TERMS}.")
    if terms and all(term.is_excluded for term in terms):
        raise SearchError("Say at least one word that is to be found, beside what is not.")
    if search.strip() and not terms:
        raise SearchError("There is no letter or digit in this search.")
    return terms


def _term(minus: str, quoted: str | None, word: str | None) -> Term | None:
    said = quoted if word is None else word
    words = tuple(each[:MAX_LETTERS] for each in words_of(said or ""))
    if not words:
        return None
    is_start = word is not None and word.endswith("*")
    if is_start and len(words[-1]) < MIN_START:
        raise SearchError(f"{word!r} would find nearly everything: at least 2 letters before *.")
    return Term(words, is_start=is_start, is_excluded=bool(minus))


def as_fts5(terms: Iterable[Term], *, project_id: int) -> str:
    """Return the search in the words of SQLite's FTS5. Words hold letters and digits only."""
    wanted = [_fts5(term) for term in terms if not term.is_excluded]
    unwanted = [_fts5(term) for term in terms if term.is_excluded]
    inside = " AND ".join(wanted) + "".join(f" NOT {each}" for each in unwanted)
    return f'project : "p{project_id}" AND words : ({inside})'


def _fts5(term: Term) -> str:
    return f'"{" ".join(term.words)}"' + (" *" if term.is_start else "")


def as_tsquery(terms: Iterable[Term], *, project_id: int) -> str:
    """Return the search as PostgreSQL's tsquery."""
    return " & ".join([f"'{project_word(project_id)}'", *(_tsquery(term) for term in terms)])


def _tsquery(term: Term) -> str:
    *before, last = term.words
    parts = [*(f"'{word}'" for word in before), f"'{last}'" + (":*" if term.is_start else "")]
    return f"{'!' if term.is_excluded else ''}({' <-> '.join(parts)})"


def as_tsvector(words: Iterable[str], *, project_id: int) -> str:
    """Return the words with their places as PostgreSQL's tsvector, the project's among them."""
    places: dict[str, list[str]] = {}
    for place, word in enumerate(words, start=1):
        places.setdefault(word, []).append(str(place))
    listed = (f"'{word}':{','.join(found)}" for word, found in places.items())
    return " ".join([f"'{project_word(project_id)}'", *listed])


def project_word(project_id: int) -> str:
    """Return what no text holds: each index is of all projects, a search of one."""
    return f"@{project_id}"
