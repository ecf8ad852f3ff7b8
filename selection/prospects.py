"""What a round foresaw, in words: the forecast, the price of a point. Reads JSON, no arrays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# A range as JSON holds it: low, likely, high; None for what never comes.
Span = Sequence[float | None]
METRICS = {"accuracy": "accuracy", "macro_f1": "macro-F1"}


@dataclass(frozen=True)
class Told:
    """A finding: one line that says it, and sentences that explain it."""

    headline: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class FuturePoint:
    """What the laws expect at so many labels in all, with hours and money spent by then."""

    n_labels: int
    hours: float | None
    money: float | None
    low: float
    likely: float
    high: float


@dataclass(frozen=True)
class RandomPoint:
    """How good a model of so many random labels would be, with audit labels as dear as here."""

    n_labels: int
    hours: float | None
    money: float | None
    value: float


def forecast_told(facts: Mapping[str, Any]) -> Told | None:
    """Return what the newest round foresaw; None of rounds made before there were forecasts."""
    forecast = facts.get("forecast")
    if not forecast:
        return None
    if forecast["state"] == "early":
        return _early(forecast)
    if forecast["state"] == "outside":
        line = "The queue goes by an outside model; what it would learn from more labels, only its "
        return Told("Not foreseen", (line + "owner knows.",))
    currency = str(facts.get("cost", {}).get("currency", ""))
    headline, lines = _target(forecast, currency)
    return Told(headline, tuple(lines + _later(forecast)))


def price_told(facts: Mapping[str, Any]) -> Told | None:
    """Return what the last labels gained and cost, and what the next point may cost."""
    price, forecast = facts.get("price"), facts.get("forecast") or {}
    if not price:
        return None
    currency = str(facts.get("cost", {}).get("currency", ""))
    labels = about(price["spent"]["labels"])
    low, likely, high = (100 * each for each in price["gain"])
    gained = f"The last {labels} labels gained {likely:.1f} points ({low:.1f} to {high:.1f})."
    lines = [gained, *_next_point(forecast, currency)]
    if likely < 100 * SHOWN:
        return Told("The last labels gained nothing that shows", tuple(lines))
    costs = [
        amount(unit, price["per_point"][unit], currency)
        for unit in ("labels", "hours", "money")
        if price["per_point"][unit]
    ]
    return Told(f"{costs[0].capitalize()} a point", (*_costs(costs[1:]), *lines))


def against_told(facts: Mapping[str, Any]) -> Told | None:
    """Return how selection stands beside random labels; None of rounds that did not compare."""
    found = facts.get("against_random")
    if not found:
        return None
    if found["state"] == "early":
        line = (
            f"It takes {found['audit_needed']} audit labels; there are {found['audit']}. They are "
            "random, so models taught by them show what random labels would have taught."
        )
        return Told("Too early to tell", (line,))
    ours = about(found["n_train"] * found["opinions"])
    span = _times(found["labels"], found["opinions"])
    words = amount("labels", span, "")
    reached = (
        f"For {found['value']:.2f}, which the model has reached on {found['audit']} audit labels"
    )
    basis = (
        "Estimated from models taught by parts of the audit labels and judged on the rest. Audit "
        "labels are not counted on either side."
    )
    if found["state"] == "fewer":
        return Told(
            f"About {ours} labels instead of {words.partition(' (')[0]}",
            (f"{reached}, random labels would have needed {words}.", basis),
        )
    if found["state"] == "more":
        return Told(
            "Selection does worse than chance here",
            (f"{reached} with {ours} labels, random ones would have needed {words} only.",
             "Look at the health of selection, or try the strategy Random.", basis),
        )  # fmt: skip
    return Told(
        "No difference can be told yet",
        (f"{reached} with {ours} labels, random ones would have needed {words}. The range holds "
         f"{ours} too; more audit labels narrow it.", basis),
    )  # fmt: skip


def path_of(facts: Mapping[str, Any]) -> list[FuturePoint]:
    """Return the forecast to draw, from the newest round's labels on; empty before there is one."""
    forecast, cost = facts.get("forecast") or {}, facts.get("cost") or {}
    if not forecast.get("path"):
        return []
    steps = [{"labels": 0, "value": forecast["now"]}, *forecast["path"]]
    rate = forecast["rate"]
    return [
        FuturePoint(
            round(forecast["n_labels"] + step["labels"]),
            _spent(cost.get("hours"), rate["hours"], step["labels"]),
            _spent(cost.get("money"), rate["money"], step["labels"]),
            *step["value"],
        )
        for step in steps
    ]


