"""What a capturing child sends to the recorder through its pipe."""

import os
import signal
import struct
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

_HEAD = struct.Struct("<cIIId")


class Kind(Enum):
    """``OPENED``: sound will follow; ``ALIVE``: nothing new; ``LOST`` and ``FAILED`` give the reason as text."""

    OPENED = b"O"
    AUDIO = b"A"
    ALIVE = b"H"
    LOST = b"L"
    FAILED = b"F"


@dataclass(frozen=True, slots=True)
class Packet:
    """``data`` is interleaved signed 16 bit or text; ``at`` is the monotonic time of its last sample.

    ``dropped`` counts frames that were thrown away before it because the recorder did not take them, ``overflows`` how
    often the device itself lost some.
    """

    kind: Kind
    at: float
    data: bytes = b""
    dropped: int = 0
    overflows: int = 0

    def packed(self) -> bytes:
        """As it goes through the pipe."""
        return _HEAD.pack(self.kind.value, len(self.data), self.dropped, self.overflows, self.at) + self.data


def packet_pipe() -> Callable[[Packet], None]:
    """For a child: sends packets through its standard output, which is then theirs alone.

    What libraries print goes to standard error; a Ctrl-C is for the recorder, which then ends the child.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    pipe = os.dup(1)
    os.dup2(2, 1)

    def send(packet: Packet) -> None:
        left = memoryview(packet.packed())
        while left:
            left = left[os.write(pipe, left) :]

    return send


class Unpacker:
    """Makes packets of the bytes that come out of the pipe, however they are cut."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, data: bytes) -> list[Packet]:
        """Take bytes in; returns the packets that are complete."""
        self._held += data
        found: list[Packet] = []
        while len(self._held) >= _HEAD.size:
            kind, length, dropped, overflows, at = _HEAD.unpack_from(self._held)
            end = _HEAD.size + length
            if len(self._held) < end:
                break
            found.append(Packet(Kind(kind), at, bytes(self._held[_HEAD.size : end]), dropped, overflows))
            del self._held[:end]
        return found
