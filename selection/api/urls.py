"""The reader's addresses of the API."""

from django.urls import include, path
from django.urls.resolvers import URLPattern, URLResolver

from annotation.api import converters  # noqa: F401 - it names "id" in addresses
from selection.api import after, maps, outside, views, what_ifs

app_name = "api-selection"

PROJECT: list[URLPattern | URLResolver] = [
    path("progress/", views.Progress.as_view(), name="progress"),
    path("curve/", views.Curve.as_view(), name="curve"),
    path("estimates/", views.Estimates.as_view(), name="estimates"),
    path("rounds/", views.Rounds.as_view(), name="rounds"),
    path("rounds/<id:number>/", views.RoundView.as_view(), name="round"),
    path("rounds/<id:number>/picks/", views.Picks.as_view(), name="picks"),
    path("rounds/<id:number>/replay/", views.ReplayView.as_view(), name="replay"),
    path("stopping/", views.Stopping.as_view(), name="stopping"),
    path("stopping/go-on/", views.GoOn.as_view(), name="go-on"),
    path("selection/", views.Selection.as_view(), name="selection"),
    path("final/", after.Final.as_view(), name="final"),
    path("final/accept/", after.Accept.as_view(), name="final-accept"),
    path("final/withdraw/", after.Withdraw.as_view(), name="final-withdraw"),
    path("final/label-next/", after.LabelNext.as_view(), name="final-label-next"),
    path("what-ifs/", what_ifs.WhatIfs.as_view(), name="what-ifs"),
    path("what-ifs/<id:what_if_id>/", what_ifs.WhatIfView.as_view(), name="what-if"),
    path("what-ifs/<id:what_if_id>/cancel/", what_ifs.Cancel.as_view(), name="what-if-cancel"),
    path("what-ifs/<id:what_if_id>/use/", what_ifs.Use.as_view(), name="what-if-use"),
    path("map/", maps.Map.as_view(), name="map"),
    path("map/points/", maps.MapPoints.as_view(), name="map-points"),
    path("map/found/", maps.MapFound.as_view(), name="map-found"),
    path("outside-models/", outside.OutsideModels.as_view(), name="outside-models"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("projects/<slug:slug>/", include(PROJECT)),
]
