"""Sessions in the database, each with the account it is of: both can be read in one statement."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from django.apps import apps
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

if TYPE_CHECKING:
    from annotation.models import Session

# Where a session keeps what it knows of its browser: {"agent": ..., "address": ...}.
DEVICE = "device"
# "Last seen" is as exact as this, so that pages need not write.
SEEN_EVERY = timedelta(minutes=10)


class SessionStore(DatabaseStore):
    """Django's own store, on a table that also names the account."""

    @classmethod
    def get_model_class(cls) -> "type[Session]":
        return apps.get_model("annotation", "Session")

    def create_model_instance(self, data: dict[str, Any]) -> "Session":
        row = cast("Session", super().create_model_instance(data))
        user_id, device = data.get(SESSION_KEY), data.get(DEVICE, {})
        row.user_id = int(user_id) if user_id else None
        row.agent, row.address = device.get("agent", ""), device.get("address", "")
        row.seen_at = timezone.now()
        return row

    def _get_session_from_db(self) -> "Session | None":
        found = super()._get_session_from_db()  # type: ignore[misc]
        row = cast("Session | None", found)
        if row is not None:
            self.see(row.seen_at)
        return row

    def prime(self, data: dict[str, Any]) -> None:
        """Take what another statement has read of this session as loaded."""
        self._session_cache = data
        # The page depends on who asks: without this no cache in between would be told so.
        self.accessed = True

    def see(self, last: datetime) -> None:
        """Note that the session is in use, unless that was noted a while ago."""
        now = timezone.now()
        if now - last >= SEEN_EVERY:
            self.get_model_class().objects.filter(session_key=self.session_key).update(seen_at=now)
