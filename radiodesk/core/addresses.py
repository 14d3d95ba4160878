"""Whose address a request comes from, behind a proxy that the settings trust too, and what a limit counts by.

The list in ``X-Forwarded-For`` is read from its right end, where our own proxies wrote, up to the first address
that is not theirs. Anything further left may be forged and is ignored.
"""

import ipaddress
from collections.abc import Collection

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def client_of(peer: str, forwarded: str, trusted: Collection[Network]) -> str:
    """The visitor's address; ``forwarded`` is the whole ``X-Forwarded-For``, whose last entry ``peer`` wrote.

    An entry that is no address ends the way: what stands before it may be anybody's words.
    """
    client = peer
    for entry in reversed(forwarded.split(",")):
        if not is_trusted(client, trusted):
            break
        found = parsed(entry)
        if found is None:
            break
        client = str(found)
    return client


def is_trusted(address: str, trusted: Collection[Network]) -> bool:
    """Whether an address is one of our proxies."""
    found = parsed(address)
    return found is not None and any(found in network for network in trusted if network.version == found.version)


def parsed(text: str) -> Address | None:
    """An address as proxies write it, with or without port and brackets; IPv4 within IPv6 as IPv4."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


HOUSEHOLD, SITE, CARRIER = 64, 48, 32
"""Lengths of what one household, one site and one carrier are given in IPv6."""


def network(address: str, length: int = HOUSEHOLD) -> str:
    """Whom an address stands for in a limit: itself in IPv4; in IPv6 the network of this length that it is in."""
    found = parsed(address)
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, length), strict=False))
    return str(found or "unknown")
