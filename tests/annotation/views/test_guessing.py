"""Passwords are not guessed, accounts not found out, and sessions end when they should."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from allauth.account.models import EmailAddress
from axes.models import AccessAttempt
from django.contrib.auth import get_user
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from annotation.models import Session, User
from annotation.services import accounts, projects
from annotation.services import mail as letters
from tests.factories import make_project, make_user

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
PASSWORD = "a quiet desk"
HERE, ELSEWHERE = "192.0.2.7", "198.51.100.9"


@pytest.fixture
def ada():
    return make_user("ada")


def attempt(password, *, name="ada", address=HERE, **headers):
    return Client(REMOTE_ADDR=address).post(
        reverse("sign-in"), {"username": name, "password": password}, **headers
    )


def guess(n, **where):
    return [attempt("wrong", **where).status_code for _ in range(n)]


# Guessing


def test_five_wrong_tries_pause_this_name_here_and_nobody_else(ada):
    make_user("mia")

    assert guess(4) == [200] * 4
    assert guess(1) == [429]
    assert attempt(PASSWORD).status_code == 429
    # The same name from elsewhere, and another name from here, come in.
    assert attempt(PASSWORD, address=ELSEWHERE).status_code == 302
    assert attempt(PASSWORD, name="mia").status_code == 302


def test_pause_is_over_after_a_quarter_of_an_hour(ada):
    guess(5)

    for minutes, status in ((14, 429), (16, 302)):
        AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=minutes))

        assert attempt(PASSWORD).status_code == status


def test_success_forgets_the_tries_before_it(ada):
    guess(4)
    attempt(PASSWORD)

    assert guess(4) == [200] * 4


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded"])
def test_made_up_address_does_not_go_round_the_pause(ada, header):
    tries = [attempt("wrong", headers={header: f"203.0.113.{n}"}).status_code for n in range(5)]

    assert tries[-1] == 429
    assert attempt(PASSWORD, headers={header: "203.0.113.99"}).status_code == 429


def test_behind_a_proxy_its_own_address_counts_and_what_is_before_it_does_not(ada, settings):
    settings.BEHIND_PROXY = True
    proxy = {"address": "127.0.0.1"}

    for n in range(5):
        last = attempt("wrong", **proxy, headers={"X-Forwarded-For": f"203.0.113.{n}, {HERE}"})
    other = attempt(PASSWORD, **proxy, headers={"X-Forwarded-For": ELSEWHERE})

    assert last.status_code == 429
    assert other.status_code == 302


def test_asking_for_the_password_again_is_braked_too(ada):
    browser = Client(REMOTE_ADDR=HERE)
    browser.force_login(ada, backend=BACKEND)
    confirm = reverse("account_reauthenticate")

    answers = [browser.post(confirm, {"password": "wrong"}).status_code for _ in range(5)]

    assert answers[-1] == 429
    assert attempt(PASSWORD).status_code == 429


# Enumeration


def without_token(text):
    """Return the page without what differs at every look."""
    lines = text.splitlines()
    return [line for line in lines if "csrfmiddlewaretoken" not in line]


@pytest.mark.parametrize("closed", [False, True])
def test_wrong_name_and_wrong_password_get_the_same_answer(ada, closed):
    User.objects.update(is_active=not closed)
    known = attempt(PASSWORD if closed else "wrong", name="ada")
    unknown = attempt("wrong", name="eve")

    assert known.status_code == unknown.status_code == 200
    assert without_token(known.text) == [
        line.replace('"eve"', '"ada"') for line in without_token(unknown.text)
    ]


@pytest.mark.parametrize("name", ["ada", "nobody", "closed"])
def test_every_name_costs_one_hashing(ada, settings, name):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    ada.set_password(PASSWORD)
    ada.save()
    User.objects.create_user("closed", password=PASSWORD, is_active=False)

    with patch.object(
        PBKDF2PasswordHasher, "encode", autospec=True, side_effect=PBKDF2PasswordHasher.encode
    ) as encode:
        attempt("wrong", name=name)

    # The time of an answer is this one hashing, 200 ms and more; all else takes a few.
    assert encode.call_count == 1


@pytest.fixture
def with_mail(settings):
    settings.HAS_MAIL = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def ask_for_a_password(email):
    return Client().post(reverse("account_reset_password"), {"email": email}, follow=True)


@pytest.mark.usefixtures("with_mail")
def test_forgotten_password_gives_the_same_answer_and_work_for_every_address(ada):
    EmailAddress.objects.create(user=ada, email="ada@example.org", verified=True, primary=True)

    answers, n_letters = [], []
    for email in ("ada@example.org", "eve@example.org"):
        before = DBTaskResult.objects.count()
        answers.append(ask_for_a_password(email))
        n_letters.append(DBTaskResult.objects.count() - before)

    assert answers[0].redirect_chain == answers[1].redirect_chain
    assert without_token(answers[0].text) == without_token(answers[1].text)
    # A letter is left to the workers in either case; the one to a stranger is never sent.
    assert n_letters == [1, 1]
    send_all()
    assert [letter.to for letter in mail.outbox] == [["ada@example.org"]]


def send_all():
    for task in DBTaskResult.objects.filter(task_path__endswith="mail.send"):
        letters.send.call(*task.args_kwargs["args"], **task.args_kwargs["kwargs"])


@pytest.mark.usefixtures("with_mail")
def test_link_of_a_letter_chooses_a_password_once(ada, client):
    EmailAddress.objects.create(user=ada, email="ada@example.org", verified=True, primary=True)
    ask_for_a_password("ada@example.org")
    send_all()
    link = (
        next(line for line in mail.outbox[0].body.splitlines() if "/forgotten/" in line)
        .strip()
        .removeprefix("http://testserver")
    )

    page = client.get(link, follow=True)
    path = page.redirect_chain[-1][0]
    client.post(path, {"password1": "otter 14 b", "password2": "otter 14 b"})

    ada.refresh_from_db()
    assert ada.check_password("otter 14 b")
    assert "This link no longer works" in Client().get(link, follow=True).text


@pytest.mark.usefixtures("with_mail")
def test_letters_wait_sealed(ada):
    EmailAddress.objects.create(user=ada, email="ada@example.org", verified=True, primary=True)
    ask_for_a_password("ada@example.org")

    kept = str(list(DBTaskResult.objects.values_list("args_kwargs", flat=True)))

    assert "forgotten" not in kept
    assert "ada@example.org" not in kept


def test_without_a_mail_server_nothing_is_sent_and_the_page_says_whom_to_ask(client):
    page = client.post(reverse("account_reset_password"), {"email": "ada@example.org"}).text

    assert "This server sends no mail" in page
    assert not DBTaskResult.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_sign_up_is_closed(client, method):
    typed = {
        "username": "eve", "password1": PASSWORD, "password2": PASSWORD, "email": "",
    }  # fmt: skip

    answer = getattr(client, method)(reverse("account_signup"), typed)

    assert answer.status_code == 404
    assert not User.objects.exists()


def test_sign_up_works_where_a_setting_opens_it(client, settings):
    settings.ALAPP_OPEN_SIGN_UP = True
    typed = {"username": "eve", "password1": PASSWORD, "password2": PASSWORD, "email": ""}

    assert "Make an account" in client.get(reverse("sign-in")).text
    client.post(reverse("account_signup"), typed)

    assert get_user(client).username == "eve"
    assert not get_user(client).memberships.exists()


# Sessions


@pytest.fixture
def thief(ada):
    """A browser with a copy of the cookie of another, and one page that it sees."""
    project = make_project(n_items=1)
    projects.set_role(project=project, user=ada, role="annotator", actor=None)
    owner, copy = Client(), Client()
    owner.force_login(ada, backend=BACKEND)
    copy.cookies["sessionid"] = owner.cookies["sessionid"].value
    pages = [reverse("label", args=[project.slug]), reverse("account"), reverse("projects")]
    return owner, lambda: [copy.get(page).status_code for page in pages]


def test_copied_cookie_is_dead_after_a_new_password(thief):
    owner, sees = thief
    assert sees() == [200] * 3

    owner.post(reverse("account"), {
        "old_password": PASSWORD, "new_password1": "otter 14 b", "new_password2": "otter 14 b",
    })  # fmt: skip

    assert sees() == [302] * 3
    assert owner.get(reverse("projects")).status_code == 200


def test_copied_cookie_is_dead_after_signing_out(thief):
    owner, sees = thief

    owner.post(reverse("sign-out"))

    assert sees() == [302] * 3


def test_copied_cookie_is_dead_after_the_account_is_closed_and_opened_again(thief, ada):
    _, sees = thief
    admin = make_user(is_superuser=True)

    accounts.set_active(user=ada, is_active=False, actor=admin)
    while_closed = sees()
    accounts.set_active(user=ada, is_active=True, actor=admin)

    assert while_closed == sees() == [302] * 3


def test_copied_cookie_is_dead_after_signing_out_everywhere(thief):
    owner, sees = thief

    answer = owner.post(reverse("account-end-session"), {"which": "everywhere"})

    assert answer.url == reverse("sign-in")
    assert sees() == [302] * 3


def test_session_is_ended_from_another_device(ada):
    phone, desk = Client(headers={"User-Agent": "Mozilla/5.0 (iPhone) Safari/604.1"}), Client()
    for browser, address in ((phone, "203.0.113.77"), (desk, HERE)):
        browser.post(
            reverse("sign-in"), {"username": "ada", "password": PASSWORD}, REMOTE_ADDR=address
        )

    page = desk.get(reverse("account"))
    other = next(each for each in page.context["sessions"] if not each.is_here)
    desk.post(reverse("account-end-session"), {"which": other.handle})

    assert (other.browser, other.system) == ("Safari", "iPhone")
    # Of the address the network is kept, and no more.
    assert other.address == "203.0.113.0/24"
    assert "203.0.113.77" not in page.text
    assert not any(key in page.text for key in Session.objects.values_list("pk", flat=True))
    assert phone.get(reverse("account")).status_code == 302
    assert desk.get(reverse("account")).status_code == 200


def test_nobody_ends_sessions_of_others(ada):
    mia, browser = make_user("mia"), Client()
    for person in (ada, mia):
        browser = Client()
        browser.force_login(person, backend=BACKEND)
    Client().force_login(ada, backend=BACKEND)
    handles = [each.handle for each in accounts_sessions(ada)]

    for handle in (*handles, "", "x"):
        assert browser.post(reverse("account-end-session"), {"which": handle}).status_code == 422

    assert Session.objects.filter(user=ada).count() == 2


def accounts_sessions(user):
    browser = Client()
    browser.force_login(user, backend=BACKEND)
    listed = browser.get(reverse("account")).context["sessions"]
    browser.logout()
    return [each for each in listed if not each.is_here]


def test_last_seen_is_written_once_in_ten_minutes(ada, django_assert_num_queries):
    browser = Client()
    browser.force_login(ada, backend=BACKEND)
    Session.objects.update(seen_at=timezone.now() - timedelta(minutes=11))

    browser.get(reverse("projects"))
    first = Session.objects.get().seen_at
    browser.get(reverse("projects"))

    assert timezone.now() - first < timedelta(minutes=1)
    assert Session.objects.get().seen_at == first
