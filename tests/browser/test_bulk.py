"""Many items at once in a real browser: by keyboard, mouse and finger, and two people at once."""

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from annotation.models import Assignment, Label
from annotation.services import bulk
from tests.factories import answer, make_user
from tests.support.desk import answers_of, saved
from tests.support.invariants import violations
from tests.support.table import (
    grouped,
    make_grouped_project,
    open_table,
    put_in_groups,
    texts,
    tiles,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ada():
    return make_user("ada")


@pytest.fixture
def project(ada):
    return make_grouped_project(ada)


def shown_names(project):
    return [f"text {key}" for key in grouped(project)][:24]


@pytest.mark.parametrize("n_items", [24, 60])
def test_group_is_answered_by_keyboard_only(page, sign_in, ada, n_items):
    project = make_grouped_project(ada, n_items=n_items)
    group = grouped(project)
    # Of 24, at most 18 are in the group: fewer than a page. Of 60, 45 are less what the project's
    # seed keeps out, so that a page that was answered in part is filled up again.
    n_done = min(len(group), 3 + 24)
    sign_in(ada)
    open_table(page, project)
    wanted = shown_names(project)
    assert texts(page) == wanted
    n = len(wanted)

    page.keyboard.press("Space")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("#chosen")).to_have_text(f"3 of {n} chosen")
    page.keyboard.press("2")

    expect(tiles(page).first).not_to_contain_text(wanted[0])
    saved(page)
    assert answers_of(ada) == [(key, "no") for key in group[:3]]
    assert texts(page) == [f"text {key}" for key in group[3:n_done]]
    assert page.evaluate("document.activeElement.name") == "item"

    page.keyboard.press("Control+a")
    page.keyboard.press("1")

    saved(page)
    done = f"{n_done} of {n_items} in this batch"
    expect(page.locator("#desk-progress")).to_contain_text(done)
    assert answers_of(ada) == [
        (key, "no" if place < 3 else "yes") for place, key in enumerate(group[:n_done])
    ]
    assert Label.objects.count() == n_done
    assert violations(project) == []


def test_key_without_anything_chosen_answers_nothing_and_says_so(page, sign_in, ada, project):
    sign_in(ada)
    open_table(page, project)

    page.keyboard.press("1")
    page.keyboard.press("Enter")

    expect(page.locator("#announce")).to_contain_text("Choose items first")
    expect(tiles(page)).to_have_count(len(shown_names(project)))
    assert not Label.objects.exists()


def test_group_is_taken_back_at_once_and_one_by_one(page, sign_in, ada, project):
    sign_in(ada)
    open_table(page, project)
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("1")
    saved(page)
    # Four are gone, and what was left of the group filled the page up again.
    n = min(len(grouped(project)) - 4, 24)
    expect(tiles(page)).to_have_count(n)

    page.get_by_text("Just answered").click()
    page.get_by_role("button", name=f"Take back: {shown_names(project)[2]}").click()
    expect(tiles(page)).to_have_count(n + 1)
    page.keyboard.press("u")

    expect(tiles(page)).to_have_count(n + 4)
    expect(page.locator(".tile[data-earlier]")).to_have_count(4)
    assert not Label.objects.current().exists()
    assert violations(project) == []


def test_mouse_chooses_by_click_shift_click_and_drag(page, sign_in, ada, project):
    sign_in(ada)
    page.set_viewport_size({"width": 1280, "height": 900})
    open_table(page, project)
    n = len(shown_names(project))

    tiles(page).nth(0).click()
    tiles(page).nth(3).click(modifiers=["Shift"])
    expect(page.locator("#chosen")).to_have_text(f"4 of {n} chosen")
    tiles(page).nth(1).click()
    expect(page.locator("#chosen")).to_have_text(f"3 of {n} chosen")

    page.keyboard.press("Escape")
    tiles(page).nth(2).hover()
    page.mouse.down()
    tiles(page).nth(3).hover()
    tiles(page).nth(5).hover()
    page.mouse.up()
    expect(page.locator("#chosen")).to_have_text(f"4 of {n} chosen")


def test_one_item_is_looked_at_closer(page, sign_in, ada):
    project = make_grouped_project(ada, texts=[f"{n} " + "long words " * 80 for n in range(40)])
    sign_in(ada)
    open_table(page, project)

    tiles(page).first.get_by_role("button", name="Look closer").click()
    expect(page.locator("#closer")).to_contain_text("long words " * 70)
    page.keyboard.press("Escape")

    expect(page.locator("#closer")).not_to_be_visible()
    assert not page.locator(".tile input:checked").count()


