"""All accounts, for admins: close and open them, hand over links, take lost second factors."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from alapp.clock import database_now
from annotation.models import User
from annotation.services import accounts, sessions
from annotation.views.requests import Request

PER_PAGE = 50
LINK_WORKS_FOR = timedelta(days=2)


@require_safe
@never_cache
def everybody(request: Request) -> HttpResponse:
    _admins_only(request)
    search = request.GET.get("search", "").strip()
    page = Paginator(accounts.listed(search), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/everybody.html", {"page": page, "search": search})


@require_POST
@never_cache
def change(request: Request, user_id: int) -> HttpResponse:
    """Do one thing to an account, and say what came of it."""
    _admins_only(request)
    user = get_object_or_404(User, pk=user_id)
    action = request.POST.get("action", "")
    if action == "link":
        return _link(request, user)
    if action not in ("close", "open", "sign-out", "second-factor"):
        raise ValidationError("That is not one of the choices.")
    try:
        _do(action, user=user, actor=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("accounts")
    messages.success(request, "Done.")
    return redirect("accounts")


def _do(action: str, **who: Any) -> None:
    if action == "sign-out":
        sessions.end_all(**who)
    elif action == "second-factor":
        accounts.remove_second_factor(**who)
    else:
        accounts.set_active(is_active=action == "open", **who)


def _link(request: Request, user: User) -> HttpResponse:
    token = accounts.hand_link(
        user=user, actor=request.user, now=database_now(), valid_for=LINK_WORKS_FOR
    )
    link = request.build_absolute_uri(reverse("sign-in-link", args=[token]))
    return render(request, "accounts/handed_link.html", {"link": link, "person": user})


def _admins_only(request: Request) -> None:
    if not request.user.is_superuser:
        raise Http404("For admins only.")
