"""The map of the pool by program: drawn by the worker, its points, and finding among them."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404
from rest_framework import serializers

from alapp.errors import Conflict
from annotation import exchange
from annotation.api.endpoints import Call, Endpoint, Page, operation, wrong_cursor
from annotation.api.shapes import Id, Query, Sent, Shown
from annotation.exchange import Can
from annotation.scopes import Scope
from selection import asking, map_files, map_list
from selection.api.shapes import RunStateShown, StartedShown
from selection.core.catalog import MAPS
from selection.map_files import NO_CLASS, NO_DOUBT, Points
from selection.models import PoolMap

PER_PAGE = 5_000
USUAL = "pca"


class MapShown(Shown):
    """The map as it was last drawn. n_points of n_items are shown, n_waiting wait for the next
    drawing; `round` is whose model says what is predicted."""

    method = serializers.CharField()
    n_points = serializers.IntegerField()
    n_items = serializers.IntegerField()
    n_waiting = serializers.IntegerField()
    round = serializers.IntegerField(source="round_number", allow_null=True)
    placed_at = serializers.DateTimeField()
    made_at = serializers.DateTimeField()


class MethodShown(Shown):
    name = serializers.CharField()
    title = serializers.CharField()


class MapsShown(Shown):
    """The map, null before the first one; the newest drawing; the ways of drawing there are."""

    map = MapShown(allow_null=True)
    run = RunStateShown(allow_null=True)
    methods = MethodShown(many=True)


class DrawSent(Sent):
    method = serializers.ChoiceField(choices=list(MAPS), default=USUAL)


class MapPointShown(Shown):
    """An item's place, both from 0 to 65,535; the predicted class's id, and how sure the model
    is of it from 0 to 1: null without a model."""

    item = serializers.IntegerField()
    x = serializers.IntegerField()
    y = serializers.IntegerField()
    predicted = serializers.IntegerField(allow_null=True)
    sure = serializers.FloatField(allow_null=True)


class WishQuery(Query):
    predicted = Id(required=False, default=None, help_text="A class's id.")
    state = serializers.ChoiceField(
        choices=[name for name, _ in map_list.STATES if name], required=False, default=""
    )
    order = serializers.ChoiceField(
        choices=[name for name, _ in map_list.ORDERS], required=False, default="doubt"
    )
    near = Id(required=False, default=None, help_text="An item's id, for the order `near`.")


class FoundPointShown(Shown):
    """A point with its item: what is predicted, how sure that is, and the answer there is."""

    item = serializers.IntegerField(source="card.id")
    text = serializers.CharField(source="card.text")
    predicted = serializers.CharField()
    sure = serializers.FloatField(allow_null=True)
    answer = serializers.CharField(allow_null=True)


class Map(Endpoint):
    tag = "map"

    @operation("read_map", Scope.READ, can=Can.LEAD, answers=MapsShown)
    def get(self, call: Call) -> dict[str, Any]:
        """Read how the map was drawn, and how far the newest drawing is."""
        runs = exchange.recent_runs(call.project.pk, asking.MAP, n=1)
        return {
            "map": map_list.find_map(call.project.pk),
            "run": runs[0] if runs else None,
            "methods": [entry for entry in MAPS.values() if entry.is_installed],
        }

    @operation(
        "draw_map",
        Scope.LEAD,
        can=Can.LEAD,
        sends=DrawSent,
        answers=StartedShown,
        status=202,
        is_costly=True,
    )
    def post(self, call: Call) -> dict[str, bool]:
        """Have a worker draw the map, places found anew."""
        method = MAPS[call.sent["method"]]
        if not method.is_installed:
            raise ValidationError({"method": "This way of drawing a map is not installed here."})
        is_started = asking.draw_map(
            project_id=call.project.pk, method=method.name, actor_id=call.user.pk
        )
        return {"is_started": is_started}


class MapPoints(Endpoint):
    tag = "map"

    @operation(
        "list_map_points",
        Scope.READ,
        can=Can.LEAD,
        answers=MapPointShown,
        is_paged=True,
        is_costly=True,
    )
    def get(self, call: Call) -> Page:
        """List every point of the map, 5,000 at a time; 409 when it is drawn anew meanwhile."""
        found = _drawn(call)
        points, start = _points(found), _start(call, found)
        stop = min(start + PER_PAGE, points.header.n)
        more = f"{_moment(found)}-{stop}" if stop < points.header.n else None
        return Page([_point(points, place) for place in range(start, stop)], more)


class MapFound(Endpoint):
    tag = "map"

    @operation(
        "find_on_map",
        Scope.READ,
        can=Can.LEAD,
        query=WishQuery,
        answers=FoundPointShown,
        is_list=True,
        is_costly=True,
    )
    def get(self, call: Call) -> list[map_list.Row]:
        """Find up to 100 points by what they are or where they lie, least sure first."""
        facts, points = exchange.project_facts(call.project.pk), _points(_drawn(call))
        places = map_list.find(facts, points, map_list.Wish(**call.query))
        return map_list.rows_of(facts, points, [points.item_id(place) for place in places])


def _drawn(call: Call) -> PoolMap:
    found = map_list.find_map(call.project.pk)
    if found is None:
        raise Http404("No map was drawn yet.")
    return found


def _points(found: PoolMap) -> Points:
    try:
        return map_files.read(found.file)
    except FileNotFoundError:
        raise Http404("The map is gone.") from None


def _moment(found: PoolMap) -> int:
    return int(found.made_at.timestamp() * 1_000_000)


def _start(call: Call, found: PoolMap) -> int:
    """Return where the page begins: a cursor names the drawing and a place of it."""
    cursor = call.query.get("cursor", "")
    if not cursor:
        return 0
    moment, _dash, place = cursor.partition("-")
    for part in (moment, place):
        if not (part.isascii() and part.isdigit() and len(part) <= 18):
            raise wrong_cursor()
    if int(moment) != _moment(found):
        raise Conflict("The map was drawn anew meanwhile: begin again.")
    return min(int(place), found.n_points)


def _point(points: Points, place: int) -> dict[str, Any]:
    at, doubt = points.predicted[place], points.doubt[place]
    return {
        "item": points.item_id(place),
        "x": points.x[place],
        "y": points.y[place],
        "predicted": None if at == NO_CLASS else points.header.class_ids[at],
        "sure": None if doubt == NO_DOUBT else 1 - doubt / map_list.UNSURE,
    }
