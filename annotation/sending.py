"""The worker's own thread that sends webhooks: no round, import or page ever waits for a receiver.

The rows are read and written here; each message goes out in a thread that touches no database.
"""

import logging
import queue
import random
import threading
from collections.abc import Callable
from datetime import timedelta

from django.db import close_old_connections, connection

from alapp.clock import database_now
from annotation.services import deliveries, webhooks
from annotation.services.deliveries import Parcel
from annotation.webhooks.outcome import Outcome
from annotation.webhooks.transport import Post

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
# How many messages are under way at once: to receivers that work, and to those that failed last.
SOUND, SUSPECT = 4, 2
TIDY_EVERY = timedelta(minutes=15)


class Sender(threading.Thread):
    """Claims what is due, lets it be sent, and writes down what came of it."""

    def __init__(self, post: Post, *, rng: random.Random) -> None:
        super().__init__(name="webhooks", daemon=True)
        self._post, self._rng = post, rng
        self._end = threading.Event()
        self._under_way: dict[str, Parcel] = {}
        self._done: queue.SimpleQueue[tuple[Parcel, Outcome]] = queue.SimpleQueue()
        self._tidied = database_now() - TIDY_EVERY

    def run(self) -> None:
        while not self._end.is_set():
            close_old_connections()
            self._safely(self.step)
            self._wait()
        connection.close()

    def stop(self) -> None:
        """Begin nothing more. What is under way is sent again later if its end is not seen."""
        self._end.set()
        self.join()
        self._safely(self._settle_what_came)

    def drain(self) -> None:
        """Send what is due now, and what falls due meanwhile, in the caller's thread."""
        while self.step() or self._under_way:
            self._wait()

    def step(self) -> int:
        """Begin what is due and there is room for; return how many were begun."""
        self._settle_what_came()
        now = database_now()
        if now - self._tidied >= TIDY_EVERY:
            deliveries.tidy(now=now)
            self._tidied = now
        n_suspect = sum(parcel.is_suspect for parcel in self._under_way.values())
        n_sound = len(self._under_way) - n_suspect
        if n_sound >= SOUND and n_suspect >= SUSPECT:
            return 0
        begun = deliveries.claim(
            now=now,
            n_sound=SOUND - n_sound,
            n_suspect=SUSPECT - n_suspect,
            busy={parcel.webhook_id for parcel in self._under_way.values()},
        )
        for parcel in begun:
            self._under_way[parcel.id] = parcel
            threading.Thread(target=self._deliver, args=[parcel], daemon=True).start()
        return len(begun)

    def _deliver(self, parcel: Parcel) -> None:
        outcome = self._post.send(parcel.url, body=parcel.body, headers=parcel.headers)
        self._done.put((parcel, outcome))

    def _wait(self) -> None:
        """Wait until something arrives, or it is time to look again."""
        try:
            came = self._done.get(timeout=LOOK_SECONDS)
        except queue.Empty:
            return
        self._done.put(came)

    def _settle_what_came(self) -> None:
        while not self._done.empty():
            parcel, outcome = self._done.get()
            self._under_way.pop(parcel.id, None)
            deliveries.settle(parcel, outcome, rng=self._rng, now=database_now())

    def _safely(self, action: Callable[[], object]) -> None:
        try:
            action()
        except Exception:  # a database that is away for a moment must not end the sending
            logger.exception("webhooks: a look failed; the next one comes in a moment")


def sender() -> Sender:
    """Return a sender by the server's settings."""
    return Sender(Post(webhooks.rules()), rng=random.Random())
