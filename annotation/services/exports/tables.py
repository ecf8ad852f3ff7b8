"""The columns of each export, each with a sentence for whoever finds the file."""

from dataclasses import replace
from pathlib import Path

from django.conf import settings

from annotation.formats.writing import (
    CONSENSUS,
    ITEMS,
    LABELS,
    PREDICTIONS,
    RESULTS,
    SOFT,
    ClassFacts,
    Column,
    Kind,
    Table,
)
from annotation.services.exports import results
from annotation.services.exports.ground import Ground

KEY, ITEM, TEXT, FILE, LABEL = "id", "item", "text", "file", "label"
# What our own column is called where the items bring one of its name.
PREFIX = "alapp_"

HEAD = (
    Column(KEY, Kind.TEXT, "Your own id of the item; empty where it has none."),
    Column(ITEM, Kind.INTEGER, "The item's number in alapp."),
)
PROVENANCE = (
    Column(
        "split",
        Kind.TEXT,
        "What the item serves for: train; audit (random, measures the model); gold (known answer, "
        "measures people); pool (not labelled yet).",
    ),
    Column("purpose", Kind.TEXT, "Why it was asked: query, audit, overlap, relabel, gold, seed."),
    Column("round", Kind.INTEGER, "The round that asked; empty outside any round."),
    Column("strategy", Kind.TEXT, "The strategy that chose it."),
    Column("score", Kind.NUMBER, "The strategy's score, higher is more wanted."),
    Column(
        "probability", Kind.NUMBER, "The chance of being picked, where chance decided and is known."
    ),
    Column("reason", Kind.TEXT, "Why it was chosen, in words."),
    Column("model", Kind.TEXT, "Hash of the model that scored it."),
    Column("seed", Kind.INTEGER, "The round's seed: with it the round can be repeated."),
)
ANSWER = (
    Column("state", Kind.TEXT, "standing, superseded (corrected since), or taken back."),
    Column("number", Kind.INTEGER, "The answer's number; it rises with time."),
    Column("replaces", Kind.INTEGER, "The number of the answer it took the place of."),
    Column("origin", Kind.TEXT, "annotator (answered here) or import."),
    Column("answered_at", Kind.MOMENT, "When it was given, by the server's clock."),
    Column("active_seconds", Kind.NUMBER, "How long its giver was active on it."),
    Column("seconds", Kind.NUMBER, "How long it was on the screen."),
    Column("is_correction", Kind.BOOLEAN, "Whether it came long after the answer it replaces."),
    Column("is_extra", Kind.BOOLEAN, "Whether it came after its time had run out."),
    Column("predicted", Kind.TEXT, "What the model said when the item was handed out."),
    Column("predicted_confidence", Kind.NUMBER, "How sure the model was of that, 0 to 1."),
)
AGREED = (
    Column("confidence", Kind.NUMBER, "How likely the label is right, 0 to 1, by people's skill."),
    Column("n", Kind.INTEGER, "How many answers count for it."),
    Column("is_tied", Kind.BOOLEAN, "Whether another answer is as likely."),
    Column("is_decided", Kind.BOOLEAN, "Whether a lead decided it, or it was known before."),
)


def table_of(ground: Ground) -> Table:
    """Return what is written for this order: its columns in the order of the rows' cells."""
    if ground.order.contents == RESULTS:
        return _results(ground)
    order, project = ground.order, ground.project
    fields = tuple(ground.fields)
    columns = [*_own(HEAD[:1] if ground.is_bare else HEAD, fields), *_content(ground)]
    columns += _own(_middle(ground), fields)
    if order.with_provenance:
        columns += _own(PROVENANCE, fields)
    has_content = order.with_content
    return replace(
        _plain(ground),
        columns=tuple(columns),
        text=_called(TEXT, fields) if has_content and project.modality == "text" else "",
        label=_called(LABEL, fields),
        key=_called(KEY, fields),
        file=_called(FILE, fields) if has_content and project.modality == "image" else "",
        fields=fields,
    )


def _plain(ground: Ground) -> Table:
    """Return what is the same of every table of the project, without columns."""
    project = ground.project
    return Table(
        title=project.name,
        contents=ground.order.contents,
        columns=(),
        task=project.task,
        modality=project.modality,
        classes=tuple(
            ClassFacts(each.name, each.description, each.colour, each.key)
            for each in project.classes.all()
        ),
        media=Path(settings.MEDIA_ROOT),
        is_safe=ground.order.is_safe,
    )


def _results(ground: Ground) -> Table:
    """Return the table of what to use; items' own columns are no part of it, so no name clashes."""
    with_content, modality = ground.order.with_content, ground.project.modality
    return replace(
        _plain(ground),
        columns=(
            *results.columns(ground),
            *(PROVENANCE if ground.order.with_provenance else ()),
        ),
        text=results.CONTENT if with_content and modality != "image" else "",
        label=results.VALUE,
        key=results.KEY,
        file=results.CONTENT if with_content and modality == "image" else "",
    )


def _content(ground: Ground) -> list[Column]:
    if not ground.order.with_content:
        return []
    own = {
        "text": (Column(TEXT, Kind.TEXT, "The text as it was shown."),),
        "image": (Column(FILE, Kind.TEXT, "The image's file."),),
    }.get(ground.project.modality, ())
    fields = [Column(name, kind, "Came with the item.") for name, kind in ground.fields.items()]
    return [*_own(own, tuple(ground.fields)), *fields]


def _middle(ground: Ground) -> tuple[Column, ...]:
    said = Kind.NAMES if ground.is_multi else Kind.TEXT
    who = Column("annotator", Kind.TEXT, "Who answered: a name, or a letter.")
    label = Column(LABEL, said, "The answer.")
    decided = Column(LABEL, said, "What was agreed; empty before any answer.")
    agreed = (decided, *(() if ground.is_bare else AGREED))
    predicted = Column("predicted", said, "What the model says.")
    sure = Column("predicted_confidence", Kind.NUMBER, "How sure the model is, 0 to 1.")
    accepted = Column("is_accepted", Kind.BOOLEAN, "Whether it was accepted without a human.")
    model = Column("predicted_by", Kind.TEXT, "Hash of the model that says so.")
    nested = (who, label, *ANSWER)
    return {
        LABELS: (who, label, *ANSWER),
        CONSENSUS: agreed,
        SOFT: (*agreed, *_chances(ground, "by people")),
        PREDICTIONS: (
            decided,
            predicted,
            sure,
            accepted,
            model,
            *(_chances(ground, "by the model") if _has_chances(ground) else ()),
        ),
        ITEMS: (
            *agreed,
            predicted,
            sure,
            accepted,
            model,
            Column("answers", Kind.NESTED, "Every answer, also those corrected since.", of=nested),
        ),
    }[ground.order.contents]


def _has_chances(ground: Ground) -> bool:
    return ground.predictions is not None and ground.predictions.has_probabilities


def _chances(ground: Ground, whose: str) -> tuple[Column, ...]:
    about = "Probability that the class {} is {}, {}."
    right = "right for it too" if ground.is_multi else "the right one"
    return tuple(
        Column(f"p_{name}", Kind.NUMBER, about.format(name, right, whose))
        for name in ground.classes.values()
    )


def _own(columns: tuple[Column, ...], fields: tuple[str, ...]) -> list[Column]:
    return [Column(_called(each.name, fields), each.kind, each.about, each.of) for each in columns]


def _called(name: str, fields: tuple[str, ...]) -> str:
    """Return our column's name, other than any that came with the items."""
    while name in fields:
        name = PREFIX + name
    return name
