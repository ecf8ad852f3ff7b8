"""The addresses of the API."""

from django.urls import URLPattern, URLResolver, include, path, register_converter

from annotation.api import converters, endpoints
from annotation.api.views import account, exports, labelling, media, projects, reading

app_name = "api"
register_converter(converters.Id, "id")

LABEL: list[URLPattern | URLResolver] = [
    path("claim/", labelling.Claim.as_view(), name="claim"),
    path("answer/", labelling.Answer.as_view(), name="answer"),
    path("skip/", labelling.SkipView.as_view(), name="skip"),
    path("undo/", labelling.Undo.as_view(), name="undo"),
    path("heartbeat/", labelling.Heartbeat.as_view(), name="heartbeat"),
    path("leave/", labelling.Leave.as_view(), name="leave"),
    path("remarks/", labelling.Remarks.as_view(), name="remark"),
    path("answers/", labelling.OwnAnswers.as_view(), name="own-answers"),
    path("answers/<id:item_id>/", labelling.OwnAnswer.as_view(), name="own-answer"),
    path("answers/<id:item_id>/correct/", labelling.Correct.as_view(), name="correct"),
    path("answers/<id:item_id>/take-back/", labelling.TakeBack.as_view(), name="take-back"),
    path("notes/", labelling.Notes.as_view(), name="notes"),
    path("notes/<id:returned_id>/settle/", labelling.SettleNote.as_view(), name="note-settle"),
    path("mine/", labelling.OwnWork.as_view(), name="own-work"),
]
EXPORTS: list[URLPattern | URLResolver] = [
    path("", exports.Exports.as_view(), name="exports"),
    path("<id:export_id>/", exports.ExportView.as_view(), name="export"),
    path("<id:export_id>/cancel/", exports.Cancel.as_view(), name="export-cancel"),
    path("<id:export_id>/retry/", exports.Retry.as_view(), name="export-retry"),
    path("<id:export_id>/file/", exports.File.as_view(), name="export-file"),
]
PROJECT: list[URLPattern | URLResolver] = [
    path("", projects.ProjectView.as_view(), name="project"),
    path("settings/", projects.Settings.as_view(), name="settings"),
    path("status/", projects.StatusView.as_view(), name="status"),
    path("readiness/", projects.Readiness.as_view(), name="readiness"),
    path("classes/", projects.Classes.as_view(), name="classes"),
    path("guidelines/", projects.Guidelines.as_view(), name="guidelines"),
    path("guidelines/read/", projects.GuidelinesRead.as_view(), name="guidelines-read"),
    path("guidelines/versions/", projects.GuidelinesVersions.as_view(), name="guidelines-versions"),
    path("guidelines/readers/", projects.GuidelinesReaders.as_view(), name="guidelines-readers"),
    path("label/", include(LABEL)),
    path("exports/", include(EXPORTS)),
    path("items/<id:item_id>/image/<slug:size>/", media.Image.as_view(), name="image"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", reading.Schema.as_view(), name="schema"),
    path("docs/", reading.docs, name="docs"),
    path("me/", account.Me.as_view(), name="me"),
    path("me/token/", account.OwnToken.as_view(), name="own-token"),
    path("projects/", projects.Projects.as_view(), name="projects"),
    path("projects/<slug:slug>/", include(PROJECT)),
    path("", endpoints.Nowhere.as_view(), name="root"),
    path("<path:rest>", endpoints.Nowhere.as_view(), name="nowhere"),
]
