"""Access by program: tokens, the answers kept so that a request sent twice is done once, and how
often somebody asks."""

import hashlib

from django.db import models
from django.db.models.functions import Now

from annotation.models.annotators import User


class ApiToken(models.Model):
    """A key to the API in somebody's name; only its hash is kept.

    It dies with its time, when it is revoked, when its person is deactivated, and when their
    password changes: `password_mark` is what the password gave when it was made.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80)
    # Names of annotation.api.scopes, with a space between them.
    scopes = models.CharField(max_length=60)
    token_hash = models.CharField(max_length=64, unique=True)
    password_mark = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    # Written at most once a minute.
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(name="") & ~models.Q(scopes=""), name="api_token_says_for_what"
            ),
        ]
        indexes = [models.Index(fields=["user", "-id"], name="api_token_by_user")]

    def __str__(self) -> str:
        return f"token {self.name!r} of {self.user_id}"

    @property
    def scope_names(self) -> list[str]:
        return self.scopes.split()

    @staticmethod
    def digest(token: str) -> str:
        return hashlib.sha256(token.encode()).hexdigest()


class KeptReply(models.Model):
    """What was answered to a request with an Idempotency-Key: the same request gets it again."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    # Of method, address and body.
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.JSONField(null=True)
    kept_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "kept replies"
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="reply_kept_once")]
        indexes = [models.Index(fields=["kept_at"], name="reply_by_age")]

    def __str__(self) -> str:
        return f"reply to {self.key} of {self.user_id}"


class ApiUse(models.Model):
    """How often somebody asked within a stretch of time. `holder` is a person or an address, with
    what is counted: "user:7:all"."""

    holder = models.CharField(max_length=120)
    # The number of the stretch since 1970.
    stretch = models.BigIntegerField()
    n = models.PositiveIntegerField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["holder", "stretch"], name="api_use_counted_once")
        ]
        indexes = [models.Index(fields=["ends_at"], name="api_use_by_end")]

    def __str__(self) -> str:
        return f"{self.holder}: {self.n}"
