"""A project's settings: one page, each section a form of its own."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseForm, ChoiceField
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from alapp.clock import database_now
from annotation.forms.handing_out import HandingOutForm
from annotation.forms.labelling import LabellingForm
from annotation.forms.people import InviteForm
from annotation.forms.projects import (
    BaseClassFormSet,
    DescribeForm,
    MemberForm,
    class_rows,
    saves,
)
from annotation.models import Membership, Project, Role
from annotation.permissions import Can, get_project_or_404, given_by, role_of
from annotation.services import guidelines, invitations, projects, readiness, spending, staff
from annotation.views.requests import Request


@require_safe
@never_cache
def settings(request: Request, slug: str) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.LEAD)
    return page(request, project)


@require_POST
def describe(request: Request, slug: str) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.LEAD)
    form = DescribeForm(request.POST)
    return _save(request, project, "general", form, lambda: projects.describe(
        project=project, actor=request.user, **form.cleaned_data
    ))  # fmt: skip


@require_POST
def limits(request: Request, slug: str) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.LEAD)
    form = HandingOutForm(request.POST)
    return _save(request, project, "limits", form, lambda: projects.describe(
        project=project, actor=request.user, **form.cleaned_data
    ))  # fmt: skip


@require_POST
def labelling(request: Request, slug: str) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.LEAD)
    form = LabellingForm(request.POST)
    return _save(request, project, "labelling", form, lambda: projects.describe(
        project=project, actor=request.user, **form.cleaned_data
    ))  # fmt: skip


@require_POST
def classes(request: Request, slug: str) -> HttpResponse:
    """Save the classes, one of them moved where its arrow was pressed."""
    project = get_project_or_404(request.user, slug, Can.LEAD)
    rows = class_rows(project, request.POST)
    if rows.saves(lambda: projects.set_classes(
        project=project, drafts=rows.moved(request.POST.get("move", "")), actor=request.user
    )):  # fmt: skip
        return _done(request, project, "classes")
    return page(request, project, classes=rows)


@require_POST
@never_cache
def add_member(request: Request, slug: str) -> HttpResponse:
    """Give somebody a role; the password of a new account is on this one page and nowhere else."""
    project = get_project_or_404(request.user, slug, Can.LEAD)
    form = MemberForm(request.POST)
    passwords: list[str | None] = []
    if not saves(form, lambda: passwords.append(_add(request, project, form))):
        return page(request, project, member=form)
    if passwords[0] is None:
        return _done(request, project, "people")
    context = {"project": project, "section": "settings", "password": passwords[0]}
    context["username"] = form.cleaned_data["username"]
    return render(request, "annotation/new_account.html", context)


def _add(request: Request, project: Project, form: MemberForm) -> str | None:
    return staff.add(project=project, actor=request.user, **form.cleaned_data)


@require_POST
def change_role(request: Request, slug: str, member: int) -> HttpResponse:
    """Change somebody's role, or take it: an empty one."""
    project = get_project_or_404(request.user, slug, Can.LEAD)
    standing = get_object_or_404(Membership, pk=member, project=project)
    role = request.POST.get("role") or None
    return attempt(request, project, "people", lambda: projects.set_role(
        project=project, user=standing.user, role=role, actor=request.user
    ))  # fmt: skip


@require_POST
def status(request: Request, slug: str) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.LEAD)
    wanted = request.POST.get("status", "")
    return attempt(request, project, "status", lambda: projects.set_status(
        project=project, status=wanted, actor=request.user, now=database_now()
    ))  # fmt: skip


def _save(
    request: Request, project: Project, name: str, form: BaseForm, action: Callable[[], object]
) -> HttpResponse:
    if saves(form, action):
        return _done(request, project, name)
    return page(request, project, **{name: form})


def attempt(
    request: Request, project: Project, name: str, action: Callable[[], object]
) -> HttpResponse:
    """Do what needs no form, or say on the page why it cannot be done."""
    try:
        action()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("settings", slug=project.slug)
    return _done(request, project, name)


def _done(request: Request, project: Project, name: str) -> HttpResponse:
    messages.success(request, "Saved.")
    return redirect(f"{reverse('settings', args=[project.slug])}#{name}")


def page(request: Request, project: Project, **wrong: BaseForm | BaseClassFormSet) -> HttpResponse:
    """Show the page; `wrong` are sections to be shown again as they were sent."""
    project.refresh_from_db()
    given, now = given_by(role_of(request.user, project)), database_now()
    for each in wrong.values():
        _narrowed(each, given)
    context: dict[str, Any] = {
        "project": project,
        "section": "settings",
        "general": DescribeForm(initial=_of(project, "name", "guidelines")),
        "limits": HandingOutForm(initial=_of(project, *HandingOutForm.base_fields)),
        "labelling": LabellingForm(initial=_of(project, *LabellingForm.base_fields)),
        "classes": class_rows(project),
        "member": _narrowed(MemberForm(), given),
        "limits_set": spending.limits(project, now=now),
        "members": project.memberships.select_related("user").order_by("user__username"),
        "roles": [each for each in Role.choices if each[0] in given],
        "given": given,
        "invite": _narrowed(InviteForm(), given),
        "invitations": invitations.of(project, now=now),
        "readers": guidelines.readers(project),
        "steps": readiness.steps(project),
    }
    context["is_ready"] = all(step.is_done for step in context["steps"] if step.is_needed)
    return render(
        request, "annotation/settings.html", {**context, **wrong}, status=422 if wrong else 200
    )


Shown = TypeVar("Shown")


def _narrowed(form: Shown, given: frozenset[str]) -> Shown:
    """Offer only the roles that whoever asks may give; a form without roles stays as it is."""
    role = getattr(form, "fields", {}).get("role")
    if isinstance(role, ChoiceField):
        role.choices = [each for each in Role.choices if each[0] in given]
    return form


def _of(project: Project, *names: str) -> dict[str, Any]:
    return {name: getattr(project, name) for name in names}
