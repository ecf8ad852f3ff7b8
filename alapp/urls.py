"""Where everything is."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from alapp import system

urlpatterns: list[URLPattern | URLResolver] = [
    # One way in, which asks for the second factor too.
    path(
        "admin/login/",
        login_not_required(RedirectView.as_view(pattern_name="sign-in", query_string=True)),
        name="admin-sign-in",
    ),
    path("admin/", admin.site.urls),
    path("system/", system.system, name="system"),
    path("api/v1/", include("selection.api.urls")),
    path("api/v1/", include("annotation.api.urls")),
    path("", include("annotation.urls")),
    path("", include("selection.urls")),
]

handler403 = "alapp.errors.forbidden"
handler404 = "alapp.errors.not_found"
