"""Words to one caller alone, while the others hear the studio. A call is not disturbed when they cannot be played."""

import logging
import shutil
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from radiodesk.core.errors import Conflict, NotFound, Refusal, Unreadable
from radiodesk.sound.telephone import pulse_routes
from radiodesk.sound.telephone.call_files import Caller, Stage
from radiodesk.sound.telephone.call_streams import Ends, Streams
from radiodesk.sound.telephone.exchange import Exchange
from radiodesk.sound.telephone.prompt_text import LONGEST, has_words

log = logging.getLogger(__name__)

SPOKEN_WITHIN = 40.0
"""Seconds that the voice may take."""


class Prompts:
    """What is being said to single callers, and what was said last, by the keys of their calls."""

    def __init__(self, exchange: Exchange, streams: Streams) -> None:
        self._exchange = exchange
        self._streams = streams
        self._heard: set[str] = set()
        self._ended: set[str] = set()
        self._last: dict[str, tuple[datetime, bool]] = {}
        self._folder = exchange.home / "prompts"
        # What a killed telephone left: typed words may be private.
        shutil.rmtree(self._folder, ignore_errors=True)

    def say(self, key: str, text: str) -> Caller:
        """Begin to say something to one caller; raises ``NotFound``, ``Conflict`` or ``Unreadable``."""
        if not has_words(text):
            raise Unreadable("A prompt has words, and at most %(most)s characters.", most=LONGEST)
        ear = (self._streams.find() or {}).get(key, Ends()).ear
        with self._exchange.lock:
            call = self._exchange.callers.by_key(key)
            if call is None:
                raise NotFound("This caller has hung up.")
            if call.stage is not Stage.UP:
                raise Conflict("This call is not answered yet.")
            if ear is None:
                raise Conflict("Nothing can be said to this caller alone: sip_microphone is no PulseAudio device.")
            if call.joined:
                raise Conflict("This caller hears another one. Nothing is said to them alone.")
            if key in self._heard:
                raise Conflict("This caller is being spoken to already.")
            self._heard.add(key)
            self._ended.discard(key)
        threading.Thread(target=self._speak, args=(call, ear, text), name="prompt", daemon=True).start()
        return call

    def hush(self, key: str) -> Caller:
        """End what is being said to a caller, who is on air; raises ``NotFound``."""
        call = self._exchange.callers.by_key(key)
        if call is None:
            raise NotFound("This caller has hung up.")
        self._ended.add(key)
        return call

    def is_spoken_to(self, key: str) -> bool:
        """Whether something is being said to a caller."""
        return key in self._heard

    def told(self, key: str) -> dict[str, Any] | None:
        """What the desk shows of the last prompt of a call: when it ended, and whether it was heard; ``None`` for none,
        and while one is being said ``at`` is ``None``.
        """
        if key in self._heard:
            return {"at": None, "heard": True}
        at, heard = self._last.get(key, (None, True))
        return {"at": at.isoformat(), "heard": heard} if at is not None else None

    def _speak(self, call: Caller, ear: int, text: str) -> None:
        heard = False
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self._folder) as folder:
                file = Path(folder) / "prompt.wav"
                _synthesize(text, file)
                route = pulse_routes.Route.open(ear)
                try:
                    self._mute(call.key, False)
                    route.play(file, lambda: call.key in self._ended)
                finally:
                    route.close()
            heard = call.key not in self._ended
        except (Refusal, OSError, subprocess.SubprocessError) as trouble:
            log.warning("A prompt was not heard to its end: %s", trouble)
        finally:
            with suppress(Refusal):
                self._mute(call.key, True)
            there = {one.key for one in self._exchange.callers}
            self._last = {key: one for key, one in self._last.items() if key in there}
            self._last[call.key] = (self._exchange.clocks.now(), heard)
            self._heard.discard(call.key)
            self._ended.discard(call.key)
            self._exchange.tell(call, "prompted", heard=heard)

    def _mute(self, key: str, muted: bool) -> None:
        """Lift the hold of a caller who is held, or set it again, unless somebody lifted it meanwhile."""
        with self._exchange.lock:
            call, board = self._exchange.callers.by_key(key), self._exchange.board
            if call is not None and call.held and not call.silent and board is not None:
                board.mute(call.sip, muted)


def _synthesize(text: str, file: Path) -> None:
    """Have the station's voice say it, in a process of its own: voices may crash."""
    command = [sys.executable, "-m", "radiodesk.voices.prompt_speech", str(file)]
    # What the voice complains of may hold the words, which may be private.
    subprocess.run(command, input=text, text=True, check=True, capture_output=True, timeout=SPOKEN_WITHIN)
