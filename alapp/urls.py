"""Where everything is."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from alapp import system

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("system/", system.system, name="system"),
    path("api/v1/", include("annotation.api.urls")),
    path("", include("annotation.urls")),
    path("", include("selection.urls")),
]

handler403 = "alapp.errors.forbidden"
handler404 = "alapp.errors.not_found"
