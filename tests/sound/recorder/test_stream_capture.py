"""A line that is a stream: heard at its pace through bursts and stalls, with a gap that is told when it breaks off."""

import io
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from radiodesk.core.settings import Settings
from radiodesk.sound.line_setup import FILE, Line, LineKind, Lines, LinesUnreadable, checked, save_lines
from radiodesk.sound.recorder.packets import Kind, Packet
from radiodesk.sound.recorder.recorder_process import assemble
from radiodesk.sound.recorder.stream_capture import Playout, StreamCapture, pieces
from radiodesk.sound.takes import takes

RATE = 8000


@given(st.lists(st.tuples(st.integers(0, 8000), st.floats(0.01, 2.0)), min_size=1, max_size=40))
def test_what_comes_in_bursts_goes_out_in_order_and_no_faster_than_it_is_heard(steps: list[tuple[int, float]]) -> None:
    playout, now, sent, numbers = Playout(RATE, 2), 0.0, bytearray(), 0
    for frames, passed in steps:
        playout.put(np.arange(numbers, numbers + frames, dtype="<u2").astype("<u2").tobytes())
        numbers += frames
        now += passed
        sent += playout.due(now)
    taken = np.frombuffer(bytes(sent), "<u2")
    assert np.array_equal(taken, np.arange(len(taken), dtype="<u2"))
    assert len(taken) <= min(numbers, round(now * RATE * 1.01) + RATE)


def test_a_stall_shorter_than_what_is_held_is_not_heard() -> None:
    playout = Playout(RATE, 2)
    playout.put(b"\1\0" * RATE * 3)
    heard = [len(playout.due(0.1 * turn)) // 2 for turn in range(25)]
    assert heard[0] == 0 and all(abs(frames - RATE // 10) <= 1 for frames in heard[1:])


def captured(source: Callable[[str, int, int], Iterator[bytes]], rounds: int) -> list[Packet]:
    """Packets of a capture whose time runs fifty times as fast as the clock on the wall."""
    sent: list[Packet] = []
    began = time.monotonic()
    StreamCapture(
        source,
        "http://stasiun.invalid/siaran",
        1,
        RATE,
        sent.append,
        monotonic=lambda: (time.monotonic() - began) * 50,
        wait=lambda seconds: time.sleep(seconds / 50),
    ).run(rounds)
    return sent


def test_a_stream_that_breaks_off_is_told_of_with_its_reason_and_opened_again() -> None:
    opened: list[int] = []

    def source(_address: str, _channels: int, _rate: int) -> Iterator[bytes]:
        opened.append(1)
        if len(opened) == 2:
            raise OSError("connection refused")
        yield b"\1\0" * RATE * 2
        raise OSError("connection reset")

    sent = captured(source, 3)
    kinds = [packet.kind for packet in sent if packet.kind is not Kind.ALIVE]
    lost = [packet.data.decode() for packet in sent if packet.kind in (Kind.LOST, Kind.FAILED)]
    assert len(opened) == 3
    assert [kind for kind in kinds if kind is not Kind.AUDIO] == [
        Kind.OPENED, Kind.LOST, Kind.FAILED, Kind.OPENED, Kind.LOST,
    ]  # fmt: skip
    assert "reset" in lost[0] and "refused" in lost[1]
    heard = sum(len(packet.data) for packet in sent if packet.kind is Kind.AUDIO)
    assert heard == 2 * 2 * 2 * RATE, "what had come is heard to its end"


def test_a_server_that_says_nothing_is_not_waited_for_without_end() -> None:
    never = threading.Event()

    def source(_address: str, _channels: int, _rate: int) -> Iterator[bytes]:
        yield b"\1\0" * RATE
        never.wait(5)

    sent = captured(source, 1)
    never.set()
    assert [packet.kind for packet in sent if packet.kind not in (Kind.ALIVE, Kind.AUDIO)] == [Kind.OPENED, Kind.LOST]


ROW = {"id": "a", "label": "A", "channel": 1, "kind": "programme"}


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd", "ftp://a/b", "concat://a|b", "http://", "http:///x", "http://a:b@c/d", "http://[", "://x",
        "http://a:99999/", "data://text",
    ],
)  # fmt: skip
def test_only_addresses_of_streams_are_lines(address: str) -> None:
    with pytest.raises(LinesUnreadable):
        checked([ROW | {"device": address}], 48_000)


def test_a_stream_has_two_channels() -> None:
    good = ROW | {"device": "https://stasiun.example:8000/siaran.mp3"}
    assert checked([good], 48_000).lines[0].device.startswith("https://")
    with pytest.raises(LinesUnreadable):
        checked([good | {"channel": 3}], 48_000)


def mp3(seconds: float, rate: int = 44_100) -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="mp3") as container:
        stream = container.add_stream("mp3", rate=rate, layout="mono")
        tone = (8000 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate)) / rate)).astype("<i2")
        for first in range(0, len(tone), 1152):
            frame = av.AudioFrame.from_ndarray(tone[None, first : first + 1152], format="s16", layout="mono")
            frame.sample_rate = rate
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()


class Icecast:
    """Sends an MP3 as a station does: a burst, then at its pace; breaks off after ``seconds`` of each listener."""

    def __init__(self, seconds: float) -> None:
        sound, rate = mp3(60), 60

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "audio/mpeg")
                self.end_headers()
                a_second = len(sound) // rate
                try:
                    self.wfile.write(sound[: 2 * a_second])
                    for tenth in range(round((seconds - 2) * 10)):
                        first = 2 * a_second + tenth * a_second // 10
                        self.wfile.write(sound[first : first + a_second // 10])
                        time.sleep(0.1)
                except OSError:
                    pass

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self._server.server_port}/siaran.mp3"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def test_a_real_stream_is_decoded_at_the_rate_of_the_lines() -> None:
    server = Icecast(3)
    try:
        parts: list[bytes] = []
        with suppress(OSError):  # so the end of a live stream is told
            for piece in pieces(server.address, 1, 48_000):
                parts.append(piece)
    finally:
        server.close()
    heard = np.frombuffer(b"".join(parts), "<i2")
    assert 2.3 * 48_000 < len(heard) < 3.3 * 48_000
    peak = int(np.argmax(np.abs(np.fft.rfft(heard[24_000:72_000]))))
    assert abs(peak - 440) <= 2


@pytest.mark.slow
def test_the_recorder_keeps_a_stream_with_the_gap_where_it_broke_off(settings: Settings) -> None:
    server = Icecast(5)
    settings.lines.mkdir(parents=True, exist_ok=True)
    line = Line("siaran", "Siaran", server.address, 1, LineKind.PROGRAMME)
    save_lines(settings.lines / FILE, Lines((line,), 48_000))
    process = assemble(settings)
    try:
        process.turn()
        until = time.monotonic() + 30
        while not process.recorder.sources[server.address].heard and time.monotonic() < until:
            time.sleep(0.1)
        process.recorder.open("siaran", by="uji")
        began = time.monotonic()
        while time.monotonic() - began < 12:
            process.turn()
            time.sleep(0.5)
        process.recorder.close("siaran", by="uji")
    finally:
        process.readers.stop()
        server.close()
    [take] = takes(settings.spool)
    sound = np.fromfile(take.pcm(take.about.directions[0]), "<i2")
    assert any(entry["kind"] == "gap" for entry in take.log())
    loud = np.abs(sound[: len(sound) // 4800 * 4800].reshape(-1, 4800)).max(axis=1) > 1000
    assert loud.sum() > 60, "more than six seconds of sound, before and after the gap"
    assert loud[:5].any() and loud[-20:].any() and not loud.all()
