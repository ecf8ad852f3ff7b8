"""What annotators say about items beside their answers: flags and comments."""

from typing import Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from annotation.models.annotators import User
from annotation.models.items import Item
from annotation.models.projects import Project

MAX_COMMENT = 2_000


class RemarkQuerySet(models.QuerySet["Remark"]):
    def waiting(self) -> Self:
        """Return the remarks no lead has ticked off."""
        return self.filter(settled_at=None)


class Remark(models.Model):
    """A flag or a comment. It never changes, and nobody waits for it; a lead ticks it off."""

    class Kind(models.TextChoices):
        WRONG_DATA = "wrong_data", _("The data are wrong")
        GUIDELINE = "guideline", _("The guidelines are unclear here")
        OTHER = "other", _("Something else")
        COMMENT = "comment", _("Comment")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="item_remarks")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="remarks")
    annotator = models.ForeignKey(User, on_delete=models.PROTECT, related_name="remarks")
    kind = models.CharField(max_length=10, choices=Kind)
    text = models.TextField(blank=True, max_length=MAX_COMMENT)
    # The page's own number for this remark: sending it twice records it once.
    client_token = models.UUIDField()
    created_at = models.DateTimeField(db_default=Now())
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = RemarkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["annotator", "client_token"], name="remark_client_token_once"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["wrong_data", "guideline", "other", "comment"]),
                name="remark_kind_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="comment") | ~models.Q(text=""),
                name="remark_comment_has_text",
            ),
        ]
        indexes = [
            models.Index(
                fields=["project", "item"],
                condition=models.Q(settled_at=None),
                name="remark_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of item {self.item_id}"

    @property
    def is_comment(self) -> bool:
        return self.kind == self.Kind.COMMENT
