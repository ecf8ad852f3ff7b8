"""What is said about an item beside its answer: flags and comments."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from annotation import tickets
from annotation.forms.queue import RemarkForm
from annotation.permissions import Can, get_project_or_404
from annotation.services import remarks
from annotation.views.requests import Request, by_whom_it_says


@require_POST
@by_whom_it_says
def remark(request: Request, slug: str) -> HttpResponse:
    """Record what somebody says about an item that was handed to them; their item stays."""
    project = get_project_or_404(request.user, slug, Can.LABEL)
    sent = RemarkForm.read(request.POST)
    remarks.make(
        project=project,
        assignment_id=tickets.redeem(sent["ticket"], user_id=request.user.pk),
        annotator=request.user,
        said=remarks.Said(sent["kind"], sent["text"], sent["remark_token"]),
    )
    if request.htmx:
        return HttpResponse(status=204)
    messages.success(request, gettext("Thank you: your lead will see it."))
    return redirect("label", slug=slug)
