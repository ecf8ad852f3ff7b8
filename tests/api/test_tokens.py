"""Tokens: hashed, shown once, scoped, ending, and never more than their person."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotation.models import ApiToken, AuditEntry
from annotation.services import projects, tokens
from tests.factories import add_items, make_project, make_user, publish

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(autouse=True)
def fresh_counts():
    cache.clear()


@pytest.fixture
def ada():
    return make_user("ada")


def make(user, *scopes, **how):
    given = {"name": "script", "wanted": scopes or ("read",), "now": timezone.now(), **how}
    return tokens.make(user=user, **given)


def ask(text, name="api:me", *args, method="get", data=None, **extra):
    headers = {"Authorization": f"Bearer {text}"}
    send = getattr(Client(), method)
    path = reverse(name, args=args)
    if method == "get":
        return send(path, data, headers=headers, **extra)
    return send(path, data or {}, content_type="application/json", headers=headers, **extra)


def test_token_opens_the_api_in_its_persons_name(ada):
    _, text = make(ada)

    answer = ask(text)

    assert answer.status_code == 200
    assert answer.json()["username"] == "ada"
    assert answer.json()["token"]["scopes"] == ["read"]


def test_only_the_hash_of_a_token_is_kept(ada):
    token, text = make(ada)

    row = ApiToken.objects.filter(pk=token.pk).values().get()
    entries = [str(each) for each in AuditEntry.objects.values()]

    assert text.startswith("alapp_")
    assert len(text) >= 40
    assert text not in str(row) + "".join(entries)
    assert text.removeprefix("alapp_") not in str(row) + "".join(entries)
    assert row["token_hash"] == ApiToken.digest(text)


def test_making_and_revoking_are_in_the_audit_log(ada):
    token, _ = make(ada)

    tokens.revoke(user=ada, token_id=token.pk, actor=ada, now=timezone.now())

    actions = list(AuditEntry.objects.order_by("pk").values_list("action", "actor"))
    assert actions == [("token.create", ada.pk), ("token.revoke", ada.pk)]


def revoke(user, token):
    tokens.revoke(user=user, token_id=token.pk, actor=user, now=timezone.now())


def expire(user, token):
    ApiToken.objects.filter(pk=token.pk).update(expires_at=timezone.now() - timedelta(seconds=1))


def deactivate(user, token):
    user.is_active = False
    user.save(update_fields=["is_active"])


def change_password(user, token):
    user.set_password("another quiet desk")
    user.save(update_fields=["password"])


@pytest.mark.parametrize("end", [revoke, expire, deactivate, change_password])
@pytest.mark.parametrize("is_in_project", [False, True])
def test_token_is_dead_after(ada, end, is_in_project):
    project = make_project(owner=ada)
    token, text = make(ada)
    address = ("api:project", project.slug) if is_in_project else ("api:me",)
    assert ask(text, *address).status_code == 200

    end(ada, token)

    answer = ask(text, *address)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("text", ["", "alapp_made-up", "x" * 5_000, "alapp_ä\t"])
def test_what_is_no_token_opens_nothing(ada, text):
    make(ada)

    assert ask(text.encode().decode("latin-1")).status_code == 401


def test_token_of_another_scheme_is_no_sign_in(ada):
    _, text = make(ada)

    assert (
        Client().get(reverse("api:me"), headers={"Authorization": f"Basic {text}"}).status_code
        == 401
    )


def test_token_may_only_what_it_was_made_for(ada):
    project = make_project(owner=ada)
    publish(project, add_items(project, 3))
    _, reads = make(ada, "read")
    _, labels = make(ada, "label")
    _, leads = make(ada, "lead")

    def statuses(text):
        return (
            ask(text, "api:settings", project.slug).status_code,
            ask(text, "api:claim", project.slug, method="post").status_code,
            ask(text, "api:settings", project.slug, method="patch").status_code,
        )

    assert statuses(reads) == (200, 403, 403)
    assert statuses(labels) == (403, 200, 403)
    assert statuses(leads) == (403, 403, 200)


def test_token_never_may_more_than_its_person(ada):
    project = make_project()
    projects.set_role(project=project, user=ada, role="annotator", actor=None)
    _, text = make(ada, "read", "label", "lead")

    assert ask(text, "api:project", project.slug).status_code == 200
    assert ask(text, "api:settings", project.slug).status_code == 404
    assert ask(text, "api:settings", project.slug, method="patch").status_code == 404


def test_admins_token_is_an_admins_only_where_it_was_made_so():
    root = make_user(is_superuser=True)
    project = make_project()
    _, plain = make(root, "read", "lead")
    _, admin = make(root, "read", "lead", "admin")

    assert ask(plain, "api:project", project.slug).status_code == 404
    assert ask(plain, "api:projects").json()["results"] == []
    assert ask(admin, "api:project", project.slug).status_code == 200
    root.refresh_from_db()
    assert root.is_superuser


def test_nobody_but_an_admin_makes_an_admins_token(ada):
    with pytest.raises(Exception, match="Only admins"):
        make(ada, "admin")


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ({"name": "  "}, "needs a name"),
        ({"name": "x" * 81}, "at most 80"),
        ({"wanted": ["fly"]}, "what the token may do"),
        ({"valid_for": timedelta(days=400)}, "at most a year"),
        ({"valid_for": timedelta(0)}, "at least a day"),
    ],
)
def test_token_that_cannot_be_is_refused(ada, how, told):
    with pytest.raises(Exception, match=told):
        make(ada, **how)


def test_last_use_is_written_at_most_once_a_minute(ada):
    token, text = make(ada)
    ask(text)
    first = ApiToken.objects.get(pk=token.pk).last_used_at

    ask(text)

    assert first is not None
    assert ApiToken.objects.get(pk=token.pk).last_used_at == first
    ApiToken.objects.filter(pk=token.pk).update(last_used_at=first - timedelta(minutes=2))
    ask(text)
    assert ApiToken.objects.get(pk=token.pk).last_used_at >= first


def test_wrong_tokens_are_slowed_down_by_address_and_others_are_not(ada, settings):
    settings.ALAPP_API_RATE_BAD_TOKENS = "5/900"
    _, text = make(ada)

    tried = [ask("alapp_guess", REMOTE_ADDR="10.0.0.1").status_code for _ in range(7)]
    spoofed = ask("alapp_guess", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="10.9.9.9")

    assert tried == [401] * 5 + [429] * 2
    assert spoofed.status_code == 429
    assert 0 < int(spoofed["Retry-After"]) <= 901
    assert ask("alapp_guess", REMOTE_ADDR="10.0.0.2").status_code == 401
    assert ask(text, REMOTE_ADDR="10.0.0.1").status_code == 200


def test_token_can_end_itself(ada):
    _, text = make(ada)

    assert ask(text, "api:own-token", method="delete").status_code == 204
    assert ask(text).status_code == 401


def test_session_works_too_and_only_with_the_csrf_token(ada):
    project = make_project(owner=ada)
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada, backend=BACKEND)
    path = reverse("api:settings", args=[project.slug])

    def change(**headers):
        return client.patch(path, {"name": "x"}, content_type="application/json", headers=headers)

    assert client.get(path).status_code == 200
    assert change().status_code == 403
    client.get(reverse("account"))
    token = client.cookies["csrftoken"].value
    assert change(**{"X-CSRFToken": token}).status_code == 200


def test_pages_make_a_token_show_it_once_and_revoke_it(client, ada):
    client.force_login(ada, backend=BACKEND)
    path = reverse("account-tokens")

    made = client.post(path, {"name": "nightly", "scopes": ["read", "lead"], "days": 30}).text
    text = made.partition('class="secret">')[2].partition("<")[0]

    assert ask(text).status_code == 200
    token = ApiToken.objects.get()
    assert token.expires_at - timezone.now() > timedelta(days=29)
    again = client.get(path).text
    assert "nightly" in again
    assert text not in again
    client.post(reverse("account-tokens-revoke", args=[token.pk]))
    assert ask(text).status_code == 401


def test_nobody_revokes_anothers_token(client, ada):
    token, text = make(ada)
    client.force_login(make_user(), backend=BACKEND)

    client.post(reverse("account-tokens-revoke", args=[token.pk]))

    assert ask(text).status_code == 200
