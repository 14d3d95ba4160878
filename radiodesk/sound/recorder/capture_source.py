"""Runs one capturing child for each device, starts it again when it ends, and passes on what it sends."""

import logging
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import numpy as np

from radiodesk.sound.line_setup import is_stream
from radiodesk.sound.recorder.engine import Recorder
from radiodesk.sound.recorder.packets import Kind, Packet, Unpacker
from radiodesk.sound.recorder.take_direction import Block

log = logging.getLogger(__name__)

ANSWER_WITHIN = 15.0
"""Seconds without a packet after which a child counts as hung: drivers do that when a device goes."""

_WAITS = (0.2, 1.0, 3.0)
_READ = 1 << 18


class Reader:
    """One device's child and the thread that reads it."""

    def __init__(self, recorder: Recorder, device: str, channels: int, rate: int) -> None:
        self._recorder = recorder
        self._device = device
        self._channels = channels
        self._rate = rate
        self._stop = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._run, name=f"device {device}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the child; what it sent before is delivered."""
        self._stop.set()
        if self._child is not None:
            self._child.kill()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        deaths = 0
        while not self._stop.is_set():
            began = time.monotonic()
            try:
                self._read_child()
            except Exception:  # if this thread ended, nothing more would be recorded from the device
                log.exception("The device %s could not be read.", self._device)
            if self._stop.is_set():
                return
            self._recorder.lose_device(self._device, "the reader of the device died")
            deaths = 0 if time.monotonic() - began > 30 else deaths + 1
            self._stop.wait(_WAITS[min(deaths, len(_WAITS) - 1)])

    def _read_child(self) -> None:
        """Start a child and hand on what it sends, until it ends or hangs."""
        reads = "stream_capture" if is_stream(self._device) else "capture"
        command = [sys.executable, "-m", f"radiodesk.sound.recorder.{reads}", self._device]
        command += [str(self._channels), str(self._rate)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
            self._child = child
            if self._stop.is_set():
                child.kill()  # told to stop while the child began: nobody else will end it
            try:
                self._read_pipe(child)
            finally:
                # Whatever happened to what it sent: leaving this block waits for the child's end.
                child.kill()
        self._child = None

    def _read_pipe(self, child: subprocess.Popen[bytes]) -> None:
        if child.stdout is None:
            raise RuntimeError("the child has no pipe")
        unpack = Unpacker()
        while select.select([child.stdout], [], [], ANSWER_WITHIN)[0]:
            data = os.read(child.stdout.fileno(), _READ)
            if not data:
                break
            for packet in unpack.feed(data):
                self._hand_on(packet)

    def _hand_on(self, packet: Packet) -> None:
        if packet.kind is Kind.AUDIO:
            self._recorder.deliver(self._device, block_of(packet, self._channels, self._rate))
        elif packet.kind in (Kind.LOST, Kind.FAILED):
            self._recorder.lose_device(self._device, packet.data.decode("utf-8", "replace"))


def block_of(packet: Packet, channels: int, rate: int) -> Block:
    """The sound of a packet, with the time at which it began."""
    samples = np.frombuffer(packet.data, "<i2").astype(np.int16).reshape(-1, channels)
    begins = packet.at - len(samples) / rate
    return Block(begins, packet.at, samples, packet.dropped, packet.overflows > 0)


class Readers:
    """The children of all devices, made to fit the recorder's list whenever that changed."""

    def __init__(self, recorder: Recorder, make: Callable[[Recorder, str, int, int], Reader] = Reader) -> None:
        self._recorder = recorder
        self._make = make
        self._running: dict[tuple[str, int, int], Reader] = {}

    def fit(self) -> None:
        """Start what is missing, end what is not wanted any more."""
        wanted = {(source.device, source.channels, self._recorder.rate) for source in self._recorder.sources.values()}
        for key in [key for key in self._running if key not in wanted]:
            self._running.pop(key).stop()
        for key in sorted(wanted - set(self._running)):
            self._running[key] = self._make(self._recorder, *key)

    def stop(self) -> None:
        """End all of them."""
        for reader in self._running.values():
            reader.stop()
        self._running.clear()
