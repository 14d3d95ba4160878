"""Has the lines do what the desk wants: record while a show is on air, answer who was taken, let go who is done."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from radiodesk.core import i18n
from radiodesk.core.clock import Clock
from radiodesk.core.database import Database
from radiodesk.core.settings import Settings
from radiodesk.rooms.broadcasts import services as broadcasts
from radiodesk.rooms.calls.models import CallState
from radiodesk.rooms.lines import services as lines
from radiodesk.rooms.lines.joined_callers import may_be_joined
from radiodesk.rooms.lines.models import LineCall, Stage
from radiodesk.sound.control_socket import PartRefused, PartSilent, ask
from radiodesk.sound.line_setup import FILE, Line, LinesUnreadable, load_lines

log = logging.getLogger(__name__)

BY = "attendant"
ANSWER_WITHIN = 6.0
AGAIN = 2.0
"""Seconds until a part that refused is asked again."""

Asker = Callable[[Path, dict[str, Any]], dict[str, Any]]


def _ask(path: Path, request: dict[str, Any]) -> dict[str, Any]:
    return ask(path, request, timeout=ANSWER_WITHIN)


@dataclass
class Steering:
    """Compares what is with what should be, again and again; so nothing that was missed stays undone."""

    settings: Settings
    database: Database
    clock: Clock
    ask: Asker = _ask
    monotonic: Callable[[], float] = time.monotonic
    _not_before: dict[str, float] = field(default_factory=dict)

    def turn(self) -> bool:
        """Look once, and ask for what is missing; whether there is any line to look after now."""
        recorded = self._broadcast()
        with self.database.reading() as session:
            stays = lines.open_stays(session)
            wishes = [(stay.part, stay.key, stay.line, do) for stay in stays if (do := _wish(stay))]
            talking = [stay for stay in stays if stay.part == lines.TELEPHONE and stay.call.is_open]
            states = {stay.key: stay.call.state for stay in talking}
            alone = {stay.key for stay in stays if not may_be_joined(stay.call)}
        self._callers(wishes)
        self._holds(states, alone)
        return recorded or bool(stays)

    def _broadcast(self) -> bool:
        """The programme's lines are open while a broadcast is on air, and only then; whether there are such lines."""
        try:
            wanted = load_lines(self.settings.lines / FILE).on_air
        except LinesUnreadable:
            return True
        if wanted:
            self._record(wanted)
        return bool(wanted)

    def _record(self, wanted: Sequence[Line]) -> None:
        with self.database.reading() as session:
            found = broadcasts.on_air(session)
        try:
            state = self.ask(self._socket(lines.RECORDER), {"do": "state"})
        except (PartSilent, PartRefused):
            return
        now = {line["id"]: line["take"] for line in state["lines"]}
        for line in wanted:
            take = now.get(line.id)
            if take is not None and (found is None or take["broadcast"] != found.public_id):
                self._tell(lines.RECORDER, {"do": "close", "line": line.id})
                take = None
            if take is None and found is not None and line.id in now:
                since = _spelled(found.on_air_at)
                self._tell(
                    lines.RECORDER, {"do": "open", "line": line.id, "broadcast": found.public_id, "since": since}
                )

    def _callers(self, wishes: list[tuple[str, str, str, str]]) -> None:
        for part, key, line, do in wishes:
            problem = self._tell(part, {"do": do, "line": line, "call": key})
            if problem is not None:
                with self.database.writing() as session:
                    stay = lines.stay_of(session, part, key)
                    if stay is not None and stay.stage is not Stage.CLOSED:
                        lines.note_problem(session, stay, problem, at=self.clock.now())

    def _holds(self, states: dict[str, CallState], alone: set[str]) -> None:
        """A telephone caller whom the host holds hears silence until they are on again; who is on air hears the studio,
        and not a prompt that was begun before; those ``alone`` hear no other caller.
        """
        if not states:
            return
        try:
            state = self.ask(self._socket(lines.TELEPHONE), {"do": "state"})
        except (PartSilent, PartRefused):
            return
        for line in state["lines"]:
            wanted = states.get(line.get("call"))
            if wanted is None or line["stage"] != "up":
                continue
            hold = wanted is CallState.HELD
            if line["held"] is not hold:
                do = "hold" if hold else "resume"
                self._tell(lines.TELEPHONE, {"do": do, "line": line["id"], "call": line["call"]})
            if line.get("joined") and line["call"] in alone:
                self._tell(lines.TELEPHONE, {"do": "part", "line": line["id"], "call": line["call"]})
            prompt = line.get("prompt")
            if wanted is CallState.ON_AIR and prompt and prompt["at"] is None:
                self._tell(lines.TELEPHONE, {"do": "hush", "line": line["id"], "call": line["call"]})

    def _tell(self, part: str, request: dict[str, Any]) -> str | None:
        """Ask, unless the same was refused a moment ago; returns the refusal's sentence."""
        what = f"{part} {request['do']} {request.get('call') or request['line']}"
        if self.monotonic() < self._not_before.get(what, 0.0):
            return None
        self._not_before[what] = self.monotonic() + AGAIN
        try:
            self.ask(self._socket(part), request | {"by": BY})
        except (PartSilent, PartRefused) as refusal:
            sentence = i18n.say_in(self.settings.language, refusal)
            log.warning("%s: %s", what, sentence)
            return sentence
        return None

    def _socket(self, part: str) -> Path:
        return self.settings.lines / f"{part}.sock"


def _wish(stay: LineCall) -> str | None:
    """What the desk's state of a call asks of its line."""
    if not stay.call.is_open:
        return "hang_up"
    if stay.stage is Stage.RINGING and stay.call.state is not CallState.RINGING:
        return "answer"
    return None


def _spelled(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None
