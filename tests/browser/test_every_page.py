"""Every page there is, by the list of addresses: no barrier that axe finds, nothing from elsewhere,
no inline style or script, and on annotators' pages targets that a thumb hits."""

import gzip
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

from tests.factories import make_user
from tests.support.addresses import addresses, fillings, project_at_work
from tests.support.desk import open_desk
from tests.support.hostile import OWN, SAID, fill_every_field, text_fields

pytestmark = pytest.mark.django_db(transaction=True)

ANNOTATORS = ("projects", "account", "label", "guidelines")
MOST_BYTES = 100_000
SMALLEST_TARGET = 44
# Whoever is signed in is sent on from here.
SIGNED_OUT = frozenset({"sign-in", "account_login", "account_reset_password"})
# What can be fetched and is no page: each with its reason, so that a new page is never forgotten.
NO_PAGE = {
    "import-state": "a region of the items' page",
    "replay-state": "a region of a round's page",
    "map-state": "a region of the map's page",
    "map-item": "a region of the map's page",
    "what-if-state": "a region of the what-if page",
    "item-image": "a picture",
    "map-points": "numbers for the map",
    "map-answers": "numbers for the map",
    "people-csv": "a file",
    "budget-ledger": "a file",
    "curve-csv": "a file",
    "round-csv": "a file",
    "what-if-csv": "a file",
    "export-file": "a file",
    "export-manifest": "a file",
    "mfa_authenticate": "asked between the password and the first page",
    "mfa_login_webauthn": "what a browser's own dialog is asked",
    "mfa_reauthenticate_webauthn": "for who has a passkey: test_passkeys.py",
    "mfa_edit_webauthn": "for who has a passkey: test_passkeys.py",
    "mfa_remove_webauthn": "for who has a passkey: test_passkeys.py",
    "mfa_activate_totp": "for who has no app yet: test_passkeys.py",
    "single-sign-on-back": "where another server sends people: test_single_sign_on.py",
    "socialaccount_signup": "asked after that, where a name is taken",
    "admin-sign-in": "leads to signing in",
    "account_signup": "closed, unless a setting opens it",
}
# These are fetched in a state in which they are not there, or lead on; a text has no picture.
ELSEWHERE = {
    name for name in NO_PAGE if name.startswith(("mfa_", "account_", "admin", "single", "social"))
} | {"item-image"}


@pytest.fixture
def lead(sign_in, browser_context, settings):
    """An admin with an app and recovery codes, who has given the password a moment ago."""
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 3_600
    user = make_user("ada", is_superuser=True)
    TOTP.activate(user, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(user)
    sign_in(user)
    browser = Client()
    browser.cookies["sessionid"] = browser_context.cookies()[0]["value"]
    confirm(browser)
    return user


def confirm(client):
    client.post(reverse("account_reauthenticate"), {"password": "a quiet desk"})


@pytest.fixture
def project(lead):
    return project_at_work(lead)


@pytest.fixture
def examples(lead, project):
    return fillings(project, lead)


@pytest.fixture
def replies(client, lead, examples):
    """Return path and reply of every address that can be fetched, by name."""
    found = {}
    for name, arguments in addresses().items():
        path = reverse(name, kwargs={each: examples(name)[each] for each in arguments})
        client.logout()
        if name not in SIGNED_OUT:
            client.force_login(lead, backend="django.contrib.auth.backends.ModelBackend")
        if name.startswith("mfa_"):
            confirm(client)
        reply = client.get(path)
        if reply.status_code != 405:
            found[name] = path, reply
    return found


def is_page(reply):
    return reply.status_code == 200 and not reply.streaming and "<html" in reply.text


@pytest.fixture
def paths(replies):
    """Return the path of every page there is, by name; those for who is signed out come last."""
    found = {name: path for name, (path, reply) in replies.items() if is_page(reply)}
    return {name: found[name] for name in sorted(found, key=lambda each: each in SIGNED_OUT)}


def visit(page, paths):
    """Open one page after the other, signed in as long as one is to be."""
    for name, path in paths.items():
        if name in SIGNED_OUT:
            page.context.clear_cookies()
        yield name, page.goto(path)


def test_every_address_is_a_page_that_is_examined_or_has_a_reason_not_to_be(replies, paths):
    no_page = {name: reply.status_code for name, (_, reply) in replies.items() if name not in paths}

    assert no_page.keys() == NO_PAGE.keys(), no_page
    # What is fetched is there, so that its reason is no excuse.
    assert {name for name, status in no_page.items() if status != 200} == ELSEWHERE


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_barrier_that_axe_finds(
    chromium, live_server, browser_context, paths, scheme
):
    # axe adds styles of its own, which the policy refuses.
    context = chromium.new_context(base_url=live_server.url, color_scheme=scheme, bypass_csp=True)
    context.add_cookies(browser_context.cookies())
    page = context.new_page()
    found = []

    for name, _ in visit(page, paths):
        found += [
            f"{name}: {each['id']} {each['nodes'][0]['html']}"
            for each in Axe().run(page).response["violations"]
        ]

    assert found == []
    context.close()


def test_no_page_asks_another_host_or_has_inline_style(page, live_server, paths):
    hosts = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))

    for name, reply in visit(page, paths):
        source = reply.text()
        assert not re.search(r"<[^>]+\sstyle=", source), name
        assert not re.search(r"<[^>]+\son\w+=", source), name
        assert "<style" not in source, name

    assert hosts - {""} == {urlsplit(live_server.url).netloc}


