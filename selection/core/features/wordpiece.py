"""Texts to the numbers of word pieces, as BERT models were trained to read them."""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from selection.core.types import CoreError

ASCII_PARTS = re.compile(r"[a-zA-Z0-9]+|[^\sa-zA-Z0-9]")
IDEOGRAPHS = (
    (0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F), (0x2B820, 0x2CEAF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F),
)  # fmt: skip
# Signs of no look; characters without a meaning yet stay.
CONTROLS = ("Cc", "Cf", "Co", "Cs")
# Longer texts are cut here before they are split: no model reads that far.
MOST_CHARACTERS_PER_TOKEN = 24


class WordPieces:
    """The tokenizer of a BERT model: clean, lower, split, then the longest known pieces first."""

    def __init__(self, vocabulary: Mapping[str, int], *, lowers: bool = True) -> None:
        self._vocabulary, self._lowers = vocabulary, lowers
        self._ends = (vocabulary["[CLS]"], vocabulary["[SEP]"])
        self._unknown = vocabulary["[UNK]"]
        self._pieces = lru_cache(maxsize=50_000)(self._split)

    @classmethod
    def open(cls, folder: Path) -> "WordPieces":
        """The tokenizer described by tokenizer.json of a model's folder.

        Shapes, unit: none. Raises CoreError when it is missing or of another kind. Source: the
        file's format.
        """
        try:
            content = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
            vocabulary, lowers = _read(content)
            return cls(vocabulary, lowers=lowers)
        except (OSError, ValueError, KeyError, TypeError) as problem:
            raise CoreError(f"{folder}: no tokenizer of word pieces ({problem})") from problem

    def encode(self, text: str, limit: int) -> list[int]:
        """The numbers of the text's pieces between those of its ends, at most limit in all.

        Shapes: at least 2 numbers. Unit: rows of the model's embedding. Errors: none. Source:
        Wu et al. 2016; Devlin et al. 2019.
        """
        found: list[int] = []
        for word in self._words(text[: limit * MOST_CHARACTERS_PER_TOKEN]):
            found += self._pieces(word)
            if len(found) >= limit - 2:
                break
        return [self._ends[0], *found[: limit - 2], self._ends[1]]

    def _words(self, text: str) -> list[str]:
        if text.isascii():
            plain = "".join(_clean(char) for char in text) if not text.isprintable() else text
            return ASCII_PARTS.findall(plain.lower() if self._lowers else plain)
        spaced = "".join(map(_clean, text))
        if self._lowers:
            apart = unicodedata.normalize("NFD", spaced)
            spaced = "".join(c for c in apart if unicodedata.category(c) != "Mn").lower()
        return "".join(f" {c} " if _is_punctuation(c) else c for c in spaced).split()

    def _split(self, word: str) -> tuple[int, ...]:
        """The longest known piece from the left, again and again; a word with a gap is unknown."""
        if len(word) > 100:
            return (self._unknown,)
        pieces: list[int] = []
        start = 0
        while start < len(word):
            end, found = len(word), None
            while found is None and end > start:
                piece = word[start:end] if start == 0 else f"##{word[start:end]}"
                found, end = self._vocabulary.get(piece), end - 1
            if found is None:
                return (self._unknown,)
            pieces.append(found)
            start = end + 1
        return tuple(pieces)


def _read(content: Mapping[str, Any]) -> tuple[dict[str, int], bool]:
    kinds = [content[part]["type"] for part in ("model", "normalizer", "pre_tokenizer")]
    if kinds != ["WordPiece", "BertNormalizer", "BertPreTokenizer"]:
        raise ValueError(f"it is made of {', '.join(kinds)}")
    return content["model"]["vocab"], bool(content["normalizer"]["lowercase"])


def _clean(char: str) -> str:
    """Spaces as one kind, control characters gone, ideographs apart."""
    if char in "\t\n\r" or unicodedata.category(char) == "Zs":
        return " "
    if char == "\ufffd" or unicodedata.category(char) in CONTROLS:
        return ""
    return f" {char} " if _within(ord(char), IDEOGRAPHS) else char


def _is_punctuation(char: str) -> bool:
    if char.isascii():
        return not char.isalnum() and not char.isspace()
    return unicodedata.category(char).startswith("P")


def _within(code: int, ranges: Sequence[tuple[int, int]]) -> bool:
    return code > 0x3000 and any(low <= code <= high for low, high in ranges)
