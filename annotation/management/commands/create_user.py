"""manage.py create_user: an account, and a link that signs its person in once."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from alapp.clock import database_now
from alapp.commands import Command as Base
from alapp.commands import bad_use
from annotation.models import Project, Role
from annotation.services import staff_accounts

LONGEST = 30


class Command(Base):
    help = (
        "Make an account with a role in a project, or an admin, and print its password and a link "
        "that signs in once. Both are shown this once."
    )
    examples = (
        "create_user ada --project reviews --role annotator",
        "create_user grace --admin --days 1",
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add = parser.add_argument
        add("username", help="the name to sign in with")
        add("--admin", action="store_true", help="may do everything everywhere")
        add("--project", metavar="SLUG", help="where the person takes part")
        add("--role", choices=Role.values, default=Role.ANNOTATOR, help="there (annotator)")
        add("--days", type=int, default=7, metavar="N", help="how long the link works (7)")
        add("--url", default="http://localhost:8000", help="where alapp runs, for the link")

    def handle(self, **options: Any) -> None:
        if not 1 <= options["days"] <= LONGEST:
            raise bad_use(f"--days must be between 1 and {LONGEST}; {options['days']} is not.")
        slug, project = options["project"], None
        if slug and (project := Project.objects.filter(slug=slug).first()) is None:
            raise bad_use(f"There is no project {slug!r}.")
        made = staff_accounts.make(
            username=options["username"],
            is_admin=options["admin"],
            project=project,
            role=options["role"],
            now=database_now(),
            valid_for=timedelta(days=options["days"]),
        )
        link = f"{options['url'].rstrip('/')}/sign-in/link/{made.token}/"
        self.say(f"Account   {made.user.username}")
        self.say(f"Password  {made.password}")
        self.say(f"Link      {link}   (signs in once, within {options['days']} days)")
        self.answer({"username": made.user.username, "password": made.password, "link": link})
