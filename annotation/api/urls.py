"""The addresses of the API."""

from django.urls import URLPattern, URLResolver, include, path

from annotation.api import (  # noqa: F401 - converters name "id" and "rest" in addresses
    converters,
    endpoints,
)
from annotation.api.views import (
    account,
    budgets,
    exports,
    groups,
    items,
    joining,
    labelling,
    media,
    people,
    projects,
    quality,
    queue,
    reading,
    runs,
    together,
    webhooks,
)

app_name = "api"

LABEL: list[URLPattern | URLResolver] = [
    path("claim/", labelling.Claim.as_view(), name="claim"),
    path("answer/", labelling.Answer.as_view(), name="answer"),
    path("skip/", labelling.SkipView.as_view(), name="skip"),
    path("undo/", labelling.Undo.as_view(), name="undo"),
    path("heartbeat/", labelling.Heartbeat.as_view(), name="heartbeat"),
    path("leave/", labelling.Leave.as_view(), name="leave"),
    path("remarks/", labelling.Remarks.as_view(), name="remark"),
    path("together/", together.ClaimTogether.as_view(), name="together"),
    path("together/answer/", together.AnswerTogether.as_view(), name="together-answer"),
    path("together/undo/", together.UndoTogether.as_view(), name="together-undo"),
    path("together/leave/", together.LeaveTogether.as_view(), name="together-leave"),
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
ITEMS: list[URLPattern | URLResolver] = [
    path("", items.Items.as_view(), name="items"),
    path("find/", items.Find.as_view(), name="find"),
    path("imports/", items.Imports.as_view(), name="imports"),
    path("<id:item_id>/", items.ItemView.as_view(), name="item"),
    path("<id:item_id>/answer/", items.LeadAnswer.as_view(), name="item-answer"),
    path("<id:item_id>/withdraw/", items.Withdraw.as_view(), name="item-withdraw"),
    path("<id:item_id>/bring-back/", items.BringBack.as_view(), name="item-bring-back"),
    path("<id:item_id>/image/<slug:size>/", media.Image.as_view(), name="image"),
]
QUEUE: list[URLPattern | URLResolver] = [
    path("", queue.Queue.as_view(), name="queue"),
    path("release/", queue.Release.as_view(), name="queue-release"),
    path("skipped/", queue.Skipped.as_view(), name="queue-skipped"),
    path("skipped/put-back/", queue.PutBack.as_view(), name="queue-put-back"),
    path("skipped/<id:item_id>/answer/", queue.AnswerSkipped.as_view(), name="queue-answer"),
    path("remarks/", queue.Remarked.as_view(), name="queue-remarks"),
    path("remarks/<id:item_id>/settle/", queue.SettleRemarks.as_view(), name="queue-settle"),
]
BUDGETS: list[URLPattern | URLResolver] = [
    path("", budgets.Budgets.as_view(), name="budgets"),
    path("<id:budget_id>/freeze/", budgets.Freeze.as_view(), name="budget-freeze"),
    path("pay/", budgets.Pay.as_view(), name="pay"),
    path("spending/", budgets.Spending.as_view(), name="spending"),
    path("ledger/", budgets.Ledger.as_view(), name="ledger"),
]
PEOPLE: list[URLPattern | URLResolver] = [
    path("members/", people.Members.as_view(), name="members"),
    path("members/me/", people.OwnMembership.as_view(), name="own-membership"),
    path("members/new/", joining.NewAccount.as_view(), name="member-new"),
    path("invitations/", joining.Invitations.as_view(), name="invitations"),
    path("invitations/<id:invitation_id>/", joining.InvitationView.as_view(), name="invitation"),
    path("members/<id:user_id>/", people.Member.as_view(), name="member"),
    path("members/<id:user_id>/pay/", budgets.MemberPay.as_view(), name="member-pay"),
    path("people/", people.People.as_view(), name="people"),
    path("people/<id:user_id>/answers/", people.PersonAnswers.as_view(), name="person-answers"),
    path("people/<id:user_id>/leave-out/", people.LeaveOut.as_view(), name="leave-out"),
    path("people/<id:user_id>/pause/", people.Pause.as_view(), name="pause"),
]
CASE: list[URLPattern | URLResolver] = [
    path("", quality.Disagreement.as_view(), name="disagreement"),
    path("undo/", quality.UndoDecision.as_view(), name="disagreement-undo"),
    path("return/", quality.ReturnAnswer.as_view(), name="disagreement-return"),
    path("tick-off/", quality.TickOff.as_view(), name="disagreement-tick-off"),
]
QUALITY: list[URLPattern | URLResolver] = [
    path("", quality.Quality.as_view(), name="quality"),
    path("disagreements/", quality.Disagreements.as_view(), name="disagreements"),
    path("disagreements/<id:item_id>/", include(CASE)),
    path("decisions/", quality.Decisions.as_view(), name="decisions"),
    path("known-answers/", quality.KnownAnswers.as_view(), name="known-answers"),
    path("known-answers/candidates/", quality.KnownCandidates.as_view(), name="known-candidates"),
    path("known-answers/file/", quality.KnownFile.as_view(), name="known-file"),
    path(
        "known-answers/<id:item_id>/restore/", quality.RestoreKnown.as_view(), name="known-restore"
    ),
    path("known-answers/<id:item_id>/", quality.KnownAnswer.as_view(), name="known-answer"),
    path("suspects/", quality.Suspects.as_view(), name="suspects"),
    path("suspects/<id:item_id>/ask/", quality.AskAgain.as_view(), name="suspect-ask"),
    path("suspects/<id:item_id>/right/", quality.FindRight.as_view(), name="suspect-right"),
]
WEBHOOK: list[URLPattern | URLResolver] = [
    path("", webhooks.WebhookView.as_view(), name="webhook"),
    path("switch/", webhooks.Switch.as_view(), name="webhook-switch"),
    path("secret/", webhooks.NewSecret.as_view(), name="webhook-secret"),
    path("test/", webhooks.Test.as_view(), name="webhook-test"),
    path("deliveries/", webhooks.Deliveries.as_view(), name="deliveries"),
    path("deliveries/<uuid:delivery_id>/", webhooks.DeliveryView.as_view(), name="delivery"),
    path(
        "deliveries/<uuid:delivery_id>/again/", webhooks.SendAgain.as_view(), name="delivery-again"
    ),
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
    path("items/", include(ITEMS)),
    path("groups/", groups.Groups.as_view(), name="groups"),
    path("seeds/", items.Seeds.as_view(), name="seeds"),
    path("seeds/<id:item_id>/suggest/", items.SeedSuggest.as_view(), name="seed-suggest"),
    path("seeds/remove/", items.SeedsRemove.as_view(), name="seeds-remove"),
    path("queue/", include(QUEUE)),
    path("budgets/", include(BUDGETS)),
    path("", include(PEOPLE)),
    path("quality/", include(QUALITY)),
    path("webhooks/", webhooks.Webhooks.as_view(), name="webhooks"),
    path("webhooks/<id:hook_id>/", include(WEBHOOK)),
    path("runs/", runs.Runs.as_view(), name="runs"),
    path("runs/<id:run_id>/", runs.RunView.as_view(), name="run"),
    path("runs/<id:run_id>/retry/", runs.Retry.as_view(), name="run-retry"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", reading.Schema.as_view(), name="schema"),
    path("docs/", reading.docs, name="docs"),
    path("me/", account.Me.as_view(), name="me"),
    path("me/token/", account.OwnToken.as_view(), name="own-token"),
    path("projects/", projects.Projects.as_view(), name="projects"),
    path("projects/<slug:slug>/", include(PROJECT)),
    path("", endpoints.Nowhere.as_view(), name="root"),
    path("<rest:rest>", endpoints.Nowhere.as_view(), name="nowhere"),
]
