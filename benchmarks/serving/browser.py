"""One browser's connection: kept alive, with cookies. Loopback only."""

import http.client
import json
from http.cookies import SimpleCookie
from urllib.parse import urlencode

TIMEOUT_SECONDS = 120


class Refused(Exception):  # noqa: N818 - named for what the server did
    """The server answered with an error."""


class Browser:
    def __init__(self, port: int) -> None:
        self._port = port
        self._connection = self._connect()
        self.cookies: dict[str, str] = {}

    def _connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT_SECONDS)

    def get(self, path: str, headers: dict[str, str] | None = None) -> str:
        return self.ask("GET", path, None, headers or {})

    def post(self, path: str, fields: object, headers: dict[str, str] | None = None) -> str:
        body = urlencode(fields, doseq=True).encode()  # type: ignore[call-overload]
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, body, kind | (headers or {}))

    def post_json(self, path: str, value: object, headers: dict[str, str] | None = None) -> str:
        kind = {"Content-Type": "application/json"}
        return self.ask("POST", path, json.dumps(value).encode(), kind | (headers or {}))

    def ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> str:
        """Return the body of a good answer, or of a redirect; Refused otherwise."""
        status, text = self._exchange(method, path, body, headers)
        if status >= 400:
            raise Refused(f"{method} {path.split('?')[0]}: {status} {text[:150]}")
        return text

    def _exchange(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[int, str]:
        cookies = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        try:
            self._connection.request(method, path, body, headers | cookies)
            response = self._connection.getresponse()
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            # A server may close a connection it has kept for long; a browser connects again.
            self._connection.close()
            self._connection = self._connect()
            self._connection.request(method, path, body, headers | cookies)
            response = self._connection.getresponse()
        text = response.read().decode(errors="replace")
        for value in response.headers.get_all("Set-Cookie") or ():
            for name, morsel in SimpleCookie(value).items():
                self.cookies[name] = morsel.value
        if response.getheader("Connection", "").lower() == "close":
            self._connection.close()
        return response.status, text
