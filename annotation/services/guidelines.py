"""Guidelines: every version kept, restoring one writes another; who has read which."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from annotation import textdiff
from annotation.models import GuidelinesRead, GuidelinesVersion, Project, User
from annotation.services import audit

# How many versions the history shows: older ones stay in the table.
SHOWN = 50


@dataclass(frozen=True)
class Past:
    """A version with what it changed, counted from the one before it."""

    version: GuidelinesVersion
    changes: list[textdiff.Line]
    is_current: bool


@dataclass(frozen=True)
class Reading:
    """The current guidelines as one person meets them. `last_read` is 0 for somebody who never
    opened any; `changes` are since then."""

    number: int
    text: str
    last_read: int
    changes: list[textdiff.Line]

    @property
    def is_unread(self) -> bool:
        return self.last_read < self.number


@dataclass(frozen=True)
class Reader:
    """A member, the newest version they opened (0 for none), and when."""

    name: str
    role: str
    last_read: int
    read_at: datetime | None


def plain(text: str) -> str:
    """Return the text with the line ends that everything here uses: forms send others."""
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip()


def keep(*, project: Project, author: User | None, restores: int | None = None) -> None:
    """Write the project's guidelines down as a version, unless the newest says the same.

    Inside the transaction that has saved them: the row it wrote is locked, so that of two who
    save at once the second takes the next number.
    """
    newest = project.guidelines_versions.order_by("-number").first()
    if (newest.text if newest else "") == project.guidelines:
        return
    project.guidelines_version = newest.number + 1 if newest else 1
    GuidelinesVersion.objects.create(
        project=project,
        number=project.guidelines_version,
        text=project.guidelines,
        author=author,
        restores=restores,
    )
    project.save(update_fields=["guidelines_version"])


@transaction.atomic
def restore(*, project: Project, number: int, actor: User | None) -> None:
    """Make an old version's text the guidelines again, as a new version.

    Raises ValidationError when there is no such version, or it is the current one.
    """
    locked = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    old = locked.guidelines_versions.filter(number=number).first()
    if old is None:
        raise ValidationError(f"There is no version {number} of these guidelines.")
    if number == locked.guidelines_version:
        raise ValidationError(f"Version {number} is the current one.")
    before, locked.guidelines = locked.guidelines, old.text
    locked.save(update_fields=["guidelines"])
    keep(project=locked, author=actor, restores=number)
    audit.note(
        "guidelines.restore",
        actor=actor,
        project=project,
        target=f"version {number}",
        before=before,
        after=old.text,
    )


def history(project: Project) -> list[Past]:
    """Return the newest versions, newest first, each with what it changed."""
    rows = project.guidelines_versions.select_related("author").order_by("-number")
    versions = list(rows[: SHOWN + 1])
    texts = [each.text for each in versions[1:]]
    if len(versions) <= SHOWN:
        texts.append("")
    return [
        Past(version, textdiff.compare(before, version.text), version.number == versions[0].number)
        for version, before in zip(versions, texts, strict=False)
    ]


def reading_of(project: Project, user: User) -> Reading:
    """Return the guidelines with what changed since this person last opened them, in at most two
    statements; none where there are no guidelines."""
    number, last = project.guidelines_version, 0
    changes: list[textdiff.Line] = []
    if number:
        reads = GuidelinesRead.objects.filter(user=user, version__project=project)
        last = reads.aggregate(newest=Max("version__number"))["newest"] or 0
    if 0 < last < number:
        text = project.guidelines_versions.values_list("text", flat=True).get(number=last)
        changes = textdiff.compare(text, project.guidelines)
    return Reading(number, project.guidelines, last, changes)


def mark_read(*, project: Project, number: int, user: User) -> None:
    """Note that somebody opened a version; the first time counts. Raises ValidationError when
    there is no such version."""
    version = project.guidelines_versions.filter(number=number).first()
    if version is None:
        raise ValidationError(f"There is no version {number} of these guidelines.")
    read = GuidelinesRead(version=version, user=user)
    GuidelinesRead.objects.bulk_create([read], ignore_conflicts=True)


def readers(project: Project) -> list[Reader]:
    """Return every member with the newest version they opened: who lacks the current one first."""
    newest = _newest_reads(project)
    members = project.memberships.select_related("user").order_by("user__username")
    found = [
        Reader(str(each.user), each.get_role_display(), *newest.get(each.user_id, (0, None)))
        for each in members
    ]
    return sorted(found, key=lambda each: each.last_read)


def _newest_reads(project: Project) -> dict[int, tuple[int, datetime]]:
    rows = (
        GuidelinesRead.objects.filter(version__project=project)
        .order_by("version__number")
        .values_list("user_id", "version__number", "read_at")
    )
    return {user_id: (number, read_at) for user_id, number, read_at in rows}
