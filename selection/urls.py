from django.urls import path

from selection import views

urlpatterns = [
    path("projects/<slug:slug>/", views.progress, name="progress"),
    path("projects/<slug:slug>/curve.csv", views.curve_csv, name="curve-csv"),
    path("projects/<slug:slug>/train/", views.train, name="train"),
    path("projects/<slug:slug>/rounds/<int:number>/", views.round_page, name="round"),
    path("projects/<slug:slug>/selection/", views.settings_page, name="selection-settings"),
]
