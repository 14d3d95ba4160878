"""Behind a trusted proxy the request is the visitor's: address, scheme and host come from what the proxy wrote.

The one place that reads these headers. From anyone else they are taken away, so that nothing further in believes them.
"""

import re
from collections.abc import Iterable, Sequence
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from radiodesk.core.addresses import Network, client_of, is_trusted

_HEADERS = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST")
_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}(:\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?")


class BehindProxies:
    """Passes each request on as its visitor's; ``trusted`` are the networks of the station's own proxies."""

    def __init__(self, app: "WSGIApplication", trusted: Sequence[Network]) -> None:
        self._app = app
        self._trusted = trusted

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        forwarded, scheme, host = (str(environ.pop(name, "")) for name in _HEADERS)
        peer = str(environ.get("REMOTE_ADDR", ""))
        if is_trusted(peer, self._trusted):
            environ["REMOTE_ADDR"] = client_of(peer, forwarded, self._trusted)
            if (last := _last(scheme).lower()) in ("http", "https"):
                environ["wsgi.url_scheme"] = last
            if _HOST.fullmatch(_last(host)):
                environ["HTTP_HOST"] = _last(host)
        return self._app(environ, start_response)


def _last(header: str) -> str:
    """The entry that our own proxy wrote."""
    return header.rsplit(",", 1)[-1].strip()
