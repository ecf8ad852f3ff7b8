"""Groups of similar items by program: having a worker look for them, and reading them."""

from typing import Any

from rest_framework import serializers

from annotation.api.endpoints import Call, Endpoint, operation
from annotation.api.serializers.items import RunShown
from annotation.api.serializers.labelling import PayloadShown
from annotation.api.shapes import Shown
from annotation.api.views.labelling import payload
from annotation.permissions import Can
from annotation.scopes import Scope
from annotation.services import groups, jobs


class ExampleShown(Shown):
    item = serializers.IntegerField()
    payload = PayloadShown()


class GroupShown(Shown):
    """A group: its key where many are answered at once, telling words, its most typical items."""

    key = serializers.CharField()
    size = serializers.IntegerField()
    n_labelled = serializers.IntegerField()
    words = serializers.ListField(child=serializers.CharField())
    examples = ExampleShown(many=True)


class GroupsShown(Shown):
    """The groups, the largest first, and the newest run that looked for them."""

    groups = GroupShown(many=True)
    run = RunShown(allow_null=True)


class LookStartedShown(Shown):
    """Whether a worker is asked to look now; false where one was already."""

    is_started = serializers.BooleanField()


class Groups(Endpoint):
    tag = "items"

    @operation("read_groups", Scope.READ, can=Can.LEAD, answers=GroupsShown)
    def get(self, call: Call) -> dict[str, Any]:
        """Read the groups of similar items, and how far looking for them is."""
        run = call.project.runs.filter(kind=groups.KIND).order_by("-pk").first()
        return {
            "groups": [_group(call, each) for each in groups.of(call.project)],
            "run": None if run is None else jobs.Job(run, call.now),
        }

    @operation(
        "look_for_groups",
        Scope.LEAD,
        can=Can.LEAD,
        answers=LookStartedShown,
        status=202,
        is_costly=True,
    )
    def post(self, call: Call) -> dict[str, bool]:
        """Have a worker look for groups of similar items."""
        return {"is_started": groups.look(project=call.project, actor=call.user)}


def _group(call: Call, found: groups.GroupOf) -> dict[str, Any]:
    return {
        "key": f"alike-{found.group.number}",
        "size": found.group.size,
        "n_labelled": found.n_labelled,
        "words": found.group.words,
        "examples": [
            {"item": each.pk, "payload": payload(call.project, each.payload, each.pk)}
            for each in found.examples
        ],
    }
