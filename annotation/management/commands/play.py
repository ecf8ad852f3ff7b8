"""manage.py play: oracle annotators that label a project whose truth is known, over HTTP."""

import threading
from datetime import timedelta
from typing import Any

import numpy as np
from django.core.management.base import CommandError, CommandParser
from django.db import connection

from alapp.clock import database_now
from alapp.commands import Command as Base
from alapp.commands import bad_use, bar
from annotation.models import Assignment, KnownAnswer, Membership, Project, Role, User
from annotation.oracle import Oracle, Page, PageError
from annotation.services import accounts

LINK_VALID = timedelta(minutes=10)


class Command(Base):
    help = (
        "Let oracle annotators label a project whose answers are known (the demo, or a file "
        "imported with --truth), through the pages a person uses. alapp must be running."
    )

    examples = ("play digits", "play my-reviews --annotators 5 --labels 500 --noise 0.05")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("project", help="the project's name in its address, e.g. my-reviews")
        parser.add_argument("--annotators", type=int, default=3, metavar="N", help="how many")
        parser.add_argument("--labels", type=int, default=300, metavar="N", help="labels in all")
        parser.add_argument("--noise", type=float, default=0.0, help="share of wrong answers")
        parser.add_argument("--pace", type=float, default=0.0, help="seconds per label, roughly")
        parser.add_argument("--seed", type=int, default=0, help="of mistakes and pace")
        parser.add_argument("--url", default="http://localhost:8000", help="where alapp runs")

    def handle(self, *, project: str, annotators: int, labels: int, **options: Any) -> None:
        _check(annotators=annotators, labels=labels, noise=options["noise"], pace=options["pace"])
        played = _project(project)
        crew = Crew(n_labels=labels)
        threads = []
        for number in range(annotators):
            oracle = _oracle(played, number, options)
            threads.append(threading.Thread(target=crew.work, args=(oracle,), daemon=True))
        crew.start(threads)
        crew.wait()
        if crew.error:
            raise CommandError(crew.error)
        self.say(f"{crew.n_done} labels given. {crew.reason}".strip())
        self.answer({"labels": crew.n_done, "reason": crew.reason})


def _check(*, annotators: int, labels: int, noise: float, pace: float) -> None:
    if not 1 <= annotators <= 100:
        raise bad_use(f"--annotators must be between 1 and 100; {annotators} is not.")
    if labels < 1:
        raise bad_use(f"--labels must be at least 1; {labels} is not.")
    if not 0 <= noise <= 1:
        raise bad_use(f"--noise must be between 0 and 1; {noise} is not.")
    if pace < 0:
        raise bad_use(f"--pace cannot be below 0; {pace} is.")


def _project(slug: str) -> Project:
    project = Project.objects.filter(slug=slug).first()
    if project is None:
        names = ", ".join(Project.objects.values_list("slug", flat=True)) or "none"
        raise bad_use(f"There is no project {slug!r}. There are: {names}.")
    items = project.items.filter(withdrawn_at=None)
    unknown = items.filter(known_answer=None).count()
    if unknown:
        raise CommandError(
            f"{unknown:,} of {items.count():,} items have no known answer. Import the "
            "file with: manage.py import_items PROJECT FILE --truth"
        )
    return project


def _oracle(project: Project, number: int, options: dict[str, Any]) -> Oracle:
    """Make the account, its role and its way in; the oracle itself only knows the pages."""
    user, _ = User.objects.get_or_create(username=f"oracle-{number + 1}")
    Membership.objects.get_or_create(project=project, user=user, defaults={"role": Role.ANNOTATOR})
    token = accounts.make_sign_in_link(user=user, now=database_now(), valid_for=LINK_VALID)
    page = Page(options["url"], project.slug)
    try:
        page.sign_in(token)
    except PageError as error:
        raise CommandError(f"{error} Is alapp running at {options['url']}?") from None
    return Oracle(
        page=page,
        rng=np.random.default_rng([options["seed"], number]),
        noise=options["noise"],
        pace=options["pace"],
        classes=list(project.classes.values_list("pk", flat=True)),
        is_multi=project.task == "multi",
        truth=_truth,
    )


def _truth(assignment_id: int) -> list[int]:
    item = Assignment.objects.values("item").filter(pk=assignment_id)
    return list(KnownAnswer.objects.get(item__in=item).value)


class Crew:
    """Oracles at work side by side until the labels are given or nothing more can be."""

    def __init__(self, *, n_labels: int) -> None:
        self._left = n_labels
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._bar = bar(total=n_labels, unit="label")
        self.n_done = 0
        self.error = ""
        self.reason = ""

    def start(self, threads: list[threading.Thread]) -> None:
        self._threads = threads
        for thread in threads:
            thread.start()

    def wait(self) -> None:
        for thread in self._threads:
            thread.join()
        self._bar.close()

    def work(self, oracle: Oracle) -> None:
        try:
            while self._take():
                if not oracle.label_one():
                    self._give_back()
                    self.reason = oracle.reason
                    return
                self._count()
            oracle.page.leave()
        except Exception as error:  # shown by the command; the others finish their work
            self._give_back()
            self.error = f"An oracle stopped: {error}"
        finally:
            connection.close()

    def _take(self) -> bool:
        with self._lock:
            self._left -= 1
            return self._left >= 0

    def _give_back(self) -> None:
        with self._lock:
            self._left += 1

    def _count(self) -> None:
        with self._lock:
            self.n_done += 1
            self._bar.update()
