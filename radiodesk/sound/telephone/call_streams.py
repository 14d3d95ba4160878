"""Which streams of the sound server are a call's: what its caller hears, and what its caller says.

baresip opens both when a call is answered, and anew when the caller's own telephone puts the station on hold. Which is
whose nobody tells: those that belong to no other call are this one's, and of two it is not known.
"""

import logging
import threading
from collections.abc import Iterable
from dataclasses import replace

from radiodesk.sound.telephone import pulse_routes
from radiodesk.sound.telephone.exchange import Exchange

log = logging.getLogger(__name__)

SETTLED = 3.0
"""Seconds after an answer in which baresip opens no stream any more."""


def find_streams(exchange: Exchange, key: str) -> None:
    """Keep the streams of a call that was just answered, or whose streams were opened anew."""
    process, settings = exchange.process, exchange.settings
    if process is None or not (settings.sip_microphone or settings.sip_speaker):
        return
    # A sound server that does not answer may not hold up the calls.
    ears, mouths = pulse_routes.ears(process.pid), pulse_routes.mouths(process.pid)
    with exchange.lock:
        call = exchange.callers.by_key(key)
        if call is not None:
            others = [one for one in exchange.callers if one.key != key]
            ear = _only(ears, call.ear, (one.ear for one in others))
            mouth = _only(mouths, call.mouth, (one.mouth for one in others))
            exchange.callers.keep(replace(call, ear=ear, mouth=mouth))


def record_aside(exchange: Exchange, key: str) -> None:
    """Record by the sound server what a caller says whom baresip records no more; returns when the stream ends."""
    find_streams(exchange, key)
    with exchange.lock:
        call, recording = exchange.callers.by_key(key), exchange.sound.recordings.get(key)
        if call is None or call.mouth is None or recording is None:
            return
        path = recording.another_dump("caller")
        recorder = pulse_routes.start_recording(call.mouth, path)
    if recorder is not None:
        log.info("A caller whose telephone put the station on hold is recorded by the sound server.")
        recorder.wait()


def find_settled(exchange: Exchange, key: str) -> None:
    """After an answer: at once, and again when baresip has opened the speaker anew, which it does after a second."""
    find_streams(exchange, key)
    later = threading.Timer(SETTLED, find_streams, (exchange, key))
    later.daemon = True
    later.start()


def _only(there: set[int], own: int | None, taken: Iterable[int | None]) -> int | None:
    if own in there:
        return own
    free = there - set(taken)
    return free.pop() if len(free) == 1 else None
