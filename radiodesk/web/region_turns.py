"""Live regions are rendered one after the other: when all screens ask at once, the median answer takes half as long.

Threads that work on forty answers at the same time share one interpreter, so that all forty are ready at the end of
the rush. In turns the first is ready at once, the middle one at half of it, and the last no later than before.
"""

import threading
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

LONGEST_WAIT = 1.0
"""Seconds after which an answer is made out of turn, so that one slow region holds nobody up for long."""


class Turns:
    """Wraps an application: requests for a region of an open page (``HX-Request``, GET) take turns."""

    def __init__(self, application: "WSGIApplication") -> None:
        self._application = application
        self._turn = threading.Semaphore(1)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        if environ["REQUEST_METHOD"] != "GET" or "HTTP_HX_REQUEST" not in environ:
            return self._application(environ, start_response)
        mine = self._turn.acquire(timeout=LONGEST_WAIT)
        try:
            return self._application(environ, start_response)
        finally:
            if mine:
                self._turn.release()