# Pages that show what others said; a page that hides all of it would prove nothing.
SHOWING = frozenset({"progress", "items", "people", "label", "queue", "settings", "log"})


def test_hostile_words_in_any_field_run_on_no_page(page, paths):
    fill_every_field()
    told = []
    page.on("console", lambda message: told.append(message.text))
    page.on("dialog", lambda dialog: told.append(dialog.message))
    shown, broken = set(), {}

    for name, reply in visit(page, paths):
        assert reply.status == 200, name
        page.wait_for_load_state()
        found = page.evaluate(
            "[window.pwned === undefined,"
            " document.querySelectorAll('[onerror], [onload], img[src=x]').length,"
            " document.documentElement.textContent.includes('onerror=pwned')]"
        )
        if found[:2] != [True, 0]:
            broken[name] = found
        if found[2]:
            shown.add(name)

    assert not broken
    assert not [each for each in told if "Content Security Policy" in each], told
    assert shown >= SHOWING, sorted(shown)


def test_every_field_of_text_is_known_to_be_said_or_our_own():
    found = {}
    for table, field in text_fields():
        found.setdefault(table.__name__, set()).add(field.name)
    known = {name: SAID.get(name, set()) | OWN.get(name, set()) for name in SAID | OWN}

    assert found == known


def test_policy_allows_nothing_inline(client, lead, project):
    client.force_login(lead, backend="django.contrib.auth.backends.ModelBackend")

    policy = client.get(reverse("label", args=[project.slug]))["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "default-src 'none'" in policy


def test_label_page_is_light_with_all_it_loads(client, lead, project):
    client.force_login(lead, backend="django.contrib.auth.backends.ModelBackend")
    source = client.get(reverse("label", args=[project.slug])).text
    files = re.findall(r'(?:src|href)="/static/([^"]+\.(?:js|css|svg))"', source)

    sizes = {"the page": len(gzip.compress(source.encode()))}
    for name in set(files):
        sizes[name] = len(gzip.compress(Path(finders.find(name)).read_bytes()))

    assert len(sizes) > 10
    assert sum(sizes.values()) < MOST_BYTES, sizes


def too_small(page):
    return page.evaluate(
        """(smallest) => [...document.querySelectorAll('a, button, summary, input, select')]
            .filter((each) => each.checkVisibility() && each.type !== 'hidden')
            .map((each) => each.matches('input[type=checkbox], input[type=radio]')
                ? each.closest('label') : each)
            .filter((each) => {
                if (!each || each.matches('.skip-link, p a, .prose a')) return false;
                const { width, height } = each.getBoundingClientRect();
                return width > 0 && (height < smallest - 0.5 || width < smallest - 0.5);
            })
            .map((each) => each.outerHTML.slice(0, 120))""",
        SMALLEST_TARGET,
    )


def test_thumbs_hit_every_target_of_annotators_pages(
    chromium, live_server, browser_context, paths, project
):
    context = chromium.new_context(
        base_url=live_server.url,
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
    )
    context.add_cookies(browser_context.cookies())
    page = context.new_page()
    found = {}

    for name in ANNOTATORS:
        page.goto(paths[name])
        found[name] = too_small(page)
    open_desk(page, project)
    last = page.locator(".work:not([hidden]) .choice").last.bounding_box()

    assert not any(found.values()), found
    # Classes lie in the lower half of the screen, where the thumb is.
    assert last["y"] + last["height"] > 844 / 2
    context.close()
