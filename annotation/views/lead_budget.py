"""The budget page: limits, what a label costs, who spent what, and the ledger as a file."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from alapp.clock import database_now
from annotation import units
from annotation.formats import spreadsheet
from annotation.forms.budgets import LimitForm, OwnRateForm, PayForm
from annotation.forms.projects import saves
from annotation.models import Budget, Project
from annotation.permissions import Can, check_owner, get_project_or_404, is_allowed
from annotation.services import budgets, burning, spending
from annotation.views.requests import Request


@require_safe
@never_cache
def budget(request: Request, slug: str) -> HttpResponse:
    """The whole page, or only the figures when the page looks again."""
    project = get_project_or_404(request.user, slug, Can.LEAD)
    if request.htmx:
        context = {"project": project, **_figures(request, project)}
        return render(request, "annotation/budget/_figures.html", context)
    return _page(request, project)


@require_POST
def set_limit(request: Request, slug: str) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.LEAD)
    form = LimitForm(project, is_owner=_owns(request, project), sent=request.POST)
    return _save(request, project, "limit", form, lambda: budgets.set_limit(
        project=project,
        scope=form.cleaned_data["scope"],
        unit=form.cleaned_data["unit"],
        limit=form.amount(),
        actor=request.user,
        reason=form.cleaned_data["reason"],
    ))  # fmt: skip


@require_POST
def freeze(request: Request, slug: str, budget_id: int) -> HttpResponse:
    """Stop a budget, which any lead may, or let it give again: money only as an owner says."""
    project = get_project_or_404(request.user, slug, Can.LEAD)
    standing = get_object_or_404(Budget, project=project, pk=budget_id)
    is_frozen = request.POST.get("freeze") == "yes"
    if standing.unit == units.MONEY and not is_frozen:
        check_owner(request.user, project)
    budgets.freeze(budget=standing, is_frozen=is_frozen, actor=request.user)
    told = "Frozen: nothing more is handed out." if is_frozen else "It gives again."
    messages.success(request, told)
    if request.htmx:
        context = {"project": project, **_figures(request, project)}
        return render(request, "annotation/budget/_update.html", context)
    return redirect("budget", slug=slug)


@require_POST
def pay(request: Request, slug: str) -> HttpResponse:
    project = _owned(request, slug)
    form = PayForm(request.POST)
    return _save(request, project, "pay", form, lambda: budgets.set_pay(
        project=project, actor=request.user, **form.terms()
    ))  # fmt: skip


@require_POST
def own_rate(request: Request, slug: str) -> HttpResponse:
    project = _owned(request, slug)
    form = OwnRateForm(project, sent=request.POST)
    return _save(request, project, "own_rate", form, lambda: budgets.set_member_pay(
        project=project,
        user=form.cleaned_data["member"].user,
        pay_rate=form.rate(),
        actor=request.user,
    ))  # fmt: skip


@require_safe
def ledger(request: Request, slug: str) -> HttpResponseBase:
    """Every charge as a row, streamed: a ledger may be long."""
    project = get_project_or_404(request.user, slug, Can.LEAD)
    return StreamingHttpResponse(
        _lines([spending.LEDGER], spending.ledger(project)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{project.slug}-ledger.csv"'},
    )


def _lines(*parts: Sequence[Sequence[object]] | Iterator[Sequence[object]]) -> Iterator[str]:
    for part in parts:
        for row in part:
            line = io.StringIO()
            csv.writer(line).writerow([spreadsheet.cell(value) for value in row])
            yield line.getvalue()


def _owned(request: Request, slug: str) -> Project:
    """Return the project for its owner; a lead who may see the page is told why not."""
    project = get_project_or_404(request.user, slug, Can.LEAD)
    check_owner(request.user, project)
    return project


def _owns(request: Request, project: Project) -> bool:
    return is_allowed(request.user, project, Can.OWN)


def _save(
    request: Request, project: Project, name: str, form: BaseForm, action: Callable[[], object]
) -> HttpResponse:
    if saves(form, action):
        messages.success(request, "Saved. In force from the next item that is handed out.")
        return redirect("budget", slug=project.slug)
    return _page(request, project, **{name: form})


def _page(request: Request, project: Project, **wrong: BaseForm) -> HttpResponse:
    """Show the page; `wrong` is a form to be shown again as it was sent."""
    project.refresh_from_db()
    figures = _figures(request, project)
    context: dict[str, Any] = {
        "project": project,
        "section": "budget",
        "limit": _limit_form(request, project, [each for each, _ in figures["limits"]]),
        "pay": PayForm(initial=_terms(project)),
        "own_rate": OwnRateForm(project),
        "rate": spending.rate_in_words(project, project.pay_rate),
        **figures,
    }
    status = 422 if wrong else 200
    return render(request, "annotation/budget/budget.html", {**context, **wrong}, status=status)


def _figures(request: Request, project: Project) -> dict[str, Any]:
    now = database_now()
    limits = spending.limits(project, now=now)
    # A unit that several budgets count is shown once, from the first.
    counted: dict[str, Budget] = {}
    for each in limits:
        counted.setdefault(each.budget.unit, each.budget)
    asked = request.GET.get("unit", "")
    unit = asked if asked in counted else next(iter(counted), "")
    paces = burning.paces(project, now=now)
    daily = burning.daily(counted[unit], currency=project.currency, now=now) if unit else None
    return {
        "limits": [(each, paces.get(each.budget.pk)) for each in limits],
        "spenders": spending.spenders(project),
        "daily": daily,
        "unit_names": [(each, _unit_name(each, project)) for each in counted],
        "unit": unit,
        "unit_name": _unit_name(unit, project),
        "changes": burning.changes(project),
        "is_owner": _owns(request, project),
    }


def _unit_name(unit: str, project: Project) -> str:
    return project.currency if unit == units.MONEY else unit.capitalize()


def _limit_form(request: Request, project: Project, limits: Sequence[spending.Limit]) -> LimitForm:
    """Return the form filled with the limit that is to be changed: "?change=" names it."""
    wanted = request.GET.get("change", "")
    chosen = next((each for each in limits if str(each.budget.pk) == wanted), None)
    is_owner = _owns(request, project)
    if chosen is None:
        return LimitForm(project, is_owner=is_owner)
    said = units.to_said(chosen.budget.unit, chosen.budget.limit)
    places = {} if chosen.budget.unit == units.LABELS else {"limit": round(said, 2)}
    initial = {"limit": said, "scope": chosen.budget.scope, "unit": chosen.budget.unit} | places
    return LimitForm(project, is_owner=is_owner, **initial)


def _terms(project: Project) -> dict[str, Any]:
    said = units.to_said(units.MONEY, project.pay_rate)
    return {
        "pay_by": project.pay_by,
        "pay_rate": f"{said.normalize():f}",
        "currency": project.currency,
        "max_paid_seconds": project.max_paid_seconds,
    }
