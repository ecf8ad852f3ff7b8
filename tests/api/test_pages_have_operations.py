"""Whatever a page can do, a program can do: each page that takes a POST names its operation."""

import inspect

from django.urls import URLPattern, get_resolver

from tests.api.world import operations

# Each page that takes a POST, and the operation by which a program does the same.
OPERATIONS = """
    accept: api-selection:final-accept post
    answer: api:answer post
    budget-freeze: api:budget-freeze post
    budget-limit: api:budgets put
    budget-own-rate: api:member-pay put
    budget-pay: api:pay put
    bulk-answer: api:together-answer post
    bulk-leave: api:together-leave post
    bulk-undo: api:together-undo post
    disagreement: api:disagreement post
    disagreement-return: api:disagreement-return post
    disagreement-tick-off: api:disagreement-tick-off post
    disagreement-undo: api:disagreement-undo post
    export: api:exports post
    export-cancel: api:export-cancel post
    export-retry: api:export-retry post
    find-item: api:item-answer post
    finish: api-selection:final post
    go-on: api-selection:go-on post
    groups-look: api:groups post
    guidelines-read: api:guidelines-read post
    heartbeat: api:heartbeat post
    import: api:imports post
    import-retry: api:run-retry post
    known-answers-accept: api:known-candidates post
    known-answers-restore: api:known-restore post
    known-answers-retire: api:known-answer delete
    known-answers-settings: api:settings patch
    known-answers-upload: api:known-file post
    label-next: api-selection:final-label-next post
    leave: api:leave post
    leave-project: api:own-membership delete
    map-draw: api-selection:map post
    map-seed: api:seeds post
    map-table: api-selection:map-found get
    my-answer-change: api:correct post
    my-answer-take-back: api:take-back post
    notes-settle: api:note-settle post
    outside: api-selection:outside-models post
    project-new: api:projects post
    quality-issue-ask: api:suspect-ask post
    quality-issue-right: api:suspect-right post
    quality-leave-out: api:leave-out post
    quality-pause: api:pause post
    queue-bring-back: api:item-bring-back post
    queue-decide: api:queue-answer post
    queue-put-back: api:queue-put-back post
    queue-release: api:queue-release post
    queue-remarks-settle: api:queue-settle post
    queue-withdraw: api:item-withdraw post
    remark: api:remark post
    replay: api-selection:replay post
    run-retry: api:run-retry post
    seeds-add: api:seeds post
    seeds-remove: api:seeds-remove post
    seeds-suggest: api:seed-suggest post
    selection-settings: api-selection:selection patch
    settings-classes: api:classes put
    settings-general: api:settings patch
    settings-guidelines-restore: api:guidelines-versions post
    settings-invitation-revoke: api:invitation delete
    settings-invitations: api:invitations post
    settings-labelling: api:settings patch
    settings-limits: api:settings patch
    settings-people: api:member-new post
    settings-role: api:member put
    settings-status: api:status post
    skip: api:skip post
    train: api-selection:rounds post
    undo: api:undo post
    upload: api:imports post
    webhook-change: api:webhook patch
    webhook-delete: api:webhook delete
    webhook-secret: api:webhook-secret post
    webhook-send-again: api:delivery-again post
    webhook-switch: api:webhook-switch post
    webhook-test: api:webhook-test post
    webhooks-add: api:webhooks post
    what-if: api-selection:what-ifs post
    what-if-cancel: api-selection:what-if-cancel post
    what-if-one: api-selection:what-ifs post
    what-if-use: api-selection:what-if-use post
    withdraw: api-selection:final-withdraw post"""
# Those that have none, and why.
REASONS = {
    "Signing in and out, and what proves who one is, are done by a person in a browser: a token "
    "that got lost must not become a session, another token or a new second factor.": """
        account_confirm_email account_email account_login account_reauthenticate
        account_reset_password account_reset_password_from_key account_signup
        account account-end-session account-tokens account-tokens-revoke invitation
        mfa_activate_totp mfa_add_webauthn mfa_authenticate mfa_deactivate_totp mfa_edit_webauthn
        mfa_generate_recovery_codes mfa_login_webauthn mfa_reauthenticate
        mfa_reauthenticate_webauthn mfa_remove_webauthn settings-sign-in-link sign-in
        sign-in-again sign-in-link sign-out single-sign-on socialaccount_signup""",
    "A token must not lock people out of the server or let them in; admins do that in a browser "
    "or by manage.py.": "account-change",
    "How one's own pages look and behave: a program has none.": """
        account-keys account-keys-reset account-name account-pace language theme""",
    "Not there yet: whoever takes the log away is in it, which reading it page by page is not.": """
        log-file whole-log-file""",
}


def lines():
    return {
        page: tuple(does.split())
        for line in OPERATIONS.strip().splitlines()
        for page, does in [line.strip().split(": ")]
    }


def test_every_page_that_changes_something_has_its_operation_or_a_reason():
    without = [page for pages in REASONS.values() for page in pages.split()]

    assert sorted([*lines(), *without]) == sorted(posts())


def test_operations_named_here_are_there():
    assert set(lines().values()) <= operations().keys()


def posts():
    """Return the names of the pages that change something: those that take a POST."""
    found = set()

    def walk(patterns, before):
        for each in patterns:
            path = before + str(each.pattern)
            if path.startswith(("api/", "admin/")):
                continue
            if isinstance(each, URLPattern):
                if takes_post(each.callback):
                    found.add(each.name)
            else:
                walk(each.url_patterns, path)

    walk(get_resolver().url_patterns, "")
    return found


def takes_post(view):
    """Say whether a view answers a POST; one that does not say what it takes does."""
    if kind := getattr(view, "view_class", None):
        return hasattr(kind, "post")
    while view is not None:
        methods = inspect.getclosurevars(view).nonlocals.get("request_method_list")
        if methods is not None:
            return "POST" in methods
        view = getattr(view, "__wrapped__", None)
    return True
