"""One lucky batch stops nothing: a rule that goes by estimates must hold several looks in a row."""

from dataclasses import replace

from selection.core.agreement import labels_apart
from selection.core.types import PastRound, StopFacts, Verdict

LOOKS = 2


def held(facts: StopFacts, verdict: Verdict, looks: int) -> Verdict:
    """The verdict, stopping only once it has held at that many looks in a row.

    Shapes: none. Unit: looks. Errors: none. Source: ours. Looks are as far apart as models that
    are compared: rounds of few labels that see nearly the same model are one look.
    """
    if not verdict.stop:
        return replace(verdict, needs=looks)
    before, at = earlier(facts.rounds).get(verdict.rule, (0, 0))
    newest = facts.rounds[-1].n_labels
    is_look = before == 0 or newest - at >= labels_apart(newest)
    so_far = before + 1 if is_look else before
    if so_far >= looks:
        return replace(verdict, looks=so_far, needs=looks)
    reason = f"{verdict.reason} Held at {so_far} of {looks} looks in a row that it takes."
    return replace(verdict, stop=False, looks=so_far, needs=looks, reason=reason)


def earlier(rounds: tuple[PastRound, ...]) -> dict[str, tuple[int, int]]:
    """Of each rule that held in the round before: looks in a row, and the labels at the last.

    Shapes: none. Unit: looks, labels. Errors: none. Source: definition.
    """
    if len(rounds) < 2:
        return {}
    return {rule: (int(count), int(labels)) for rule, (count, labels) in rounds[-2].held.items()}


def counted(
    rounds: tuple[PastRound, ...], verdicts: tuple[Verdict, ...]
) -> dict[str, tuple[int, int]]:
    """What the next round is to know: the rules that hold, their looks, the labels at the last.

    Shapes: none. Unit: looks, labels. Errors: none. Source: as `held`.
    """
    before, newest = earlier(rounds), rounds[-1].n_labels
    return {
        each.rule: before[each.rule]
        if before.get(each.rule, (0, 0))[0] == each.looks
        else (each.looks, newest)
        for each in verdicts
        if each.looks
    }
