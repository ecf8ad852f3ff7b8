"""Projects: made, described, staffed, started and stopped; every change in the audit log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from annotation import permissions
from annotation.models import LabelClass, Membership, Project, Role, Status, User
from annotation.models.projects import MAX_CLASSES
from annotation.services import audit, budgets, outbox, policy, runs
from annotation.services import guidelines as guides

# Okabe and Ito (2008): told apart also by colour-blind people. The name always stands beside.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#6B6B6B")
KEYS = "1234567890qwertyiopadhjklzxvbnm"
DEFAULT_BUDGET = 1_000
TOLD = {
    Status.ACTIVE: "project.started",
    Status.PAUSED: "project.paused",
    Status.STOPPED: "project.stopped",
}


@dataclass(frozen=True)
class ClassDraft:
    """A class as typed into a form. `id` names one that stands already."""

    name: str
    description: str = ""
    key: str = ""
    id: int | None = None


@transaction.atomic
def create(
    *,
    name: str,
    modality: str,
    owner: User,
    classes: Sequence[ClassDraft] = (),
    task: str = "single",
    guidelines: str = "",
    budget: int = DEFAULT_BUDGET,
) -> Project:
    """Make a draft project with its owner, classes and budget of labels."""
    name = name.strip()
    if not name:
        raise ValidationError("A project needs a name.")
    project = Project(
        name=name,
        slug=_free_slug(name),
        modality=modality,
        task=task,
        guidelines=guides.plain(guidelines),
    )
    project.full_clean()
    project.save()
    guides.keep(project=project, author=owner)
    Membership.objects.create(project=project, user=owner, role=Role.OWNER)
    audit.note("project.create", actor=owner, project=project, after=name)
    if classes:
        set_classes(project=project, drafts=classes, actor=owner)
    budgets.set_limit(project=project, scope="project", limit=budget, actor=owner)
    return project


def _free_slug(name: str) -> str:
    base = slugify(name)[:50] or "project"
    taken = set(Project.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    taken.add("new")  # the address of the page that makes a project
    numbered = (f"{base}-{n}" for n in range(2, len(taken) + 3))
    return base if base not in taken else next(slug for slug in numbered if slug not in taken)


@transaction.atomic
def set_classes(*, project: Project, drafts: Sequence[ClassDraft], actor: User | None) -> None:
    """Make the project's classes these, in this order; labels keep pointing to theirs.

    Raises ValidationError naming the class for an empty or doubled name, a doubled key, more than
    200 classes, or the removal of a class that has been answered.
    """
    _check_drafts(drafts)
    standing = {each.pk: each for each in project.classes.select_for_update()}
    before = [each.name for each in standing.values()]
    _remove_missing(project, standing, drafts)
    keys = _keys(drafts)
    # Names and keys may change places: free them all before they are given anew.
    for each in standing.values():
        LabelClass.objects.filter(pk=each.pk).update(name=f"\x01{each.pk}", key="")
    for position, (draft, key) in enumerate(zip(drafts, keys, strict=True)):
        _write_class(project, draft, key, position)
    after = [draft.name.strip() for draft in drafts]
    if before != after:
        audit.note("classes.set", actor=actor, project=project, before=before, after=after)


def _check_drafts(drafts: Sequence[ClassDraft]) -> None:
    if len(drafts) > MAX_CLASSES:
        raise ValidationError(f"{len(drafts)} classes are too many; {MAX_CLASSES} is the limit.")
    names: set[str] = set()
    for number, draft in enumerate(drafts, start=1):
        name = draft.name.strip()
        if not name:
            raise ValidationError(f"Class {number} has no name.")
        if len(name) > 100:
            raise ValidationError(f"Class {number}: the name is longer than 100 characters.")
        if name in names:
            raise ValidationError(f"Class {number}: {name!r} stands there twice.")
        names.add(name)
    _check_keys(drafts)


def _check_keys(drafts: Sequence[ClassDraft]) -> None:
    owner: dict[str, str] = {}
    for draft in drafts:
        key = draft.key.strip().lower()
        if key and key not in KEYS:
            raise ValidationError(
                f"{draft.name}: the key {draft.key!r} cannot be used; u, s, f, g and c are "
                "commands, and a key is one digit or letter."
            )
        if key and key in owner:
            raise ValidationError(f"The key {key!r} stands for {owner[key]} and for {draft.name}.")
        owner[key] = draft.name


def _keys(drafts: Sequence[ClassDraft]) -> list[str]:
    """Give every class its own key: the wanted one, its name if that is a digit, else the next."""
    wanted = [d.key.strip().lower() or _own_digit(d.name) for d in drafts]
    used = {key for key in wanted if key}
    free = iter(key for key in KEYS if key not in used)
    keys: list[str] = []
    for key in wanted:
        keys.append(key if key and key not in keys else next(free, ""))
    return keys


def _own_digit(name: str) -> str:
    return name.strip() if name.strip() in "0123456789" else ""


def _remove_missing(
    project: Project, standing: dict[int, LabelClass], drafts: Sequence[ClassDraft]
) -> None:
    kept = {draft.id for draft in drafts if draft.id}
    if unknown := kept - set(standing):
        raise ValidationError(f"Class {min(unknown)} does not belong to this project.")
    removed = set(standing) - kept
    for value in project.labels.exclude(value=None).values_list("value", flat=True).iterator():
        if used := removed & set(value or ()):
            name = standing[min(used)].name
            raise ValidationError(f"{name!r} has been answered already and cannot be removed.")
    for pk in removed:
        standing.pop(pk).delete()


def _write_class(project: Project, draft: ClassDraft, key: str, position: int) -> None:
    LabelClass(
        pk=draft.id,
        project=project,
        name=draft.name.strip(),
        description=draft.description.strip(),
        key=key,
        position=position,
        colour=COLOURS[position % len(COLOURS)],
    ).save()


@transaction.atomic
def describe(*, project: Project, actor: User | None, **changes: str | int) -> Project:
    """Change name, guidelines, how items are handed out or shown; each change is logged.

    Changed guidelines are a new version of them. Raises ValidationError for a value out of range,
    or a share that leaves work to nobody.
    """
    if "guidelines" in changes:
        changes["guidelines"] = guides.plain(str(changes["guidelines"]))
    before = {name: getattr(project, name) for name in changes}
    for name, value in changes.items():
        setattr(project, name, value)
    project.full_clean()
    if policy.SHARED_OUT & changes.keys():
        policy.check(project)
    project.save(update_fields=list(changes))
    if "guidelines" in changes:
        guides.keep(project=project, author=actor)
    if before != changes:
        audit.note("project.change", actor=actor, project=project, before=before, after=changes)
    return project


@transaction.atomic
def set_status(*, project: Project, status: str, actor: User | None, now: datetime) -> Project:
    """Start, pause, go on or stop; starting and stopping wake the reader.

    Raises ValidationError when there is nothing to label, or fewer than two classes to answer.
    """
    if status not in Status.values or status == Status.DRAFT:
        raise ValidationError(f"{status!r} is not a status a project can be given.")
    if status == Status.ACTIVE:
        _check_ready(project)
    before, project.status = project.status, status
    if status == Status.ACTIVE and project.started_at is None:
        project.started_at = now
    project.save(update_fields=["status", "started_at"])
    audit.note("project.status", actor=actor, project=project, before=before, after=status)
    if status != before:
        outbox.announce(project.pk, TOLD[Status(status)], {"before": before})
    if status in (Status.ACTIVE, Status.STOPPED):
        runs.look_at.enqueue(project.pk)
    return project


def _check_ready(project: Project) -> None:
    if not project.items.filter(withdrawn_at=None).exists():
        raise ValidationError("Import items before you start: there is nothing to label yet.")
    least = 1 if project.task == "multi" else 2
    if project.classes.count() < least:
        raise ValidationError(f"A project needs at least {least} classes before it can start.")


@transaction.atomic
def set_role(*, project: Project, user: User, role: str | None, actor: User | None) -> None:
    """Give a person a role, change it, or take it (None). The last owner stays.

    Owners give and take every role, leads those below theirs; everybody may give up their own.
    Raises ValidationError for what the actor may not do.
    """
    if role is not None and role not in Role.values:
        raise ValidationError(f"{role!r} is not a role.")
    # One change of roles at a time: of two owners who demote each other, one finds the other gone.
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    members = Membership.objects.filter(project=project)
    standing = members.filter(user=user).values_list("role", flat=True).first()
    if actor is not None and not (user == actor and role is None):
        permissions.check_gives(actor, project, standing, role)
    others = members.filter(role=Role.OWNER).exclude(user=user)
    if standing == Role.OWNER and role != Role.OWNER and not others.exists():
        raise ValidationError(_("A project needs an owner: give somebody else that role first."))
    if role is None:
        members.filter(user=user).delete()
    else:
        Membership.objects.update_or_create(project=project, user=user, defaults={"role": role})
    audit.note(
        "role.set", actor=actor, project=project, target=user.username, before=standing, after=role
    )
