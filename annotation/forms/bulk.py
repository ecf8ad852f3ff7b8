"""What the page of many items sends, checked for shape only."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from annotation.forms.queue import ClassIds, Milliseconds, SentForm

# More than a page ever holds: the services say how many may be answered together.
MOST = 100


@dataclass(frozen=True)
class SentItem:
    ticket: str
    token: UUID


class Items(forms.Field):
    """Chosen items, each a ticket and the token of its answer with a space between."""

    widget = forms.SelectMultiple

    def clean(self, value: Any) -> list[SentItem]:
        return [_item(each) for each in (value or ())[:MOST]]


def _item(sent: str) -> SentItem:
    ticket, _space, token = sent.partition(" ")
    try:
        return SentItem(ticket, UUID(token))
    except ValueError:
        raise ValidationError(_("This is not an item of this page.")) from None


class Tokens(forms.Field):
    """The tokens of answers given together."""

    widget = forms.SelectMultiple

    def clean(self, value: Any) -> list[UUID]:
        try:
            return [UUID(each) for each in (value or ())[:MOST]]
        except ValueError:
            raise ValidationError(_("This is not an answer of this page.")) from None


class TogetherForm(SentForm):
    item = Items(required=False)
    classes = ClassIds(required=False)
    active_ms = Milliseconds()
    wall_ms = Milliseconds()


class UndoTogetherForm(SentForm):
    token = Tokens(required=False)
    client_token = forms.UUIDField()