def random_path_of(facts: Mapping[str, Any], *, n_labels: int) -> list[RandomPoint]:
    """Return the curve of random labels, to draw beside that of n_labels; empty where none is.

    It is known for numbers of training items. The axis counts every label, so each is put where
    this project, which measures as well, would stand: n_labels for the items trained on now.
    """
    found, cost = facts.get("against_random") or {}, facts.get("cost") or {}
    if not found.get("sizes") or not found["n_train"]:
        return []
    parts = [size / found["n_train"] for size in found["sizes"]]
    return [
        RandomPoint(
            round(n_labels * part),
            None if cost.get("hours") is None else cost["hours"] * part,
            None if cost.get("money") is None else cost["money"] * part,
            value,
        )
        for part, value in zip(parts, found["values"], strict=True)
    ]


# More than this is no plan: a flat curve asks for numbers that mean nothing.
BEYOND = {"labels": 10_000_000, "hours": 100_000, "money": 10_000_000}
# A gain of less than this share shows on no page.
SHOWN = 0.0005


def about(number: float) -> str:
    """Return a number of labels or items as coarse as it is known: two figures that count."""
    digits = len(str(int(abs(number))))
    return f"{round(number, min(2 - digits, 0)):,.0f}"


def amount(unit: str, span: Span, currency: str) -> str:
    """Write a range of labels, hours or money: "about 160 labels (90 to 310)"."""
    known = [None if each is None or each > BEYOND[unit] else each for each in span]
    low, likely, high = (None if each is None else _said(unit, each, currency) for each in known)
    if likely is None:
        return f"at least {low}" if low else "no number"
    if low == likely == high:
        return f"about {likely}"
    ends = [
        each.removesuffix(" labels").removesuffix(f" {currency}") for each in (low, high) if each
    ]
    upper = ends[1] if high else "no end in sight"
    return f"about {likely} ({ends[0]} to {upper})"


def between(span: Span) -> str:
    """Write a share with its range: "0.90 (0.87 to 0.92)"."""
    low, likely, high = (float(each or 0) for each in span)
    return f"{likely:.2f} ({low:.2f} to {high:.2f})"


def _said(unit: str, number: float, currency: str) -> str:
    if unit == "labels":
        return f"{about(number)} labels"
    if unit == "hours":
        return f"{number:.1f} h" if number >= 1 else f"{60 * number:.0f} min"
    return f"{number:,.2f} {currency}".strip()


def _early(forecast: Mapping[str, Any]) -> Told:
    line = (
        f"A forecast takes {forecast['models_needed']} models of different size and "
        f"{forecast['audit_needed']} audit labels; there are {forecast['models']} and "
        f"{forecast['audit']}."
    )
    return Told("Too early to tell", (line,))


def _target(forecast: Mapping[str, Any], currency: str) -> tuple[str, list[str]]:
    """Return what it takes to reach the target."""
    state, name = forecast["state"], METRICS[forecast["metric"]]
    if state == "open":
        return f"{between(forecast['now'])} {name} now, by the curve", []
    goal, span = f"{forecast['target']:.2f} {name}", forecast["to_target"]
    if state == "there":
        return f"Probably at {goal}", ["More audit labels may prove it."]
    if state in ("pool", "never"):
        why = "the curve flattens below it" if state == "never" else "the pool is too small"
        return f"{goal} is out of reach", [
            f"By the labels so far {why}. Clearer classes, better descriptions or another encoder "
            "may lift the curve."
        ]
    costs = [
        amount(unit, _times(span, forecast["rate"][unit]), currency)
        for unit in ("hours", "money")
        if forecast["rate"][unit]
    ]
    lines = [f"Then {goal}.", *_costs(costs)]
    if state == "doubtful":
        lines.append("It may also stay out of reach: the curve may flatten below it.")
    more = amount("labels", span, currency).replace(" labels", " more labels", 1)
    return more.capitalize(), lines


def _later(forecast: Mapping[str, Any]) -> list[str]:
    lines = []
    if forecast["at_budget"] and round(forecast["at_budget"]["labels"]):
        step = forecast["at_budget"]
        lines.append(
            f"At the end of the budget, after {about(step['labels'])} labels more: "
            f"{between(step['value'])}."
        )
    low, likely, high = (100 * float(each or 0) for each in forecast["doubling"])
    lines.append(f"Twice the labels may gain {likely:.1f} points ({low:.1f} to {high:.1f}).")
    lines.append(f"With every item labelled: {between(forecast['whole_pool'])}.")
    return lines


def _next_point(forecast: Mapping[str, Any], currency: str) -> list[str]:
    if not forecast.get("next_point"):
        return []
    return [f"The next point: {amount('labels', forecast['next_point'], currency)}."]


def _costs(costs: Sequence[str]) -> list[str]:
    return [f"That is {' and '.join(costs)}."] if costs else []


def _times(span: Span, rate: float) -> list[float | None]:
    return [None if each is None else each * rate for each in span]


def _spent(so_far: float | None, rate: float | None, labels: float) -> float | None:
    return None if so_far is None or rate is None else so_far + rate * labels
