"""Single sign-on, against a real server in a process of its own that signs with its own key."""

from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user
from django.test import Client
from django.urls import reverse

from alapp.clock import database_now
from annotation.models import AuditEntry, User
from annotation.services import invitations
from tests.factories import make_project, make_user
from tests.support import oidc

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
MIA = {
    "sub": "8251", "preferred_username": "mia", "name": "Mia Maus",
    "email": "mia@example.org", "email_verified": True,
}  # fmt: skip


@pytest.fixture(scope="module")
def process():
    with oidc.running() as server:
        yield server


@pytest.fixture
def server(process, settings):
    settings.ALAPP_OIDC_URL, settings.ALAPP_OIDC_NAME = process.url, "Example Login"
    settings.ALAPP_OIDC_CLIENT_ID, settings.ALAPP_OIDC_SECRET = oidc.CLIENT, oidc.SECRET
    process.misbehaves("")
    process.lets_in(**MIA)
    return process


@pytest.fixture
def open_to_all(settings):
    settings.ALAPP_OIDC_OPEN = True


def go_there(client, **fields):
    """Press the button; return where the browser is sent."""
    page = client.post(reverse("single-sign-on"), fields)
    assert page.status_code == 200
    return page["Refresh"].removeprefix("0;url=")


def come_back(address):
    """Visit the server, which lets in at once; return where it sends the browser."""
    back = requests.get(address, allow_redirects=False, timeout=5).headers["Location"]
    return back.replace("http://testserver", "")


def sign_in(client, **fields):
    return client.get(come_back(go_there(client, **fields)))


def known(email="mia@example.org", *, verified=True):
    user = make_user("ada")
    EmailAddress.objects.create(user=user, email=email, verified=verified, primary=True)
    return user


def test_button_is_there_only_where_a_server_is_set(client):
    assert "single-sign-on" not in client.get(reverse("sign-in")).text
    assert client.post(reverse("single-sign-on")).status_code == 404
    assert client.get(reverse("single-sign-on-back")).status_code == 404


def test_server_is_asked_with_state_nonce_and_pkce(client, server):
    assert "Sign in with Example Login" in client.get(reverse("sign-in")).text

    come_back(go_there(client))

    asked = server.asked()
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 16
    assert asked["redirect_uri"] == "http://testserver" + reverse("single-sign-on-back")


def test_verified_address_signs_in_whom_it_belongs_to(client, server):
    ada = known("MIA@example.org")

    answer = sign_in(client)

    assert answer.url == reverse("projects")
    assert get_user(client) == ada
    assert not User.objects.filter(username="mia").exists()


def test_stranger_is_told_to_ask_for_an_invitation(client, server):
    answer = sign_in(client)

    assert "You have no account here" in answer.text
    assert not User.objects.exists()


@pytest.mark.usefixtures("open_to_all")
def test_stranger_gets_an_account_where_a_setting_says_so(client, server):
    sign_in(client)
    again = Client()
    sign_in(again)

    mia = User.objects.get()
    assert (mia.username, mia.get_full_name(), mia.email) == ("mia", "Mia Maus", MIA["email"])
    assert not mia.has_usable_password()
    assert get_user(client) == get_user(again) == mia
    assert AuditEntry.objects.filter(action="account.create", target="mia").count() == 1


@pytest.mark.usefixtures("open_to_all")
def test_taken_name_gets_another_account_another_name(client, server):
    taken = make_user("mia")

    sign_in(client)

    new = get_user(client)
    assert new != taken
    assert new.username.startswith("mia")


def test_address_that_was_invited_comes_in_and_has_its_role(client, server):
    owner = make_user()
    project = make_project(owner=owner)
    invitations.invite(
        project=project, role="reviewer", actor=owner, now=database_now(), email="mia@example.org"
    )

    sign_in(client)

    assert get_user(client).memberships.get().role == "reviewer"
    assert project.invitations.get().n_uses == 1


def test_whoever_comes_by_an_invitation_comes_back_to_it(client, server):
    owner = make_user()
    project = make_project(owner=owner)
    token = invitations.invite(project=project, role="annotator", actor=owner, now=database_now())
    page = reverse("invitation", args=[token])

    answer = sign_in(client, next=page)
    client.post(page, {"as": "join"})

    assert answer.url == page
    assert get_user(client).memberships.get().project == project


