"""The state of the telephone: which calls ring, which are up, and how they ended.

It turns baresip's events into journal lines and takes, and the desk's requests into baresip's commands. One lock
guards it all, for events, requests and the copying of sound come from different threads.
"""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from radiodesk.core.errors import Conflict, NotFound, Refusal
from radiodesk.core.i18n import N_
from radiodesk.core.ids import public_id
from radiodesk.core.keys import KeyRing
from radiodesk.core.settings import Settings
from radiodesk.sound.line_journal import Entry, Journal, sealed_number
from radiodesk.sound.takes import SpoolFull, is_full
from radiodesk.sound.telephone.baresip_commands import Board, Found, SoundMissing
from radiodesk.sound.telephone.baresip_config import INTO, sounds
from radiodesk.sound.telephone.baresip_events import Event, caller_number
from radiodesk.sound.telephone.baresip_process import Running
from radiodesk.sound.telephone.call_files import Caller, Callers, Stage
from radiodesk.sound.telephone.call_sound import Sound
from radiodesk.sound.telephone.dumps import dumps_in

log = logging.getLogger(__name__)

PART = "telephone"
_FULL = N_("The disk is full: this call cannot be recorded. Make room, and answer it then.")
DUMPS_WITHIN = 1.5
"""Seconds in which an answered call must have begun to be recorded."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """Where the time comes from."""

    now: Callable[[], datetime]
    monotonic: Callable[[], float] = time.monotonic
    wait: Callable[[float], None] = time.sleep


class Exchange:
    """All calls of the telephone."""

    def __init__(self, settings: Settings, keys: KeyRing, journal: Journal, clocks: Clocks) -> None:
        self.settings = settings
        self.home = settings.lines / "baresip"
        self.lock = threading.RLock()
        self.clocks = clocks
        self.callers = Callers(self.home / "calls", settings.sip_lines)
        self.sound = Sound(settings.spool, self.callers.folder, clocks.monotonic)
        self.board: Board | None = None
        self.process: Running | None = None
        self.registered: str | None = None
        self._keys = keys
        self._journal = journal
        self._busy = self.home / "busy"
        self._silent = self.home / "without-devices"
        self._let_go: set[str] = set()
        self._full = False
        with suppress(OSError):
            self._point(None)

    # What baresip says

    def take_event(self, event: Event) -> None:
        """Take in one event."""
        with self.lock:
            if event.type.startswith("REGISTER_"):
                self.registered = event.type.removeprefix("REGISTER_").lower()
            elif event.call is None or event.outgoing:
                return
            elif event.type == "CALL_INCOMING":
                self.receive(event.call, event.peer)
            elif event.type == "CALL_CLOSED" and (call := self.callers.by_sip(event.call)):
                self.end(call, "station" if call.key in self._let_go else "caller")

    def receive(self, sip: str, peer: str) -> None:
        """A new call; with no free line, or with all lines busied out, it is turned away and its number kept."""
        if self.callers.by_sip(sip):
            log.warning("Two calls came in under one name; the second one is not taken.")
            return
        at, number, line = self.clocks.now(), caller_number(peer), self.callers.free_line()
        sealed = sealed_number(self._keys, number) if number else None
        silent = self.silent or self.settings.sip_microphone is None
        call = Caller(key=public_id(at), sip=sip, line=line or "sip", at=at, number=sealed, silent=silent)
        if line is not None and not self.busy:
            self.callers.keep(call)
            self.tell(call, "ringing")
            return
        self.tell(call, "ringing")
        self.tell(call, "lost", by="busy")
        if self.board:
            self.board.hang_up(sip)

    def end(self, call: Caller, by: str) -> None:
        """A call is over, by the ``caller``, the ``station`` or a ``failure``: its sound is closed, then told of."""

        def told(event: str) -> None:
            self.tell(call, event, by=by)
            self.callers.remove(call.key)

        self._let_go.discard(call.key)
        self.callers.forget(call)
        if not self.sound.end(call, by, lambda: told("closed")):
            told("lost")

    def end_all(self, by: str) -> None:
        """baresip is gone, and all calls with it."""
        with self.lock:
            for call in self.callers:
                self.end(call, by)

    # What the desk asks

    def answer(self, key: str) -> Caller:
        """Answer a ringing call; its take begins. Raises ``NotFound``, ``Conflict`` or ``LineSilent``."""
        with self.lock:
            call, board = self._call(key), self._board()
            if call.stage is not Stage.RINGING:
                raise Conflict("This call is answered already.")
            call = self.callers.keep(call.now(Stage.ANSWERING))
            try:
                self._point(key)
                board.answer(call.sip)
                if not self._wait_for_dumps(key):
                    raise Conflict("The call was answered, but is not recorded. Hang up and call back.")
            except OSError as error:
                self.callers.keep(call.now(Stage.RINGING))
                if is_full(error):
                    raise Conflict(_FULL) from None
                raise
            except Refusal as refusal:
                self.callers.keep(call.now(Stage.RINGING))
                if isinstance(refusal, SoundMissing):
                    self.set_silent(True)
                raise
            finally:
                with suppress(OSError):
                    self._point(None)
            if call.silent:
                board.mute(call.sip, True)
            try:
                return self.begin(call)
            except SpoolFull:
                # The caller is heard, and what they say waits in baresip's dumps: ``pump`` begins again.
                raise Conflict(_FULL) from None

    def begin(self, call: Caller) -> Caller:
        """A call is up: its sound goes into a take from here on."""
        call = self.callers.keep(call.now(Stage.UP, self.sound.begin(call, self.clocks.now())))
        self.tell(call, "answered")
        return call

    def hold(self, key: str, held: bool) -> Caller:
        """Let a caller hear silence, or again what the others hear; the recording goes on."""
        with self.lock:
            call = self._call(key)
            if call.stage is not Stage.UP:
                raise Conflict("This call is not answered yet.")
            if call.held is held:
                return call
            if not call.silent and not self._board().mute(call.sip, held):
                raise Conflict("This caller has hung up.")
            call = self.callers.keep(replace(call, held=held))
            self.tell(call, "held" if held else "resumed")
            return call

    def hang_up(self, key: str) -> Caller:
        """End a call, or turn a ringing one away; the event that follows closes it."""
        with self.lock:
            call = self._call(key)
            self._let_go.add(key)
            self._board().hang_up(call.sip)
            return call

    @property
    def busy(self) -> bool:
        """Whether all new calls hear the busy tone; it outlives a restart."""
        return self._busy.exists()

    def set_busy(self, busy: bool) -> None:
        """Give new callers the busy tone, or ring again."""
        if busy:
            self._busy.touch()
        else:
            self._busy.unlink(missing_ok=True)

    @property
    def silent(self) -> bool:
        """Whether new calls have no sound in the studio, because a sound device is missing."""
        return self._silent.exists()

    def set_silent(self, silent: bool) -> None:
        """Do without the sound devices from the next call on, or use them again."""
        with self.lock:
            if silent is self.silent:
                return
            if silent:
                self._silent.touch()
            else:
                self._silent.unlink()
            if self.board is not None:
                self.board.sound(*sounds(self.settings, silent))
            event = "device_lost" if silent else "device_back"
            self._journal.write(Entry(at=self.clocks.now(), line=PART, event=event))

    def pump(self) -> list[str]:
        """Carry the sound on, and tell when it can not be; gives the keys of callers who are recorded no more."""
        with self.lock:
            self._journal.flush()
            self.callers.write_again()
            for call in self.callers:
                if call.stage is Stage.ANSWERING and all(dumps_in(self.callers.folder(call.key)).values()):
                    with suppress(SpoolFull):
                        self.begin(call)
            self.sound.pump()
            if self.sound.full is not self._full:
                self._full = self.sound.full
                event = "disk_full" if self._full else "disk_free"
                self._journal.write(Entry(at=self.clocks.now(), line=PART, event=event))
            found = self.sound.find_unrecorded(self.process)
            for key in found:
                self.tell(self._call(key), "device_lost", why="held by the caller")
            return found

    def restore(self, there: list[Found], by: str) -> None:
        """Go on with the calls that an earlier telephone left, as far as baresip has them still."""
        with self.lock:
            for call in self.callers.left():
                if not self._resume(self.callers.keep(call)):
                    # Closed, told of and taken over: only its folder was left.
                    self.callers.forget(call)
                    self.callers.remove(call.key)
            self.compare(there, by)

    def compare(self, there: list[Found], by: str) -> None:
        """Make up for events that nobody heard: calls that baresip has no more are over (``by`` whom), and what was
        recorded of them is kept; calls that it has and we do not know ring now."""
        with self.lock:
            alive = {found.sip for found in there}
            for call in self.callers:
                if call.sip not in alive:
                    self.end(call, by)
            for found in there:
                if self.callers.by_sip(found.sip):
                    continue
                if found.ringing:
                    self.receive(found.sip, found.peer)
                else:
                    self._board().hang_up(found.sip)

    def _resume(self, call: Caller) -> bool:
        if call.stage is Stage.ANSWERING:
            if all(dumps_in(self.callers.folder(call.key)).values()):
                self.begin(call)
            else:
                self.callers.keep(call.now(Stage.RINGING))
        return call.stage is not Stage.UP or self.sound.resume(call)

    # Helpers

    def _wait_for_dumps(self, key: str) -> bool:
        """Wait until both dumps of a call are there: at once, or when the caller's offer came late, with it."""
        end = self.clocks.monotonic() + DUMPS_WITHIN
        while not all(dumps_in(self.callers.folder(key)).values()):
            if self.clocks.monotonic() > end:
                return False
            self.clocks.wait(0.02)
        return True

    def _call(self, key: str) -> Caller:
        call = self.callers.by_key(key)
        if call is None:
            raise NotFound("This caller has hung up.")
        return call

    def _board(self) -> Board:
        if self.board is None:
            raise Conflict("The telephone is being started. Try again in a moment.")
        return self.board

    def tell(self, call: Caller, event: str, **facts: Any) -> None:
        """Write an event of a call into the journal."""
        self._journal.write(
            Entry(
                at=self.clocks.now(),
                line=call.line,
                event=event,
                take=call.take,
                call=call.key,
                caller=call.number if event in ("ringing", "lost") else None,
                facts=facts,
            )
        )

    def note(self, call: Caller, kind: str, **facts: Any) -> None:
        """Write what happened to what a caller hears into the log of their take."""
        recording = self.sound.recordings.get(call.key)
        if recording is not None:
            recording.take.note(kind, "studio", **facts)

    def _point(self, key: str | None) -> None:
        """Say where the next dumps go: into the folder of one call, which is how they get a name of their own."""
        target = Path("calls") / key if key else Path("stray")
        (self.home / target).mkdir(parents=True, exist_ok=True)
        draft = self.home / f"{INTO}.new"
        draft.unlink(missing_ok=True)
        draft.symlink_to(target)
        draft.replace(self.home / INTO)
