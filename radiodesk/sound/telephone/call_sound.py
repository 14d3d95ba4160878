"""The sound of all calls that are up: begun, carried on, and closed without losing the end."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from radiodesk.core.errors import NotFound
from radiodesk.sound.takes import SpoolFull, Take, open_take, takes
from radiodesk.sound.telephone.baresip_process import Running
from radiodesk.sound.telephone.call_files import Caller
from radiodesk.sound.telephone.call_recording import DIRECTIONS, SAMPLE_RATE, CallRecording
from radiodesk.sound.telephone.dumps import is_aside

LOOK_SECONDS = 1.0
GROWS = 2.0
"""Seconds within which a dump of the sound server grows."""
Monotonic: TypeAlias = Callable[[], float]


@dataclass
class _Ending:
    recording: CallRecording
    why: str
    then: Callable[[], None]


class Sound:
    """The recordings by the keys of their calls."""

    def __init__(self, spool: Path, folder: Callable[[str], Path], monotonic: Monotonic) -> None:
        self.recordings: dict[str, CallRecording] = {}
        self.unrecorded: set[str] = set()
        self.full = False
        self._silent: set[str] = set()
        self._ending: list[_Ending] = []
        self._spool = spool
        self._folder = folder
        self._monotonic = monotonic
        self._looked = 0.0

    def begin(self, call: Caller, at: datetime) -> str:
        """The take of a call that was answered, made or found again. Gives its id."""
        found = next((take for take in takes(self._spool) if take.about.call == call.key), None)
        if found is not None:
            take = Take.resume(found, monotonic=self._monotonic)
        else:
            take = Take.create(
                self._spool,
                line=call.line,
                kind="sip",
                sample_rate=SAMPLE_RATE,
                directions=DIRECTIONS,
                started_at=at,
                call=call.key,
                monotonic=self._monotonic,
            )
        self._carry(call, take)
        return take.id

    def resume(self, call: Caller) -> bool:
        """Go on with the take of a call; false when it was taken over already."""
        try:
            found = open_take(self._spool / (call.take or "none"))
        except NotFound:
            return False
        self._carry(call, Take.resume(found, monotonic=self._monotonic))
        return True

    def _carry(self, call: Caller, take: Take) -> None:
        self.recordings[call.key] = CallRecording(take, self._folder(call.key), self._monotonic)

    def end(self, call: Caller, why: str, then: Callable[[], None]) -> bool:
        """Close a call's take, and do what comes then; false when nothing of the call was recorded.

        While the disk is full the end of the sound waits in baresip's dump.
        """
        self.unrecorded.discard(call.key)
        recording = self.recordings.pop(call.key, None)
        if recording is None:
            return False
        self._ending.append(_Ending(recording, why, then))
        self.pump()
        return True

    def pump(self) -> None:
        """Carry what came since the last time into the takes; ``full`` tells whether the disk took it."""
        try:
            while self._ending:
                self._ending[0].recording.close(self._ending[0].why)
                self._ending.pop(0).then()
            for recording in self.recordings.values():
                recording.pump()
        except SpoolFull:
            self.full = True
        else:
            self.full = False

    def find_unrecorded(self, process: Running | None) -> list[str]:
        """Keys of the calls whose callers are recorded no more; each is told once, and again after it was recorded.

        baresip 1.0 closes a dump when the caller's own telephone puts us on hold, and opens no other. What the sound
        server records then grows while the stream is there.
        """
        if process is None or self._monotonic() - self._looked < LOOK_SECONDS:
            return []
        self._looked = self._monotonic()
        silent = {
            key
            for key, recording in self.recordings.items()
            if (dump := recording.dump("caller")) and not _grows(dump, process) and process.alive
        }
        self.unrecorded &= silent
        # Twice in a row: a call that is just ending has no dump either.
        found = sorted((silent & self._silent) - self.unrecorded)
        self._silent = silent
        self.unrecorded.update(found)
        for key in found:
            self.recordings[key].take.note("unrecorded", "caller", why="the caller put the station on hold")
        return found


def _grows(dump: Path, process: Running) -> bool:
    """Whether somebody still writes a dump."""
    return time.time() - dump.stat().st_mtime < GROWS if is_aside(dump) else process.has_open(dump)
