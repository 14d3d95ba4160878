"""The child that reads a device: nothing is lost unseen, and a device that went is found again."""

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from radiodesk.sound.recorder.capture import SILENT_AFTER, Capture, Ring
from radiodesk.sound.recorder.input_devices import DeviceAbsent, find, inputs
from radiodesk.sound.recorder.packets import Kind, Packet, Unpacker


class PortAudioError(Exception):
    pass


@dataclass
class FakeSound:
    """PortAudio with one device, which the test plugs in and out; time passes while the child waits."""

    plugged: bool = True
    seconds: float = 0.0
    refuses: bool = False
    restarts: int = 0
    streams: list["FakeStream"] = field(default_factory=list)
    later: dict[int, Callable[["FakeSound"], None]] = field(default_factory=dict)
    waits: int = 0
    PortAudioError = PortAudioError

    def query_devices(self) -> list[dict[str, Any]]:
        listed = [{"name": "Speaker", "max_input_channels": 0, "default_samplerate": 48000.0}]
        if self.plugged:
            listed.append({"name": "USB CODEC (hw:2,0)", "max_input_channels": 2, "default_samplerate": 48000.0})
        return listed

    def RawInputStream(self, **given: Any) -> "FakeStream":
        if self.refuses:
            raise PortAudioError("Invalid sample rate")
        self.streams.append(FakeStream(given["callback"], given["device"]))
        return self.streams[-1]

    def _terminate(self) -> None:
        assert not any(stream.opened for stream in self.streams), "PortAudio was ended under an open stream"

    def _initialize(self) -> None:
        self.restarts += 1

    def wait(self, seconds: float) -> None:
        self.seconds += seconds
        self.waits += 1
        if act := self.later.get(self.waits):
            act(self)
        for stream in self.streams:
            if stream.active:
                stream.callback(b"\1\0\2\0" * 10, 10, None, SimpleNamespace(input_overflow=False))


@dataclass
class FakeStream:
    callback: Callable[..., None]
    device: int
    opened: bool = True
    active: bool = False

    def start(self) -> None:
        self.active = True

    def close(self) -> None:
        self.opened = self.active = False


def captured(sound: FakeSound, rounds: int, device: str = "USB CODEC (hw:1,0)") -> list[Packet]:
    sent: list[Packet] = []
    Capture(sound, device, 2, 8000, sent.append, monotonic=lambda: sound.seconds, wait=sound.wait).run(rounds)
    return sent


def test_a_device_that_goes_is_told_of_and_opened_again_when_it_is_back() -> None:
    def unplug(sound: FakeSound) -> None:
        sound.streams[-1].active = sound.plugged = False

    def plug(sound: FakeSound) -> None:
        sound.plugged = True

    def unplug_again(sound: FakeSound) -> None:
        sound.streams[-1].active = False

    sound = FakeSound(later={5: unplug, 8: plug, 14: unplug_again})
    sent = captured(sound, rounds=4)
    told = [packet.kind for packet in sent if packet.kind not in (Kind.AUDIO, Kind.ALIVE)]
    assert told[:3] == [Kind.OPENED, Kind.LOST, Kind.FAILED]
    assert told[-2:] == [Kind.OPENED, Kind.LOST]
    assert sound.restarts == 3
    assert all(packet.data == b"absent" for packet in sent if packet.kind is Kind.FAILED)


def test_a_device_that_hangs_without_an_error_counts_as_gone() -> None:
    def hang(sound: FakeSound) -> None:
        sound.streams[-1].callback = lambda *_: None

    sound = FakeSound(later={4: hang})
    sent = captured(sound, rounds=1)
    assert sent[-1].kind is Kind.LOST
    assert sent[-1].at - max(packet.at for packet in sent if packet.kind is Kind.AUDIO) >= SILENT_AFTER


def test_a_device_that_refuses_says_why() -> None:
    [packet] = captured(FakeSound(refuses=True), rounds=1)
    assert packet.kind is Kind.FAILED
    assert packet.data == b"Invalid sample rate"


def test_what_the_ring_cannot_hold_is_counted_where_it_is_missing() -> None:
    ring = Ring(most_frames=20, frame_bytes=2)
    for number in range(4):
        ring.put(bytes([number]) * 20, float(number), overflowed=False)
    first = ring.take()
    assert first is not None
    assert (len(first.data), first.dropped, first.at) == (40, 0, 1.0)
    ring.put(b"\7" * 20, 4.0, overflowed=True)
    second = ring.take()
    assert second == Packet(Kind.AUDIO, 4.0, b"\7" * 20, dropped=20, overflows=1)
    assert ring.take() is None


def test_packets_survive_however_the_pipe_cuts_them() -> None:
    packets = [
        Packet(Kind.OPENED, 1.5),
        Packet(Kind.AUDIO, 2.5, bytes(range(200)), dropped=7, overflows=1),
        Packet(Kind.LOST, 3.5, b"absent"),
    ]
    whole = b"".join(packet.packed() for packet in packets)
    for size in (1, 3, 50, len(whole)):
        unpack = Unpacker()
        found = [one for at in range(0, len(whole), size) for one in unpack.feed(whole[at : at + size])]
        assert found == packets


def named(*names: str) -> list[dict[str, Any]]:
    return [{"name": name, "max_input_channels": 2, "default_samplerate": 44100.0} for name in names]


def test_a_device_is_found_by_its_name_wherever_it_is_plugged_in() -> None:
    assert find(named("Mixer (hw:0,0)", "USB CODEC (hw:3,0)"), "USB CODEC (hw:1,0)") == 1
    assert find(named("USB CODEC (hw:1,0)", "USB CODEC (hw:3,0)"), "USB CODEC (hw:3,0)") == 1
    with pytest.raises(DeviceAbsent):
        find(named("USB CODEC (hw:1,0)", "USB CODEC (hw:3,0)"), "USB CODEC (hw:5,0)")


def test_outputs_are_no_lines() -> None:
    assert [device.name for device in inputs(FakeSound().query_devices())] == ["USB CODEC (hw:2,0)"]


def test_a_portaudio_that_cannot_begin_anew_is_tried_again() -> None:
    class Failing(FakeSound):
        def _initialize(self) -> None:
            super()._initialize()
            if self.restarts == 1:
                raise PortAudioError("Unanticipated host error")

    sound = Failing(plugged=False, later={2: lambda one: setattr(one, "plugged", True), 6: lambda one: unplugged(one)})

    def unplugged(one: FakeSound) -> None:
        one.streams[-1].active = False

    told = [packet.kind for packet in captured(sound, rounds=3) if packet.kind not in (Kind.AUDIO, Kind.ALIVE)]
    assert told == [Kind.FAILED, Kind.FAILED, Kind.OPENED, Kind.LOST]
