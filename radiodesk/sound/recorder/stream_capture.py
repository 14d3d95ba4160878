"""The child that reads a line which is a stream (HTTP and Icecast, HLS, RTP), as ``capture`` reads a device.

What a server sends comes in bursts and stalls; it is handed on at the pace at which it is heard, so that the times of
the recording hold. A stall shorter than what is held is not heard at all. When nothing comes any more, the gap is told
and the address is opened again without a time limit.
"""

import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from radiodesk.sound.recorder.packets import Kind, Packet, packet_pipe

log = logging.getLogger(__name__)

SEND_EVERY = 0.1
MOST_HELD = 60.0
"""Seconds of sound that are held; a server that sends faster waits."""

FIRST = 0.5
"""Seconds that are held before the first is handed on."""

AMPLE = 8.0
"""Seconds held above which it is handed on a little faster: the server's clock runs ahead of ours."""

HURRY = 1.005
STALLED_AFTER = 3.0
"""Seconds without sound after which the line counts as lost."""

OPEN_WITHIN = 10.0
_WAITS = (0.5, 1.0, 2.0, 5.0)
_MOST_DAMAGED = 200
_PROTOCOLS = "http,https,httpproxy,tcp,tls,crypto,rtp,rtcp,udp"

Pieces = Callable[[str, int, int], Iterator[bytes]]
"""Opens an address and gives its sound, so many channels at such a rate, as interleaved signed 16 bit."""


class Playout:
    """Holds what a stream sent until it is due."""

    def __init__(self, rate: int, frame_bytes: int) -> None:
        self._rate, self._frame = rate, frame_bytes
        self._ready = threading.Condition()
        self._held = bytearray()
        self._credit = 0.0
        self._last: float | None = None
        self._began = False
        self._ended = False

    @property
    def held(self) -> float:
        """Seconds that wait."""
        return len(self._held) / self._frame / self._rate

    def put(self, data: bytes) -> bool:
        """Take sound in; waits while enough is held, and gives ``False`` when nobody wants more."""
        with self._ready:
            self._ready.wait_for(lambda: self._ended or self.held < MOST_HELD)
            self._held += data
            return not self._ended

    def end(self) -> None:
        """Nobody wants more."""
        with self._ready:
            self._ended = True
            self._ready.notify()

    def due(self, now: float) -> bytes:
        """The sound that is to be heard by now."""
        with self._ready:
            if not self._began and self.held < FIRST:
                return b""
            passed = now - self._last if self._last is not None else 0.0
            self._began, self._last = True, now
            pace = HURRY if self.held > AMPLE else 1.0
            # What could not be handed on, since nothing was there, is not made up for in one burst.
            self._credit = min(self._credit + passed * self._rate * pace, float(self._rate))
            frames = min(int(self._credit), len(self._held) // self._frame)
            self._credit -= frames
            taken = bytes(self._held[: frames * self._frame])
            del self._held[: frames * self._frame]
            self._ready.notify()
            return taken


class StreamCapture:
    """Opens the address again and again, and sends packets through ``send`` until that fails."""

    def __init__(
        self,
        pieces: Pieces,
        address: str,
        channels: int,
        rate: int,
        send: Callable[[Packet], None],
        *,
        monotonic: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._pieces, self._address = pieces, address
        self._channels, self._rate = channels, rate
        self._send, self._monotonic, self._wait = send, monotonic, wait

    def run(self, rounds: int | None = None) -> None:
        """Capture without end, or ``rounds`` times."""
        failed = 0
        while rounds is None or rounds > 0:
            rounds = None if rounds is None else rounds - 1
            heard = self._once()
            failed = 0 if heard else failed + 1
            until = self._monotonic() + _WAITS[min(failed, len(_WAITS) - 1)]
            while self._monotonic() < until:
                # The recorder takes a child that says nothing for hung.
                self._send(Packet(Kind.ALIVE, self._monotonic()))
                self._wait(SEND_EVERY)

    def _once(self) -> bool:
        """Read the stream until it is lost; returns whether anything was heard."""
        playout = Playout(self._rate, 2 * self._channels)
        trouble: list[str] = []
        reader = threading.Thread(target=self._fill, args=(playout, trouble), daemon=True)
        reader.start()
        opened, last = False, self._monotonic()
        while True:
            self._wait(SEND_EVERY)
            now = self._monotonic()
            sound = playout.due(now)
            if sound:
                if not opened:
                    self._send(Packet(Kind.OPENED, now))
                opened, last = True, now
                self._send(Packet(Kind.AUDIO, now, sound))
                continue
            self._send(Packet(Kind.ALIVE, now))
            patience = STALLED_AFTER if opened else OPEN_WITHIN + STALLED_AFTER
            if (not reader.is_alive() and not playout.held) or now - last > patience:
                break
        playout.end()
        kind = Kind.LOST if opened else Kind.FAILED
        self._send(Packet(kind, self._monotonic(), (trouble[0] if trouble else "absent").encode()))
        return opened

    def _fill(self, playout: Playout, trouble: list[str]) -> None:
        try:
            for piece in self._pieces(self._address, self._channels, self._rate):
                if not playout.put(piece):
                    return
        except Exception as error:  # the edge of the thread: why it ended is told with the gap
            log.info("The stream ended.", exc_info=True)
            trouble.append(f"{type(error).__name__}: {error}"[:200])


def pieces(address: str, channels: int, rate: int) -> Iterator[bytes]:
    """The sound of a stream by PyAV; raises what PyAV raises when it cannot be opened or breaks off."""
    import av

    options = {"protocol_whitelist": _PROTOCOLS, "user_agent": "radiodesk"}
    layout = "mono" if channels == 1 else "stereo"
    with av.open(address, timeout=(OPEN_WITHIN, OPEN_WITHIN), options=options) as container:
        resampler: Any = av.AudioResampler(format="s16", layout=layout, rate=rate)
        damaged = 0
        for packet in container.demux(audio=0):
            try:
                frames = packet.decode()
            except av.InvalidDataError:
                # A connection that was taken up in the middle of a frame begins with a damaged one.
                damaged += 1
                if damaged > _MOST_DAMAGED:
                    raise
                continue
            damaged = 0
            for frame in frames:
                for part in resampler.resample(frame):
                    yield part.to_ndarray().tobytes()


def main() -> None:
    """``python -m radiodesk.sound.recorder.stream_capture ADDRESS CHANNELS RATE``: packets on standard output."""
    address, channels, rate = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    send = packet_pipe()
    try:
        StreamCapture(pieces, address, channels, rate, send).run()
    except BrokenPipeError:
        # The thread may wait for a server that says nothing.
        os._exit(0)


if __name__ == "__main__":
    main()
