"""What the server says when it does not do what was asked: problem details (RFC 9457)."""

from typing import Any

import httpx


class ApiError(Exception):
    """A problem, with its status and, field by field, what was wrong."""

    def __init__(self, status: int, problem: dict[str, Any], *, retry_after: float | None) -> None:
        self.status = status
        self.type = str(problem.get("type", "about:blank"))
        self.title = str(problem.get("title", ""))
        self.detail = str(problem.get("detail", ""))
        # Each has a field, a message, and the limit where there is one.
        self.errors: list[dict[str, str]] = list(problem.get("errors", []))
        self.retry_after = retry_after
        super().__init__(f"{status} {self.detail or self.title}".strip())


class Unauthenticated(ApiError):  # noqa: N818
    """No token, or one that opens nothing."""


class Forbidden(ApiError):  # noqa: N818
    """The role, or the token, does not allow it."""


class NotFound(ApiError):  # noqa: N818
    """Nothing there, or nothing for this person."""


class Conflict(ApiError):  # noqa: N818
    """Somebody was faster: look at what now stands."""


class Invalid(ApiError):  # noqa: N818
    """What was sent does not fit; `errors` names each field."""


class Throttled(ApiError):  # noqa: N818
    """Too often; `retry_after` says for how many seconds."""


class ServerError(ApiError):
    """The server failed, also when asked again."""


class Unreachable(Exception):  # noqa: N818
    """No answer, also when asked again: nobody knows whether it was done."""


KINDS: dict[int, type[ApiError]] = {
    400: Invalid,
    401: Unauthenticated,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    413: Invalid,
    422: Invalid,
    429: Throttled,
}


def error_of(response: httpx.Response) -> ApiError:
    """Return the exception that a refusal is; its body has been read."""
    kind = KINDS.get(response.status_code, ApiError)
    if response.status_code >= 500:
        kind = ServerError
    return kind(response.status_code, _problem(response), retry_after=retry_after(response))


def _problem(response: httpx.Response) -> dict[str, Any]:
    try:
        found = response.json()
    except ValueError:
        return {"title": response.reason_phrase}
    return found if isinstance(found, dict) else {"title": response.reason_phrase}


def retry_after(response: httpx.Response) -> float | None:
    """Return for how many seconds the server wants peace; None when it does not say."""
    said = response.headers.get("Retry-After", "")
    return float(said) if said.isdecimal() else None
