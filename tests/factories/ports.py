"""Ports for parts that a test starts."""

import random
import socket
from contextlib import ExitStack


def free_port(first: int = 10_000, last: int = 30_000) -> int:
    """A port on 127.0.0.1 that nobody has, and the one behind it, which baresip takes for SIP over TLS.

    Below those that the system gives to any connection that is being made: one of these could take it at any time.
    """
    while True:
        port = random.randrange(first, last, 2)  # noqa: S311
        try:
            with ExitStack() as held:
                for number in (port, port + 1):
                    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
                        held.enter_context(socket.socket(socket.AF_INET, kind)).bind(("127.0.0.1", number))
        except OSError:
            continue
        return port
