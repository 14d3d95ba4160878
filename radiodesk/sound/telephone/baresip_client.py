"""One connection to baresip's control socket: commands one at a time, events as they come."""

import itertools
import json
import queue
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass

from radiodesk.core.errors import Refusal
from radiodesk.sound.telephone import baresip_events, netstrings
from radiodesk.sound.telephone.baresip_events import Event, Reply


class LineSilent(Refusal):
    """baresip does not answer."""

    status = 503


@dataclass(frozen=True, slots=True)
class Gone:
    """The connection ended; nothing more comes from it."""


class Client:
    """Commands wait for their reply; events and, at the end, ``Gone`` go to the queue that was given."""

    def __init__(self, port: int, happened: "queue.Queue[Event | Gone]", *, timeout: float = 5.0) -> None:
        try:
            self._socket = socket.create_connection(("127.0.0.1", port), timeout)
        except OSError:
            raise LineSilent("baresip does not answer on its control port %(port)s.", port=port) from None
        self._socket.settimeout(None)
        self._happened = happened
        self._timeout = timeout
        self._tokens = itertools.count()
        self._replies: queue.Queue[Reply | Gone] = queue.Queue()
        self._lock = threading.Lock()
        self.closed = False
        self.described: set[str] = set()
        """Calls for which baresip has said what it offers them: those that it can answer."""
        threading.Thread(target=self._read, name="baresip", daemon=True).start()

    def command(self, name: str, parameter: str | None = None) -> Reply:
        """Send one command and wait for its reply; raises ``LineSilent``."""
        with self._lock:
            token = f"t{next(self._tokens)}"
            request = {"command": name, "token": token} | ({} if parameter is None else {"params": parameter})
            try:
                self._socket.sendall(netstrings.encoded(json.dumps(request).encode()))
                while True:
                    reply = self._replies.get(timeout=self._timeout)
                    if isinstance(reply, Gone):
                        self._replies.put(reply)
                        raise ConnectionError
                    # A late answer to a command that was given up has another token.
                    if reply.token == token:
                        return reply
            except (OSError, queue.Empty):
                raise LineSilent("The telephone (baresip) does not answer.") from None

    def close(self) -> None:
        """End the connection."""
        self.closed = True
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def _note(self, event: Event) -> None:
        if event.type == "CALL_LOCAL_SDP" and event.call:
            self.described.add(event.call)
        elif event.type == "CALL_CLOSED" and event.call:
            self.described.discard(event.call)
        self._happened.put(event)

    def _read(self) -> None:
        decoder = netstrings.Decoder()
        try:
            with self._socket, suppress(OSError, netstrings.BadNetstring):
                while data := self._socket.recv(1 << 16):
                    for payload in decoder.feed(data):
                        said = baresip_events.read(payload)
                        if isinstance(said, Reply):
                            self._replies.put(said)
                        elif said is not None:
                            self._note(said)
        finally:
            # However it ended: whoever waits must hear that nothing more comes.
            self.closed = True
            self._replies.put(Gone())
            self._happened.put(Gone())
