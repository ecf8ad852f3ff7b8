"""The lead's pages of queue, runs and budget in a real browser: by keyboard, kept up to date."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from alapp.clock import database_now
from annotation.models import Assignment, Budget, Label, Project, Run
from annotation.services import budgets, leases, projects, queue
from tests.factories import answer, claim, make_project, make_user, publish

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lead(sign_in):
    user = make_user("ada")
    sign_in(user)
    return user


@pytest.fixture
def annotator():
    return make_user("bob")


@pytest.fixture
def project(lead, annotator):
    project = make_project(owner=lead, n_items=8)
    projects.set_role(project=project, user=annotator, role="annotator", actor=lead)
    publish(project, project.items.all(), reserve=2)
    return project


def skip_for_the_lead(project, annotator):
    """Have an item skipped by as many as it takes."""
    Project.objects.update(max_skips=1)
    project.refresh_from_db()
    held = claim(project, annotator)
    queue.skip(
        project=project,
        assignment_id=held.pk,
        annotator=annotator,
        reason="no_class",
        now=database_now(),
    )
    return held.item


def path(project, name="queue"):
    return f"/projects/{project.slug}/{name}/"


def press_tab_until(page, locator):
    for _ in range(60):
        page.keyboard.press("Tab")
        if locator.evaluate("element => element === document.activeElement"):
            return
    pytest.fail("the keyboard does not reach it")


def test_lease_is_released_by_keyboard_without_losing_the_place(page, project, annotator):
    for _ in range(2):
        claim(project, annotator, now=database_now())
    page.goto(path(project))

    press_tab_until(page, page.get_by_role("button", name="Release of 0"))
    page.keyboard.press("Enter")

    expect(page.get_by_role("status").filter(has_text="1 item released.")).to_be_visible()
    expect(page.get_by_role("button", name="Release of 0")).to_have_count(0)
    expect(page.locator("#queue-state")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Release all")).to_be_focused()
    assert Assignment.objects.filter(state="leased").count() == 1


def test_page_keeps_itself_up_to_date_and_the_focus_where_it_is(page, project, annotator):
    claim(project, annotator, now=database_now())
    page.goto(path(project))
    button = page.get_by_role("button", name="Release all of bob")
    button.focus()

    carl = make_user("carl")
    claim(project, carl, now=database_now())

    expect(page.get_by_role("button", name="Release all of carl")).to_be_visible()
    expect(button).to_be_focused()


def test_queue_works_without_javascript(chromium, live_server, browser_context, project, annotator):
    claim(project, annotator)
    item = skip_for_the_lead(project, annotator)
    bare = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    bare.add_cookies(browser_context.cookies())
    page = bare.new_page()
    page.goto(path(project))

    page.get_by_role("button", name="Release all").click()
    expect(page.get_by_text("1 item released.")).to_be_visible()
    page.get_by_role("link", name=f"Decide about {item.key}").click()
    page.get_by_role("button", name="yes").click()

    expect(page.get_by_text("Your answer is recorded.")).to_be_visible()
    assert Label.objects.get().item == item
    bare.close()


def test_skipped_item_is_answered_with_its_key(page, project, annotator):
    skip_for_the_lead(project, annotator)
    page.goto(path(project))

    press_tab_until(page, page.get_by_role("link", name="Decide"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Decide")).to_be_visible()
    page.keyboard.press("2")

    expect(page.get_by_text("Your answer is recorded.")).to_be_visible()
    expect(page.get_by_text("Nothing waits for you.")).to_be_visible()
    assert Label.objects.get().value == [project.classes.get(name="no").pk]


def test_withdrawing_asks_first(page, project, annotator):
    item = skip_for_the_lead(project, annotator)
    page.goto(path(project, f"queue/items/{item.pk}"))

    page.locator("summary", has_text="Withdraw").press("Enter")
    expect(page.get_by_text("nobody is asked about it again")).to_be_visible()
    item.refresh_from_db()
    assert item.withdrawn_at is None
    page.get_by_role("button", name="Withdraw the item").press("Enter")

    expect(page.get_by_text("The item is withdrawn")).to_be_visible()
    page.locator("summary", has_text="Withdrawn items").press("Enter")
    page.get_by_role("button", name="Bring back").press("Enter")
    expect(page.get_by_text("It is in the pool again.")).to_be_visible()


def test_second_lead_reads_that_somebody_was_faster(page, project, annotator, page_problems):
    page_problems.allow("status of 422")
    item = skip_for_the_lead(project, annotator)
    page.goto(path(project, f"queue/items/{item.pk}"))
    Assignment.objects.filter(item=item).update(state="open")

    page.get_by_role("button", name="yes").click()

    expect(page.get_by_text("somebody decided it")).to_be_visible()


def test_page_of_somebody_who_lost_the_role_says_so(page, project, lead, page_problems):
    page_problems.allow("status of 404")
    page.goto(path(project))
    owner = make_user("olga")
    projects.set_role(project=project, user=owner, role="owner", actor=lead)

    projects.set_role(project=project, user=lead, role="annotator", actor=owner)

    expect(page.get_by_role("heading", name="Nothing here")).to_be_visible()


def test_page_of_somebody_signed_out_elsewhere_asks_to_sign_in(page, project, browser_context):
    page.goto(path(project))

    browser_context.clear_cookies(name="sessionid")

    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_traceback_stays_open_while_the_page_looks_again(page, project):
    run = Run.objects.create(
        project=project, kind="import", state="failed", error="Disk full", traceback="in f()"
    )
    page.goto(path(project, "runs"))
    page.locator("summary", has_text="Traceback").click()

    Run.objects.filter(pk=run.pk).update(error="Disk still full")

    expect(page.get_by_text("Disk still full")).to_be_visible()
    expect(page.get_by_text("in f()")).to_be_visible()
    page.get_by_role("button", name="Retry").press("Enter")
    expect(page.get_by_text("It is queued again.")).to_be_visible()


def test_failed_run_is_said_on_the_progress_page(page, project):
    Run.objects.create(project=project, kind="import", state="failed", error="Disk full")
    page.goto(f"/projects/{project.slug}/")

    expect(page.get_by_text("Import failed")).to_be_visible()
    page.get_by_role("link", name="See the runs").click()

    expect(page.get_by_role("heading", name="Runs")).to_be_visible()


def test_limit_is_raised_by_keyboard(page, project):
    page.goto(path(project, "budget"))

    press_tab_until(page, page.get_by_role("link", name="Raise or lower"))
    page.keyboard.press("Enter")
    press_tab_until(page, page.get_by_label("At most"))
    expect(page.get_by_label("At most")).to_have_value("1000")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("1200")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Saved. In force from the next item")).to_be_visible()
    expect(page.get_by_text("left of 1,200 labels")).to_be_visible()


def test_link_to_how_items_are_handed_out_unfolds_it(page, project):
    page.goto(path(project))

    press_tab_until(page, page.get_by_role("link", name="How items are handed out"))
    page.keyboard.press("Enter")
    expect(page.get_by_label("Share of such items")).to_be_visible()
    press_tab_until(page, page.get_by_label("Share of such items"))
    page.keyboard.type("20")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_label("Share of such items")).to_have_value("20")
    assert Project.objects.get().overlap_percent == 20


def test_figures_change_while_a_limit_is_typed(page, project, annotator):
    page.goto(path(project, "budget"))
    page.get_by_label("At most").fill("55")

    claim(project, annotator)

    reserved = page.get_by_text("0 labels spent, 1 label reserved")
    expect(reserved).to_be_visible(timeout=20_000)
    expect(page.get_by_label("At most")).to_have_value("55")
    expect(page.get_by_label("At most")).to_be_focused()


def test_budget_is_frozen_in_place_and_the_focus_stays(page, project):
    page.goto(path(project, "budget"))
    page.get_by_role("button", name="Freeze").press("Enter")

    expect(page.get_by_text("Frozen: nothing more is handed out.")).to_be_visible()
    expect(page.get_by_role("button", name="Let it give again")).to_be_focused()
    assert Budget.objects.get().is_frozen


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_has_a_barrier_that_axe_finds(
    chromium, live_server, browser_context, project, annotator, scheme, width
):
    item = skip_for_the_lead(project, annotator)
    budgets.set_limit(project=project, scope="annotator", limit=9, actor=None)
    answer(project, annotator, claim(project, annotator))
    claim(project, annotator)
    Run.objects.create(
        project=project, kind="import", state="failed", error="Disk full", traceback="in f() " * 99
    )
    # axe adds styles of its own, which the policy refuses.
    context = chromium.new_context(
        base_url=live_server.url,
        color_scheme=scheme,
        bypass_csp=True,
        viewport={"width": width, "height": 800},
    )
    context.add_cookies(browser_context.cookies())
    page = context.new_page()
    found = []

    for name in ("queue", f"queue/items/{item.pk}", "runs", "budget", "settings"):
        page.goto(path(project, name))
        page.evaluate(
            "for (const fold of document.querySelectorAll('details.more')) fold.open = true"
        )
        report = Axe().run(page)
        found += [
            f"{name}: {v['id']} {v['nodes'][0]['html']}" for v in report.response["violations"]
        ]
        wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        found += [f"{name}: wider than {width}"] if wide else []

    assert not found
    context.close()


def test_leases_of_nobody_are_a_designed_state(page, project):
    assert leases.holders(project, now=database_now()) == []
    page.goto(path(project))

    expect(page.get_by_text("Nobody holds an item now.")).to_be_visible()
    expect(page.get_by_text("Nothing waits for you.")).to_be_visible()
