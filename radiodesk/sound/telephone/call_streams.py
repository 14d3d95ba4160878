"""Which streams of the sound server are a call's: what its caller hears (ear), and what its caller says (mouth).

baresip opens a connection for each when a call is answered, and a new one for what is said when the caller's own
telephone puts the station on hold. Within a connection ALSA opens its stream anew whenever it was late. Whose a
connection is nobody tells. It is known only where one single call lacks one and one single connection is nobody's; of
two it is not known, and then nothing is done with either.
"""

import logging
import threading
import time
from dataclasses import dataclass, replace

from radiodesk.sound.telephone import pulse_routes
from radiodesk.sound.telephone.call_files import Stage
from radiodesk.sound.telephone.exchange import Exchange

log = logging.getLogger(__name__)

_AGAIN = 0.5
_TRIES = 6
"""How often a connection is looked for that does not come at once."""


@dataclass(frozen=True, slots=True)
class Ends:
    """The streams of one call at this moment, as far as they are known."""

    ear: int | None = None
    mouth: int | None = None


class Streams:
    """The connections of the calls, as they stand in the files of the calls."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def find(self) -> dict[str, Ends] | None:
        """Look which streams are there, and keep whose connections they are of; gives them by the keys of the calls
        that are up, ``None`` when the sound server does not answer.
        """
        process, settings = self._exchange.process, self._exchange.settings
        if process is None:
            return None
        try:
            # Asked outside of the lock: a sound server that does not answer may not hold up the calls. A call that is
            # answered meanwhile lacks its connections, so that nothing of it is given to another one.
            ears = pulse_routes.ears(process.pid) if settings.sip_microphone else {}
            mouths = pulse_routes.mouths(process.pid) if settings.sip_speaker else {}
        except pulse_routes.NoRoute:
            return None
        with self._exchange.lock:
            up = [one for one in self._exchange.callers if one.stage is not Stage.RINGING and not one.silent]
            heard = _matched({one.key: one.ear for one in up}, set(ears))
            said = _matched({one.key: one.mouth for one in up}, set(mouths))
            for call in up:
                found = replace(call, ear=heard[call.key], mouth=said[call.key])
                if found != call:
                    self._exchange.callers.keep(found)
        return {one.key: Ends(_stream(ears, heard[one.key]), _stream(mouths, said[one.key])) for one in up}

    def find_settled(self, key: str) -> None:
        """After an answer: find the connections of this call, again and again if they come late."""
        self.find()
        if not self._is_known(key):
            threading.Thread(target=self._find_late, args=(key,), name="streams", daemon=True).start()

    def _find_late(self, key: str) -> None:
        for _ in range(_TRIES):
            time.sleep(_AGAIN)
            self.find()
            if self._is_known(key):
                return

    def _is_known(self, key: str) -> bool:
        call, settings = self._exchange.callers.by_key(key), self._exchange.settings
        return call is None or (
            (call.ear is not None or not settings.sip_microphone)
            and (call.mouth is not None or not settings.sip_speaker)
        )

    def record_on(self, key: str) -> None:
        """Record by the sound server what a caller says whom baresip records no more, while their stream is known."""
        while True:
            mouth = (self.find() or {}).get(key, Ends()).mouth
            with self._exchange.lock:
                recording = self._exchange.sound.recordings.get(key)
                if mouth is None or recording is None:
                    return
                try:
                    recorder = pulse_routes.start_recording(mouth, recording.another_dump("caller"))
                except pulse_routes.NoRoute:
                    return
            log.info("A caller whose telephone put the station on hold is recorded by the sound server.")
            began = time.monotonic()
            recorder.wait()
            if time.monotonic() - began < _AGAIN:
                return


def _matched(known: dict[str, int | None], there: set[int]) -> dict[str, int | None]:
    """The connections of calls, by what was known of them and those that are there now."""
    lacking = [key for key, connection in known.items() if connection not in there]
    strays = there - set(known.values())
    found = strays.pop() if len(lacking) == len(strays) == 1 else None
    return known | dict.fromkeys(lacking, found)


def _stream(streams: dict[int, int], connection: int | None) -> int | None:
    return streams.get(connection) if connection is not None else None
