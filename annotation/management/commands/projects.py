"""manage.py projects: every project and how it stands."""

from argparse import ArgumentParser
from typing import Any

from django.db.models import Count, Q

from alapp.commands import Command as Base
from annotation.models import Project, Status


class Command(Base):
    help = "List the projects: status, items, how many of them are labelled, people."
    examples = ("projects", "projects --status active --json")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--status", choices=Status.values, help="only those")

    def handle(self, **options: Any) -> None:
        rows = [_row(each) for each in _projects(options["status"])]
        for row in rows:
            self.say(
                f"{row['slug']:30}  {row['status']:8}  {row['labelled']:>9,} of {row['items']:>9,} "
                f"items labelled, {row['people']:,} people"
            )
        if not rows:
            self.say("There is no such project." if options["status"] else "There is none yet.")
        self.answer(rows)


def _projects(status: str | None) -> list[Project]:
    found = Project.objects.order_by("slug")
    return list(found.filter(status=status) if status else found)


def _row(project: Project) -> dict[str, Any]:
    pool = Count("pk")
    labelled = Count("pk", filter=Q(consensus__isnull=False))
    counted = project.items.filter(withdrawn_at=None).aggregate(items=pool, labelled=labelled)
    return {
        "slug": project.slug,
        "name": project.name,
        "status": project.status,
        **counted,
        "people": project.memberships.count(),
    }
