from django.urls import path

from selection import views, views_after, views_map, views_rounds, views_what_if

urlpatterns = [
    path("projects/<slug:slug>/", views.progress, name="progress"),
    path("projects/<slug:slug>/curve.csv", views.curve_csv, name="curve-csv"),
    path("projects/<slug:slug>/report/", views.report, name="report"),
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
    path("projects/<slug:slug>/after/", views_after.after_page, name="after"),
    path("projects/<slug:slug>/after/finish/", views_after.finish, name="finish"),
    path("projects/<slug:slug>/after/accept/", views_after.accept, name="accept"),
    path("projects/<slug:slug>/after/withdraw/", views_after.withdraw, name="withdraw"),
    path("projects/<slug:slug>/after/label/", views_after.label_next, name="label-next"),
    path(
        "projects/<slug:slug>/after/items.csv",
        views_after.export,
        {"kind": "csv"},
        name="export-csv",
    ),
    path(
        "projects/<slug:slug>/after/items.jsonl",
        views_after.export,
        {"kind": "jsonl"},
        name="export-jsonl",
    ),
    path("projects/<slug:slug>/selection/", views.settings_page, name="selection-settings"),
    path("projects/<slug:slug>/map/", views_map.map_page, name="map"),
    path("projects/<slug:slug>/map/draw/", views_map.draw, name="map-draw"),
    path("projects/<slug:slug>/map/state/", views_map.map_state, name="map-state"),
    path("projects/<slug:slug>/map/points/", views_map.points, name="map-points"),
    path("projects/<slug:slug>/map/answers/", views_map.answers, name="map-answers"),
    path("projects/<slug:slug>/map/items/<int:item_id>/", views_map.item_card, name="map-item"),
    path("projects/<slug:slug>/map/table/", views_map.map_table, name="map-table"),
    path("projects/<slug:slug>/map/seeds/", views_map.seed, name="map-seed"),
    path("projects/<slug:slug>/what-if/", views_what_if.page, name="what-if"),
    path("projects/<slug:slug>/what-if/<int:pk>/", views_what_if.page, name="what-if-one"),
    path("projects/<slug:slug>/what-if/<int:pk>/state/", views_what_if.state, name="what-if-state"),
    path(
        "projects/<slug:slug>/what-if/<int:pk>/cancel/",
        views_what_if.cancel,
        name="what-if-cancel",
    ),
    path("projects/<slug:slug>/what-if/<int:pk>/use/", views_what_if.use, name="what-if-use"),
    path("projects/<slug:slug>/what-if/<int:pk>/csv/", views_what_if.as_csv, name="what-if-csv"),
]
