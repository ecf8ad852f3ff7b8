"""Exports by program: ask, look until it is done, take the file."""

from typing import Any

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from annotation.api.endpoints import Call, Endpoint, check_scope, operation
from annotation.api.serializers import exports as shapes
from annotation.permissions import Can
from annotation.scopes import Scope
from annotation.services import jobs
from annotation.services.exports import asking
from annotation.services.exports.asking import Export
from annotation.views import exporting

SHOWN = 50
# Taking away is reading, as far as one may.
TAKING = (Scope.READ, Scope.LEAD)


class Exports(Endpoint):
    tag = "exports"

    @operation("list_exports", *TAKING, can=Can.EXPORT, answers=shapes.ExportShown, is_list=True)
    def get(self, call: Call) -> list[Export]:
        """List the project's newest exports, newest first, 50 of them."""
        return asking.newest(project=call.project, now=call.now, n=SHOWN)

    @operation(
        "ask_export",
        *TAKING,
        can=Can.EXPORT,
        sends=shapes.ExportSent,
        answers=shapes.ExportShown,
        status=201,
        is_costly=True,
    )
    def post(self, call: Call) -> Export:
        """Ask for a file. A worker makes it; everybody may have one open per project."""
        order = shapes.order_of(call.sent)
        run = asking.ask(project=call.project, order=order, actor=call.user)
        return _found(call, run.pk)


class ExportView(Endpoint):
    tag = "exports"

    @operation("read_export", *TAKING, can=Can.EXPORT, answers=shapes.ExportShown)
    def get(self, call: Call, export_id: int) -> Export:
        """Read how far an export is, and what is in its file."""
        return _found(call, export_id)


class Cancel(Endpoint):
    tag = "exports"

    @operation("cancel_export", *TAKING, can=Can.EXPORT, answers=shapes.ExportShown)
    def post(self, call: Call, export_id: int) -> Export:
        """Cancel an export; one that has ended stays as it is."""
        asking.cancel(project=call.project, run_id=export_id, actor=call.user)
        return _found(call, export_id)


class Retry(Endpoint):
    tag = "exports"

    @operation("retry_export", *TAKING, can=Can.EXPORT, answers=shapes.ExportShown)
    def post(self, call: Call, export_id: int) -> Export:
        """Queue a failed export again; one that has not failed stays as it is."""
        _found(call, export_id)
        jobs.retry(project=call.project, run_id=export_id, actor=call.user)
        return _found(call, export_id)


class File(Endpoint):
    tag = "exports"

    @extend_schema(
        operation_id="read_export_file",
        description="The file as bytes, as an attachment.",
        responses={(200, "*/*"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, slug: str, export_id: int) -> Any:
        """Take the file of an export."""
        check_scope(TAKING, request.auth)
        return exporting.file(request, slug, export_id)  # type: ignore[arg-type]


def _found(call: Call, export_id: int) -> Export:
    found = asking.find(project=call.project, run_id=export_id, now=call.now)
    if found is None:
        raise Http404
    return found
