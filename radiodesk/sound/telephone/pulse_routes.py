"""What one caller alone hears or says, where the telephone's devices are PulseAudio's (or PipeWire's pulse server).

baresip sets a source of sound for all calls only. But each call opens streams of its own on the sound server. That of
the microphone can be moved onto the monitor of a sink that is made for one caller, and back afterwards. That of the
speaker can be recorded, and played to somebody else.
"""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from radiodesk.core.errors import Conflict

_WITHIN = 1.0
"""Seconds that the sound server may take for an answer: somebody waits on the line."""
_SINK = "radiodesk-own-"
_LONGEST = 60.0
_TICK = 0.05
_BOTH = 2
_LATENCY = 20
"""Milliseconds that each step from one caller to the other may add."""
_AS_RAW = ("--raw", "--rate=16000", "--channels=1", "--format=s16le", f"--latency-msec={_LATENCY}")


class NoRoute(Conflict):
    """The sound server is not there, or does not do what it is asked."""


def missing_programs() -> list[str]:
    """The programs that are needed here and cannot be found."""
    return [name for name in ("pactl", "parec", "pacat", "paplay") if shutil.which(name) is None]


def ears(pid: int) -> dict[int, int]:
    """The streams that feed the callers of a baresip, by their connections; none where the microphone is no pulse
    device. Raises ``NoRoute``.
    """
    return _owned("source-outputs", pid)


def mouths(pid: int) -> dict[int, int]:
    """The streams on which the callers of a baresip are heard, by their connections; none where the speaker is no pulse
    device. Raises ``NoRoute``.
    """
    return _owned("sink-inputs", pid)


def start_recording(mouth: int, path: Path) -> "subprocess.Popen[bytes]":
    """Record one caller into a WAV file that grows as baresip's dumps do, until the stream ends. It outlives this
    process, as baresip does. Raises ``NoRoute``.
    """
    what = ("--rate=8000", "--channels=1", "--format=s16le", "--file-format=wav", "--latency-msec=40")
    return _started(["parec", f"--monitor-stream={mouth}", *what, str(path)])


@dataclass
class Route:
    """A sink of one caller's own, which they hear instead of what the others hear, until it is closed."""

    ear: int
    source: str
    sink: str
    modules: list[str]
    """Those that were loaded for it, the sink first."""
    mouth: int | None = None
    """The stream of the other caller who is played."""
    _pipe: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    @classmethod
    def open(cls, ear: int) -> "Route":
        """Let one caller hear a sink of their own, on which nothing is played yet; raises ``NoRoute``."""
        stream = next((stream for stream in _listed("source-outputs") if stream["index"] == ear), None)
        if stream is None:
            raise NoRoute("This caller has hung up.")
        # The way back stands in the name, so that it is found after a crash, too.
        sink = f"{_SINK}{ear}-{stream['source']}"
        module = _pactl("load-module", "module-null-sink", f"sink_name={sink}", "rate=48000").strip()
        route = cls(ear, str(stream["source"]), sink, [module])
        try:
            # A sink that runs sleeps two seconds at first, however soon it is needed.
            _pactl("suspend-sink", sink, "true")
            _pactl("move-source-output", str(ear), f"{sink}.monitor")
            _pactl("suspend-sink", sink, "false")
        except NoRoute:
            route.close()
            raise
        return route

    def play(self, file: Path, is_ended: Callable[[], bool]) -> None:
        """Play a WAV file to its end, or until ``is_ended``; raises ``NoRoute``."""
        player = _started(["paplay", f"--device={self.sink}", str(file)])
        end = time.monotonic() + _LONGEST
        while player.poll() is None:
            if is_ended() or time.monotonic() > end:
                player.terminate()
                break
            time.sleep(_TICK)
        if player.wait(_WITHIN) > 0:
            raise NoRoute("The sound server did not let this caller alone hear it.")

    def add_studio(self) -> None:
        """Play on what the others hear; raises ``NoRoute``."""
        parts = ("module-loopback", f"source={self.source}", f"sink={self.sink}", f"latency_msec={_LATENCY}")
        # Whoever moves it would play the studio into the studio.
        self.modules.append(_pactl("load-module", *parts, "source_dont_move=true", "sink_dont_move=true").strip())

    def add_caller(self, mouth: int) -> None:
        """Play what another caller says, in place of whom was played before; raises ``NoRoute``."""
        self._end_caller()
        reading, writing = os.pipe()
        try:
            hears = _started(["pacat", "--playback", f"--device={self.sink}", *_AS_RAW], stdin=reading)
            self._pipe = [hears]
            # What is said before it is played would be late for as long as the two hear each other.
            _wait_for(lambda: hears.pid in {_owner(stream) for stream in _listed("sink-inputs")})
            self._pipe.append(_started(["parec", f"--monitor-stream={mouth}", *_AS_RAW], stdout=writing))
        finally:
            # They are theirs alone: the one that is left learns so that the other one is gone.
            os.close(reading)
            os.close(writing)
        self.mouth = mouth

    def flows_from(self, mouth: int) -> bool:
        """Whether this other caller is still played."""
        whole = len(self._pipe) == _BOTH and all(process.poll() is None for process in self._pipe)
        return whole and self.mouth == mouth

    def close(self) -> None:
        """Let the caller hear again what the others hear, and take everything down."""
        _take_down(self.ear, self.source, self.modules)
        self._end_caller()

    def _end_caller(self) -> None:
        for process in self._pipe:
            process.kill()
            process.wait()
        self._pipe = []


