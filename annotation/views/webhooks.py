"""The pages of a project's webhooks: the list, and one with what it sent."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from alapp.clock import database_now
from annotation.forms.projects import saves
from annotation.forms.webhooks import WebhookForm
from annotation.models import Delivery, Project, Webhook
from annotation.permissions import Can, get_project_or_404
from annotation.services import jobs
from annotation.services import webhooks as hooks
from annotation.views.requests import Request


@require_safe
@never_cache
def webhooks(request: Request, slug: str) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.LEAD)
    return _list(request, project, WebhookForm())


@require_POST
@never_cache
def add(request: Request, slug: str) -> HttpResponse:
    """Make a webhook; its secret is on this one page and nowhere else."""
    project = get_project_or_404(request.user, slug, Can.LEAD)
    form = WebhookForm(request.POST)
    made: list[hooks.Made] = []
    if not saves(form, lambda: made.append(
        hooks.create(project=project, actor=request.user, **form.cleaned_data)
    )):  # fmt: skip
        return _list(request, project, form, status=422)
    return _secret(request, project, made[0], is_new=True)


@require_safe
@never_cache
def webhook(request: Request, slug: str, hook_id: int) -> HttpResponse:
    """The whole page, or only the deliveries when the page looks again."""
    hook = _find(request, slug, hook_id)
    if request.htmx:
        return render(request, "annotation/webhooks/_deliveries.html", _of(hook))
    return _page(request, hook, _form_of(hook))


@require_POST
@never_cache
def change(request: Request, slug: str, hook_id: int) -> HttpResponse:
    hook = _find(request, slug, hook_id)
    form = WebhookForm(request.POST)
    if not saves(form, lambda: hooks.change(hook=hook, actor=request.user, **form.cleaned_data)):
        return _page(request, _find(request, slug, hook_id), form, status=422)
    messages.success(request, "Saved. In force from the next message on.")
    return redirect("webhook", slug=slug, hook_id=hook_id)


@require_POST
def switch(request: Request, slug: str, hook_id: int) -> HttpResponse:
    hook = _find(request, slug, hook_id)
    is_on = request.POST.get("on") == "yes"
    hooks.switch(hook=hook, actor=request.user, is_on=is_on, now=database_now())
    told = "It is on: the next news is sent." if is_on else "It is off: nothing is sent."
    messages.success(request, told)
    return redirect("webhook", slug=slug, hook_id=hook_id)


@require_POST
@never_cache
def new_secret(request: Request, slug: str, hook_id: int) -> HttpResponse:
    """Make a new secret: on this one page and nowhere else."""
    hook = _find(request, slug, hook_id)
    made = hooks.rotate(hook=hook, actor=request.user, now=database_now())
    return _secret(request, hook.project, made, is_new=False)


@require_POST
def test(request: Request, slug: str, hook_id: int) -> HttpResponse:
    hook = _find(request, slug, hook_id)
    return _attempt(request, hook, "A test is on its way.", lambda: hooks.test(
        hook=hook, actor=request.user
    ))  # fmt: skip


@require_POST
def send_again(request: Request, slug: str, hook_id: int, delivery_id: UUID) -> HttpResponse:
    hook = _find(request, slug, hook_id)
    return _attempt(request, hook, "It is on its way again.", lambda: hooks.send_again(
        hook=hook, actor=request.user, delivery_id=str(delivery_id), now=database_now()
    ))  # fmt: skip


@require_POST
def delete(request: Request, slug: str, hook_id: int) -> HttpResponse:
    hooks.delete(hook=_find(request, slug, hook_id), actor=request.user)
    messages.success(request, "The webhook is deleted.")
    return redirect("webhooks", slug=slug)


def _find(request: Request, slug: str, hook_id: int) -> Webhook:
    project = get_project_or_404(request.user, slug, Can.LEAD)
    found = Webhook.objects.filter(project=project).select_related("project", "created_by")
    return get_object_or_404(found, pk=hook_id)


def _attempt(
    request: Request, hook: Webhook, told: str, action: Callable[[], object]
) -> HttpResponse:
    try:
        action()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, told)
    return redirect("webhook", slug=hook.project.slug, hook_id=hook.pk)


def _list(
    request: Request, project: Project, form: WebhookForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "project": project,
        "section": "settings",
        "listed": hooks.of_project(project),
        "most": hooks.MOST_WEBHOOKS,
        "form": form,
    }
    return render(request, "annotation/webhooks/webhooks.html", context, status=status)


def _page(request: Request, hook: Webhook, form: WebhookForm, *, status: int = 200) -> HttpResponse:
    context = _of(hook) | {"form": form}
    return render(request, "annotation/webhooks/webhook.html", context, status=status)


def _of(hook: Webhook) -> dict[str, Any]:
    now = database_now()
    deliveries = hooks.newest_deliveries(hook)
    seen = jobs.worker_seen(now=now)
    return {
        "project": hook.project,
        "section": "settings",
        "hook": hook,
        "deliveries": deliveries,
        "now": now,
        "waits": any(each.state == Delivery.State.WAITING for each in deliveries),
        "has_former": hook.former_until is not None and now < hook.former_until,
        "is_worker_away": seen is None or seen > jobs.AWAY,
        "n_shown": hooks.SHOWN,
    }


def _form_of(hook: Webhook) -> WebhookForm:
    return WebhookForm(initial={"url": hook.url, "events": hook.events})


def _secret(request: Request, project: Project, made: hooks.Made, *, is_new: bool) -> HttpResponse:
    context = {"project": project, "section": "settings", "made": made, "is_new": is_new}
    return render(request, "annotation/webhooks/secret.html", context)
