"""Who one is, and ending the token one asks with."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers

from annotation.api.endpoints import Call, Endpoint, operation
from annotation.api.shapes import Shown
from annotation.scopes import Scope
from annotation.services import tokens


class TokenShown(Shown):
    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    scopes = serializers.ListField(child=serializers.CharField(), source="scope_names")
    expires_at = serializers.DateTimeField()


class MeShown(Shown):
    """The person, and the token where one was used."""

    id = serializers.IntegerField(source="user.pk")
    username = serializers.CharField(source="user.username")
    name = serializers.CharField(source="user.get_full_name")
    is_admin = serializers.BooleanField(source="user.is_superuser")
    token = TokenShown(allow_null=True)


class Me(Endpoint):
    tag = "account"

    @operation("read_me", *Scope, answers=MeShown)
    def get(self, call: Call) -> dict[str, Any]:
        """Read who one is, and what the token may."""
        return {"user": call.user, "token": call.token}


class OwnToken(Endpoint):
    tag = "account"

    @operation("revoke_this_token", *Scope, status=204)
    def delete(self, call: Call) -> None:
        """End the token that asks this: whoever found it can use it no more."""
        if call.token is not None:
            tokens.revoke(
                user=call.user, token_id=call.token.pk, actor=call.user, now=timezone.now()
            )
