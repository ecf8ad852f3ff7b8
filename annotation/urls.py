"""The addresses of the desk."""

from django.urls import include, path

from annotation import account_urls
from annotation.views import (
    adjudication,
    answers,
    auditing,
    bulk,
    exporting,
    finding,
    guidelines,
    items,
    known_answers,
    lead_budget,
    lead_guidelines,
    lead_invitations,
    lead_issues,
    lead_people,
    lead_quality,
    lead_queue,
    lead_runs,
    media,
    notes,
    projects,
    queue,
    remarks,
    seeds,
    settings,
    webhooks,
)

LABEL = [
    path("", queue.label, name="label"),
    path("answer/", queue.answer, name="answer"),
    path("skip/", queue.skip, name="skip"),
    path("undo/", queue.undo, name="undo"),
    path("remark/", remarks.remark, name="remark"),
    path("heartbeat/", queue.heartbeat, name="heartbeat"),
    path("leave/", queue.leave, name="leave"),
    path("together/", bulk.table, name="bulk"),
    path("together/answer/", bulk.answer, name="bulk-answer"),
    path("together/undo/", bulk.undo, name="bulk-undo"),
    path("together/leave/", bulk.leave, name="bulk-leave"),
    path("answers/", answers.answers, name="my-answers"),
    path("answers/<int:item_id>/", answers.one, name="my-answer"),
    path("answers/<int:item_id>/change/", answers.change, name="my-answer-change"),
    path("answers/<int:item_id>/take-back/", answers.take_back, name="my-answer-take-back"),
    path("mine/", notes.own_work, name="own-work"),
    path("notes/", notes.notes, name="notes"),
    path("notes/<int:returned_id>/", notes.settle, name="notes-settle"),
    path("guidelines/", guidelines.guidelines, name="guidelines"),
    path("guidelines/read/", guidelines.read, name="guidelines-read"),
]
ITEMS = [
    path("", items.items, name="items"),
    path("upload/", items.upload, name="upload"),
    path("import/", items.import_state, name="import-state"),
    path("import/retry/", items.retry_import, name="import-retry"),
    path("import/<uuid:token>/", items.import_file, name="import"),
    path("<int:item_id>/<str:size>/", media.image, name="item-image"),
]
FIND = [
    path("", finding.find, name="find"),
    path("<int:item_id>/", finding.item, name="find-item"),
    path("groups/", finding.group_list, name="groups"),
    path("groups/look/", finding.look_for_groups, name="groups-look"),
]
SEEDS = [
    path("", seeds.seed_set, name="seeds"),
    path("add/", seeds.add, name="seeds-add"),
    path("remove/", seeds.remove, name="seeds-remove"),
    path("<int:item_id>/suggest/", seeds.suggest, name="seeds-suggest"),
]
QUEUE = [
    path("", lead_queue.queue, name="queue"),
    path("release/", lead_queue.release, name="queue-release"),
    path("remarks/settle/", lead_queue.settle_remarks, name="queue-remarks-settle"),
    path("put-back/", lead_queue.put_back, name="queue-put-back"),
    path("items/<int:item_id>/", lead_queue.decide, name="queue-decide"),
    path("items/<int:item_id>/withdraw/", lead_queue.withdraw, name="queue-withdraw"),
    path("items/<int:item_id>/bring-back/", lead_queue.bring_back, name="queue-bring-back"),
]
BUDGET = [
    path("", lead_budget.budget, name="budget"),
    path("limit/", lead_budget.set_limit, name="budget-limit"),
    path("<int:budget_id>/freeze/", lead_budget.freeze, name="budget-freeze"),
    path("pay/", lead_budget.pay, name="budget-pay"),
    path("own-rate/", lead_budget.own_rate, name="budget-own-rate"),
    path("ledger.csv", lead_budget.ledger, name="budget-ledger"),
]
DISAGREEMENTS = [
    path("", adjudication.queue, name="disagreements"),
    path("decided/", adjudication.decided, name="decided"),
    path("<int:item_id>/", adjudication.item, name="disagreement"),
    path("<int:item_id>/undo/", adjudication.undo, name="disagreement-undo"),
    path("<int:item_id>/return/", adjudication.send_back, name="disagreement-return"),
    path("<int:item_id>/tick-off/", adjudication.tick_off, name="disagreement-tick-off"),
]
KNOWN_ANSWERS = [
    path("", known_answers.known, name="known-answers"),
    path("accept/", known_answers.accept, name="known-answers-accept"),
    path("upload/", known_answers.upload, name="known-answers-upload"),
    path("settings/", known_answers.settings, name="known-answers-settings"),
    path("<int:item_id>/retire/", known_answers.retire, name="known-answers-retire"),
    path("<int:item_id>/restore/", known_answers.restore, name="known-answers-restore"),
]
QUALITY = [
    path("", lead_quality.quality, name="quality"),
    path("issues/", lead_issues.issues, name="quality-issues"),
    path("issues/<int:item_id>/ask/", lead_issues.ask_again, name="quality-issue-ask"),
    path("issues/<int:item_id>/right/", lead_issues.dismiss, name="quality-issue-right"),
    path("people/<int:user_id>/leave-out/", lead_quality.leave_out, name="quality-leave-out"),
    path("people/<int:user_id>/pause/", lead_quality.pause, name="quality-pause"),
]
PEOPLE = [
    path("", lead_people.people, name="people"),
    path("people.csv", lead_people.people_csv, name="people-csv"),
    path("<int:user_id>/", lead_people.answers, name="person"),
]
EXPORT = [
    path("", exporting.export, name="export"),
    path("<int:export_id>/file/", exporting.file, name="export-file"),
    path("<int:export_id>/manifest/", exporting.manifest, name="export-manifest"),
    path("<int:export_id>/cancel/", exporting.cancel, name="export-cancel"),
    path("<int:export_id>/retry/", exporting.retry, name="export-retry"),
]
RUNS = [
    path("", lead_runs.runs, name="runs"),
    path("<int:run_id>/retry/", lead_runs.retry, name="run-retry"),
]
SETTINGS = [
    path("", settings.settings, name="settings"),
    path("general/", settings.describe, name="settings-general"),
    path("classes/", settings.classes, name="settings-classes"),
    path("people/", settings.add_member, name="settings-people"),
    path("people/<int:member>/", settings.change_role, name="settings-role"),
    path("people/<int:member>/link/", lead_invitations.sign_in_link, name="settings-sign-in-link"),
    path("invitations/", lead_invitations.invite, name="settings-invitations"),
    path(
        "invitations/<int:invitation_id>/revoke/",
        lead_invitations.revoke,
        name="settings-invitation-revoke",
    ),
    path("status/", settings.status, name="settings-status"),
    path("limits/", settings.limits, name="settings-limits"),
    path("guidelines/", lead_guidelines.history, name="settings-guidelines"),
    path("guidelines/restore/", lead_guidelines.restore, name="settings-guidelines-restore"),
    path("labelling/", settings.labelling, name="settings-labelling"),
]
LOG = [
    path("", auditing.project_log, name="log"),
    path("file/", auditing.project_file, name="log-file"),
]
WEBHOOKS = [
    path("", webhooks.webhooks, name="webhooks"),
    path("add/", webhooks.add, name="webhooks-add"),
    path("<int:hook_id>/", webhooks.webhook, name="webhook"),
    path("<int:hook_id>/change/", webhooks.change, name="webhook-change"),
    path("<int:hook_id>/switch/", webhooks.switch, name="webhook-switch"),
    path("<int:hook_id>/secret/", webhooks.new_secret, name="webhook-secret"),
    path("<int:hook_id>/test/", webhooks.test, name="webhook-test"),
    path("<int:hook_id>/delete/", webhooks.delete, name="webhook-delete"),
    path("<int:hook_id>/<uuid:delivery_id>/again/", webhooks.send_again, name="webhook-send-again"),
]
urlpatterns = [
    path("", projects.projects, name="projects"),
    path("new-project/", projects.new, name="project-new"),
    *account_urls.urlpatterns,
    path("projects/<slug:slug>/label/", include(LABEL)),
    path("projects/<slug:slug>/items/", include(ITEMS)),
    path("projects/<slug:slug>/find/", include(FIND)),
    path("projects/<slug:slug>/seeds/", include(SEEDS)),
    path("projects/<slug:slug>/queue/", include(QUEUE)),
    path("projects/<slug:slug>/budget/", include(BUDGET)),
    path("projects/<slug:slug>/people/", include(PEOPLE)),
    path("projects/<slug:slug>/quality/", include(QUALITY)),
    path("projects/<slug:slug>/quality/disagreements/", include(DISAGREEMENTS)),
    path("projects/<slug:slug>/quality/known-answers/", include(KNOWN_ANSWERS)),
    path("projects/<slug:slug>/runs/", include(RUNS)),
    path("projects/<slug:slug>/export/", include(EXPORT)),
    path("projects/<slug:slug>/settings/", include(SETTINGS)),
    path("projects/<slug:slug>/log/", include(LOG)),
    path("log/", auditing.whole_log, name="whole-log"),
    path("log/file/", auditing.whole_file, name="whole-log-file"),
    path("projects/<slug:slug>/settings/webhooks/", include(WEBHOOKS)),
]
