"""The remote party of a placeholder call, which rings and is never answered.

baresip 1.0 puts "the previous call" on hold whenever another one is answered, by a new SIP offer, and a call that was
held that way is not recorded any more. So its list always has one call more, to here: it is moved in front of the call
that is to be answered, so that it is the previous one, and no listener is ever put on hold.
"""

import logging
import socket
import threading
from contextlib import suppress

log = logging.getLogger(__name__)

_ECHOED = (b"via", b"from", b"to", b"call-id", b"cseq")


class Placeholder:
    """A socket that answers every INVITE with "ringing", and lets it go when it is cancelled."""

    def __init__(self, host: str, port: int = 0) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self._socket.bind((host, port))
        except OSError:
            # Somebody else has that port by now.
            self._socket.bind((host, 0))
        self._host, self.port = self._socket.getsockname()
        self._closed = False
        threading.Thread(target=self._serve, name="placeholder", daemon=True).start()

    @property
    def address(self) -> str:
        """Where baresip is to call."""
        return f"sip:placeholder@{self._host}:{self.port}"

    def close(self) -> None:
        """Answer no more."""
        self._closed = True
        with suppress(OSError):
            # A datagram to itself wakes the thread, which a closed socket would not.
            self._socket.sendto(b"", (self._host, self.port))

    def _serve(self) -> None:
        with self._socket:
            while not self._closed:
                try:
                    data, sender = self._socket.recvfrom(1 << 16)
                    for answer in answers(data, self.address.encode()):
                        self._socket.sendto(answer, sender)
                except OSError:
                    # An ICMP error from a port that is gone, or a sender that cannot be reached.
                    continue
                except Exception:  # anybody may send a datagram: none of them ends the thread
                    log.exception("A datagram to the placeholder could not be answered.")


def answers(request: bytes, contact: bytes) -> list[bytes]:
    """What to send back for one datagram."""
    lines = request.partition(b"\r\n\r\n")[0].split(b"\r\n")
    method = lines[0].partition(b" ")[0]
    echoed = [line for line in lines[1:] if line.partition(b":")[0].strip().lower() in _ECHOED]
    echoed = [
        line + b";tag=placeholder" if line[:3].lower() == b"to:" and b";tag=" not in line else line for line in echoed
    ]
    if not echoed or not lines[0].endswith(b"SIP/2.0"):
        return []
    if method == b"INVITE":
        return [_answer(b"180 Ringing", [*echoed, b"Contact: <" + contact + b">"])]
    if method == b"CANCEL":
        invite = [line.replace(b"CANCEL", b"INVITE") if line[:5].lower() == b"cseq:" else line for line in echoed]
        return [_answer(b"200 OK", echoed), _answer(b"487 Request Terminated", invite)]
    return [] if method == b"ACK" else [_answer(b"200 OK", echoed)]


def _answer(status: bytes, lines: list[bytes]) -> bytes:
    return b"\r\n".join([b"SIP/2.0 " + status, *lines, b"Content-Length: 0", b"", b""])
