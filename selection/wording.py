"""What the core says in codes and numbers, as plain sentences."""

from collections.abc import Sequence

from selection.core.types import Reason

PLAIN = {
    "audit": "Drawn at random, to measure the model.",
    "random": "Drawn at random.",
    "novel": "Unlike anything labelled so far.",
    "typical": "Typical of many items not labelled yet.",
}


def reason_text(reason: Reason, class_names: Sequence[str]) -> str:
    """Return why an item was picked, for leads."""
    if reason.code != "uncertain":
        return PLAIN.get(reason.code, reason.code.replace("_", " ").capitalize() + ".")
    names = [class_names[number] for number in reason.classes]
    if len(names) == 1:
        return f"The model is unsure whether {names[0]} applies ({reason.numbers[0]:.0%})."
    first, second = (f"{n} ({p:.0%})" for n, p in zip(names, reason.numbers, strict=True))
    return f"The model hesitates between {first} and {second}."
