"""What the client sends, sends again, and makes of what comes back."""

import json

import httpx
import pytest

from alapp.client import (
    ApiError,
    Client,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    ServerError,
    Throttled,
    Unauthenticated,
    Unreachable,
)
from alapp.client import connection as asking


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    """Return the pauses the client would have made."""
    made = []
    monkeypatch.setattr(asking.time, "sleep", made.append)
    return made


class Server:
    """Answers in turn with what a test wants, and keeps what was asked."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    def __call__(self, request):
        self.asked.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def client_of(server, **options):
    transport = httpx.MockTransport(server)
    return Client("https://label.example.org", "alapp_x", transport=transport, **options)


def ok(body):
    return httpx.Response(200, json=body)


def problem(status, **fields):
    body = {"type": "urn:alapp:problem:x", "title": "No", "status": status, **fields}
    return httpx.Response(status, json=body, headers={"Retry-After": "7"})


def test_token_goes_along_and_address_comes_from_the_environment(monkeypatch):
    monkeypatch.setenv("ALAPP_URL", "https://label.example.org")
    monkeypatch.setenv("ALAPP_TOKEN", "alapp_y")
    server = Server(ok({"username": "ada"}))

    with Client(transport=httpx.MockTransport(server)) as client:
        assert client.read_me()["username"] == "ada"

    (asked,) = server.asked
    assert str(asked.url) == "https://label.example.org/api/v1/me/"
    assert asked.headers["Authorization"] == "Bearer alapp_y"


def test_without_address_or_token_it_says_what_to_give(monkeypatch):
    monkeypatch.delenv("ALAPP_URL", raising=False)
    monkeypatch.delenv("ALAPP_TOKEN", raising=False)

    with pytest.raises(ValueError, match="ALAPP_URL and ALAPP_TOKEN"):
        Client()


def test_what_was_not_given_is_not_sent_and_what_is_named_is_quoted():
    server = Server(ok({}))

    client_of(server).change_settings("a/../b c", name="x", overlap=2)

    (asked,) = server.asked
    assert asked.url.raw_path == b"/api/v1/projects/a%2F..%2Fb%20c/settings/"
    assert json.loads(asked.content) == {"name": "x", "overlap": 2}


@pytest.mark.parametrize("failure", [httpx.ConnectError("no"), httpx.ReadTimeout("late")])
def test_what_fails_on_the_way_is_sent_again_with_the_same_key(failure, no_pauses):
    server = Server(failure, httpx.Response(503), ok({"slug": "a"}))

    made = client_of(server).create_project(name="A")

    assert made["slug"] == "a"
    keys = {each.headers["Idempotency-Key"] for each in server.asked}
    assert (len(server.asked), len(keys)) == (3, 1)
    # 0.2 s and 0.4 s, less up to a half by chance.
    assert 0.1 <= no_pauses[0] <= 0.2 <= no_pauses[1] <= 0.4


def test_two_calls_have_two_keys_and_one_of_ones_own_is_kept():
    server = Server(*[ok({})] * 3)
    client = client_of(server)

    for _ in range(2):
        client.create_project(name="A")
    client.create_project(name="A", idempotency_key="mine")

    keys = [each.headers["Idempotency-Key"] for each in server.asked]
    assert len(set(keys)) == 3
    assert keys[2] == "mine"


def test_server_that_wants_peace_gets_it(no_pauses):
    server = Server(problem(429), ok({}))

    client_of(server).read_me()

    assert no_pauses == [7.0]


def test_after_the_last_try_it_is_an_error():
    server = Server(*[httpx.ConnectError("nobody")] * 3)

    with pytest.raises(Unreachable, match="nobody"):
        client_of(server, retries=2).read_me()

    assert len(server.asked) == 3


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Invalid), (401, Unauthenticated), (403, Forbidden), (404, NotFound),
        (409, Conflict), (418, ApiError), (422, Invalid), (429, Throttled), (500, ServerError),
    ],
)  # fmt: skip
def test_each_refusal_is_an_exception_with_its_problem(status, kind):
    errors = [{"field": "overlap", "message": "Too many.", "limit": "20"}]
    server = Server(problem(status, detail="overlap: Too many.", errors=errors))

    with pytest.raises(kind) as caught:
        client_of(server, retries=0).read_me()

    error = caught.value
    assert (error.status, error.detail, error.errors) == (status, "overlap: Too many.", errors)
    assert error.retry_after == 7.0
    assert len(server.asked) == 1


def test_refusal_that_is_no_problem_is_an_exception_all_the_same():
    server = Server(httpx.Response(502, text="<html>Bad gateway</html>"))

    with pytest.raises(ServerError, match="502 Bad Gateway"):
        client_of(server, retries=0).read_me()


def test_pages_are_fetched_as_they_are_reached():
    next_ = "/api/v1/projects/?cursor=2"
    server = Server(
        ok({"results": [{"slug": "a"}, {"slug": "b"}], "next": next_}),
        ok({"results": [{"slug": "c"}], "next": None}),
    )
    projects = client_of(server).list_projects()

    first = next(projects)
    asked = len(server.asked)

    assert (first["slug"], asked) == ("a", 1)
    assert [each["slug"] for each in projects] == ["b", "c"]
    assert server.asked[1].url.query == b"cursor=2"


def test_files_come_in_pieces():
    server = Server(
        httpx.Response(200, content=b"\x89PNG...", headers={"Content-Type": "image/png"})
    )

    assert b"".join(client_of(server).read_image("a", 1, "small")) == b"\x89PNG..."
