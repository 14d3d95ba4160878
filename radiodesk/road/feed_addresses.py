"""Where a feed may be fetched from: known hosts at public addresses, looked up once and then kept for the connection.

A station's machine sits beside other machines of the police; an address in a settings page, or a redirect from a
compromised publisher, must not make it connect to them (server-side request forgery).
"""

import ipaddress
import socket
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from radiodesk.core.errors import Refusal

Resolver = Callable[[str, int], list[str]]
"""Host and port in, addresses out; raises ``OSError`` when there are none."""

NAT64 = ipaddress.ip_network("64:ff9b::/96")


class FetchFailed(Refusal):
    """A source could not be fetched this time; what was fetched before stays."""

    status = 502


class AddressRefused(FetchFailed):
    """The address is one that this program does not go to."""

    status = 403


@dataclass(frozen=True, slots=True)
class Target:
    """An address that was checked, with the one IP address that is connected to."""

    url: httpx.URL
    address: str

    @property
    def pinned(self) -> httpx.URL:
        """The URL with the IP address in place of the host, so that nobody looks the name up a second time."""
        return self.url.copy_with(host=self.address)


def system_resolver(host: str, port: int) -> list[str]:
    """All addresses that the machine's own resolver gives."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def checked(
    url: str | httpx.URL, *, hosts: frozenset[str], resolve: Resolver, allow_private: bool = False, secure: bool = False
) -> Target:
    """The target behind ``url``; raises ``AddressRefused`` or, when the name is unknown, ``FetchFailed``.

    ``hosts`` are the names that may be gone to; ``secure`` asks for https, for redirects that began with it.
    """
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise AddressRefused("%(url)s is not a web address.", url=str(url)[:200]) from error
    host = parsed.host.lower().rstrip(".")
    if parsed.scheme not in ("http", "https") or not host:
        raise AddressRefused("%(url)s is not a web address; it begins with http:// or https://.", url=str(url)[:200])
    if secure and parsed.scheme != "https":
        raise AddressRefused("%(host)s sent us on to an address without encryption, which was refused.", host=host)
    if parsed.userinfo:
        raise AddressRefused("The address of %(host)s holds a password; feeds with one are not fetched.", host=host)
    if host not in hosts:
        raise AddressRefused(
            "We were sent on to %(host)s, which is not among the allowed hosts; add it to the source if you trust it.",
            host=host,
        )
    port = parsed.port or (443 if parsed.scheme == "https" else 80)
    try:
        addresses = resolve(host, port)
    except (OSError, UnicodeError) as error:
        raise FetchFailed("%(host)s is not known to the name server, or there is no network.", host=host) from error
    if not addresses:
        raise FetchFailed("%(host)s is not known to the name server, or there is no network.", host=host)
    # Every address must be public: a name that also points inside is an attack, not a mistake.
    if not allow_private and not all(map(is_public, addresses)):
        raise AddressRefused("%(host)s points to a private address, which is never fetched from.", host=host)
    return Target(parsed.copy_with(host=host), addresses[0])


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet, also when it is written inside another one."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        inner = parsed.ipv4_mapped or parsed.sixtofour
        if parsed in NAT64:
            inner = ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)
        if inner is not None:
            parsed = inner
    return parsed.is_global and not parsed.is_multicast
