"""The page fixture sees what a person at the browser's console would see."""

import pytest
from django.contrib.auth import get_user_model

POLICY = "default-src 'none'; script-src 'self'"


def show(page, body, *, status=200, policy=POLICY):
    def answer(route):
        is_page = route.request.resource_type == "document"
        route.fulfill(
            status=status if is_page else 404,
            headers={"content-type": "text/html", "content-security-policy": policy},
            body=body if is_page else "",
        )

    page.route("**/*", answer)
    page.goto("/made-up/")


@pytest.mark.parametrize(
    ("body", "policy", "problem"),
    [
        ("<script>document.title = 'x'</script>", POLICY, "Content Security Policy"),
        ("<script>console.error('lost')</script>", "", "console: lost"),
        ("<script>setTimeout(() => { throw Error('broken') })</script>", "", "broken"),
        ("<script src='/gone.js'></script>", "", "404"),
    ],
    ids=["refused-script", "console-error", "script-error", "missing-file"],
)
def test_problem_of_a_page_is_seen_and_can_be_allowed(page, page_problems, body, policy, problem):
    show(page, body, policy=policy)
    page.wait_for_timeout(50)
    seen = page_problems.unexpected()

    page_problems.allow(problem)

    assert any(problem in text for text in seen)
    assert page_problems.unexpected() == []


def test_quiet_page_has_no_problems(page, page_problems):
    show(page, "<title>Quiet</title><p>Nothing to see")

    assert page.title() == "Quiet"
    assert page_problems.unexpected() == []


def test_browser_signed_in_carries_a_session_of_the_user(sign_in, page, browser_context):
    user = get_user_model().objects.create_user("ada")

    sign_in(user)

    assert "sessionid" in {cookie["name"] for cookie in browser_context.cookies()}
