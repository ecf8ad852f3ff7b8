"""Sessions in the database, each with the account it is of: both can be read in one statement."""

from typing import TYPE_CHECKING, Any, cast

from django.apps import apps
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

if TYPE_CHECKING:
    from annotation.models import Session


class SessionStore(DatabaseStore):
    """Django's own store, on a table that also names the account."""

    @classmethod
    def get_model_class(cls) -> "type[Session]":
        return apps.get_model("annotation", "Session")

    def create_model_instance(self, data: dict[str, Any]) -> "Session":
        row = cast("Session", super().create_model_instance(data))
        user_id = data.get(SESSION_KEY)
        row.user_id = int(user_id) if user_id else None
        return row

    def prime(self, data: dict[str, Any]) -> None:
        """Take what another statement has read of this session as loaded."""
        self._session_cache = data
        # The page depends on who asks: without this no cache in between would be told so.
        self.accessed = True
