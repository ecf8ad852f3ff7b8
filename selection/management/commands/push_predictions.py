"""manage.py push_predictions: what a model outside alapp says of a project's items."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from alapp.clock import database_now
from alapp.commands import Command as Base
from alapp.commands import bad_use
from annotation.exchange import Project
from selection import outside_reading
from selection.outside_rows import PREDICTIONS, SCORES
from selection.services import outside


class Command(Base):
    help = (
        "Push class probabilities or scores for items from a CSV, TSV, JSONL or Parquet file: all "
        "of it or nothing, with each bad row named. See docs/outside-models.md."
    )
    examples = (
        "push_predictions reviews predictions.csv --name my-bert",
        "push_predictions reviews scores.jsonl --name urgency --scores",
        "push_predictions reviews predictions.parquet --name my-bert --trained-on train.csv",
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add = parser.add_argument
        add("project", help="slug of the project, as in its address")
        add("file", type=Path, help='rows with "item" or "key" and a column per class, or "score"')
        add("--name", required=True, help="of the outside model; again: a new version of it")
        add("--scores", action="store_true", help="the file holds one score per item")
        add("--trained-on", type=Path, metavar="FILE", help="the items it was trained on")

    def handle(self, **options: Any) -> None:
        project = Project.objects.filter(slug=options["project"]).first()
        if project is None:
            raise bad_use(f"There is no project {options['project']!r}.")
        trained, path = options["trained_on"], options["file"]
        version, is_new = outside.push(
            project=project,
            actor=None,
            name=options["name"],
            kind=SCORES if options["scores"] else PREDICTIONS,
            records=outside_reading.records(path, path.name),
            now=database_now(),
            source=path.name,
            trained_on=outside_reading.references(trained, trained.name) if trained else None,
        )
        said = "Kept as" if is_new else "Nothing is new: the same as"
        self.say(f"{said} version {version.number} of {version.model}: {version.n_items:,} items.")
        self.answer(
            {
                "model": version.model.name,
                "kind": version.model.kind,
                "version": version.number,
                "digest": version.digest,
                "items": version.n_items,
                "new": is_new,
            }
        )