@pytest.mark.parametrize("said", [False, "false", None, "no"])
def test_address_that_the_server_did_not_verify_opens_nothing(client, server, said):
    known()
    server.lets_in(**{**MIA, "email_verified": said})

    answer = sign_in(client)

    assert "You have no account here" in answer.text
    assert not get_user(client).is_authenticated


@pytest.mark.usefixtures("open_to_all")
def test_address_that_we_did_not_verify_signs_in_nobody_else(client, server):
    squatter = known(verified=False)

    sign_in(client)

    mia = get_user(client)
    squatter.refresh_from_db()
    assert mia != squatter
    assert squatter.has_usable_password()
    assert not EmailAddress.objects.filter(user=mia).exists()


@pytest.mark.parametrize("how", [
    "another nonce", "another key", "another audience", "another issuer", "expired", "unsigned",
    "a shared secret", "no id token", "another person", "another state",
])  # fmt: skip
@pytest.mark.usefixtures("open_to_all")
def test_answer_that_is_not_right_signs_nobody_in(client, server, how):
    server.misbehaves(how)

    answer = sign_in(client)

    assert "That sign-in did not work" in answer.text
    assert not get_user(client).is_authenticated
    assert not User.objects.exists()


@pytest.mark.usefixtures("open_to_all")
def test_answer_counts_in_the_browser_that_asked_and_once(client, server):
    back = come_back(go_there(client))

    elsewhere = Client().get(back)
    first = client.get(back)
    second = client.get(back)

    assert "That sign-in did not work" in elsewhere.text
    assert first.url == reverse("projects")
    assert "That sign-in did not work" in second.text


@pytest.mark.usefixtures("open_to_all")
def test_server_refuses_a_code_without_its_proof(client, server):
    address = go_there(client)
    made_up = parse_qs(urlsplit(address).query)["code_challenge"][0]
    back = come_back(address.replace(made_up, "B" * 43))

    assert "That sign-in did not work" in client.get(back).text


def test_who_stops_there_is_told_that_nothing_changed(client, server):
    server.misbehaves("cancels")

    answer = client.get(come_back(go_there(client)), follow=True)

    assert "You stopped signing in" in answer.text


@pytest.mark.usefixtures("open_to_all")
@pytest.mark.parametrize(("domains", "groups", "comes_in"), [
    (["example.org"], [], True), (["example.com"], [], False),
    ([], ["labellers"], True), ([], ["admins"], False), (["example.org"], ["admins"], False),
])  # fmt: skip
def test_domains_and_groups_decide_who_comes_in(
    client, server, settings, domains, groups, comes_in
):
    settings.ALAPP_OIDC_DOMAINS, settings.ALAPP_OIDC_GROUPS = domains, groups
    server.lets_in(**MIA, groups=["labellers", "everybody"])

    sign_in(client)

    assert get_user(client).is_authenticated == comes_in


@pytest.mark.usefixtures("open_to_all")
def test_who_leaves_the_group_is_out_at_the_next_sign_in(client, server, settings):
    settings.ALAPP_OIDC_GROUPS = ["labellers"]
    server.lets_in(**MIA, groups=["labellers"])
    sign_in(client)
    server.lets_in(**MIA, groups=[])

    later = Client()
    sign_in(later)

    assert get_user(client).is_authenticated
    assert not get_user(later).is_authenticated


@pytest.mark.usefixtures("open_to_all")
def test_closed_account_stays_closed(client, server):
    sign_in(client)
    User.objects.update(is_active=False)

    later = Client()
    answer = later.get(come_back(go_there(later)), follow=True)

    assert "This account is closed" in answer.text
    assert not get_user(later).is_authenticated


def test_account_that_exists_is_connected_by_its_person(client, server):
    ada = make_user("ada")
    client.force_login(ada, backend=BACKEND)

    sign_in(client)
    elsewhere = Client()
    sign_in(elsewhere)

    assert SocialAccount.objects.get().user == ada
    assert get_user(elsewhere) == ada


def test_server_that_is_away_is_said_so(client, server, settings):
    settings.ALAPP_OIDC_URL = "http://127.0.0.1:9"

    answer = client.post(reverse("single-sign-on"))

    assert answer.status_code == 502
    assert "That sign-in did not work" in answer.text
