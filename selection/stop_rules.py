"""The stopping rules as a page shows them: what each says now, what it said, who went on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from selection.configuration import EXACT
from selection.core.catalog import STOPPING
from selection.models import GoneOn, Round

# How a rule's value is written; plain numbers otherwise.
SHARES = frozenset({"target", "plateau", "little_gain", "unchanged", "certain", "surest"})
AGREEMENTS = frozenset({"stabilised"})


@dataclass(frozen=True)
class Past:
    """What a rule said in one round."""

    round: int
    value: str
    stops: bool


@dataclass(frozen=True)
class RuleRow:
    """One rule: its word (good, info or warn), its value beside its threshold, its reason."""

    name: str
    title: str
    summary: str
    level: str
    word: str
    value: str
    threshold: str
    reason: str
    history: tuple[Past, ...]
    set_aside: GoneOn | None
    can_go_on: bool


def rule_rows(rounds: Sequence[Round], set_aside: Mapping[str, GoneOn]) -> list[RuleRow]:
    """Return a row for each rule that the newest round judged; rounds come newest first."""
    if not rounds:
        return []
    return [_row(verdict, rounds, set_aside) for verdict in rounds[0].verdicts]


def title_of(rule: str) -> str:
    """Return a rule's name for people; one that is gone keeps its own."""
    entry = STOPPING.get(rule)
    return entry.title if entry else rule


def _row(
    verdict: Mapping[str, Any], rounds: Sequence[Round], set_aside: Mapping[str, GoneOn]
) -> RuleRow:
    name = verdict["rule"]
    entry, aside = STOPPING.get(name), set_aside.get(name)
    level, word = _word(verdict, aside)
    return RuleRow(
        name=name,
        title=title_of(name),
        summary=entry.summary if entry else "",
        level=level,
        word=word,
        value=_written(name, verdict["value"]),
        threshold=_written(name, verdict["threshold"]),
        reason=verdict["reason"],
        history=tuple(_history(name, rounds)),
        set_aside=aside,
        can_go_on=bool(verdict["stop"]) and aside is None and name not in EXACT,
    )


def _word(verdict: Mapping[str, Any], aside: GoneOn | None) -> tuple[str, str]:
    if verdict["stop"]:
        return ("info", "Set aside") if aside else ("warn", "Stop")
    if verdict.get("looks"):
        return "info", f"Held {verdict['looks']} of {verdict['needs']}"
    return "good", "Go on"


def _history(name: str, rounds: Sequence[Round]) -> list[Past]:
    """Return what the rule said in these rounds, oldest first."""
    return [
        Past(each.number, _written(name, verdict["value"]), bool(verdict["stop"]))
        for each in reversed(rounds)
        for verdict in each.verdicts
        if verdict["rule"] == name
    ]


def _written(name: str, value: float | None) -> str:
    if value is None:
        return ""
    if name in SHARES:
        return f"{value:.1%}"
    return f"{value:.3f}" if name in AGREEMENTS else f"{value:,.0f}"
