"""Where a project's words and phrases occur in a text. Pure: no Django.

The text is cut into words once, and each word is looked up in a table of the phrases that begin
with it: the time grows with the text, hardly with the number of phrases. Words are compared whole,
whatever their case and however their accents are written. Scripts that put no space between words
(Chinese, Japanese, Thai, ..) are cut into letters, so that a phrase is found anywhere in them.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from html import escape
from itertools import pairwise

# Han with its extensions, kana, Thai, Lao, Burmese, Khmer.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\uff66-\uff9d\U00020000-\U0003ffff"
)
LAST_MARK = 0x1F000
SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Word:
    """A word of a text, folded, and where it stands."""

    folded: str
    start: int
    end: int


@dataclass(frozen=True)
class Phrase:
    """What is looked for: its words, what stands between them, and signs before and after."""

    words: tuple[str, ...]
    gaps: tuple[str, ...]
    before: str
    after: str


@dataclass(frozen=True)
class Keywords:
    """Phrases by their first word; signs are phrases without any letter or digit."""

    by_word: dict[str, list[Phrase]] = field(default_factory=dict)
    signs: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.by_word or self.signs)


@lru_cache(maxsize=64)
def keywords_of(lines: str) -> Keywords:
    """Read one word or phrase per line; empty lines do not count."""
    by_word: dict[str, list[Phrase]] = {}
    signs: list[str] = []
    for line in lines.splitlines():
        if not (wanted := line.strip()):
            continue
        words = _words(wanted)
        if words:
            by_word.setdefault(words[0].folded, []).append(_phrase(wanted, words))
        else:
            signs.append(wanted)
    return Keywords(by_word, tuple(signs))


def _phrase(line: str, words: Sequence[Word]) -> Phrase:
    return Phrase(
        words=tuple(word.folded for word in words),
        gaps=tuple(_gap(line, a, b) for a, b in pairwise(words)),
        before=line[: words[0].start],
        after=line[words[-1].end :],
    )


def spans(text: str, keywords: Keywords) -> list[tuple[int, int]]:
    """Return where phrases occur, from the first on, none over another: where two begin together
    the longer one."""
    if not keywords:
        return []
    found = sorted(_found(text, keywords), key=lambda span: (span[0], -span[1]))
    kept: list[tuple[int, int]] = []
    for start, end in found:
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


def marked(text: str, keywords: Keywords) -> str:
    """Return the text as HTML: escaped, what is looked for in <mark>."""
    return marked_between(text, spans(text, keywords))


def marked_between(text: str, places: Sequence[tuple[int, int]], offset: int = 0) -> str:
    """As `marked`, of places found before; they count from `offset` before the text's start."""
    parts, reached = [], 0
    for start, end in places:
        parts.append(escape(text[reached : start - offset]))
        parts.append(f"<mark>{escape(text[start - offset : end - offset])}</mark>")
        reached = end - offset
    parts.append(escape(text[reached:]))
    return "".join(parts)


def _found(text: str, keywords: Keywords) -> Iterator[tuple[int, int]]:
    for sign in keywords.signs:
        at = text.find(sign)
        while at >= 0:
            yield at, at + len(sign)
            at = text.find(sign, at + len(sign))
    if not keywords.by_word:
        return
    words = _words(text)
    for place, word in enumerate(words):
        for phrase in keywords.by_word.get(word.folded, ()):
            if _is_at(text, words, place, phrase):
                last = words[place + len(phrase.words) - 1]
                yield word.start - len(phrase.before), last.end + len(phrase.after)


def _is_at(text: str, words: Sequence[Word], place: int, phrase: Phrase) -> bool:
    here = words[place : place + len(phrase.words)]
    if len(here) < len(phrase.words):
        return False
    if any(word.folded != wanted for word, wanted in zip(here, phrase.words, strict=True)):
        return False
    gaps = tuple(_gap(text, a, b) for a, b in pairwise(here))
    if gaps != phrase.gaps:
        return False
    start, end = here[0].start, here[-1].end
    return text.endswith(phrase.before, 0, start) and text.startswith(phrase.after, end)


def _gap(text: str, a: Word, b: Word) -> str:
    """Return what stands between two words; any white space is one space."""
    return SPACE.sub(" ", text[a.end : b.start])


def _words(text: str) -> list[Word]:
    if text.isascii():
        return [Word(m[0].lower(), m.start(), m.end()) for m in _ascii().finditer(text)]
    folded: dict[str, str] = {}
    found = []
    for match in _any_script().finditer(text):
        word = match[0]
        if word not in folded:
            folded[word] = unicodedata.normalize("NFKC", word).casefold()
        found.append(Word(folded[word], match.start(), match.end()))
    return found


@cache
def _ascii() -> re.Pattern[str]:
    return re.compile(r"\w+")


@cache
def _any_script() -> re.Pattern[str]:
    """A letter of an unspaced script with its marks, or a run of other letters with theirs."""
    marks = _marks()
    return re.compile(f"[{UNSPACED}][{marks}]*|(?:(?![{UNSPACED}])[\\w{marks}])+")


def _marks() -> str:
    """Return every combining mark as a regular expression's class: \\w has none of them, and a
    word would end at its accent."""
    codes = [code for code in range(0x300, LAST_MARK) if _is_mark(code)]
    starts = [code for code in codes if not _is_mark(code - 1)]
    ends = [code for code in codes if not _is_mark(code + 1)]
    return "".join(f"{chr(a)}-{chr(b)}" for a, b in zip(starts, ends, strict=True))


def _is_mark(code: int) -> bool:
    return unicodedata.category(chr(code))[0] == "M"
