"""The administration site: accounts are managed here, the rest is only looked at."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest

from annotation.models import AuditEntry, Label, Membership, Project, Run, User


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
    list_display = ("created_at", "actor", "action", "project", "target")
    list_filter = ("action",)
    list_select_related = ("actor", "project")


admin.site.register(User, UserAdmin)
