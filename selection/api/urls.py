"""The reader's addresses of the API."""

from django.urls import include, path
from django.urls.resolvers import URLPattern, URLResolver

from annotation.api import converters  # noqa: F401 - it names "id" in addresses
from selection.api import outside, views

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
    path("outside-models/", outside.OutsideModels.as_view(), name="outside-models"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("projects/<slug:slug>/", include(PROJECT)),
]
