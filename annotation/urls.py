"""The addresses of the desk."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from annotation.views import accounts, items, projects, queue

urlpatterns = [
    path("", projects.projects, name="projects"),
    path(
        "sign-in/",
        LoginView.as_view(template_name="accounts/sign_in.html", redirect_authenticated_user=True),
        name="sign-in",
    ),
    path("sign-in/link/<str:token>/", accounts.sign_in_link, name="sign-in-link"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("account/", accounts.account, name="account"),
    path("account/theme/", accounts.theme, name="theme"),
    path("projects/new/", projects.projects, name="project-new"),
    path("projects/<slug:slug>/items/", projects.projects, name="items"),
    path("projects/<slug:slug>/settings/", projects.projects, name="settings"),
    path("projects/<slug:slug>/items/<int:item_id>/<str:size>/", items.image, name="item-image"),
    path("projects/<slug:slug>/label/", queue.label, name="label"),
    path("projects/<slug:slug>/label/answer/", queue.answer, name="answer"),
    path("projects/<slug:slug>/label/skip/", queue.skip, name="skip"),
    path("projects/<slug:slug>/label/undo/", queue.undo, name="undo"),
    path("projects/<slug:slug>/label/heartbeat/", queue.heartbeat, name="heartbeat"),
    path("projects/<slug:slug>/label/leave/", queue.leave, name="leave"),
]
