"""Pages other than labelling, in a real browser: signing in, leading a project, without script."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from alapp.clock import database_now
from annotation.models import Label, LabelClass, Project
from annotation.services import accounts, projects
from tests.factories import add_items, make_project, make_user, publish

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lead(sign_in):
    user = make_user("ada", is_superuser=True)
    sign_in(user)
    return user


def test_sign_in_link_needs_one_click_and_sign_out_ends_it(page):
    user = make_user("ada")
    token = accounts.make_sign_in_link(
        user=user, now=database_now(), valid_for=timedelta(minutes=5)
    )
    page.goto(f"/sign-in/link/{token}/")

    page.get_by_role("button", name="Sign in as ada").click()
    expect(page.get_by_role("heading", name="Projects", exact=True)).to_be_visible()
    page.locator("header summary").click()
    page.get_by_role("button", name="Sign out").click()

    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_project_is_made_from_a_file_and_started(page, lead, tmp_path, start_manage):
    file = tmp_path / "reviews.csv"
    file.write_text("text,label\n" + "".join(f"film {i},{'yn'[i % 2]}\n" for i in range(12)))
    page.goto("/new-project/")

    page.get_by_label("Name").fill("Reviews")
    page.get_by_label("Items").set_input_files(file)
    page.get_by_role("button", name="Make the project").click()
    expect(page.get_by_role("heading", name="What is in this file?")).to_be_visible()
    expect(page.get_by_label("Make the project's classes")).to_be_checked()
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_text("Importing reviews.csv")).to_be_visible()
    start_manage("work", "--once")

    expect(page.locator("summary", has_text="12 items added")).to_be_visible(timeout=30_000)
    page.get_by_role("link", name="Settings").click()
    page.get_by_role("button", name="Start labelling").click()
    expect(page.locator("main .badge").first).to_have_text("Active")
    assert sorted(LabelClass.objects.values_list("name", flat=True)) == ["n", "y"]


def test_classes_are_moved_by_their_arrows(page, lead):
    project = make_project(owner=lead)
    page.goto(f"/projects/{project.slug}/settings/")

    page.get_by_role("group", name="no").get_by_role("button", name="Move up").click()

    expect(page.get_by_text("Saved.")).to_be_visible()
    assert [each.name for each in project.classes.all()] == ["no", "yes"]


def test_stopping_asks_first(page, lead):
    project = make_project(owner=lead, n_items=1)
    page.goto(f"/projects/{project.slug}/settings/")

    page.locator("summary", has_text="Stop").click()
    assert Project.objects.get().status == "active"
    page.get_by_role("button", name="Stop the project").click()

    expect(page.locator("main .badge").first).to_have_text("Stopped")


def test_appearance_is_chosen_and_kept(page, lead):
    page.emulate_media(color_scheme="light")
    page.goto("/account/")

    page.get_by_role("radio", name="Dark", exact=True).check()
    page.get_by_role("button", name="Use this appearance").click()
    page.goto("/")

    ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert ground == "rgb(19, 21, 25)"


def test_labelling_works_without_javascript(chromium, live_server, browser_context, lead):
    project = make_project(owner=lead)
    publish(project, add_items(project, 3))
    bare = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    bare.add_cookies(browser_context.cookies())
    page = bare.new_page()
    page.goto(f"/projects/{project.slug}/label/")

    page.get_by_role("button", name="yes").click()
    expect(page.get_by_text("text 1")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("text 0")).to_be_visible()
    page.locator(".work:not([hidden]) .choice", has_text="no").click()
    page.locator(".work:not([hidden]) summary", has_text="Skip").click()
    page.get_by_role("button", name="Something else").click()

    expect(page.get_by_text("text 2")).to_be_visible()
    assert Label.objects.current().count() == 1
    bare.close()


def test_two_people_at_once_never_get_the_same_item(chromium, live_server, sign_in, page, lead):
    project = make_project(owner=lead)
    publish(project, add_items(project, 6))
    other = make_user("bob")
    projects.set_role(project=project, user=other, role="annotator", actor=None)
    second = chromium.new_context(base_url=live_server.url).new_page()
    sign_in_with_password(second, other)
    seen = []

    for someone in (page, second):
        someone.goto(f"/projects/{project.slug}/label/")
    for _ in range(3):
        for someone in (page, second):
            shown = someone.locator(".work:not([hidden]) .item-text")
            seen.append(shown.inner_text())
            someone.keyboard.press("1")
            expect(someone.get_by_text(seen[-1], exact=True)).not_to_be_visible()

    assert sorted(seen) == [f"text {i}" for i in range(6)]
    second.context.close()


def sign_in_with_password(page: Page, user) -> None:
    page.goto("/sign-in/")
    page.get_by_label("Username").fill(user.username)
    page.get_by_label("Password").fill("a quiet desk")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Projects", exact=True)).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_barrier_that_axe_finds(chromium, live_server, browser_context, lead, scheme):
    project = make_project(owner=lead, guidelines="# Decide\nBe *kind*.", is_active=False)
    publish(project, add_items(project, 3))
    paths = ["/", "/new-project/", "/account/", "/system/"]
    paths += [f"/projects/{project.slug}/{name}/" for name in ("label", "items", "settings")]
    # axe adds styles of its own, which the policy refuses.
    context = chromium.new_context(base_url=live_server.url, color_scheme=scheme, bypass_csp=True)
    context.add_cookies(browser_context.cookies())
    page = context.new_page()
    found = []

    for status in ("draft", "active"):
        Project.objects.update(status=status)
        for path in paths:
            page.goto(path)
            report = Axe().run(page)
            found += [
                f"{path}: {v['id']} {v['nodes'][0]['html']}" for v in report.response["violations"]
            ]

    assert not found
    context.close()
