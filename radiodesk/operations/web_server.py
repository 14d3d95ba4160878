"""Serves an application with waitress; a live screen holds a thread, so there are threads for all of them."""

import gc
import signal
import sys
import threading
from types import FrameType
from typing import Any

from flask import Flask
from waitress import create_server  # type: ignore[attr-defined]

from radiodesk.core.errors import Refusal
from radiodesk.core.i18n import why
from radiodesk.core.processes import tell_ready
from radiodesk.core.rounds import Rounds
from radiodesk.http.request import Station
from radiodesk.operations.machine_rounds import machine_rounds
from radiodesk.operations.server_refusals import word_refusals
from radiodesk.web.factory import ROUNDS

SPARE_THREADS = 16
SETTLED = 20.0
"""Seconds after which the pages, the area and what else comes with the first requests are in memory."""


class AddressInUse(Refusal):
    """Something else listens where the desk should."""

    exit_code = 4


def listen(app: Flask, station: Station, host: str, port: int, *, streams: bool) -> Any:
    """A waitress server that is bound to its address and not running yet; raises ``AddressInUse``."""
    threads = SPARE_THREADS + (station.settings.screens if streams else 0)
    try:
        server = create_server(
            app,
            host=host,
            port=port,
            threads=threads,
            ident=None,
            asyncore_use_poll=True,
            # What proxies write is read, or taken away, in one place: ``web.proxies``.
            clear_untrusted_proxy_headers=False,
            connection_limit=threads * 4,
            max_request_body_size=station.settings.upload_megabytes * 1024 * 1024 + 1_000_000,
        )
    except OSError as error:
        raise AddressInUse(
            "Port %(port)s on %(host)s cannot be used (%(why)s). Stop what uses it, or set another port.",
            port=port,
            host=host,
            why=why(error),
        ) from None
    word_refusals(server)
    return server


def serve(app: Flask, station: Station, host: str, port: int, *, streams: bool) -> None:
    """Serve until the process is told to stop; raises ``AddressInUse``."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        # Open streams end first, or the server would wait for them.
        station.notifier.close()
        sys.exit(0)

    signal.signal(signal.SIGTERM, stop)
    _begin_rounds(app, station)
    server = listen(app, station, host, port, streams=streams)
    # What is in memory now stays: for the collector to look it all through takes over 100 ms, without an answer to any
    # screen.
    gc.freeze()
    settled = threading.Timer(SETTLED, gc.freeze)
    settled.daemon = True
    settled.start()
    tell_ready()
    server.run()


def _begin_rounds(app: Flask, station: Station) -> None:
    """A machine may run the pages alone."""
    settings = station.settings
    rounds = [*app.extensions.get(ROUNDS, []), *machine_rounds(settings, station.database, station.clock)]
    Rounds(app.name, rounds, settings.health, threading.Event()).start()
