"""Every page there is, by the list of addresses: no barrier that axe finds, nothing from elsewhere,
no inline style or script, and on annotators' pages targets that a thumb hits."""

import gzip
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles import finders
from django.urls import URLPattern, get_resolver, reverse

from annotation.models import Batch, Budget
from annotation.services import projects
from tests.factories import add_items, answer, claim, make_project, make_user, publish
from tests.support.desk import open_desk

pytestmark = pytest.mark.django_db(transaction=True)

ANNOTATORS = ("projects", "account", "label", "guidelines")
MOST_BYTES = 100_000
SMALLEST_TARGET = 44
# An import waits for a file, a what-if for a worker: tests of their own open these two.
WITH_A_STATE_OF_THEIR_OWN = frozenset({"import", "what-if-one", "what-if-state", "what-if-csv"})


def addresses():
    """Return each address outside of the admin by its name, with the names of its arguments."""

    def walk(patterns, before):
        for each in patterns:
            arguments = before | each.pattern.converters.keys()
            if isinstance(each, URLPattern):
                yield each.name, arguments
            elif not str(each.pattern).startswith("admin"):
                yield from walk(each.url_patterns, arguments)

    return dict(walk(get_resolver().url_patterns, frozenset()))


@pytest.fixture
def lead(sign_in):
    user = make_user("ada", is_superuser=True)
    sign_in(user)
    return user


@pytest.fixture
def project(lead):
    """A project at work: budget, answers of two people, a batch, guidelines, a skip to decide."""
    project = make_project(owner=lead, budget=50, guidelines="# Decide\nBe *kind*.")
    publish(project, add_items(project, 8))
    project.bulk_allowed = True
    project.save(update_fields=["bulk_allowed"])
    other = make_user("mia")
    projects.set_role(project=project, user=other, role="annotator", actor=None)
    for person, place in ((lead, 0), (other, 1), (other, 0)):
        answer(project, person, claim(project, person), place=place)
    return project


@pytest.fixture
def paths(client, lead, project):
    """Return the path of every page that can be opened, by name; each must have an example."""
    client.force_login(lead, backend="django.contrib.auth.backends.ModelBackend")
    examples = {
        "slug": project.slug,
        "item_id": project.items.first().pk,
        "size": "small",
        "number": Batch.objects.filter(project=project).first().number,
        "token": "none",
        "user_id": lead.pk,
        "member": lead.pk,
        "budget_id": Budget.objects.first().pk,
        "run_id": 1,
        "returned_id": 1,
    }
    found = {}
    for name, arguments in addresses().items():
        if name in WITH_A_STATE_OF_THEIR_OWN or arguments - examples.keys():
            continue
        path = reverse(name, kwargs={each: examples[each] for each in arguments})
        reply = client.get(path)
        if reply.status_code == 200 and not reply.streaming and "<html" in reply.text:
            found[name] = path
    assert {"projects", "account", "label", "bulk", "settings", "queue", "progress"} <= found.keys()
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_barrier_that_axe_finds(
    chromium, live_server, browser_context, paths, scheme
):
    # axe adds styles of its own, which the policy refuses.
    context = chromium.new_context(base_url=live_server.url, color_scheme=scheme, bypass_csp=True)
    context.add_cookies(browser_context.cookies())
    page = context.new_page()
    found = []

    for name, path in paths.items():
        page.goto(path)
        found += [
            f"{name}: {each['id']} {each['nodes'][0]['html']}"
            for each in Axe().run(page).response["violations"]
        ]

    assert found == []
    context.close()


def test_every_address_has_an_example_or_a_reason():
    known = {
        "slug",
        "item_id",
        "size",
        "number",
        "token",
        "user_id",
        "member",
        "budget_id",
        "run_id",
        "returned_id",
    }

    unknown = {name for name, arguments in addresses().items() if arguments - known}

    assert {name for name in unknown if not name.startswith("what-if")} == set()


def test_no_page_asks_another_host_or_has_inline_style(page, live_server, paths):
    hosts = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))

    for name, path in paths.items():
        source = page.goto(path).text()
        assert not re.search(r"<[^>]+\sstyle=", source), name
        assert not re.search(r"<[^>]+\son\w+=", source), name
        assert "<style" not in source, name

    assert hosts - {""} == {urlsplit(live_server.url).netloc}


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
