"""An oracle: a stand-in for a person, at the same page a person uses.

It sends what the page's script sends: the ticket and token of the card, and how long it took.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPException
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

from numpy.random import Generator

TIMEOUT_SECONDS = 30
LOOK_SECONDS = 0.3
# How long an answer is sent again when the server has gone away.
RETRY_SECONDS = 60.0
# How long an oracle waits: for a batch that is announced, and for nothing in particular.
PATIENCE_SECONDS = {True: 120.0, False: 10.0}


class PageError(Exception):
    """The page answered with an error, or not at all."""


@dataclass(frozen=True)
class CardSeen:
    """A card as it stands in the page."""

    assignment_id: int
    ticket: str
    token: str


class _Reader(HTMLParser):
    """Find the cards, and the state that says why there is none."""

    def __init__(self) -> None:
        super().__init__()
        self.cards: list[CardSeen] = []
        self.order: list[int] = []
        self.is_closed = False
        self.state = ""
        self._card = 0
        self._ticket = ""
        self._in_state_title = False
        self._in_state = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "data-card" in given:
            self._card = int(given["data-card"])
        if given.get("name") == "ticket":
            self._ticket = given["value"]
        if given.get("name") == "client_token" and self._card:
            self.cards.append(CardSeen(self._card, self._ticket, given["value"]))
            self._card = 0
        if "data-order" in given:
            self.order = [int(each) for each in given["data-order"].split()]
        if given.get("id") == "desk-state":
            self._in_state, self.is_closed = "hidden" not in given, "data-closed" in given
        self._in_state_title = self._in_state and tag == "h2"

    def handle_data(self, data: str) -> None:
        if self._in_state_title:
            self.state += data

    def handle_endtag(self, tag: str) -> None:
        self._in_state_title = False
        if tag == "section":
            self._in_state = False


class Page:
    """The label page of one project, as one signed-in person's browser holds it."""

    def __init__(self, url: str, slug: str) -> None:
        self._root = url.rstrip("/")
        self._label = f"/projects/{slug}/label/"
        self._cookies = CookieJar()
        self._opener: OpenerDirector = build_opener(HTTPCookieProcessor(self._cookies))
        self._cards: dict[int, CardSeen] = {}
        self._order: list[int] = []
        self._patience = 0.0
        self.state = ""

    def sign_in(self, token: str) -> None:
        self._send(f"/sign-in/link/{token}/")
        self._send(f"/sign-in/link/{token}/", {})
        self._patience = RETRY_SECONDS

    def look(self) -> CardSeen | None:
        """Return the current card, asking the server when there is none; None when it has none."""
        if not self._order:
            self._read(self._send(self._label))
        return self._cards[self._order[0]] if self._order else None

    def answer(self, card: CardSeen, class_ids: list[int], *, milliseconds: int) -> None:
        fields: dict[str, object] = {
            "ticket": card.ticket,
            "client_token": card.token,
            "classes": class_ids,
            "active_ms": milliseconds,
            "wall_ms": milliseconds,
        }
        self._cards.pop(card.assignment_id)
        self._read(self._send(f"{self._label}answer/", fields))

    def leave(self) -> None:
        self._send(f"{self._label}leave/", {})

    def _read(self, html: str) -> None:
        reader = _Reader()
        reader.feed(html)
        self._cards |= {card.assignment_id: card for card in reader.cards}
        self._order = [each for each in reader.order if each in self._cards]
        self.state = " ".join(reader.state.split())

    def _send(self, path: str, fields: dict[str, object] | None = None) -> str:
        """Send as the page does: again, with the same token, while nobody answers."""
        body = None if fields is None else urlencode(fields, doseq=True).encode()
        request = Request(self._root + path, data=body, headers=self._headers(path, body))
        deadline = time.monotonic() + self._patience
        while True:
            try:
                with self._opener.open(request, timeout=TIMEOUT_SECONDS) as response:
                    return str(response.read().decode())
            except HTTPError as error:
                raise PageError(f"{path} answered {error.code} {error.reason}.") from None
            except (OSError, HTTPException) as error:
                # Also an answer cut off in the middle: the server was killed while it spoke.
                if time.monotonic() > deadline:
                    raise PageError(f"{self._root} does not answer ({error}).") from None
            time.sleep(LOOK_SECONDS)

    def _headers(self, path: str, body: bytes | None) -> dict[str, str]:
        token = {each.name: each.value or "" for each in self._cookies}.get("csrftoken", "")
        headers = {"X-CSRFToken": token, "Referer": self._root} if body is not None else {}
        if path.startswith(self._label) and body is not None:
            headers["HX-Request"] = "true"
            headers["X-Have"] = " ".join(map(str, self._cards))
        return headers


@dataclass
class Oracle:
    """One person: knows the truth, errs at a rate, and takes its time."""

    page: Page
    rng: Generator
    noise: float
    pace: float
    classes: list[int]
    is_multi: bool
    truth: Callable[[int], list[int]]
    reason: str = field(default="", init=False)

    def label_one(self) -> bool:
        """Answer one item, waiting for it if need be; False when nothing more comes."""
        card = self._wait()
        if card is None:
            self.reason = self.page.state
            return False
        seconds = float(self.rng.uniform(0.5, 1.5)) * self.pace
        time.sleep(seconds)
        answer = self._answer(self.truth(card.assignment_id))
        self.page.answer(card, answer, milliseconds=round(1000 * seconds))
        return True

    def _wait(self) -> CardSeen | None:
        start = time.monotonic()
        while not (card := self.page.look()):
            is_announced = "batch" in self.page.state
            if time.monotonic() - start > PATIENCE_SECONDS[is_announced]:
                return None
            time.sleep(LOOK_SECONDS)
        return card

    def _answer(self, truth: list[int]) -> list[int]:
        if self.rng.random() >= self.noise:
            return truth
        if self.is_multi:
            flipped = {int(self.rng.choice(self.classes))}
            return sorted(set(truth) ^ flipped)
        return [int(self.rng.choice([each for each in self.classes if each not in truth]))]
