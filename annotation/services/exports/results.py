"""One line an item that says what to use for it, and whether a person or the model said so."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from annotation.formats.writing import Column, Kind, Row
from annotation.models import Label
from annotation.services.exports.ground import Ground

KEY, CONTENT, VALUE = "key", "content", "value"
BY_PEOPLE, ACCEPTED, BY_MODEL, NOBODY = "label", "accepted", "prediction", ""
ANSWER = ("item", "annotator", "value", "purpose", "origin", "active_ms", "created_at")
Answers = Mapping[int, list[dict[str, Any]]]


def columns(ground: Ground) -> tuple[Column, ...]:
    """Return the columns, in the order of the cells; where an item came from follows them."""
    said = Kind.NAMES if ground.is_multi else Kind.TEXT
    answer = (
        Column("annotator", Kind.TEXT, "Who answered: a name, or a letter."),
        Column("classes", said, "The answer."),
        Column("purpose", Kind.TEXT, "Why it was asked."),
        Column("origin", Kind.TEXT, "annotator (answered here) or import."),
        Column("active_seconds", Kind.NUMBER, "How long its giver was active on it."),
        Column("created_at", Kind.MOMENT, "When it was given, by the server's clock."),
    )
    content = Column(CONTENT, Kind.TEXT, "The text, the image's file, or the cells of the row.")
    return (
        Column("item", Kind.INTEGER, "The item's number in alapp."),
        Column(KEY, Kind.TEXT, "Your own id of the item; empty where it has none."),
        *((content,) if ground.order.with_content else ()),
        Column(VALUE, said, "What to use: what was agreed, else what the model says."),
        Column(
            "source", Kind.TEXT, "Where that is from: label, accepted, prediction; empty: nowhere."
        ),
        Column("agreed", said, "What was agreed; empty before any answer."),
        Column("certainty", Kind.NUMBER, "How likely that is right, 0 to 1, by people's skill."),
        Column("labels", Kind.NESTED, "The answers that stand.", of=answer),
        Column("predicted", said, "What the model says."),
        Column("confidence", Kind.NUMBER, "How sure the model is, 0 to 1."),
        Column("accepted", Kind.BOOLEAN, "Whether that was accepted without a human."),
        Column("final_model", Kind.TEXT, "Hash of the model that says so: the final one, if any."),
    )


def cells(
    ground: Ground, *, head: Row, content: Row, agreed: Row, word: Row, answers: Answers
) -> Row:
    """Return the cells of one item.

    `head` is its number and key, `content` its text, fields and file, `agreed` the agreed classes
    and their certainty, `word` the cells of the prediction.
    """
    classes, certainty = agreed
    label, (predicted, confidence, is_accepted, model) = ground.named(classes), word
    return (
        *head,
        *((_content(*content),) if content else ()),
        predicted if classes is None else label,
        _source(classes, predicted, is_accepted=bool(is_accepted)),
        label,
        certainty,
        answers.get(head[0], []),
        predicted,
        confidence,
        bool(is_accepted),
        model,
    )


def standing_answers(ground: Ground, item_ids: Sequence[int]) -> Answers:
    """Return the answers that stand, by item, in order of time."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    rows = Label.objects.current().filter(item__in=item_ids).order_by("pk")
    for item, annotator, value, purpose, origin, active_ms, at in rows.values_list(*ANSWER):
        found[item].append(
            {
                "annotator": ground.people[annotator],
                "classes": ground.named(value),
                "purpose": purpose,
                "origin": origin,
                "active_seconds": active_ms / 1_000,
                "created_at": at,
            }
        )
    return found


def _source(classes: Any, predicted: Any, *, is_accepted: bool) -> str:
    if classes is not None:
        return BY_PEOPLE
    if is_accepted:
        return ACCEPTED
    return NOBODY if predicted is None else BY_MODEL


def _content(text: str, fields: Mapping[str, Any], file: str) -> str:
    return text or file or "; ".join(f"{name}: {value}" for name, value in fields.items())
