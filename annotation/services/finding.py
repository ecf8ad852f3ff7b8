"""Items of the pool found by their words and by what became of them; a page at a time, by id.

The words drive the search where there are any, so that its time follows what is found on a page,
not the size of the pool. Reads only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Exists, OuterRef

from annotation import wordlist
from annotation.models import Assignment, Item, LabelClass, Project, Seed, State

PER_PAGE = 40
# More than this is not counted: nobody reads so many pages.
COUNTED = 1_000
STATES = {
    "": "Everything",
    "unlabelled": "Not labelled yet",
    "free": "Not labelled, not in the queue",
    "queue": "In the queue or with somebody",
    "labelled": "Labelled",
    "seeds": "In the seed set",
}
LABELLED = "EXISTS (SELECT 1 FROM annotation_consensus AS c WHERE c.item_id = i.id)"
ASKED = (
    "EXISTS (SELECT 1 FROM annotation_assignment AS a "
    "WHERE a.item_id = i.id AND a.state IN ('open', 'leased', 'skipped'))"
)
CONDITIONS = {
    "unlabelled": f"NOT {LABELLED}",
    "free": f"NOT {LABELLED} AND NOT {ASKED}",
    "queue": ASKED,
    "labelled": LABELLED,
    "seeds": "EXISTS (SELECT 1 FROM annotation_seed AS s WHERE s.item_id = i.id "
    "AND s.removed_at IS NULL)",
}


@dataclass(frozen=True)
class Wanted:
    """What to look for. `after` is the last id of the page before; None of a class is any."""

    words: str = ""
    state: str = ""
    class_id: int | None = None
    predicted_id: int | None = None
    group: int | None = None
    after: int = 0


@dataclass(frozen=True)
class Found:
    """One item of the page, with what a lead has to know of it."""

    item: Item
    classes: list[LabelClass] | None
    predicted: LabelClass | None
    confidence: float | None
    is_picked: bool
    place: str

    @property
    def is_free(self) -> bool:
        return self.classes is None and not self.place


@dataclass(frozen=True)
class Page:
    """A page of items; `after` leads to the next, None when this is the last."""

    items: list[Found]
    after: int | None


def page_of(project: Project, wanted: Wanted) -> Page:
    """Return the items that fit, in order of import. Raises ValidationError for a wrong search."""
    sql, parameters = _query(project, wanted)
    if connection.vendor == "postgresql":
        # For the few of a page it would walk all items in order of id, hoping to meet them soon;
        # for as many as are counted it goes by the words.
        sql = f"SELECT id FROM ({sql} LIMIT {COUNTED + 1}) AS found (id) ORDER BY id"
    rows = _rows(f"{sql} LIMIT {PER_PAGE + 1}", parameters)
    ids = [int(row[0]) for row in rows[:PER_PAGE]]
    return Page(_found(project, ids), ids[-1] if len(rows) > PER_PAGE else None)


def count(project: Project, wanted: Wanted) -> int:
    """Return how many items fit, wherever the page begins; 1,001 stands for more than 1,000."""
    start = Wanted(**{**wanted.__dict__, "after": 0})
    sql, parameters = _query(project, start)
    rows = _rows(f"SELECT count(*) FROM ({sql} LIMIT {COUNTED + 1}) AS n", parameters)
    return int(rows[0][0])


def _query(project: Project, wanted: Wanted) -> tuple[str, list[Any]]:
    """Return the ids that fit, ascending, as SQL of this database with its parameters."""
    try:
        terms = wordlist.parse(wanted.words)
    except wordlist.SearchError as error:
        raise ValidationError(str(error)) from None
    if wanted.state not in STATES:
        raise ValidationError(f"{wanted.state!r} is not what items can be found by.")
    source, key, where, parameters = _source(project, wanted, terms)
    where += ["i.project_id = %s", "i.withdrawn_at IS NULL"]
    parameters.append(project.pk)
    if wanted.state:
        where.append(CONDITIONS[wanted.state])
    if wanted.class_id is not None:
        where.append(_answered_as())
        parameters.append(_class_parameter(wanted.class_id))
    sql = f"SELECT {key} FROM {source} WHERE {' AND '.join(where)} ORDER BY {key}"
    return sql, parameters


def _source(
    project: Project, wanted: Wanted, terms: Sequence[wordlist.Term]
) -> tuple[str, str, list[str], list[Any]]:
    """Return what the search goes through: the words, else the guesses, else the items.

    CROSS JOIN is what keeps SQLite from beginning at the other end.
    """
    guesses, given = _guesses(project, wanted)
    if terms:
        source, key, matches, search = _by_words(project, terms)
        source = f"{source} CROSS JOIN annotation_item AS i"
        where = [matches, f"i.id = {key}", f"{key} > %s"]
        if guesses:
            inner = " AND ".join(["g.item_id = i.id", *guesses])
            where.append(f"EXISTS (SELECT 1 FROM annotation_guess AS g WHERE {inner})")
        return source, key, where, [search, wanted.after, *given]
    if guesses:
        source = "annotation_guess AS g CROSS JOIN annotation_item AS i"
        where = [*guesses, "i.id = g.item_id", "g.item_id > %s"]
        return source, "g.item_id", where, [*given, wanted.after]
    return "annotation_item AS i", "i.id", ["i.id > %s"], [wanted.after]


def _guesses(project: Project, wanted: Wanted) -> tuple[list[str], list[Any]]:
    where: list[str] = []
    given: list[Any] = []
    if wanted.predicted_id is not None:
        where += ["g.project_id = %s", "g.class_id = %s"]
        given += [project.pk, wanted.predicted_id]
    if wanted.group is not None:
        where += ["g.project_id = %s", "g.number = %s"]
        given += [project.pk, wanted.group]
    return where, given


def _by_words(project: Project, terms: Sequence[wordlist.Term]) -> tuple[str, str, str, str]:
    if connection.vendor == "sqlite":
        search = wordlist.as_fts5(terms, project_id=project.pk)
        source = "annotation_itemsearch"
        return source, f"{source}.rowid", f"{source} MATCH %s", search
    search = wordlist.as_tsquery(terms, project_id=project.pk)
    return "annotation_itemsearch AS w", "w.item_id", "w.words @@ %s::tsquery", search


def _answered_as() -> str:
    if connection.vendor == "sqlite":
        inside = "EXISTS (SELECT 1 FROM json_each(c.value) AS v WHERE v.value = %s)"
    else:
        inside = "c.value @> %s::jsonb"
    return f"EXISTS (SELECT 1 FROM annotation_consensus AS c WHERE c.item_id = i.id AND {inside})"


def _class_parameter(class_id: int) -> Any:
    return class_id if connection.vendor == "sqlite" else f"[{class_id}]"


def _rows(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _found(project: Project, ids: Sequence[int]) -> list[Found]:
    """Return these items with their answers, guesses and whereabouts, in three statements."""
    states = {
        f"is_{state}": Exists(Assignment.objects.filter(item=OuterRef("pk"), state=state))
        for state in (State.OPEN, State.LEASED, State.SKIPPED)
    }
    picked = Seed.objects.filter(item=OuterRef("pk"), removed_at=None)
    rows = Item.objects.filter(pk__in=ids).select_related("payload", "consensus", "guess")
    rows = rows.annotate(is_picked=Exists(picked), **states).order_by("pk")
    classes = {each.pk: each for each in project.classes.all()}
    return [_one(item, classes) for item in rows]


def _one(item: Any, classes: dict[int, LabelClass]) -> Found:
    agreed, guess = getattr(item, "consensus", None), getattr(item, "guess", None)
    return Found(
        item=item,
        classes=[classes[pk] for pk in agreed.value if pk in classes] if agreed else None,
        predicted=classes.get(guess.class_id) if guess else None,
        confidence=guess.confidence if guess else None,
        is_picked=item.is_picked,
        place=_place(item),
    )


def _place(item: Any) -> str:
    """Say in words where an item is that somebody is to judge; nothing of one in the pool."""
    words = {
        "is_skipped": "Skipped, for you to decide",
        "is_leased": "With an annotator",
        "is_open": "In the queue",
    }
    return next((place for name, place in words.items() if getattr(item, name)), "")
