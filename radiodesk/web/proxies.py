"""Behind a proxy of the station's own, whose visitor it is stands in headers; from anyone else these are a claim.

The setting ``trusted_proxies`` names the proxies by their networks. Only a peer among them is believed: the visitor is
the last address in ``X-Forwarded-For`` that is no such proxy, and scheme and host are those that the visitor used.
"""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Network = IPv4Network | IPv6Network


class Proxies:
    """Wraps an application: puts the visitor's address, scheme and host where a direct visitor's would stand."""

    def __init__(self, application: "WSGIApplication", trusted: Sequence[Network]) -> None:
        self._application = application
        self._trusted = trusted

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        if self._is_trusted(environ.get("REMOTE_ADDR", "")):
            environ["REMOTE_ADDR"] = self._visitor(environ)
            scheme = _last(environ.get("HTTP_X_FORWARDED_PROTO", ""))
            if scheme in ("http", "https"):
                environ["wsgi.url_scheme"] = scheme
            if host := _last(environ.get("HTTP_X_FORWARDED_HOST", "")):
                environ["HTTP_HOST"] = host
        return self._application(environ, start_response)

    def _visitor(self, environ: "WSGIEnvironment") -> str:
        found: str = environ["REMOTE_ADDR"]
        for given in reversed(environ.get("HTTP_X_FORWARDED_FOR", "").split(",")):
            address = _address(given)
            if address is None:
                # What stands before an unreadable address was written by nobody whom we trust.
                break
            found = address
            if not self._is_trusted(address):
                break
        return found

    def _is_trusted(self, text: str) -> bool:
        address = _address(text)
        return address is not None and any(ip_address(address) in network for network in self._trusted)


def _address(text: str) -> str | None:
    """An address as proxies write it, its port and brackets left out; ``None`` where it is none."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return str(address)


def _last(header: str) -> str:
    """What the nearest proxy wrote."""
    return header.rpartition(",")[2].strip()
