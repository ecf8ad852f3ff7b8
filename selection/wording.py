"""What the core says in codes and numbers, as plain sentences."""

from collections.abc import Sequence

from selection.core.types import Reason

PLAIN = {
    "audit": "Drawn at random, to measure the model.",
    "seed": "Picked by a lead of the project.",
    "random": "Drawn at random.",
    "novel": "Unlike anything labelled so far.",
    "typical": "Typical of many items not labelled yet.",
    "cover": "Stands for many items near it.",
}
# A doubt between two classes, and, for several classes per item, about one of them.
DOUBTS = {
    "uncertain": (
        "The model hesitates between {} and {}.",
        "The model is unsure whether {} applies ({}).",
    ),
    "cover": (
        "Stands for items near it that the model is unsure about: {} or {}.",
        "Stands for items near it that the model is unsure about: does {} apply ({})?",
    ),
    "disputed": (
        "Models of the same labels disagree here: {} or {}.",
        "Models of the same labels disagree whether {} applies ({}).",
    ),
    "informative": (
        "Would teach the model most: {} or {}.",
        "Would teach the model most: does {} apply ({})?",
    ),
}


def reason_text(reason: Reason, class_names: Sequence[str]) -> str:
    """Return why an item was picked, for leads."""
    names = [class_names[number] for number in reason.classes]
    figures = [f"{number:.0%}" for number in reason.numbers]
    if reason.code in DOUBTS and names:
        return _doubt(reason.code, names, figures)
    if reason.code == "rare" and names:
        chance = f" ({figures[0]})" if figures else ""
        return f"May be {names[0]}{chance}, which has few labels so far."
    if reason.code == "relabel" and names:
        chance = f": the model gives {names[0]} {figures[0]}" if figures else ""
        return f"A second opinion is worth more here than a new item{chance}."
    if reason.code == "scored":
        number = f": {reason.numbers[0]:.4g}" if reason.numbers else ""
        return f"Ranked by the scores pushed from outside{number}."
    return PLAIN.get(reason.code, reason.code.replace("_", " ").capitalize() + ".")


def _doubt(code: str, names: Sequence[str], figures: Sequence[str]) -> str:
    between, about = DOUBTS[code]
    if len(names) == 1:
        return about.format(names[0], figures[0])
    return between.format(*(f"{n} ({p})" for n, p in zip(names, figures, strict=True)))
