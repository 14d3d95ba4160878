"""What the screens show of the lines: levels and warnings as the parts tell them now, and who is on them."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from radiodesk.core.i18n import gettext
from radiodesk.core.settings import Settings
from radiodesk.rooms.lines.models import LineCall
from radiodesk.rooms.lines.services import RECORDER, TELEPHONE, open_stays
from radiodesk.sound.control_socket import PartRefused, PartSilent, ask
from radiodesk.sound.line_setup import (
    FILE,
    FLOOR,
    Line,
    LineKind,
    Lines,
    LinesUnreadable,
    is_stream,
    load_lines,
    trial_file,
)
from radiodesk.sound.telephone.telephone_alarms import alarms as telephone_alarms

KEYS = ("F2", "F3", "F4", "F6", "F7", "F8", "F9", "F10")
"""One key a line; F1, F5, F11 and F12 are the browser's own."""

FRESH = 0.25


@dataclass(frozen=True, slots=True)
class LineView:
    """One sound-card line as a screen shows it; levels in dBFS."""

    line: Line
    key: str
    heard: bool
    open: bool
    seconds: float
    peak: float
    rms: float
    trying: bool
    trial: bool
    warnings: tuple[str, ...]
    stay: LineCall | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """All lines, what is wrong beyond one line, and the telephone's own lines that are in use."""

    lines: tuple[LineView, ...]
    alarms: tuple[str, ...]
    sip: tuple[LineCall, ...] = ()
    telephone: dict[str, Any] | None = None
    loudness: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Of the lines that go on air, as ``sound.programme_loudness.Loudness``."""


@dataclass
class Listening:
    """Asks the parts how they are, at most four times a second however many screens want to know."""

    settings: Settings
    ask: Callable[..., dict[str, Any]] = ask
    monotonic: Callable[[], float] = time.monotonic
    _known: dict[str, tuple[float, dict[str, Any] | None]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def state(self, part: str) -> dict[str, Any] | None:
        """What the part says of itself, or ``None`` when it does not answer."""
        with self._lock:
            at, known = self._known.get(part, (float("-inf"), None))
            if self.monotonic() - at > FRESH:
                known = self._asked(self.settings.lines / f"{part}.sock")
                self._known[part] = (self.monotonic(), known)
            return known

    def tell(self, part: str, request: dict[str, Any]) -> dict[str, Any]:
        """Ask the part to do something; raises what it refuses. What was known of it is old then."""
        try:
            return self.ask(self.settings.lines / f"{part}.sock", request, timeout=2.0)
        finally:
            with self._lock:
                self._known.pop(part, None)

    def _asked(self, path: Path) -> dict[str, Any] | None:
        if not path.exists():
            return None
        try:
            return self.ask(path, {"do": "state"}, timeout=1.0)
        except (PartSilent, PartRefused):
            return None


def configured(settings: Settings) -> tuple[Lines, str | None]:
    """The list of lines, and what is wrong with its file."""
    try:
        return load_lines(settings.lines / FILE), None
    except LinesUnreadable as refusal:
        return Lines(), gettext(refusal.message, **refusal.facts)


def look(settings: Settings, listening: Listening, session: Session | None = None) -> Board:
    """The lines at this moment; with a session also who is on them."""
    lines, broken = configured(settings)
    state = listening.state(RECORDER)
    telephone = listening.state(TELEPHONE)
    live = {one["id"]: one for one in state["lines"]} if state else {}
    stays = open_stays(session) if session is not None else []
    on_line = {stay.line: stay for stay in stays if stay.part == RECORDER}
    keys = iter(KEYS)
    views = tuple(
        _view(
            settings,
            line,
            live.get(line.id),
            on_line.get(line.id),
            next(keys, "") if line.kind is LineKind.TELEPHONE else "",
        )
        for line in lines.lines
    )
    alarms = [broken] if broken else []
    alarms += _alarms(state, lines, telephone)
    sip = tuple(stay for stay in stays if stay.part == TELEPHONE)
    return Board(views, tuple(alarms), sip, telephone, (state or {}).get("loudness", {}))


def on_air_delay(settings: Settings) -> Line | None:
    """The line that goes on air and has a delay unit behind it, if there is one."""
    return next((line for line in configured(settings)[0].on_air if line.delay), None)


def programme_loudness(settings: Settings, listening: Listening) -> dict[str, Any] | None:
    """How loud the programme is, by the first line of it that is measured; ``None`` where none is."""
    lines, _ = configured(settings)
    measured = (listening.state(RECORDER) or {}).get("loudness", {})
    return next((measured[line.id] for line in lines.on_air if line.id in measured), None)


def _view(settings: Settings, line: Line, live: dict[str, Any] | None, stay: LineCall | None, key: str) -> LineView:
    trial = trial_file(settings, line.id).is_file()
    if live is None:
        return LineView(line, key, False, False, 0.0, FLOOR, FLOOR, False, trial, (), stay)
    take = live["take"]
    return LineView(
        line=line,
        key=key,
        heard=live["heard"],
        open=take is not None,
        seconds=take["seconds"] if take else 0.0,
        peak=live["peak"],
        rms=live["rms"],
        trying=live["trying"],
        trial=trial,
        warnings=tuple(_warnings(line, live)),
        stay=stay,
    )


def _warnings(line: Line, live: dict[str, Any]) -> list[str]:
    found = []
    if not live["heard"] and live["reason"] != "starting":
        found.append(_why_unheard(line, live["reason"]))
    if live["clipping"]:
        found.append(gettext("Too loud: turn it down at the mixer or the hybrid."))
    if live["heard"] and live["quiet"]:
        found.append(gettext("No sound for ten seconds. Is the cable in, is the channel open?"))
    if live["overflows"]:
        found.append(gettext("The machine was too slow for this device %(count)s times.", count=live["overflows"]))
    return found


def _why_unheard(line: Line, reason: str) -> str:
    """PortAudio's words for what a person can do something about; whatever else it says, the device is away."""
    if is_stream(line.device):
        return gettext(
            "Nothing comes from %(address)s. It is opened again and again; recording goes on.", address=line.device
        )
    if "sample rate" in reason:
        return gettext("The device “%(device)s” cannot work at this sample rate. Set another.", device=line.device)
    if "number of channels" in reason:
        return gettext("The device “%(device)s” has fewer channels than its lines need.", device=line.device)
    if "PortAudio" in reason:
        return gettext("PortAudio is missing. Run: apt install libportaudio2")
    return gettext("The device “%(device)s” is gone. Plug it in; recording goes on.", device=line.device)


def _alarms(state: dict[str, Any] | None, lines: Lines, telephone: dict[str, Any] | None) -> list[str]:
    found = []
    if state is None and lines.lines:
        found.append(gettext("The recorder does not run: nothing is recorded from the lines."))
    for part in (state, telephone):
        if part is not None and part["disk"]["stopped"]:
            found.append(gettext("The disk is full: recording has stopped. Make room, and it goes on by itself."))
        elif part is not None and part["disk"]["low"]:
            found.append(gettext("The disk is nearly full: %(free).1f GB are left.", free=part["disk"]["free"] / 1e9))
    if telephone is not None:
        found += telephone_alarms(telephone)
    return list(dict.fromkeys(found))


def as_json(board: Board) -> dict[str, Any]:
    """What the meters need; warnings are sentences in the language of the request."""
    return {
        "alarms": board.alarms,
        "loudness": board.loudness,
        "lines": {
            view.line.id: {
                "heard": view.heard,
                "open": view.open,
                "seconds": view.seconds,
                "peak": view.peak,
                "rms": view.rms,
                "trying": view.trying,
                "trial": view.trial,
                "warnings": view.warnings,
            }
            for view in board.lines
        },
    }
