"""``radiodesk listen``: follows the callers who are speaking and keeps their words on the open screens, and readers.

It has a low priority (nice 5): no other process waits for it. The model is loaded when the first line is opened,
so that a desk without lines needs no memory for it.
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from radiodesk.core import i18n
from radiodesk.core.clock import Clock, SystemClock
from radiodesk.core.database import Database
from radiodesk.core.errors import Refusal
from radiodesk.core.file_watch import WhileEmpty
from radiodesk.core.health_file import TOLD_EVERY, Beat
from radiodesk.core.processes import tell_ready, watch_for_stop
from radiodesk.core.settings import Settings
from radiodesk.core.unavailable import DatabaseUnavailable
from radiodesk.language.places.station_area import area_pack
from radiodesk.operations.wiring import prepare
from radiodesk.recognition.loader import load_transcriber
from radiodesk.recognition.ports import Hints, StreamingSession, Transcriber
from radiodesk.rooms.broadcasts.followed_reader import ScriptReaders
from radiodesk.rooms.calls.models import Call, CallState
from radiodesk.rooms.calls.place_field import hint_phrases
from radiodesk.rooms.lines.call_takes import calls_of_takes
from radiodesk.rooms.transcripts.live.listener import Claim, Claims, Listener, Rank
from radiodesk.rooms.transcripts.live.word_store import DatabaseKeeper
from radiodesk.rooms.transcripts.vocabulary import phrases_at
from radiodesk.sound.takes import Spooled

log = logging.getLogger(__name__)

NICE = 5
"""Below the desk, above the worker: a caller who is speaking cannot wait, a transcript can."""
LOOK_EVERY = 0.25
REST = 0.05
EMPTY = 5.0
"""Seconds between two looks into an empty spool; what begins there is told of at once."""
TROUBLE = 5.0
"""Seconds to wait when the database or the spool cannot be read."""
NO_MODEL = 60.0
"""Seconds after which a model that could not be loaded is looked for again."""

_RANKS = {CallState.ON_AIR: Rank.ON_AIR, CallState.RINGING: Rank.SCREENING, CallState.SCREENING: Rank.SCREENING}


class Recogniser:
    """Opens sessions of the station's recogniser, which is loaded with the first of them."""

    def __init__(self, settings: Settings, database: Database, clock: Clock) -> None:
        self._settings, self._database, self._clock = settings, database, clock
        self._loaded: Transcriber | None = None

    def __call__(self) -> StreamingSession:
        settings = self._settings
        if self._loaded is None:
            self._loaded = load_transcriber(
                settings.transcriber,
                settings.models,
                settings.speech_model,
                settings.speech_language,
                place=area_pack(settings.area).name,
                threads=settings.live_threads,
            )
        with self._database.reading() as session:
            return self._loaded.stream(hints=_hints(session, settings, self._clock.now()))


def _hints(session: Session, settings: Settings, at: datetime) -> Hints:
    return Hints(tuple(dict.fromkeys([*phrases_at(session, at), *hint_phrases(settings)])))


def claims_of(database: Database, readers: ScriptReaders | None = None) -> Claims:
    """Whose takes these are, by what the lines' journal told the desk, and where their calls stand; while a script is
    being read, who follows the programme."""

    def claims(takes: Sequence[Spooled]) -> Mapping[str, Claim]:
        with database.reading() as session:
            called = calls_of_takes(session, [take.id for take in takes])
            read = readers.of(session, takes) if readers is not None else {}
            return {
                **{take: _claim(call) for take, call in called.items()},
                **{take: Claim(rank=Rank.ON_AIR, told=reader) for take, reader in read.items()},
            }

    return claims


def _claim(call: Call) -> Claim:
    return Claim(call.public_id, _RANKS.get(call.state, Rank.WAITING))


def listener_for(
    settings: Settings,
    database: Database,
    clock: Clock,
    open_session: Callable[[], StreamingSession] | None = None,
    *,
    monotonic: Callable[[], float] = time.monotonic,
) -> Listener:
    """The listener of a station, with its own recogniser unless one is given."""
    return Listener(
        settings.spool,
        open_session or Recogniser(settings, database, clock),
        claims=claims_of(database, ScriptReaders(database, clock, area_pack(settings.area).spoken)),
        keeper=DatabaseKeeper(database, clock),
        clock=monotonic,
    )


def follow(
    listener: Listener,
    stop: threading.Event,
    language: str,
    beat: Callable[[], None] = lambda: None,
    spool: WhileEmpty | None = None,
) -> None:
    """Listen until told to stop; what cannot be done now is tried again later. ``beat`` is told of each turn; while
    nothing lies in the ``spool``, nobody is looked for.
    """
    looked = float("-inf")
    while not stop.is_set():
        beat()
        try:
            if time.monotonic() - looked >= LOOK_EVERY:
                listener.look()
                looked = time.monotonic()
            if not listener.turn():
                if spool is not None and not listener.has_ears and not spool.holds_something:
                    spool.wait(EMPTY)
                    looked = float("-inf")
                else:
                    stop.wait(REST if listener.has_ears else LOOK_EVERY)
        except DatabaseUnavailable as trouble:
            log.warning("The words of callers wait for a moment: %s", trouble)
            _wait(stop, TROUBLE, beat)
        except Refusal as refusal:
            log.error("Nobody's words can be followed: %s", i18n.say_in(language, refusal))
            _wait(stop, NO_MODEL, beat)
        except (SQLAlchemyError, OSError) as error:
            log.warning("The words of callers wait for a moment: %s", error)
            _wait(stop, TROUBLE, beat)


def _wait(stop: threading.Event, seconds: float, beat: Callable[[], None]) -> None:
    while seconds > 0 and not stop.wait(min(seconds, TOLD_EVERY)):
        seconds -= TOLD_EVERY
        beat()


def listen(settings: Settings) -> None:
    """Run until the process is told to stop."""
    spool = WhileEmpty(settings.spool)
    stop, beat = watch_for_stop(spool.ring), Beat(settings.health, "listen")
    if not settings.live_words:
        tell_ready()
        log.info("The setting live_words is off: nobody's words are followed.")
        while not stop.wait(TOLD_EVERY):
            beat.turn()
        beat.end()
        return
    os.nice(NICE)
    settings.spool.mkdir(parents=True, exist_ok=True)
    listener = listener_for(settings, prepare(settings), SystemClock())
    tell_ready()
    follow(listener, stop, settings.language, beat.turn, spool)
    beat.end()
