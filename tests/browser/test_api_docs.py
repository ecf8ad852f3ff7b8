"""The page of the API and the page of tokens, in a real browser under the strict policy."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.factories import make_project, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def test_docs_are_drawn_under_the_strict_policy_and_try_out_works(page, sign_in):
    ada = make_user("ada")
    make_project(owner=ada)
    sign_in(ada)

    page.goto(reverse("account-tokens"))
    page.get_by_role("link", name="What programs can ask").click()
    page.locator("#operations-account-read_me").get_by_role("button").first.click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()

    page.locator(".live-responses-table .response-col_description").get_by_text('"ada"').wait_for()

    # Of so many operations those in view are drawn: each is there once one looks for it.
    page.get_by_placeholder("Filter by tag").fill("webhooks")
    page.keyboard.press("Enter")
    expect(page.locator("#operations-webhooks-create_webhook")).to_be_visible()
    page.get_by_placeholder("Filter by tag").fill("")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("End")
    expect(page.locator(".opblock-tag").last).to_be_in_viewport()
