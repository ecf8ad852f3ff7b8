"""Projects: the list, making one, changing it, its classes and guidelines."""

from typing import Any

from django.core.exceptions import PermissionDenied

from annotation.api.endpoints import Call, Endpoint, Page, operation
from annotation.api.serializers import projects as shapes
from annotation.models import Project
from annotation.permissions import Can, may_create_projects, role_of
from annotation.scopes import Scope
from annotation.services import guidelines, overview, projects, readiness

PER_PAGE = 50
ANY = (Scope.READ, Scope.LABEL, Scope.LEAD)


class Projects(Endpoint):
    tag = "projects"

    @operation("list_projects", *ANY, answers=shapes.CardShown, is_paged=True)
    def get(self, call: Call) -> Page:
        """List the projects one has a role in, the newest first."""
        return Page(*overview.page_of(call.user, before=call.after(), n=PER_PAGE))

    @operation(
        "create_project",
        Scope.LEAD,
        sends=shapes.ProjectSent,
        answers=shapes.ProjectShown,
        status=201,
    )
    def post(self, call: Call) -> Project:
        """Make a draft project and own it. Only those who lead a project already, and admins."""
        if not may_create_projects(call.user):
            raise PermissionDenied("Only leads make projects. Ask one to give you that role.")
        sent = call.sent | {"classes": shapes.drafts(call.sent["classes"])}
        return _with_role(call, projects.create(owner=call.user, **sent))


class ProjectView(Endpoint):
    tag = "projects"

    @operation("read_project", *ANY, can=Can.LABEL, answers=shapes.ProjectShown)
    def get(self, call: Call) -> Project:
        """Read a project as everybody in it sees it, with its classes and one's role."""
        return _with_role(call, call.project)


class Settings(Endpoint):
    tag = "projects"

    @operation("read_settings", Scope.READ, can=Can.LEAD, answers=shapes.SettingsShown)
    def get(self, call: Call) -> Project:
        """Read everything about a project that its leads set."""
        return call.project

    @operation(
        "change_settings",
        Scope.LEAD,
        can=Can.LEAD,
        sends=shapes.SettingsSent,
        answers=shapes.SettingsShown,
    )
    def patch(self, call: Call) -> Project:
        """Change some settings; in force from the next item or batch on."""
        if not call.sent:
            return call.project
        return projects.describe(project=call.project, actor=call.user, **call.sent)


class StatusView(Endpoint):
    tag = "projects"

    @operation(
        "set_status",
        Scope.LEAD,
        can=Can.LEAD,
        sends=shapes.StatusSent,
        answers=shapes.ProjectShown,
    )
    def post(self, call: Call) -> Project:
        """Start a project, pause it, let it go on, or stop it."""
        return _with_role(call, projects.set_status(
            project=call.project, status=call.sent["status"], actor=call.user, now=call.now
        ))  # fmt: skip


class Readiness(Endpoint):
    tag = "projects"

    @operation("read_readiness", Scope.READ, can=Can.LEAD, answers=shapes.StepShown, is_list=True)
    def get(self, call: Call) -> list[readiness.Step]:
        """List what a project needs before it can start, and what of it is done."""
        return readiness.steps(call.project)


class Classes(Endpoint):
    tag = "projects"

    @operation("read_classes", *ANY, can=Can.LABEL, answers=shapes.ClassShown, is_list=True)
    def get(self, call: Call) -> Any:
        """List the classes in their order."""
        return call.project.classes.all()

    @operation(
        "set_classes",
        Scope.LEAD,
        can=Can.LEAD,
        sends=shapes.ClassesSent,
        answers=shapes.ClassShown,
        is_list=True,
    )
    def put(self, call: Call) -> Any:
        """Make the project's classes these, in this order. One that was answered cannot go."""
        drafts = shapes.drafts(call.sent["classes"])
        projects.set_classes(project=call.project, drafts=drafts, actor=call.user)
        return Project.objects.get(pk=call.project.pk).classes.all()


class Guidelines(Endpoint):
    tag = "projects"

    @operation("read_guidelines", *ANY, can=Can.LABEL, answers=shapes.ReadingShown)
    def get(self, call: Call) -> guidelines.Reading:
        """Read the guidelines, and whether one has seen this version."""
        return guidelines.reading_of(call.project, call.user)


class GuidelinesRead(Endpoint):
    tag = "projects"

    @operation(
        "mark_guidelines_read",
        Scope.LABEL,
        can=Can.LABEL,
        sends=shapes.NumberSent,
        status=204,
        has_own_key=True,
    )
    def post(self, call: Call) -> None:
        """Note that one has opened a version."""
        number = call.sent["number"]
        guidelines.mark_read(project=call.project, number=number, user=call.user)


class GuidelinesVersions(Endpoint):
    tag = "projects"

    @operation(
        "list_guidelines_versions",
        Scope.READ,
        can=Can.LEAD,
        answers=shapes.VersionShown,
        is_list=True,
    )
    def get(self, call: Call) -> list[guidelines.Past]:
        """List the newest 50 versions of the guidelines, the newest first."""
        return guidelines.history(call.project)

    @operation(
        "restore_guidelines",
        Scope.LEAD,
        can=Can.LEAD,
        sends=shapes.NumberSent,
        answers=shapes.ReadingShown,
    )
    def post(self, call: Call) -> guidelines.Reading:
        """Make an old version's text the guidelines again, as a new version."""
        guidelines.restore(project=call.project, number=call.sent["number"], actor=call.user)
        return guidelines.reading_of(Project.objects.get(pk=call.project.pk), call.user)


class GuidelinesReaders(Endpoint):
    tag = "projects"

    @operation(
        "list_guidelines_readers",
        Scope.READ,
        can=Can.LEAD,
        answers=shapes.ReaderShown,
        is_list=True,
    )
    def get(self, call: Call) -> list[guidelines.Reader]:
        """List every member with the version they opened last."""
        return guidelines.readers(call.project)


def _with_role(call: Call, project: Project) -> Project:
    project.role = role_of(call.user, project)  # type: ignore[attr-defined]
    return project