def put_back() -> None:
    """Take down what a killed telephone left: its callers hear again what the others hear."""
    try:
        modules = [line.split("\t") for line in _pactl("list", "short", "modules").splitlines()]
        sinks = {one["index"]: one["name"] for one in _listed("sinks") if one["name"].startswith(_SINK)}
        players = [stream["index"] for stream in _listed("sink-inputs") if stream["sink"] in sinks]
    except NoRoute:
        return
    for player in players:
        # Without its sink it would be played to the studio.
        with suppress(NoRoute):
            _pactl("kill-sink-input", str(player))
    for sink in sinks.values():
        ear, source = sink.removeprefix(_SINK).split("-")
        own = [module[0] for module in modules if sink in module[2]]
        _take_down(int(ear), source, own)


def _take_down(ear: int, source: str, modules: list[str]) -> None:
    with suppress(NoRoute):
        # Hung up meanwhile: the sink goes all the same.
        _pactl("move-source-output", str(ear), source)
    for module in reversed(modules):
        with suppress(NoRoute):
            _pactl("unload-module", module)


def _owned(kind: str, pid: int) -> dict[int, int]:
    return {int(stream["client"]): stream["index"] for stream in _listed(kind) if _owner(stream) == pid}


def _owner(stream: dict[str, Any]) -> int | None:
    """The process that opened a stream; none for one of the server's own."""
    process = str(stream["properties"].get("application.process.id", ""))
    return int(process) if process.isdecimal() else None


def _wait_for(true: Callable[[], bool]) -> None:
    end = time.monotonic() + _WITHIN
    while not true():
        if time.monotonic() > end:
            raise NoRoute("The sound server did not let this caller alone hear it.")
        time.sleep(_TICK)


def _listed(kind: str) -> list[dict[str, Any]]:
    try:
        found: list[dict[str, Any]] = json.loads(_pactl("--format=json", "list", kind))
    except ValueError as error:
        raise NoRoute("The sound server does not tell of its streams.") from error
    return found


def _started(command: list[str], **ends: Any) -> "subprocess.Popen[bytes]":
    try:
        return subprocess.Popen(
            command,
            stdin=ends.get("stdin", subprocess.DEVNULL),
            stdout=ends.get("stdout", subprocess.DEVNULL),
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise NoRoute("The sound server did not let this caller alone hear it.") from error


def _pactl(*words: str) -> str:
    try:
        done = subprocess.run(
            ["pactl", *words],
            env=os.environ | {"LC_ALL": "C.UTF-8"},
            check=True,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_WITHIN,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise NoRoute("The sound server did not let this caller alone hear it.") from error
    return done.stdout
