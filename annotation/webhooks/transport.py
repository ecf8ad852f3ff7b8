"""Sending one message: each socket opened to an address that was checked, and all within seconds.

Names are asked for once per connection, and the answer that was checked is the one connected to,
so a name that changes its mind in between gains nothing. No redirect is followed, and nothing of
what the receiver says is kept but its status.
"""

import contextlib
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any

import httpcore
import httpx

from annotation.webhooks.addresses import BadAddress, Rules, check_port, is_allowed
from annotation.webhooks.outcome import Outcome

MAX_RESPONSE_BYTES = 65_536
NOWHERE = "The address leads into a network to which this server does not send."

Resolve = Callable[[str, int], Sequence[str]]


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses a name has, in the order the system would try them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


@dataclass(frozen=True)
class Post:
    """Sends messages by the rules. Thread-safe: every call opens a connection of its own."""

    rules: Rules
    seconds: float = 10.0
    resolve: Resolve = resolve
    ssl_context: ssl.SSLContext = field(default_factory=httpx.create_ssl_context)

    def send(self, url: str, *, body: bytes, headers: Mapping[str, str]) -> Outcome:
        """Send it once, within the seconds allowed, whatever the receiver does."""
        start = time.monotonic()
        try:
            status, retry_after = self._send(url, body, headers, until=start + self.seconds)
        except Exception as error:  # whatever fails on the way there is said, and tried again
            return Outcome(None, _milliseconds(start), _words(error, self.seconds))
        error_words = "" if 200 <= status < 300 else _refusal(status)
        return Outcome(status, _milliseconds(start), error_words, retry_after)

    def _send(
        self, url: str, body: bytes, headers: Mapping[str, str], *, until: float
    ) -> tuple[int, int | None]:
        transport = _Transport(_Backend(self.rules, self.resolve, until), self.ssl_context)
        client = httpx.Client(
            transport=transport, follow_redirects=False, trust_env=False, timeout=self.seconds
        )
        with client, client.stream("POST", url, content=body, headers=dict(headers)) as response:
            n_bytes = 0
            for chunk in response.iter_raw():
                n_bytes += len(chunk)
                if n_bytes >= MAX_RESPONSE_BYTES:
                    break
            return response.status_code, _seconds(response.headers.get("Retry-After", ""))


def _milliseconds(start: float) -> int:
    return round(1000 * (time.monotonic() - start))


def _seconds(said: str) -> int | None:
    return int(said) if said.isdecimal() and len(said) < 7 else None


def _refusal(status: int) -> str:
    if 300 <= status < 400:
        return "Answered with a redirect, which is not followed."
    return "Did not take it." if status < 500 else "Failed while it took it."


def _words(error: Exception, seconds: float) -> str:
    """Say what went wrong, and nothing of what an address inside our network is or says."""
    if isinstance(error, BadAddress):
        return str(error)
    if isinstance(error, httpx.InvalidURL):
        return "This is not an address of the web."
    if isinstance(error, socket.gaierror):
        return "The name of the host is not known."
    if isinstance(error, httpcore.TimeoutException | httpx.TimeoutException | TimeoutError):
        return f"No whole answer within {seconds:g} seconds."
    if isinstance(error.__cause__ or error.__context__, ssl.SSLError):
        return "Its certificate is not valid, or it speaks no TLS."
    if isinstance(error, httpcore.ConnectError | httpx.ConnectError | OSError):
        return "Nobody answers there."
    return "The connection broke, or what came is not HTTP."


class _Backend(httpcore.NetworkBackend):
    """Opens sockets to checked addresses only."""

    def __init__(self, rules: Rules, resolve: Resolve, until: float) -> None:
        self._rules, self._resolve, self._until = rules, resolve, until
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        check_port(port, self._rules)
        found = [ip_address(each) for each in self._resolve(host, port)]
        allowed = [str(each) for each in found if is_allowed(each, self._rules)]
        if not allowed:
            raise BadAddress(NOWHERE)
        for address in allowed[:-1]:
            with contextlib.suppress(httpcore.ConnectError):
                return self._open(address, port, socket_options)
        return self._open(allowed[-1], port, socket_options)

    def _open(self, address: str, port: int, socket_options: Any) -> httpcore.NetworkStream:
        left = _left(self._until, httpcore.ConnectTimeout)
        stream = self._plain.connect_tcp(address, port, left, None, socket_options)
        return _Stream(stream, self._until)


def _left(until: float, late: type[Exception]) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise late("out of time")
    return left


class _Stream(httpcore.NetworkStream):
    """A connection whose every step must end by one moment: a byte now and then is no answer."""

    def __init__(self, stream: httpcore.NetworkStream, until: float) -> None:
        self._inner, self._until = stream, until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(self._until, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(self._until, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = _left(self._until, httpcore.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, left), self._until)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Transport(httpx.BaseTransport):
    """httpx over a pool of our own, since its own opens sockets wherever a name leads."""

    def __init__(self, backend: httpcore.NetworkBackend, context: ssl.SSLContext) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=context, network_backend=backend, max_keepalive_connections=0
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        given = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(given.status, headers=given.headers, stream=_Body(given.stream))

    def close(self) -> None:
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        yield from self._stream

    def close(self) -> None:
        self._stream.close()
