"""Asking, and asking again: every operation may be repeated, so what failed on the way is."""

import json
import random
import time
from collections.abc import Iterator, Mapping
from typing import IO, Any
from uuid import uuid4

import httpx

from alapp.client.errors import Unreachable, error_of, retry_after
from alapp.client.unset import UNSET

FAILED_ON_THE_WAY = frozenset({502, 503, 504})
TOO_OFTEN = 429
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 10.0
LONGEST_WISH = 120.0


class Connection:
    """One server, one token. `retries` is how often a failed request is sent again."""

    def __init__(
        self,
        url: str,
        token: str,
        *,
        timeout: float = 30.0,
        retries: int = 5,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._http = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {token}", "Accept": "application/json, */*"},
            timeout=timeout,
            transport=transport,
        )
        self._retries = retries
        self._rng = random.Random()

    def close(self) -> None:
        self._http.close()

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        files: Mapping[str, IO[bytes]] | None = None,
        key: str | None = None,
    ) -> Any:
        """Return what the server answers, None for nothing; raises ApiError or Unreachable.

        With a key ("" for a new one) the server does it once, however often it is sent.
        """
        with self._send(method, path, query, body, files, key) as response:
            response.read()
            return response.json() if response.content else None

    def pages(
        self, method: str, path: str, *, query: Mapping[str, Any] | None = None
    ) -> Iterator[Any]:
        """Yield the rows of every page, each page fetched when it is reached."""
        page = self.call(method, path, query=query)
        while True:
            yield from page["results"]
            if not page["next"]:
                return
            page = self.call(method, page["next"])

    def stream(
        self, method: str, path: str, *, query: Mapping[str, Any] | None = None
    ) -> Iterator[bytes]:
        """Yield the bytes of a file as they come."""
        with self._send(method, path, query, None, None, None) as response:
            yield from response.iter_bytes()

    def _send(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None,
        body: Mapping[str, Any] | None,
        files: Mapping[str, IO[bytes]] | None,
        key: str | None,
    ) -> "_Open":
        headers = {} if key is None else {"Idempotency-Key": key or str(uuid4())}
        # An address of the next page has its query already, and an empty one would take it away.
        asked = {name: _plain(value) for name, value in (query or {}).items() if value is not UNSET}
        for n_failed in range(self._retries + 1):
            request = self._http.build_request(
                method, path, params=asked or None, headers=headers, **_content(body, files)
            )
            try:
                response = self._http.send(request, stream=True)
            except httpx.TransportError as error:
                if n_failed == self._retries:
                    raise Unreachable(f"{method} {path}: {error}") from error
                self._pause(n_failed, None)
                continue
            if response.is_success:
                return _Open(response)
            response.read()
            response.close()
            is_passing = response.status_code in FAILED_ON_THE_WAY | {TOO_OFTEN}
            if not is_passing or n_failed == self._retries:
                raise error_of(response)
            self._pause(n_failed, retry_after(response))
        raise AssertionError("the last try returns or raises")

    def _pause(self, n_failed: int, wish: float | None) -> None:
        pause = min(FIRST_PAUSE * 2**n_failed, LONGEST_PAUSE) * self._rng.uniform(0.5, 1.0)
        time.sleep(max(pause, min(wish or 0.0, LONGEST_WISH)))


class _Open:
    """A response that is closed when the block ends."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response

    def __enter__(self) -> httpx.Response:
        return self._response

    def __exit__(self, *exception: object) -> None:
        self._response.close()


def _content(
    body: Mapping[str, Any] | None, files: Mapping[str, IO[bytes]] | None
) -> dict[str, Any]:
    """Return the body as httpx takes it: JSON, or a form where there are files."""
    sent = {name: value for name, value in (body or {}).items() if value is not UNSET}
    if files:
        for file in files.values():
            file.seek(0)
        return {"data": {name: _plain(value) for name, value in sent.items()}, "files": dict(files)}
    return {} if body is None else {"json": sent}


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value) if isinstance(value, dict) else value
