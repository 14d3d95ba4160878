"""Words to one caller alone, while the others hear the studio. A call is not disturbed when they cannot be played."""

import logging
import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from radiodesk.core.errors import Conflict, NotFound, Refusal
from radiodesk.sound.telephone import pulse_routes
from radiodesk.sound.telephone.call_files import Caller, Stage
from radiodesk.sound.telephone.exchange import Exchange

log = logging.getLogger(__name__)


class Prompts:
    """The prompts that are being heard now, by the keys of their calls."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._heard: set[str] = set()

    def find_ear(self, key: str) -> None:
        """After an answer: the stream that this call opened is the one that belongs to no other."""
        process = self._exchange.process
        if process is None or self._exchange.settings.sip_microphone is None:
            return
        # A sound server that does not answer may not hold up the calls.
        there = pulse_routes.ears(process.pid)
        with self._exchange.lock:
            callers = self._exchange.callers
            call, new = callers.by_key(key), there - {one.ear for one in callers}
            # Of two it is not known which: better no prompt than one to somebody else.
            if call is not None and len(new) == 1:
                callers.keep(replace(call, ear=new.pop()))

    def say(self, key: str, file: Path) -> Caller:
        """Begin to play a WAV file to one caller; raises ``NotFound`` or ``Conflict``."""
        with self._exchange.lock:
            call = self._exchange.callers.by_key(key)
            if call is None:
                raise NotFound("This caller has hung up.")
            if call.stage is not Stage.UP:
                raise Conflict("This call is not answered yet.")
            if call.ear is None:
                raise Conflict("Nothing can be said to this caller alone: sip_microphone is no PulseAudio device.")
            if key in self._heard:
                raise Conflict("This caller is being spoken to already.")
            self._heard.add(key)
        threading.Thread(target=self._play, args=(call, call.ear, file), name="prompt", daemon=True).start()
        return call

    def _play(self, call: Caller, ear: int, file: Path) -> None:
        try:
            self._mute(call.key, False)
            pulse_routes.play_to(ear, file)
        except Refusal as refusal:
            log.warning("A prompt was not heard to its end: %s", refusal)
        finally:
            with suppress(Refusal):
                self._mute(call.key, True)
            self._heard.discard(call.key)

    def _mute(self, key: str, muted: bool) -> None:
        """Lift the hold of a caller who is held, or set it again, unless somebody lifted it meanwhile."""
        with self._exchange.lock:
            call, board = self._exchange.callers.by_key(key), self._exchange.board
            if call is not None and call.held and not call.silent and board is not None:
                board.mute(call.sip, muted)
