"""The client: every operation of the API as a method, and labelling as a loop."""

import os
from types import TracebackType
from typing import Self

import httpx

from alapp.client.connection import Connection
from alapp.client.generated.operations import Operations
from alapp.client.labelling import Labelling

URL, TOKEN = "ALAPP_URL", "ALAPP_TOKEN"


class Client(Operations):
    """A program's way into one alapp, by one token. Close it, or use it in a `with` block.

    Address and token come from ALAPP_URL and ALAPP_TOKEN where they are not given. What fails on
    the way is sent again, `retries` times: whatever makes something carries a key, so that the
    server does it once.
    """

    def __init__(
        self,
        url: str | None = None,
        token: str | None = None,
        *,
        timeout: float = 30.0,
        retries: int = 5,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        url = url or os.environ.get(URL, "")
        token = token or os.environ.get(TOKEN, "")
        if not url or not token:
            raise ValueError(f"Give an address and a token, or set {URL} and {TOKEN}.")
        self.connection = Connection(
            url, token, timeout=timeout, retries=retries, transport=transport
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self.connection.close()

    def label(self, slug: str, *, wait: float = 0.0) -> Labelling:
        """Return the cards of a project one after the other: for card in client.label(slug).

        It ends when there is nothing to label, after waiting so many seconds for more.
        """
        return Labelling(self, slug, wait=wait)
