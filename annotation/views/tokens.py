"""One's own tokens for the API: the list, making one, which is shown once, and revoking."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from annotation.forms.projects import saves
from annotation.forms.tokens import TokenForm
from annotation.models import ApiToken
from annotation.services import tokens
from annotation.views.requests import Request


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_tokens(request: Request) -> HttpResponse:
    """The list and the form; a POST makes a token and shows it on this one page only."""
    form = TokenForm(request.user, request.POST or None)
    made: list[tuple[ApiToken, str]] = []
    if form.is_bound and saves(form, lambda: made.append(_make(request, form))):
        token, text = made[0]
        context = _context(request, TokenForm(request.user)) | {"made": token, "text": text}
        return render(request, "accounts/tokens.html", context)
    status = 422 if form.errors else 200
    return render(request, "accounts/tokens.html", _context(request, form), status=status)


@require_POST
def revoke(request: Request, token_id: int) -> HttpResponse:
    ended = tokens.revoke(
        user=request.user, token_id=token_id, actor=request.user, now=timezone.now()
    )
    told = _("Revoked: it opens nothing any more.") if ended else _("It was revoked already.")
    messages.success(request, told)
    return redirect("account-tokens")


def _make(request: Request, form: TokenForm) -> tuple[ApiToken, str]:
    typed = form.cleaned_data
    return tokens.make(
        user=request.user,
        name=typed["name"],
        wanted=typed["scopes"],
        valid_for=form.valid_for(),
        now=timezone.now(),
    )


def _context(request: Request, form: TokenForm) -> dict[str, Any]:
    now = timezone.now()
    rows = [(each, tokens.is_good(each, request.user, now=now)) for each in tokens.of(request.user)]
    return {"form": form, "tokens": rows}
