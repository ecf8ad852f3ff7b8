"""Labelling as a loop: a card at a time, its answer brings the next."""

import time
from collections.abc import Iterator
from typing import Literal
from uuid import uuid4

from alapp.client.generated.operations import Operations
from alapp.client.generated.shapes import CountsShown, DeskShown, HandedShown, NothingShown
from alapp.client.unset import UNSET, Unset

SkipReason = Literal["unsure", "unreadable", "no_class", "other"]
Flag = Literal["wrong_data", "guideline", "other"]
RemarkKind = Literal["wrong_data", "guideline", "other", "comment"]
# There may be more in a moment: the worker prepares it, or others give back what they hold.
PASSING = frozenset({"preparing", "empty"})
LOOK_SECONDS = 0.5


class CardLeft(Exception):  # noqa: N818 - what the loop's body did
    """The loop went on although its card was neither answered nor skipped."""


class Card:
    """One item in hand: answer or skip it."""

    def __init__(self, labelling: "Labelling", handed: HandedShown) -> None:
        self._labelling, self._handed = labelling, handed
        self._shown = time.monotonic()
        self.is_settled = False

    @property
    def item(self) -> int:
        return self._handed["item"]

    @property
    def token(self) -> str:
        """By which the server knows the answer to it: sent twice, recorded once."""
        return self._handed["client_token"]

    @property
    def text(self) -> str:
        return self._handed["payload"]["text"]

    @property
    def fields(self) -> dict[str, object]:
        return dict(self._handed["payload"]["fields"])

    @property
    def image(self) -> str | None:
        """Where the image is; `image_bytes` brings it."""
        return self._handed["payload"]["image"]

    @property
    def reason(self) -> str:
        """Why it is asked, where the project shows that."""
        return self._handed["reason"]

    def image_bytes(self, size: Literal["display", "small", "full"] = "display") -> bytes:
        found = self._labelling.api.read_image(self._labelling.slug, self.item, size)
        return b"".join(found)

    def answer(self, *classes: str | int, active_seconds: float | None = None) -> None:
        """Answer with classes by their names or ids; none at all where the project allows it.

        The active time is what has passed since the card came, unless it is given.
        """
        ids = [self._labelling.class_id(each) for each in classes]
        passed = time.monotonic() - self._shown
        active = passed if active_seconds is None else active_seconds
        desk = self._labelling.api.answer(
            self._labelling.slug,
            ticket=self._handed["ticket"],
            client_token=self._handed["client_token"],
            classes=ids,
            active_ms=round(1000 * active),
            wall_ms=round(1000 * passed),
            have=self._labelling.have(besides=self._handed["assignment"]),
        )
        self._settle(desk)

    def skip(self, reason: SkipReason = "unsure") -> None:
        """Pass on it: somebody else is asked."""
        desk = self._labelling.api.skip(
            self._labelling.slug,
            ticket=self._handed["ticket"],
            reason=reason,
            have=self._labelling.have(besides=self._handed["assignment"]),
        )
        self._settle(desk)

    def flag(self, kind: Flag = "other", text: str | Unset = UNSET) -> None:
        """Draw a lead's attention to the item, and go on with it."""
        self._remark(kind, text)

    def comment(self, text: str) -> None:
        """Say something about the item to a lead, and go on with it."""
        self._remark("comment", text)

    def _remark(self, kind: RemarkKind, text: str | Unset) -> None:
        self._labelling.api.remark(
            self._labelling.slug,
            ticket=self._handed["ticket"],
            remark_token=str(uuid4()),
            kind=kind,
            text=text,
        )

    def keep(self) -> None:
        """Keep it for another while: for who works long at one item."""
        self._labelling.api.heartbeat(self._labelling.slug)

    def _settle(self, desk: DeskShown) -> None:
        self.is_settled = True
        self._labelling.lay(desk)


class Labelling:
    """The cards of one project. `nothing` says why there are no more, `counts` how far it is."""

    def __init__(self, api: Operations, slug: str, *, wait: float) -> None:
        self.api, self.slug = api, slug
        self.counts: CountsShown | None = None
        self.nothing: NothingShown | None = None
        self._wait = wait
        self._cards: dict[int, HandedShown] = {}
        self._order: list[int] = []
        self._classes: dict[str, int] | None = None

    def __iter__(self) -> Iterator[Card]:
        """Yield one card after the other. What is held goes to others when the loop is left."""
        try:
            self.lay(self.api.claim(self.slug))
            while self._order or self._wait_for_more():
                card = Card(self, self._cards[self._order[0]])
                yield card
                if not card.is_settled:
                    raise CardLeft(f"item {card.item}: answer or skip it, or leave the loop")
        finally:
            if self._order:
                self.api.leave(self.slug)

    def lay(self, desk: DeskShown) -> None:
        """Take what the server says is in hand now."""
        new = {card["assignment"]: card for card in desk["cards"]}
        held = self._cards | new
        self._order = list(desk["order"])
        self._cards = {number: held[number] for number in self._order if number in held}
        self.counts, self.nothing = desk["counts"], desk["nothing"]
        if self._cards.keys() != set(self._order):
            # A card we do not have any more: ask for all of them.
            self._cards = {}
            self.lay(self.api.claim(self.slug))

    def have(self, *, besides: int) -> list[int]:
        return [number for number in self._cards if number != besides]

    def class_id(self, wanted: str | int) -> int:
        """Return the id of a class by its name; an id is one already."""
        if isinstance(wanted, int):
            return wanted
        if self._classes is None:
            found = self.api.read_project(self.slug)["classes"]
            self._classes = {each["name"]: each["id"] for each in found}
        if wanted not in self._classes:
            known = ", ".join(self._classes)
            raise ValueError(f"{wanted!r} is not a class of {self.slug}: {known}")
        return self._classes[wanted]

    def _wait_for_more(self) -> bool:
        until = time.monotonic() + self._wait
        while self.nothing and self.nothing["code"] in PASSING and time.monotonic() < until:
            time.sleep(LOOK_SECONDS)
            self.lay(self.api.claim(self.slug))
            if self._order:
                return True
        return False
