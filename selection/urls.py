from django.urls import path

from selection import views, views_rounds

urlpatterns = [
    path("projects/<slug:slug>/", views.progress, name="progress"),
    path("projects/<slug:slug>/curve.csv", views.curve_csv, name="curve-csv"),
    path("projects/<slug:slug>/train/", views.train, name="train"),
    path("projects/<slug:slug>/rounds/", views_rounds.rounds_page, name="rounds"),
    path("projects/<slug:slug>/rounds/<int:number>/", views_rounds.round_page, name="round"),
    path(
        "projects/<slug:slug>/rounds/<int:number>/picks.csv",
        views_rounds.round_csv,
        name="round-csv",
    ),
    path("projects/<slug:slug>/rounds/<int:number>/replay/", views_rounds.replay, name="replay"),
    path(
        "projects/<slug:slug>/rounds/<int:number>/replay/state/",
        views_rounds.replay_state,
        name="replay-state",
    ),
    path("projects/<slug:slug>/selection/", views.settings_page, name="selection-settings"),
]
