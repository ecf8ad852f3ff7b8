"""Who is signed in where."""

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Now

from annotation.models.annotators import User
from annotation.sessions import SessionStore


class Session(AbstractBaseSession):
    """One browser that is signed in, or has been here; ended by deleting it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="sessions")
    # What the browser calls itself, and the network it came from at sign-in.
    agent = models.CharField(max_length=200, blank=True, db_default="")
    address = models.CharField(max_length=50, blank=True, db_default="")
    # Within some minutes (annotation.sessions.SEEN_EVERY).
    seen_at = models.DateTimeField(db_default=Now())

    @classmethod
    def get_session_store_class(cls) -> type[SessionStore]:
        return SessionStore
