"""From dumps that grow into a take: nothing twice, nothing left out, and what did not come kept as silence."""

import os
import struct
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from radiodesk.sound.takes import Take, open_take
from radiodesk.sound.telephone.call_recording import DIRECTIONS, QUIET, SAMPLE_RATE, CallRecording
from radiodesk.sound.telephone.dumps import Dump

STARTED = datetime(2026, 11, 24, 11, 30, tzinfo=UTC)


class Time:
    """Both clocks of the test, moved by hand."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


class Growing:
    """A dump as baresip writes it: its header still says that nothing is in it."""

    def __init__(self, folder: Path, kind: str, time: Time, name: str = "dump-2026-11-24-18-30-00-{kind}.wav") -> None:
        self.path = folder / name.format(kind=kind)
        self.time = time
        fmt = struct.pack("<HHIIHH", 1, 1, SAMPLE_RATE, SAMPLE_RATE * 2, 2, 16)
        self.path.write_bytes(b"RIFF\0\0\0\0WAVEfmt " + struct.pack("<I", len(fmt)) + fmt + b"data\0\0\0\0")
        self._count = 0

    def grow(self, seconds: float) -> None:
        """More samples, each another number, written now."""
        count = round(seconds * SAMPLE_RATE)
        samples = (np.arange(self._count, self._count + count) % 30_000 + 1).astype("<i2")
        self._count += count
        with self.path.open("ab") as file:
            file.write(samples.tobytes())
        os.utime(self.path, (self.time.seconds, self.time.seconds))


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def dumps(tmp_path: Path, time: Time) -> dict[str, Growing]:
    return {name: Growing(tmp_path, kind, time) for name, kind in (("caller", "dec"), ("studio", "enc"))}


@pytest.fixture
def take(tmp_path: Path, time: Time) -> Take:
    return Take.create(
        tmp_path / "spool",
        line="sip-1",
        kind="sip",
        sample_rate=SAMPLE_RATE,
        directions=DIRECTIONS,
        started_at=STARTED,
        call="k",
        monotonic=time,
    )


def recorded(take: Take, direction: str) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    return np.fromfile(take.pcm(direction), "<i2")


def carry(take: Take, folder: Path, time: Time) -> CallRecording:
    return CallRecording(take, folder, time, wall=time)


def test_what_grows_is_carried_over_once(take: Take, dumps: dict[str, Growing], tmp_path: Path, time: Time) -> None:
    recording = carry(take, tmp_path, time)
    for _ in range(5):
        time.seconds += 0.1
        for dump in dumps.values():
            dump.grow(0.1)
        recording.pump()
    assert recording.levels["caller"]["peak"] > -30.0
    recording.pump()
    assert recording.levels["caller"] == QUIET
    recording.close("caller")
    for direction in DIRECTIONS:
        assert np.array_equal(recorded(take, direction), np.arange(1, SAMPLE_RATE // 2 + 1))
    assert [entry["kind"] for entry in open_take(take.folder).log()] == ["closed"]


def test_a_gap_keeps_its_length_as_silence(take: Take, dumps: dict[str, Growing], tmp_path: Path, time: Time) -> None:
    recording = carry(take, tmp_path, time)
    time.seconds += 1.0
    for dump in dumps.values():
        dump.grow(1.0)
    recording.pump()
    time.seconds += 3.0
    dumps["studio"].grow(3.0)
    recording.pump()
    time.seconds += 1.0
    for dump in dumps.values():
        dump.grow(1.0)
    recording.pump()
    caller = recorded(take, "caller")
    assert len(caller) == len(recorded(take, "studio")) == 5 * SAMPLE_RATE
    assert not caller[SAMPLE_RATE : 4 * SAMPLE_RATE].any()
    assert caller[4 * SAMPLE_RATE] == SAMPLE_RATE + 1
    assert [(entry["direction"], entry["seconds"]) for entry in take.log()] == [("caller", 3.0)]


def test_jitter_is_no_gap_and_a_late_start_is_one(
    take: Take, dumps: dict[str, Growing], tmp_path: Path, time: Time
) -> None:
    recording = carry(take, tmp_path, time)
    time.seconds += 0.5
    dumps["caller"].grow(0.3)
    recording.pump()
    assert take.frames("caller") == round(0.5 * SAMPLE_RATE)
    time.seconds += 0.5
    dumps["caller"].grow(0.2)
    recording.pump()
    assert [entry["seconds"] for entry in take.log()] == [0.2]


def test_a_killed_telephone_goes_on_where_it_was(
    take: Take, dumps: dict[str, Growing], tmp_path: Path, time: Time
) -> None:
    recording = carry(take, tmp_path, time)
    time.seconds += 2.0
    dumps["caller"].grow(1.0)
    dumps["studio"].grow(2.0)
    recording.pump()
    time.seconds += 60.0
    for dump in dumps.values():
        dump.grow(60.0)
    again = Take.resume(open_take(take.folder), monotonic=time)
    carry(again, tmp_path, time).close("caller")
    caller = recorded(again, "caller")
    assert np.array_equal(caller[SAMPLE_RATE:], np.arange(61 * SAMPLE_RATE) % 30_000 + 1)
    assert not caller[:SAMPLE_RATE].any()


def test_a_call_that_ended_long_ago_gets_no_silence_for_the_time_since(
    take: Take, dumps: dict[str, Growing], tmp_path: Path, time: Time
) -> None:
    time.seconds += 2.0
    for dump in dumps.values():
        dump.grow(2.0)
    time.seconds += 3600.0
    carry(Take.resume(open_take(take.folder), monotonic=time), tmp_path, time).close("failure")
    assert len(recorded(take, "caller")) == 2 * SAMPLE_RATE


def test_half_a_sample_and_half_a_header_wait(tmp_path: Path, time: Time) -> None:
    whole = Growing(tmp_path, "dec", time)
    whole.grow(0.01)
    data = whole.path.read_bytes()
    torn = tmp_path / "torn.wav"
    torn.write_bytes(data[:20])
    dump = Dump(torn)
    assert (dump.read(), dump.waiting) == (b"", 0)
    torn.write_bytes(data[:-1])
    assert len(dump.read()) == 2 * (SAMPLE_RATE // 100 - 1)
    torn.write_bytes(data)
    assert dump.read() == data[-2:]
    torn.write_bytes(b"no sound at all, however long it is")
    assert Dump(torn).read() == b""
    dump.close()


@pytest.mark.parametrize("killed_after", [None, 0.5, 1.0, 1.5, 4.0])
def test_what_the_sound_server_recorded_follows_behind_a_gap(
    take: Take, dumps: dict[str, Growing], tmp_path: Path, time: Time, killed_after: float | None
) -> None:
    recording = carry(take, tmp_path, time)

    def passed(seconds: float, dump: Growing | None) -> None:
        nonlocal recording
        for _ in range(round(seconds / 0.5)):
            time.seconds += 0.5
            for one in (dump, dumps["studio"]):
                if one is not None:
                    one.grow(0.5)
            recording.pump()
            if killed_after == time.seconds - 100.0:
                recording = carry(Take.resume(open_take(take.folder), monotonic=time), tmp_path, time)

    passed(1.5, dumps["caller"])
    passed(1.0, None)
    path = recording.another_dump("caller")
    assert path.name == "dump-~01-dec.wav"
    passed(2.0, aside := Growing(tmp_path, "dec", time, path.name))
    recording.close("test")
    heard = recorded(take, "caller")
    assert len(heard) == pytest.approx(4.5 * SAMPLE_RATE, abs=0.1 * SAMPLE_RATE)
    assert np.array_equal(heard[:12_000], np.arange(1, 12_001))
    assert not heard[12_000:19_000].any()
    assert np.array_equal(heard[-16_000:], np.arange(1, 16_001)), "all of it, once"
    assert aside.path.exists()
