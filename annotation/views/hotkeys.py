"""Keys of one's own: the page that changes them."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from annotation import keys
from annotation.services import hotkeys
from annotation.views.requests import Request


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_keys(request: Request) -> HttpResponse:
    if request.method != "POST":
        held = {name: " ".join(those) for name, those in hotkeys.current(request.user).items()}
        return render(request, "accounts/keys.html", {"groups": _groups(held, {})})
    typed = {name: request.POST[name] for name in keys.ACTION if name in request.POST}
    try:
        wanted = {name: hotkeys.read(each) for name, each in typed.items()}
        hotkeys.choose(user=request.user, wanted=wanted)
    except ValidationError as refused:
        groups = _groups(typed, refused.message_dict)
        return render(request, "accounts/keys.html", {"groups": groups, "failed": True}, status=422)
    messages.success(request, _("Your keys are saved."))
    return redirect("account-keys")


@require_POST
def reset_keys(request: Request) -> HttpResponse:
    hotkeys.reset(user=request.user)
    messages.success(request, _("The keys are as they were at first."))
    return redirect("account-keys")


def _groups(typed: Mapping[str, str], errors: Mapping[str, list[str]]) -> list[dict[str, Any]]:
    """Return every action with what stands in its field, group by group."""
    return [
        {
            "title": group.title,
            "rows": [
                {
                    "action": each,
                    "typed": typed.get(each.name, ""),
                    "default": " ".join(each.keys),
                    "errors": errors.get(each.name, []),
                }
                for each in keys.ACTIONS
                if each.group == group.name
            ],
        }
        for group in keys.GROUPS
    ]
