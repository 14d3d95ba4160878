"""The child that reads one device and sends what it hears; it waits for the device without a time limit.

PortAudio's callback only copies into a ring that holds half a minute, so that a recorder that is busy costs nothing; a
thread empties the ring into the pipe. When the device goes, PortAudio is ended and begun again until it is back: only
so does it notice. The child ends when the recorder does, since nobody reads the pipe any more.
"""

import os
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from radiodesk.sound.recorder.input_devices import DeviceAbsent, find
from radiodesk.sound.recorder.packets import Kind, Packet, packet_pipe
from radiodesk.sound.recorder.portaudio import begin_again

RING_SECONDS = 30.0
SEND_EVERY = 0.1
SILENT_AFTER = 3.0
"""Seconds without a callback after which a device counts as gone; some hang instead of failing."""

FIRST_AFTER = 8.0
"""The same before the first callback: sound servers take their time."""

_WAITS = (0.5, 1.0, 2.0)


class Ring:
    """Holds what was heard until it is sent; when it is full the newest is thrown away and counted."""

    def __init__(self, most_frames: int, frame_bytes: int) -> None:
        self._most = most_frames
        self._frame = frame_bytes
        self._lock = threading.Lock()
        self._blocks: list[bytes] = []
        self._held = 0
        self._lost_before = 0
        self._lost_after = 0
        self._overflows = 0
        self.last = 0.0

    def put(self, data: bytes, at: float, overflowed: bool) -> None:
        """Take a block in; called by PortAudio. ``at`` is when its last frame was heard."""
        frames = len(data) // self._frame
        with self._lock:
            self._overflows += overflowed
            if self._held + frames > self._most or self._lost_after:
                # Once something is lost, all is lost until the ring was emptied: the gap stays in one place.
                self._lost_after += frames
                return
            self._blocks.append(data)
            self._held += frames
            self.last = at

    def take(self) -> Packet | None:
        """All that is held, as one packet, or ``None``."""
        with self._lock:
            if not self._blocks:
                return None
            packet = Packet(Kind.AUDIO, self.last, b"".join(self._blocks), self._lost_before, self._overflows)
            self._blocks, self._held, self._overflows = [], 0, 0
            self._lost_before, self._lost_after = self._lost_after, 0
            return packet


class Capture:
    """Opens the device again and again, and sends packets through ``send`` until that fails."""

    def __init__(
        self,
        sound: Any,
        device: str,
        channels: int,
        rate: int,
        send: Callable[[Packet], None],
        *,
        monotonic: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._sound = sound
        self._device = device
        self._channels = channels
        self._rate = rate
        self._send = send
        self._monotonic = monotonic
        self._wait = wait

    def run(self, rounds: int | None = None) -> None:
        """Capture without end, or ``rounds`` times."""
        failed, again = 0, False
        while rounds is None or rounds > 0:
            rounds = None if rounds is None else rounds - 1
            try:
                if again:
                    # Only a PortAudio that begins anew sees a device that was plugged in again.
                    begin_again(self._sound)
                self._once()
                failed = 0
            except (self._sound.PortAudioError, DeviceAbsent, ValueError) as error:
                reason = "absent" if isinstance(error, DeviceAbsent) else str(error)
                self._send(Packet(Kind.FAILED, self._monotonic(), reason.encode()))
                failed += 1
            again = True
            self._wait(_WAITS[min(failed, len(_WAITS) - 1)])

    def _once(self) -> None:
        """Read the device until it is lost; raises ``DeviceAbsent`` or what PortAudio raises."""
        ring = Ring(round(RING_SECONDS * self._rate), 2 * self._channels)
        began = self._monotonic()

        def heard(data: Any, _frames: int, _time: Any, status: Any) -> None:
            ring.put(bytes(data), self._monotonic(), bool(status.input_overflow))

        stream = self._sound.RawInputStream(
            samplerate=self._rate,
            device=find(self._sound.query_devices(), self._device),
            channels=self._channels,
            dtype="int16",
            blocksize=self._rate // 50,
            callback=heard,
        )
        try:
            stream.start()
            self._send(Packet(Kind.OPENED, self._monotonic()))
            while True:
                self._wait(SEND_EVERY)
                now = self._monotonic()
                self._send(ring.take() or Packet(Kind.ALIVE, now))
                patience = SILENT_AFTER if ring.last else FIRST_AFTER
                if not stream.active or now - (ring.last or began) > patience:
                    break
            while (rest := ring.take()) is not None:
                self._send(rest)
            self._send(Packet(Kind.LOST, self._monotonic(), b"absent"))
        finally:
            stream.close()


def main() -> None:
    """``python -m radiodesk.sound.recorder.capture DEVICE CHANNELS RATE``: packets on standard output."""
    device, channels, rate = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    send = packet_pipe()
    try:
        import sounddevice
    except OSError:
        send(Packet(Kind.FAILED, time.monotonic(), b"PortAudio is missing"))
        sys.exit(1)
    try:
        Capture(sounddevice, device, channels, rate, send).run()
    except BrokenPipeError:
        # Without PortAudio's own ending, which may hang on a device that is gone.
        os._exit(0)


if __name__ == "__main__":
    main()
