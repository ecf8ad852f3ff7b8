"""Where may be sent to: judged by the address a socket is opened to, not by what a name says."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from urllib.parse import SplitResult, urlsplit

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

MAX_LENGTH = 2_000
PORTS = {"http": 80, "https": 443}
# 127.1, 0x7f000001, 2130706433, 0177.0.0.1: what only old programs take for an address.
ODD_NUMBERS = re.compile(r"(0x[0-9a-f]*|\d+)(\.(0x[0-9a-f]*|\d+))*\.?", re.IGNORECASE)
# A translator sends these on to the IPv4 address in their last 32 bits.
TRANSLATED = IPv6Network("64:ff9b::/96")
# Wrappings of IPv4 addresses that Python takes for public ones; nobody needs them here.
WRAPPED = (
    IPv6Network("::/96"),
    IPv6Network("::ffff:0:0:0/96"),
    IPv6Network("64:ff9b:1::/48"),
    IPv6Network("2002::/16"),
)


class BadAddress(ValueError):  # noqa: N818 - says what the address is
    """Nothing is sent there; says why."""


@dataclass(frozen=True)
class Rules:
    """What the server's settings allow. `private` are networks of its own that may be reached."""

    private: tuple[Network, ...] = ()
    ports: frozenset[int] = frozenset({80, 443, 8080, 8443})
    allows_http: bool = False

    @classmethod
    def of(cls, *, private: Iterable[str], ports: Iterable[int], allows_http: bool) -> "Rules":
        """Raise ValueError for what is no network."""
        networks = tuple(ip_network(each.strip()) for each in private)
        return cls(networks, frozenset(ports), allows_http)


def is_allowed(address: Address, rules: Rules) -> bool:
    """Say whether a socket may be opened: to public addresses, and networks the settings name."""
    meant = _meant(address)
    if any(meant in network for network in rules.private if network.version == meant.version):
        return True
    if any(meant in network for network in WRAPPED if meant.version == network.version):
        return False
    return meant.is_global and not (
        meant.is_multicast
        or meant.is_reserved
        or meant.is_link_local
        or meant.is_loopback
        or meant.is_unspecified
        or (isinstance(meant, IPv6Address) and meant.is_site_local)
    )


def _meant(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 address stands for, if it does."""
    if not isinstance(address, IPv6Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in TRANSLATED:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address


def check_url(url: str, rules: Rules) -> str:
    """Return the address as it is kept, or raise BadAddress saying what is wrong with it.

    What a name leads to is not asked here: it may be another place by the time something is sent.
    """
    url = url.strip()
    if len(url) > MAX_LENGTH:
        raise BadAddress(f"The address has {len(url):,} characters; {MAX_LENGTH:,} is the limit.")
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise BadAddress("The address may have plain ASCII characters only, and no spaces.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadAddress("This is not an address of the web.") from None
    _check_scheme(parts, rules)
    if parts.username is not None or parts.password is not None:
        raise BadAddress("A name or password has no place in the address: check the signature.")
    if parts.fragment:
        raise BadAddress("What follows # is never sent: leave it out.")
    _check_host(parts.hostname or "", rules)
    check_port(PORTS[parts.scheme] if port is None else port, rules)
    return url


def _check_scheme(parts: SplitResult, rules: Rules) -> None:
    if parts.scheme == "http" and not rules.allows_http:
        raise BadAddress("The address must begin with https://: this server sends by HTTPS only.")
    if parts.scheme not in PORTS:
        raise BadAddress("The address must begin with https://.")


def _check_host(host: str, rules: Rules) -> None:
    if not host:
        raise BadAddress("The address names no host.")
    try:
        address = ip_address(host)
    except ValueError:
        if ODD_NUMBERS.fullmatch(host):
            raise BadAddress(f"{host} is not how an address is written: use a name.") from None
        return
    if not is_allowed(address, rules):
        raise BadAddress(f"{host} is inside a network to which this server does not send.")


def check_port(port: int, rules: Rules) -> None:
    """Raise BadAddress for a port nothing is sent to."""
    if port not in rules.ports:
        known = ", ".join(map(str, sorted(rules.ports)))
        raise BadAddress(f"Port {port} is not one this server sends to ({known}).")


def origin(url: str) -> str:
    """Return scheme, host and port, for logs: a path may hold a secret of the receiver."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
