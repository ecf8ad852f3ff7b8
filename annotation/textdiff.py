"""What changed between two texts, line by line. Pure: no Django."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

# Unchanged lines shown beside a change; more of them are left out.
AROUND = 2


@dataclass(frozen=True)
class Line:
    """One line of a comparison. `kind` is same, added, removed or gap; a gap stands for
    `n_left_out` unchanged lines."""

    kind: str
    text: str = ""
    n_left_out: int = 0


def compare(before: str, after: str) -> list[Line]:
    """Return the changes with a little around them; nothing when no line differs.

    White space at the end of a line does not count.
    """
    old, new = _lines(before), _lines(after)
    if old == new:
        return []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return _shortened([line for step in matcher.get_opcodes() for line in _step(step, old, new)])


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines()]


def _step(
    step: tuple[str, int, int, int, int], old: Sequence[str], new: Sequence[str]
) -> Iterator[Line]:
    tag, i1, i2, j1, j2 = step
    if tag == "equal":
        yield from (Line("same", text) for text in new[j1:j2])
        return
    yield from (Line("removed", text) for text in old[i1:i2])
    yield from (Line("added", text) for text in new[j1:j2])


def _shortened(lines: Sequence[Line]) -> list[Line]:
    """Leave out what is farther than AROUND lines from any change."""
    changed = [place for place, line in enumerate(lines) if line.kind != "same"]
    near = {at for place in changed for at in range(place - AROUND, place + AROUND + 1)}
    kept: list[Line] = []
    for place, line in enumerate(lines):
        if place in near:
            kept.append(line)
        elif kept and kept[-1].kind == "gap":
            kept[-1] = Line("gap", n_left_out=kept[-1].n_left_out + 1)
        else:
            kept.append(Line("gap", n_left_out=1))
    return kept
