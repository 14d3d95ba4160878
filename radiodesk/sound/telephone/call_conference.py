"""Two callers who hear each other, besides the studio: their sound goes from one to the other on the sound server."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from radiodesk.core.errors import Conflict, NotFound
from radiodesk.sound.telephone.call_files import Caller, Stage
from radiodesk.sound.telephone.call_streams import Ends, Streams
from radiodesk.sound.telephone.exchange import Exchange
from radiodesk.sound.telephone.pulse_routes import NoRoute, Route

log = logging.getLogger(__name__)

_TICK = 0.5


class Conference:
    """Who hears whom. It stands in the files of the calls, so that a telephone that was killed goes on with it.

    ``is_spoken_to`` tells whether somebody is told something alone at the moment, by the key of their call.
    """

    def __init__(self, exchange: Exchange, streams: Streams, is_spoken_to: Callable[[str], bool]) -> None:
        self._exchange = exchange
        self._streams = streams
        self._is_spoken_to = is_spoken_to
        self._routes: dict[str, Route] = {}
        """What each one hears, by the keys of the calls."""
        self._turn = threading.Lock()
        self._watcher: threading.Thread | None = None

    def join(self, key: str, other: str) -> Caller:
        """Let two callers hear each other; raises ``NotFound``, ``Conflict`` or ``NoRoute``."""
        if key == other:
            raise Conflict("A conference is of two callers.")
        with self._exchange.lock:
            pair = [self._joinable(key), self._joinable(other)]
            for call, with_ in zip(pair, (other, key), strict=True):
                self._exchange.callers.keep(replace(call, joined=with_))
                self._exchange.note(call, "joined", other=with_)
                self._exchange.tell(call, "joined")
        self._look()
        if not all(one in self._routes and self._routes[one].mouth is not None for one in (key, other)):
            self.part(key)
            raise NoRoute("The sound server did not let the callers hear each other.")
        self.go_on()
        return pair[0]

    def part(self, key: str) -> None:
        """Let both hear the studio alone again; nothing happens to one who hears nobody else."""
        with self._exchange.lock:
            callers = self._exchange.callers
            pair = [call for call in callers if call.joined and key in (call.key, call.joined)]
            for call in pair:
                callers.keep(replace(call, joined=None))
                self._exchange.note(call, "parted")
                self._exchange.tell(call, "parted")
        if pair:
            self._look()

    def go_on(self) -> None:
        """Watch over the conference that there is, also one that a killed telephone left."""
        if self._pairs() and (self._watcher is None or not self._watcher.is_alive()):
            self._watcher = threading.Thread(target=self._watch, name="conference", daemon=True)
            self._watcher.start()

    def _watch(self) -> None:
        """baresip opens streams anew, callers hang up, and programs of the sound server end."""
        while self._pairs() or self._routes:
            self._look()
            time.sleep(_TICK)

    def _look(self) -> None:
        for call in self._exchange.callers:
            if call.joined and self._exchange.callers.by_key(call.joined) is None:
                self.part(call.key)
        with self._turn:
            ends = self._streams.find()
            if ends is not None:
                self._carry(ends)

    def _carry(self, ends: dict[str, Ends]) -> None:
        """Have each one hear what they shall."""
        wanted = {one: (ends.get(one, Ends()).ear, ends.get(other, Ends()).mouth) for one, other in self._pairs()}
        for key, route in list(self._routes.items()):
            if key not in wanted or wanted[key][0] != route.ear:
                self._routes.pop(key).close()
        for key, (ear, mouth) in wanted.items():
            try:
                if key not in self._routes and ear is not None:
                    self._routes[key] = Route.open(ear)
                    self._routes[key].add_studio()
                if key in self._routes and mouth is not None and not self._routes[key].flows_from(mouth):
                    self._routes[key].add_caller(mouth)
            except NoRoute as trouble:
                log.warning("A caller does not hear the other one: %s", trouble)
                if key in self._routes:
                    self._routes.pop(key).close()

    def _pairs(self) -> list[tuple[str, str]]:
        """Who hears whom."""
        return [(call.key, call.joined) for call in self._exchange.callers if call.joined]

    def _joinable(self, key: str) -> Caller:
        call = self._exchange.callers.by_key(key)
        if call is None:
            raise NotFound("This caller has hung up.")
        if call.stage is not Stage.UP:
            raise Conflict("This call is not answered yet.")
        if call.held:
            raise Conflict("This caller is on hold.")
        if call.joined:
            raise Conflict("This caller hears another one already.")
        if self._is_spoken_to(key):
            raise Conflict("This caller is being spoken to already.")
        if call.ear is None or call.mouth is None:
            raise Conflict(
                "Callers can hear each other only where sip_microphone and sip_speaker are PulseAudio devices."
            )
        return call
