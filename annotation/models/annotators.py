"""People: accounts, their roles in projects, and links that sign in once."""

import hashlib
from typing import TYPE_CHECKING

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from annotation.seating import Visit


class Break(models.IntegerChoices):
    """After how many active minutes in a row a break is suggested."""

    NEVER = 0, _("Never")
    HALF_HOUR = 30, _("30 minutes")
    HOUR = 50, _("50 minutes")
    LONG = 90, _("90 minutes")


class User(AbstractUser):
    """An account. Its roles are per project (Membership); `is_superuser` makes an admin."""

    # Keys of their own, instead of the defaults of annotation.keys: {"undo": ["u", "Backspace"]}.
    hotkeys = models.JSONField(default=dict, blank=True)
    # Of the pages; "" is the browser's.
    language = models.CharField(max_length=8, blank=True, db_default="")

    # After so many active minutes in a row the label page suggests a break; 0 is never.
    break_minutes = models.PositiveSmallIntegerField(choices=Break, default=50, db_default=50)
    # On touch screens: a swipe to the left skips, one to the right takes back.
    swipes = models.BooleanField(default=False, db_default=False)

    # Kept beside the second factors themselves, so that every page knows it without asking.
    has_second_factor = models.BooleanField(default=False, db_default=False, editable=False)

    # What annotation.seating read with the account for this request; None outside of a project.
    visit: "Visit | None" = None

    def __str__(self) -> str:
        return self.get_full_name() or self.username


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    LEAD = "lead", _("Lead")
    REVIEWER = "reviewer", _("Reviewer")
    ANNOTATOR = "annotator", _("Annotator")


class Membership(models.Model):
    """One person's role in one project."""

    project = models.ForeignKey(
        "annotation.Project", on_delete=models.CASCADE, related_name="memberships"
    )
    user = models.ForeignKey(
        "annotation.User", on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=10, choices=Role, default=Role.ANNOTATOR)
    # Instead of the project's, in the same parts and per the same thing; None is the project's.
    pay_rate = models.PositiveBigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "project"], name="one_role_per_project"),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="membership_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} is {self.role} of {self.project_id}"


class SignInLink(models.Model):
    """A link that signs its user in once; only the hash of its token is kept."""

    user = models.ForeignKey("annotation.User", on_delete=models.CASCADE)
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"sign-in link of {self.user_id}"

    @staticmethod
    def digest(token: str) -> str:
        return hashlib.sha256(token.encode()).hexdigest()
