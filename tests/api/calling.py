"""Asking the API as a program does: with a token, in JSON."""

import json

from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotation.services import tokens


def caller(user, project, *, scopes=("read", "lead"), space="api"):
    """Return call(verb, name, *arguments, **body) with a token of that person."""
    cache.clear()
    _, text = tokens.make(user=user, name="bot", wanted=list(scopes), now=timezone.now())

    def call(verb, name, /, *arguments, key=None, query="", **body):
        place = name if ":" in name else f"{space}:{name}"
        path = reverse(place, args=[project.slug, *arguments]) + query
        headers = {"Authorization": f"Bearer {text}"} | ({"Idempotency-Key": key} if key else {})
        sent = () if verb == "get" else (json.dumps(body), "application/json")
        return Client().generic(verb.upper(), path, *sent, headers=headers)

    return call
