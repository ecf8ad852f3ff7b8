"""Who is signed in where."""

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from annotation.models.annotators import User
from annotation.sessions import SessionStore


class Session(AbstractBaseSession):
    """One browser that is signed in, or has been here; ended by deleting it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="sessions")

    @classmethod
    def get_session_store_class(cls) -> type[SessionStore]:
        return SessionStore
