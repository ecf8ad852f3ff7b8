"""A project from one description: classes, guidelines, people and budgets, all of it or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from annotation import units
from annotation.models import Modality, Project, Role, Task, User
from annotation.services import budgets, projects
from annotation.services.projects import DEFAULT_BUDGET, ClassDraft

FIELDS = ("name", "modality", "task", "classes", "guidelines", "budgets", "people")
CLASS_FIELDS = ("name", "description", "key")
BUDGET_FIELDS = ("for", "unit", "limit")


@dataclass(frozen=True)
class Limit:
    """A budget as people say it: `limit` labels, hours or units of the currency."""

    scope: str
    unit: str
    limit: Decimal


@dataclass(frozen=True)
class Blueprint:
    """What a project is to be. `people` have a role each, by user name."""

    name: str
    modality: str = Modality.TEXT
    task: str = Task.SINGLE
    classes: Sequence[ClassDraft] = ()
    guidelines: str = ""
    budgets: Sequence[Limit] = ()
    people: Mapping[str, str] = field(default_factory=dict)


def parse(document: Any) -> Blueprint:
    """Return what a document says. Raises ValidationError naming the field that is wrong."""
    found = _object(document, "the document", FIELDS)
    return Blueprint(
        name=_text(found, "name"),
        modality=_text(found, "modality", Modality.TEXT),
        task=_text(found, "task", Task.SINGLE),
        classes=[_class(each) for each in _list(found, "classes")],
        guidelines=_text(found, "guidelines", ""),
        budgets=[_limit(each) for each in _list(found, "budgets")],
        people={
            name: str(role) for name, role in _object(found.get("people", {}), "people").items()
        },
    )


@transaction.atomic
def build(blueprint: Blueprint, *, owner: User) -> Project:
    """Make the project as a draft. Raises ValidationError for what cannot be, naming it."""
    _check_choices(blueprint)
    first = next((each for each in blueprint.budgets if _is_plain(each)), None)
    project = projects.create(
        name=blueprint.name,
        modality=blueprint.modality,
        task=blueprint.task,
        owner=owner,
        classes=blueprint.classes,
        guidelines=blueprint.guidelines,
        budget=int(first.limit) if first else DEFAULT_BUDGET,
    )
    for each in blueprint.budgets:
        budgets.set_limit(
            project=project,
            scope=each.scope,
            unit=each.unit,
            limit=units.to_amount(each.unit, each.limit) if each.unit in units.UNITS else 0,
            actor=owner,
        )
    for name, role in blueprint.people.items():
        projects.set_role(project=project, user=_user(name), role=role, actor=owner)
    return project


def _is_plain(limit: Limit) -> bool:
    is_whole = limit.limit == limit.limit.to_integral_value()
    return (limit.scope, limit.unit) == ("project", units.LABELS) and is_whole


def _check_choices(blueprint: Blueprint) -> None:
    for name, value, known in (
        ("modality", blueprint.modality, Modality.values),
        ("task", blueprint.task, Task.values),
    ):
        if value not in known:
            raise ValidationError(f"{name}: {value!r} is none of {', '.join(known)}.")
    for name, role in blueprint.people.items():
        if role not in Role.values:
            raise ValidationError(f"people, {name}: {role!r} is none of {', '.join(Role.values)}.")


def _user(name: str) -> User:
    user = User.objects.filter(username=name).first()
    if user is None:
        raise ValidationError(f"people: there is no account {name!r}.")
    return user


def _class(given: Any) -> ClassDraft:
    if isinstance(given, str):
        return ClassDraft(given)
    found = _object(given, "classes", CLASS_FIELDS)
    return ClassDraft(
        _text(found, "name"), _text(found, "description", ""), _text(found, "key", "")
    )


def _limit(given: Any) -> Limit:
    found = _object(given, "budgets", BUDGET_FIELDS)
    try:
        limit = Decimal(str(found["limit"]))
    except (KeyError, InvalidOperation):
        raise ValidationError(f"budgets: {found.get('limit')!r} is no limit.") from None
    if not limit.is_finite():
        raise ValidationError(f"budgets: {limit} is no limit.")
    return Limit(_text(found, "for", "project"), _text(found, "unit", units.LABELS), limit)


def _object(given: Any, name: str, known: Sequence[str] | None = None) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise ValidationError(f"{name}: an object is wanted, not {type(given).__name__}.")
    if known is not None and (unknown := sorted(set(given) - set(known))):
        raise ValidationError(f"{name}: {unknown[0]!r} is none of {', '.join(known)}.")
    return given


def _list(found: Mapping[str, Any], name: str) -> list[Any]:
    given = found.get(name, [])
    if not isinstance(given, list):
        raise ValidationError(f"{name}: a list is wanted, not {type(given).__name__}.")
    return given


def _text(found: Mapping[str, Any], name: str, default: str | None = None) -> str:
    given = found.get(name, default)
    if not isinstance(given, str):
        raise ValidationError(f"{name}: a text is wanted, not {type(given).__name__}.")
    return given
