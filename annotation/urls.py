"""The addresses of the desk."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path

from annotation.views import accounts, items, media, projects, queue, settings

ACCOUNTS = [
    path(
        "sign-in/",
        LoginView.as_view(template_name="accounts/sign_in.html", redirect_authenticated_user=True),
        name="sign-in",
    ),
    path("sign-in/link/<str:token>/", accounts.sign_in_link, name="sign-in-link"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("account/", accounts.account, name="account"),
    path("account/theme/", accounts.theme, name="theme"),
]
LABEL = [
    path("", queue.label, name="label"),
    path("answer/", queue.answer, name="answer"),
    path("skip/", queue.skip, name="skip"),
    path("undo/", queue.undo, name="undo"),
    path("heartbeat/", queue.heartbeat, name="heartbeat"),
    path("leave/", queue.leave, name="leave"),
]
ITEMS = [
    path("", items.items, name="items"),
    path("upload/", items.upload, name="upload"),
    path("import/", items.import_state, name="import-state"),
    path("import/retry/", items.retry_import, name="import-retry"),
    path("import/<uuid:token>/", items.import_file, name="import"),
    path("<int:item_id>/<str:size>/", media.image, name="item-image"),
]
SETTINGS = [
    path("", settings.settings, name="settings"),
    path("general/", settings.describe, name="settings-general"),
    path("classes/", settings.classes, name="settings-classes"),
    path("people/", settings.add_member, name="settings-people"),
    path("people/<int:member>/", settings.change_role, name="settings-role"),
    path("budget/", settings.budget, name="settings-budget"),
    path("budget/freeze/", settings.freeze, name="settings-freeze"),
    path("status/", settings.status, name="settings-status"),
    path("limits/", settings.limits, name="settings-limits"),
]
urlpatterns = [
    path("", projects.projects, name="projects"),
    path("new-project/", projects.new, name="project-new"),
    *ACCOUNTS,
    path("projects/<slug:slug>/label/", include(LABEL)),
    path("projects/<slug:slug>/items/", include(ITEMS)),
    path("projects/<slug:slug>/settings/", include(SETTINGS)),
]
