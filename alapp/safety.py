"""What alapp does not start with: settings that give everything away where others can reach it."""

from collections.abc import Sequence
from ipaddress import ip_address

SHORTEST_KEY = 32
# What keys are called in examples, and what Django writes for a new project.
KNOWN_KEYS = ("django-insecure", "changeme", "change-me", "secret", "example", "password", "12345")


def dangers(*, debug: bool, hosts: Sequence[str], key: str, https: bool) -> list[str]:
    """Return what is wrong with the settings, each with what to do; nothing when they are safe.

    Debug is for one's own machine: it shows code, settings and data to whoever meets an error.
    """
    found = []
    if debug and (https or not all(_is_here(host) for host in hosts)):
        found.append(
            "ALAPP_DEBUG shows code and data to anybody who meets an error: switch it off, or let "
            "ALAPP_HOSTS name this machine alone (localhost) and ALAPP_HTTPS be off."
        )
    if any(host.strip() in ("*", ".") or host.startswith("*") for host in hosts):
        found.append(
            "ALAPP_HOSTS lets anybody choose the host name, so that links in pages and mails can "
            "lead to them: name the hosts alapp answers to."
        )
    if any(host == "" for host in hosts) or not hosts:
        found.append("ALAPP_HOSTS is empty: name the hosts alapp answers to.")
    if _is_weak(key):
        found.append(
            f"ALAPP_SECRET_KEY is known or can be guessed: whoever has it is whom they please. "
            f"Take {SHORTEST_KEY} characters or more by chance, or leave it unset: then one is "
            "made and kept in the data folder."
        )
    return found


def _is_here(host: str) -> bool:
    if host in ("localhost", "testserver"):
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.endswith(".localhost")


def _is_weak(key: str) -> bool:
    known = key.casefold().startswith(KNOWN_KEYS)
    return known or len(key) < SHORTEST_KEY or len(set(key)) < 10
