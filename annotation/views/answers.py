"""My answers: what somebody said in a project, to look at again and to put right."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from alapp.errors import Conflict
from annotation.forms.queue import CorrectionForm
from annotation.models import Project
from annotation.permissions import Can, get_project_or_404
from annotation.seating import bring_classes, now_of
from annotation.services import corrections, own_answers
from annotation.services.people import Wanted
from annotation.views.requests import Request, number


@require_safe
@never_cache
def answers(request: Request, slug: str) -> HttpResponse:
    project = _project(request, slug)
    found, more = own_answers.of(project, request.user, _wanted(request.GET))
    context = {
        "project": project,
        "classes": list(project.classes.all()),
        "answers": found,
        "wanted": _wanted(request.GET),
        "query": _query(request.GET),
        "older": _query(request.GET, before=more) if more else "",
        "why_not": corrections.why_not(project),
    }
    return render(request, "annotation/answers/answers.html", context)


@require_safe
@never_cache
def one(request: Request, slug: str, item_id: int) -> HttpResponse:
    return _page(request, _project(request, slug), item_id)


@require_POST
def change(request: Request, slug: str, item_id: int) -> HttpResponse:
    """Give another answer in the place of one's own."""

    def act(change: corrections.Change, sent: dict[str, Any]) -> str:
        label = corrections.revise(change, class_ids=sent["classes"])
        said_ids = label.value or ()
        names = [each.name for each in change.project.classes.all() if each.pk in said_ids]
        said = {"answer": ", ".join(names) or _("Nothing applies")}
        if label.pk == change.label_id:
            return _("Your answer stays: %(answer)s.") % said
        return _("Corrected: %(answer)s.") % said

    return _put_right(request, slug, item_id, act)


@require_POST
def take_back(request: Request, slug: str, item_id: int) -> HttpResponse:
    """Take one's own answer back: its item lies on one's desk again."""

    def act(change: corrections.Change, sent: dict[str, Any]) -> str:
        corrections.take_back(change, now=now_of(request.user))
        return _("Taken back: the item lies on your desk again.")

    return _put_right(request, slug, item_id, act)


def _put_right(
    request: Request,
    slug: str,
    item_id: int,
    act: Callable[[corrections.Change, dict[str, Any]], str],
) -> HttpResponse:
    """Do it and go on to the answer before; what is refused is said on the page as it is now."""
    project = _project(request, slug)
    sent = CorrectionForm.read(request.POST)
    wanted = corrections.Change(project, sent["label"], request.user, sent["client_token"])
    try:
        messages.success(request, act(wanted, sent))
    except Conflict as refused:
        return _refused(request, project, item_id, str(refused), status=409)
    except ValidationError as wrong:
        return _refused(request, project, item_id, " ".join(wrong.messages), status=422)
    place = number(request.GET.get("then", "")) or item_id
    return redirect(f"{_list(project, request.GET)}#answer-{place}")


def _refused(
    request: Request, project: Project, item_id: int, why: str, *, status: int
) -> HttpResponse:
    messages.error(request, why)
    if own_answers.one(project, request.user, item_id) is None:
        return redirect(_list(project, request.GET))
    return _page(request, project, item_id, status=status)


def _page(request: Request, project: Project, item_id: int, *, status: int = 200) -> HttpResponse:
    own = own_answers.one(project, request.user, item_id)
    if own is None:
        raise Http404("No answer of theirs.")
    context = {
        "project": project,
        "classes": list(project.classes.all()),
        "own": own,
        "token": uuid4(),
        "query": _query(request.GET, then=number(request.GET.get("then", ""))),
        "back": f"{_list(project, request.GET)}#answer-{item_id}",
        "why_not": corrections.why_not(project),
    }
    return render(request, "annotation/answers/one.html", context, status=status)


def _project(request: Request, slug: str) -> Project:
    project = get_project_or_404(request.user, slug, Can.LABEL)
    bring_classes(project, request.user)
    return project


def _wanted(sent: QueryDict) -> Wanted:
    return Wanted(
        search=sent.get("search", "").strip()[:200],
        class_id=number(sent.get("class", "")),
        before=number(sent.get("before", "")),
    )


def _query(sent: QueryDict, **more: int | None) -> str:
    """Return which answers were looked at, as it stands in addresses."""
    wanted = _wanted(sent)
    kept = {"search": wanted.search, "class": wanted.class_id, "before": wanted.before, **more}
    return urlencode({name: value for name, value in kept.items() if value})


def _list(project: Project, sent: QueryDict) -> str:
    return f"{reverse('my-answers', args=[project.slug])}?{_query(sent)}"
