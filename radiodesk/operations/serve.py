"""Serves an application with waitress; a live screen holds a thread, so there are threads for all of them."""

import signal
import sys
from types import FrameType

from flask import Flask
from waitress.server import create_server

from radiodesk.core.errors import Refusal
from radiodesk.core.http import Station

SPARE_THREADS = 16


class AddressInUse(Refusal):
    """Something else listens where the desk should."""

    exit_code = 4


def serve(app: Flask, station: Station, host: str, port: int, *, streams: bool) -> None:
    """Serve until the process is told to stop; raises ``AddressInUse``."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        # Open streams end first, or the server would wait for them.
        station.notifier.close()
        sys.exit(0)

    signal.signal(signal.SIGTERM, stop)
    threads = SPARE_THREADS + (station.settings.screens if streams else 0)
    try:
        server = create_server(
            app,
            host=host,
            port=port,
            threads=threads,
            ident=None,
            asyncore_use_poll=True,
            connection_limit=threads * 4,
            max_request_body_size=station.settings.upload_megabytes * 1024 * 1024 + 1_000_000,
        )
    except OSError as error:
        raise AddressInUse(
            "Port %(port)s on %(host)s cannot be used (%(why)s). Stop what uses it, or set another port.",
            port=port,
            host=host,
            why=error.strerror or error,
        ) from None
    server.run()
