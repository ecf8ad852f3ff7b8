"""manage.py create_project: a project with classes, guidelines, people and budgets."""

import json
from argparse import ArgumentParser
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from alapp.commands import Command as Base
from alapp.commands import bad_use
from annotation.models import Modality, Task, User
from annotation.services import blueprints
from annotation.services.blueprints import Blueprint, Limit
from annotation.services.projects import ClassDraft

OPTIONS = ("name", "modality", "task", "classes", "guidelines", "budget", "people")


class Command(Base):
    help = (
        "Make a project as a draft, from a JSON file or from options: all of it or nothing. Then "
        "import items, and start it on its page. docs/commands.md shows such a file."
    )
    examples = (
        "create_project --from reviews.json --owner admin",
        "create_project --owner admin --name Reviews --class 'good=They liked it' --class bad "
        "--person ada=annotator --budget 2000",
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add = parser.add_argument
        add("--owner", required=True, metavar="USER", help="whose project it becomes")
        add("--from", dest="source", type=Path, metavar="FILE.json", help="all of it from a file")
        add("--name", help="of the project")
        add("--modality", choices=Modality.values, help="what items are (text)")
        add("--task", choices=Task.values, help="one class per item, or any number (single)")
        add("--class", dest="classes", action="append", metavar="NAME[=DESCRIPTION]",
            help="a class; may be repeated")  # fmt: skip
        add("--guidelines", type=Path, metavar="FILE.md", help="what annotators read")
        add("--budget", metavar="N", help="labels in all")
        add("--person", dest="people", action="append", metavar="USER=ROLE",
            help="who takes part; may be repeated")  # fmt: skip

    def handle(self, **options: Any) -> None:
        owner = User.objects.filter(username=options["owner"]).first()
        if owner is None:
            raise bad_use(f"There is no account {options['owner']!r}.")
        source = options["source"]
        if source and any(options[name] for name in OPTIONS):
            raise bad_use("Describe the project in the file or by options, not both.")
        blueprint = _of_file(source) if source else _of_options(options)
        project = blueprints.build(blueprint, owner=owner)
        self.say(f"Made {project.name}: /projects/{project.slug}/")
        self.answer({"slug": project.slug, "name": project.name, "status": project.status})


def _of_file(path: Path) -> Blueprint:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise bad_use(f"{path.name} is not JSON: {error}") from None
    return blueprints.parse(document)


def _of_options(options: dict[str, Any]) -> Blueprint:
    if not options["name"]:
        raise bad_use("Give the project a --name, or describe it with --from FILE.json.")
    guidelines = options["guidelines"]
    return Blueprint(
        name=options["name"],
        modality=options["modality"] or Modality.TEXT,
        task=options["task"] or Task.SINGLE,
        classes=[ClassDraft(*_parted(each)) for each in options["classes"] or ()],
        guidelines=guidelines.read_text(encoding="utf-8") if guidelines else "",
        budgets=[_budget(options["budget"])] if options["budget"] else [],
        people=dict(_person(each) for each in options["people"] or ()),
    )


def _parted(text: str) -> tuple[str, str]:
    name, _, description = text.partition("=")
    return name.strip(), description.strip()


def _person(text: str) -> tuple[str, str]:
    name, role = _parted(text)
    if not role:
        raise bad_use(f"--person {text}: write USER=ROLE.")
    return name, role


def _budget(text: str) -> Limit:
    try:
        return Limit("project", "labels", Decimal(int(text)))
    except (ValueError, InvalidOperation):
        raise bad_use(f"--budget {text}: a whole number of labels is wanted.") from None
