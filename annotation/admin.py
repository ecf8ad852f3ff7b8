"""The administration site: accounts are managed here, the rest is only looked at."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import AbstractUser
from django.http import HttpRequest

from annotation.models import AuditEntry, Label, Membership, Project, Run, User
from annotation.services import audit

# What allauth keeps is changed on its owner's pages, by whom it is theirs: nowhere else is that in
# the audit log. Admins have the page of accounts.
KEPT_BY_ALLAUTH = (EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken)

for model in KEPT_BY_ALLAUTH:
    if admin.site.is_registered(model):
        admin.site.unregister(model)


class ReadOnly(admin.ModelAdmin):
    """Looked at here; changed through the pages, where the rules and the audit log are."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Project)
class ProjectAdmin(ReadOnly):
    list_display = ("name", "slug", "modality", "task", "status", "created_at")
    search_fields = ("name", "slug")


@admin.register(Membership)
class MembershipAdmin(ReadOnly):
    list_display = ("user", "project", "role")
    list_select_related = ("user", "project")


@admin.register(Label)
class LabelAdmin(ReadOnly):
    list_display = ("id", "project", "item_id", "annotator", "value", "revision", "created_at")
    list_select_related = ("project", "annotator")
    show_full_result_count = False


@admin.register(Run)
class RunAdmin(ReadOnly):
    list_display = ("id", "kind", "project", "state", "attempt", "created_at", "error")
    list_filter = ("kind", "state")
    list_select_related = ("project",)


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnly):
    list_display = ("created_at", "actor_name", "action", "project_slug", "target")
    list_filter = ("action",)


@admin.register(User)
class AccountAdmin(UserAdmin):
    """Django's own page of accounts; what is changed there is in the audit log, too."""

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        _note("account.create", request, obj)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        _note("account.change", request, obj, after=_changed(message))
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        for each in queryset:
            _note("account.delete", request, each)
        return super().log_deletions(request, queryset)


def _note(action: str, request: HttpRequest, account: AbstractUser, after: Any = None) -> None:
    assert isinstance(request.user, User)  # the site lets nobody else in
    audit.note(action, actor=request.user, target=account.username, after=after)


def _changed(message: Any) -> list[str]:
    """Return the names of the fields a form changed; Django says a password's in words."""
    if isinstance(message, str):
        return [message]
    return [name for part in message for name in part.get("changed", {}).get("fields", [])]
