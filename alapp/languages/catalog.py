"""Translations as files: a .po that people edit, and the .mo that is read. No gettext tools needed.

Both are the formats of GNU gettext, so that any editor for translations works on the .po.
"""

import ast
import re
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

MAGIC = 0x950412DE
# What gettext puts between a context and its text, and between singular and plural.
CONTEXT_END, PLURAL_END = "\x04", "\x00"
LINE = re.compile(r'(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?)?\s*("(?:[^"\\]|\\.)*")\s*$')
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sdf]|\{\w*\}")
PLURALS = 2


@dataclass(frozen=True)
class Text:
    """What a page says, as its author wrote it; `plural` is "" for what is not counted."""

    words: str
    plural: str = ""
    context: str = ""


@dataclass(frozen=True)
class Entry:
    """A text, what it is in the other language (once per plural form), and the files it is in."""

    text: Text
    said: tuple[str, ...] = ("",)
    places: tuple[str, ...] = ()
    is_fuzzy: bool = False

    @property
    def is_translated(self) -> bool:
        return bool(self.said) and all(self.said) and not self.is_fuzzy


@dataclass
class _Draft:
    """An entry while its lines are read."""

    strings: dict[str, str] = field(default_factory=dict)
    places: list[str] = field(default_factory=list)
    is_fuzzy: bool = False
    name: str = ""

    def entry(self) -> Entry:
        said = tuple(value for name, value in self.strings.items() if name.startswith("msgstr"))
        text = Text(
            self.strings["msgid"],
            self.strings.get("msgid_plural", ""),
            self.strings.get("msgctxt", ""),
        )
        return Entry(text, said, tuple(self.places), self.is_fuzzy)


def read(po: str) -> list[Entry]:
    """Return the entries of a .po, its header (the text "") first; ValueError names a bad line."""
    return [draft.entry() for draft in _drafts(po) if "msgid" in draft.strings]


def _drafts(po: str) -> Iterator[_Draft]:
    draft = _Draft()
    for number, line in enumerate([*po.splitlines(), ""], start=1):
        if not line.strip():
            yield draft
            draft = _Draft()
        elif line.startswith("#"):
            _read_comment(draft, line)
        elif found := LINE.match(line):
            draft.name = found[1] or draft.name
            value = draft.strings.get(draft.name, "") + ast.literal_eval(found[2])
            draft.strings[draft.name] = value
        else:
            raise ValueError(f"line {number} of the translations cannot be read: {line}")


def _read_comment(draft: _Draft, line: str) -> None:
    if line.startswith("#:"):
        draft.places += line[2:].split()
    draft.is_fuzzy |= line.startswith("#,") and "fuzzy" in line


def write(entries: Iterable[Entry]) -> str:
    """Return the .po of these entries."""
    return "\n".join(map(_block, entries))


def _block(entry: Entry) -> str:
    lines = [f"#: {place}" for place in entry.places]
    lines += ["#, fuzzy"] if entry.is_fuzzy else []
    if entry.text.context:
        lines.append(f"msgctxt {_quoted(entry.text.context)}")
    lines.append(f"msgid {_quoted(entry.text.words)}")
    if entry.text.plural:
        lines.append(f"msgid_plural {_quoted(entry.text.plural)}")
        lines += [f"msgstr[{n}] {_quoted(said)}" for n, said in enumerate(entry.said)]
    else:
        lines.append(f"msgstr {_quoted(entry.said[0])}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """Write a string as .po files do: what has several lines is one string per line."""
    lines = text.splitlines(keepends=True) or [""]
    quoted = [_escaped(line) for line in lines]
    return "\n".join(['""', *quoted]) if len(lines) > 1 else quoted[0]


def _escaped(line: str) -> str:
    line = line.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + line.replace("\n", "\\n").replace("\t", "\\t") + '"'


def merge(kept: Iterable[Entry], found: dict[Text, list[str]]) -> list[Entry]:
    """Return an entry for each text found, with the translation it had; the rest are dropped."""
    entries = list(kept)
    said = {entry.text: entry for entry in entries if entry.text.words}
    header = [entry for entry in entries if not entry.text.words]
    merged = [
        replace(said.get(text, _untranslated(text)), places=tuple(sorted(set(places))))
        for text, places in found.items()
    ]
    return header + sorted(merged, key=lambda entry: (entry.places, entry.text.words))


def _untranslated(text: Text) -> Entry:
    return Entry(text, ("",) * (PLURALS if text.plural else 1))


def compile_mo(entries: Iterable[Entry]) -> bytes:
    """Return the .mo of these entries: the same bytes for the same translations."""
    pairs = sorted(_pair(entry) for entry in entries if entry.is_translated)
    keys, values = zip(*pairs, strict=True)
    start = 28 + 16 * len(pairs)
    key_table, end = _table(keys, start)
    value_table, _ = _table(values, end)
    header = struct.pack("<7I", MAGIC, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0)
    return header + key_table + value_table + b"".join(s + b"\0" for s in (*keys, *values))


def _pair(entry: Entry) -> tuple[bytes, bytes]:
    text = entry.text
    key = text.context + CONTEXT_END if text.context else ""
    key += text.words + (PLURAL_END + text.plural if text.plural else "")
    return key.encode(), PLURAL_END.join(entry.said).encode()


def _table(strings: Iterable[bytes], offset: int) -> tuple[bytes, int]:
    """Return length and place of each string, laid out one after the other from here."""
    table = b""
    for string in strings:
        table += struct.pack("<2I", len(string), offset)
        offset += len(string) + 1
    return table, offset


def faults(entry: Entry) -> list[str]:
    """Return what is wrong with a translation: missing, fuzzy, other placeholders."""
    words = entry.text.words
    if not entry.is_translated:
        return [f"{words!r} is {'fuzzy' if entry.is_fuzzy else 'not translated'}"]
    wanted = set(PLACEHOLDER.findall(entry.text.plural or words))
    return [
        f"{words!r} has {sorted(wanted)}, its translation {said!r} has other placeholders"
        for said in (entry.said[-1:] if words else ())
        if set(PLACEHOLDER.findall(said)) != wanted
    ]
