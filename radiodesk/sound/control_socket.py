"""How the desk controls a part that holds live sound: a Unix socket, one JSON object a line, one answer a line.

Only this machine and this user can reach it. An answer is the part's own object, or ``{"error": sentence id, "facts":
{…}}`` for what it refuses.
"""

import json
import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from radiodesk.core.errors import Conflict, Refusal

Request = dict[str, Any]
Answer = dict[str, Any]
log = logging.getLogger(__name__)

_LONGEST = 1 << 20
_LONGEST_PATH = 100
_TROUBLE = 0.5
"""Seconds to wait after a connection that could not be taken."""


class PartSilent(Refusal):
    """The part does not run, or does not answer."""

    status = 503


class PartRefused(Conflict):
    """The part cannot do that now; the sentence is its own."""


class ControlServer:
    """Answers at a socket, each connection in a thread of its own; ``handle`` may raise a ``Refusal``."""

    def __init__(self, path: Path, handle: Callable[[Request], Answer]) -> None:
        self._path = path
        self._handle = handle
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with _short(path) as name:
            self._socket.bind(name)
        path.chmod(0o600)
        self._socket.listen(16)
        self._closed = False
        threading.Thread(target=self._accept, name="control", daemon=True).start()

    def close(self) -> None:
        """Answer no more."""
        self._closed = True
        self._path.unlink(missing_ok=True)
        # Wakes the thread that waits for connections; closing alone would not.
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _accept(self) -> None:
        while not self._closed:
            try:
                connection, _ = self._socket.accept()
            except OSError as error:
                # Too many files open, or a caller that went away: the next one may be answered.
                if not self._closed:
                    log.warning("The control socket %s waits for a moment: %s", self._path.name, error)
                    time.sleep(_TROUBLE)
                continue
            try:
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()
            except RuntimeError as error:
                log.warning("The control socket %s waits for a moment: %s", self._path.name, error)
                connection.close()
                time.sleep(_TROUBLE)

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError), connection, connection.makefile("rwb") as stream:
            while line := stream.readline(_LONGEST):
                stream.write(json.dumps(self._answer(line), ensure_ascii=False).encode() + b"\n")
                stream.flush()

    def _answer(self, line: bytes) -> Answer:
        try:
            request = json.loads(line)
            if not isinstance(request, dict):
                raise ValueError("no object")
        except ValueError:
            return {"error": "This is no request.", "facts": {}}
        try:
            return self._handle(request)
        except Refusal as refusal:
            return {"error": refusal.message, "facts": {name: str(value) for name, value in refusal.facts.items()}}
        except (ValueError, TypeError, KeyError):
            return {"error": "This is no request.", "facts": {}}
        except Exception:  # the edge of the part: whoever asks must hear something
            log.exception("A request to %s could not be answered.", self._path.name)
            return {"error": "This could not be done. Look at the log of the part.", "facts": {}}


def ask(path: Path, request: Request, *, timeout: float = 2.0) -> Answer:
    """Send one request and wait for its answer; raises ``PartSilent`` or ``PartRefused``."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            client.settimeout(timeout)
            with _short(path) as name:
                client.connect(name)
            client.sendall(json.dumps(request).encode() + b"\n")
            with client.makefile("rb") as stream:
                answer = json.loads(stream.readline(_LONGEST))
    except (OSError, ValueError):
        raise PartSilent(
            "The part “%(part)s” does not answer. Is radiodesk desk running? See radiodesk doctor.", part=path.stem
        ) from None
    if "error" in answer:
        raise PartRefused(answer["error"], **answer.get("facts", {}))
    return dict(answer)


@contextmanager
def _short(path: Path) -> Iterator[str]:
    """The path, spelled so that it fits into a socket's address, which holds some hundred bytes."""
    if len(os.fsencode(path)) <= _LONGEST_PATH:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_PATH)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
