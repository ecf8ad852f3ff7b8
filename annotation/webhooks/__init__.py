"""Webhooks without Django: what can be told, how it is signed, and to which addresses it may go."""