def test_two_people_at_once_never_see_the_same_item(page, chromium, live_server, sign_in, ada):
    bo = make_user("bo")
    project = make_grouped_project(ada, bo, n_items=80)
    sign_in(ada)
    other = chromium.new_context(base_url=live_server.url)
    client = Client()
    client.force_login(bo)
    other.add_cookies(
        [
            {
                "name": settings.SESSION_COOKIE_NAME,
                "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
                "url": live_server.url,
            }
        ]
    )
    pages = [page, other.new_page()]
    for each in pages:
        open_table(each, project)
    seen = [set(texts(each)) for each in pages]
    assert not seen[0] & seen[1]
    assert len(seen[0] | seen[1]) == min(len(grouped(project)), 48)

    for each in pages:
        each.keyboard.press("Control+a")
        each.keyboard.press("1")
        saved(each)
    other.close()

    assert Label.objects.count() == Label.objects.values("item").distinct().count()
    assert violations(project) == []


def test_phone_answers_with_the_thumb(page, sign_in, ada, project):
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(ada)
    open_table(page, project)

    tiles(page).nth(0).click()
    tiles(page).nth(2).click()
    page.get_by_role("button", name="yes", exact=False).first.click()

    saved(page)
    assert Label.objects.count() == 2
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390


def test_answers_given_without_connection_are_sent_when_it_is_back(
    page, page_problems, sign_in, ada, project
):
    page_problems.allow("ERR_INTERNET_DISCONNECTED")
    sign_in(ada)
    open_table(page, project)
    page.context.set_offline(True)
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("1")
    expect(page.locator("#saved[data-state=trouble]")).to_be_visible()
    assert not Label.objects.exists()

    page.context.set_offline(False)

    saved(page)
    assert Label.objects.count() == 2


def test_what_was_decided_elsewhere_is_told_and_the_rest_is_recorded(page, sign_in, ada, project):
    sign_in(ada)
    open_table(page, project)
    gone = Assignment.objects.get(item__key=grouped(project)[0])
    answer(project, ada, gone, place=1)

    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("1")

    expect(page.locator("#flashes")).to_contain_text(
        "1 answer was not recorded: You have answered this item already."
    )
    assert Label.objects.count() == 2


def test_going_back_to_one_by_one_hands_the_items_to_others(page, sign_in, ada, project):
    sign_in(ada)
    open_table(page, project)

    page.get_by_role("button", name="One by one").click()

    expect(page.locator("#deck[data-ready]")).to_be_attached()
    assert Assignment.objects.filter(state="leased").count() == 2


def test_page_is_not_there_where_the_project_does_not_allow_it(page, sign_in, ada, project):
    project.bulk_allowed = False
    project.save(update_fields=["bulk_allowed"])
    sign_in(ada)

    page.goto(f"/projects/{project.slug}/label/together/")

    expect(page.locator("#deck[data-ready]")).to_be_attached()


def test_purposes_leave_no_trace_on_the_page(page, sign_in, ada):
    project = make_grouped_project(ada, purposes=dict.fromkeys(range(0, 40, 5), "audit"))
    sign_in(ada)
    open_table(page, project)

    for word in ("audit", "gold", "purpose", "query"):
        assert word not in page.content().lower()


def test_session_that_ended_is_signed_in_in_place_and_the_answers_are_sent(
    page, browser_context, sign_in, ada, project
):
    sign_in(ada)
    open_table(page, project)
    browser_context.clear_cookies(name="sessionid")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("1")
    dialog = page.get_by_role("dialog", name="Sign in again")
    expect(dialog).to_be_visible()
    expect(page.locator("#saved")).to_contain_text("you are signed out (1)")

    dialog.get_by_label("Password").fill("a quiet desk")
    dialog.get_by_role("button", name="Sign in", exact=True).click()

    expect(dialog).to_be_hidden()
    saved(page)
    assert answers_of(ada) == [(key, "yes") for key in grouped(project)[:2]]
    assert page.evaluate("document.activeElement.name") == "item"


def test_alike_items_are_chosen_by_their_words_and_answered_together(page, sign_in, ada):
    project = make_grouped_project(ada, n_items=60)
    put_in_groups(project, [["refund", "money", "back", "late"], []])
    of_words = [
        f"text {item.key}"
        for place, item in enumerate(project.items.order_by("pk"))
        if place % 2 == 0 and not bulk.comes_one_by_one(project, item.content_hash)
    ]
    sign_in(ada)
    open_table(page, project)
    groups = page.get_by_role("navigation", name="Groups of similar items")
    expect(groups.get_by_role("link", name="Group 2")).to_be_visible()

    groups.get_by_role("link", name="refund, money, back").click()
    expect(page.locator("#bulk-said")).to_contain_text("These are alike: refund, money, back")
    # What was held already comes first, of whichever class.
    shown = texts(page)
    assert set(shown) <= set(of_words)
    assert len(shown) == min(24, len(of_words))
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("1")
    saved(page)

    assert texts(page)[: len(shown) - 2] == shown[2:]
    assert set(texts(page)) <= set(of_words)
    expect(groups.locator("[aria-current]")).to_contain_text("refund, money, back")
    assert answers_of(ada) == [(each.removeprefix("text "), "yes") for each in shown[:2]]
    assert violations(project) == []
