"""What one caller alone hears, where the microphone of the telephone is PulseAudio's (or PipeWire's pulse server).

baresip sets a source of sound for all calls only. But each call opens a stream of its own on the sound server, which
can be moved: onto the monitor of a sink that is made for one prompt, and back afterwards.
"""

import json
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from radiodesk.core.errors import Conflict

_WITHIN = 1.0
"""Seconds that the sound server may take for an answer: somebody waits on the line."""
_SINK = "radiodesk-prompt-"
_LONGEST = 60.0
_TICK = 0.05


class NoRoute(Conflict):
    """The sound server is not there, or does not do what it is asked."""


def ears(pid: int) -> set[int]:
    """The streams that feed the callers of a baresip; none where the microphone is no pulse device."""
    try:
        return {stream["index"] for stream in _listed("source-outputs") if _owner(stream) == str(pid)}
    except NoRoute:
        return set()


def play_to(ear: int, file: Path, is_ended: Callable[[], bool]) -> None:
    """Let one caller hear a WAV file to its end, or until ``is_ended``, and then again what was heard before; raises
    ``NoRoute``.
    """
    stream = next((stream for stream in _listed("source-outputs") if stream["index"] == ear), None)
    if stream is None:
        raise NoRoute("This caller has hung up.")
    # The way back stands in the name, so that it is found after a crash, too.
    sink = f"{_SINK}{ear}-{stream['source']}"
    module = _pactl("load-module", "module-null-sink", f"sink_name={sink}", "rate=48000").strip()
    try:
        _pactl("move-source-output", str(ear), f"{sink}.monitor")
        _play(sink, file, is_ended)
    finally:
        _back(ear, str(stream["source"]), module)


def _play(sink: str, file: Path, is_ended: Callable[[], bool]) -> None:
    try:
        player = subprocess.Popen(["paplay", f"--device={sink}", str(file)], stderr=subprocess.DEVNULL)
    except OSError as error:
        raise NoRoute("The sound server did not let this caller alone hear it.") from error
    end = time.monotonic() + _LONGEST
    while player.poll() is None:
        if is_ended() or time.monotonic() > end:
            player.terminate()
            break
        time.sleep(_TICK)
    if player.wait(_WITHIN) > 0:
        raise NoRoute("The sound server did not let this caller alone hear it.")


def put_back() -> None:
    """Take down what a killed telephone left: its callers hear again what the others hear."""
    try:
        modules = _pactl("list", "short", "modules").splitlines()
    except NoRoute:
        return
    for module in modules:
        if f"sink_name={_SINK}" in module:
            ear, source = module.split(f"sink_name={_SINK}")[1].split()[0].split("-")
            _back(int(ear), source, module.split()[0])


def _back(ear: int, source: str, module: str) -> None:
    try:
        _pactl("move-source-output", str(ear), source)
    except NoRoute:
        # Hung up meanwhile: the sink goes all the same.
        pass
    finally:
        _pactl("unload-module", module)


def _owner(stream: dict[str, Any]) -> str:
    return str(stream["properties"].get("application.process.id", ""))


def _listed(kind: str) -> list[dict[str, Any]]:
    try:
        found: list[dict[str, Any]] = json.loads(_pactl("--format=json", "list", kind))
    except ValueError as error:
        raise NoRoute("The sound server does not tell of its streams.") from error
    return found


def _pactl(*words: str) -> str:
    return _run("pactl", *words, within=_WITHIN)


def _run(*command: str, within: float) -> str:
    environment = os.environ | {"LC_ALL": "C.UTF-8"}
    try:
        done = subprocess.run(
            command, env=environment, check=True, capture_output=True, text=True, errors="replace", timeout=within
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise NoRoute("The sound server did not let this caller alone hear it.") from error
    return done.stdout
