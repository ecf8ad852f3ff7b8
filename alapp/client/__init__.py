"""A client of alapp's API: typed, with httpx and nothing else, usable without alapp itself.

with Client("https://label.example.org") as client:
    for card in client.label("support-tickets"):
        card.answer("yes")
"""

from alapp.client.api import Client
from alapp.client.errors import (
    ApiError,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    ServerError,
    Throttled,
    Unauthenticated,
    Unreachable,
)
from alapp.client.labelling import Card, CardLeft, Labelling
from alapp.client.unset import UNSET, Unset

__all__ = [
    "UNSET",
    "ApiError",
    "Card",
    "CardLeft",
    "Client",
    "Conflict",
    "Forbidden",
    "Invalid",
    "Labelling",
    "NotFound",
    "ServerError",
    "Throttled",
    "Unauthenticated",
    "Unreachable",
    "Unset",
]
