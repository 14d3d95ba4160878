"""``radiodesk telephone``: baresip watched, its events taken in, and the sound carried on, until told to stop."""

import logging
import queue
import re
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from radiodesk.core.errors import Unreadable
from radiodesk.core.health_file import Beat
from radiodesk.core.keys import KeyRing
from radiodesk.core.processes import AlreadyRunning, hold, watch_for_stop
from radiodesk.core.settings import Settings
from radiodesk.sound.control_socket import Answer, ControlServer, Request
from radiodesk.sound.line_journal import Journal
from radiodesk.sound.telephone import baresip_config, baresip_process, device_check, pulse_routes, telephone_report
from radiodesk.sound.telephone.baresip_client import Client, Gone, LineSilent
from radiodesk.sound.telephone.baresip_commands import Board
from radiodesk.sound.telephone.baresip_events import Event
from radiodesk.sound.telephone.baresip_process import Output
from radiodesk.sound.telephone.call_conference import Conference
from radiodesk.sound.telephone.call_streams import Streams
from radiodesk.sound.telephone.exchange import PART, Clocks, Exchange
from radiodesk.sound.telephone.placeholder import Placeholder
from radiodesk.sound.telephone.telephone_prompts import Prompts

log = logging.getLogger(__name__)

TICK = 0.1
UP_WITHIN = 5.0
"""Seconds that baresip has to open its control port."""
STOP_WITHIN = 4.0
STEADY = 30.0
SIGN_OF_LIFE = 5.0
"""Seconds between two questions whether baresip still answers."""
TRY_AGAIN = 5.0
"""Seconds between two looks for a sound device that was missing."""
_LONGEST_WAIT = 30.0


class Telephone:
    """baresip, the connection to it, and the exchange."""

    def __init__(self, settings: Settings, exchange: Exchange, placeholder: Placeholder) -> None:
        self.settings = settings
        self.exchange = exchange
        self.streams = Streams(exchange)
        self.prompts = Prompts(exchange, self.streams)
        self.conference = Conference(exchange, self.streams, self.prompts.is_spoken_to)
        self._placeholder = placeholder
        self._happened: queue.Queue[Event | Gone] = queue.Queue()
        self._output = Output()
        self._failures = 0
        self._started = 0.0
        self._wait_until = 0.0
        self._tried = time.monotonic()
        self._asked = time.monotonic()

    def turn(self) -> None:
        """One turn: an event, or a tick; the sound; baresip, if it is not there."""
        try:
            event = self._happened.get(timeout=TICK)
        except queue.Empty:
            event = None
        if isinstance(event, Event):
            self.exchange.take_event(event)
        running = self.exchange.process
        if running is None or not running.alive or (isinstance(event, Gone) and not self._connect_again(running)):
            self._start_again()
        elif self._hangs():
            log.error("baresip runs, but answers nothing.")
            self._start_again()
        for key in self.exchange.pump():
            threading.Thread(target=self.streams.record_on, args=(key,), name="aside", daemon=True).start()
        if self.exchange.silent and time.monotonic() - self._tried > TRY_AGAIN:
            self._tried = time.monotonic()
            threading.Thread(target=self._try_devices, name="devices", daemon=True).start()

    def _hangs(self) -> bool:
        """Whether baresip lets a question wait that needs no answer but a sign of life."""
        board, now = self.exchange.board, time.monotonic()
        if board is None or board.client.closed or now - self._asked < SIGN_OF_LIFE:
            return False
        self._asked = now
        try:
            board.client.command("about")
        except LineSilent:
            return not board.client.closed
        return False

    def _try_devices(self) -> None:
        if device_check.usable(self.settings):
            self.exchange.set_silent(False)

    def handle(self, request: Request) -> Answer:
        """One request of the desk."""
        call = str(request.get("call", ""))
        match request.get("do"):
            case "state":
                return telephone_report.state(self.exchange, self.prompts.told)
            case "answer":
                answered = self.exchange.answer(call)
                self.streams.find_settled(answered.key)
                return _said(answered.key, self.exchange)
            case "say":
                return _said(self.prompts.say(call, str(request.get("text", ""))).key, self.exchange)
            case "hush":
                return _said(self.prompts.hush(call).key, self.exchange)
            case "join":
                return _said(self.conference.join(call, str(request.get("with", ""))).key, self.exchange)
            case "part":
                self.conference.part(call)
                return _said(call, self.exchange)
            case "hold" | "resume":
                if request["do"] == "hold":
                    self.conference.part(call)
                return _said(self.exchange.hold(call, request["do"] == "hold").key, self.exchange)
            case "hang_up":
                return _said(self.exchange.hang_up(call).key, self.exchange)
            case "busy_all":
                self.exchange.set_busy(request.get("on") is not False)
                return {"busy_all": self.exchange.busy}
        raise Unreadable("The telephone does not know what “%(what)s” means.", what=request.get("do"))

    def connect(self) -> None:
        """Find the baresip that still runs, or start one, and go on with its calls; raises ``LineSilent``."""
        home = self.exchange.home
        running = baresip_process.find(home)
        fresh = running is None
        pulse_routes.put_back()
        if running is None:
            modules = baresip_config.ready(self.settings)
            self.exchange.set_silent(not device_check.usable(self.settings))
            baresip_config.write(self.settings, home, modules, silent=self.exchange.silent)
            running = baresip_process.start(self.settings.sip_program, home, self._output)
        self._started = time.monotonic()
        try:
            board = self._board(running)
            there = board.prepare()
            registered = board.registered()
        except LineSilent:
            running.stop(0.0)
            raise
        with self.exchange.lock:
            self.exchange.board, self.exchange.process = board, running
            # Events that come from now on are newer, and taken in later.
            self.exchange.registered = registered
            self.exchange.restore(there, "failure" if fresh else "caller")
            for call in self.exchange.callers:
                # A prompt that a killed telephone played had lifted the hold.
                if call.held and not call.silent:
                    board.mute(call.sip, True)
        self.conference.go_on()
        log.info("The telephone takes calls on %s:%s.", self.settings.sip_address, self.settings.sip_port)

    def _connect_again(self, running: baresip_process.Running) -> bool:
        """Somebody else took the control port, which serves one at a time: take it back, and see what was missed."""
        try:
            board = self._board(running)
            there = board.prepare()
        except LineSilent:
            return False
        with self.exchange.lock:
            self.exchange.board = board
            self.exchange.compare(there, "caller")
        return True

    def _board(self, running: baresip_process.Running) -> Board:
        names = baresip_config.accounts(self.settings, self.exchange.home)
        return Board(self._client(running), names, self._placeholder.address)

    def _client(self, running: baresip_process.Running) -> Client:
        end = time.monotonic() + UP_WITHIN
        # A queue of its own, so that nothing of an earlier connection is taken for its news.
        self._happened = queue.Queue()
        while True:
            try:
                return Client(self.settings.sip_control_port, self._happened)
            except LineSilent:
                if time.monotonic() > end or not running.alive:
                    raise
                time.sleep(0.05)

    def _start_again(self) -> None:
        """baresip ended or does not answer: end its calls and start it again, after a longer pause each time."""
        now = time.monotonic()
        with self.exchange.lock:
            if self.exchange.process is not None:
                log.error("baresip is gone; it is started again.")
                self._failures = 1 if now - self._started > STEADY else self._failures + 1
                self._wait_until = now + min(_LONGEST_WAIT, 0.25 * 2 ** (self._failures - 1))
                self.exchange.process.stop(0.0)
                self.exchange.board = self.exchange.process = None
                self.exchange.end_all("failure")
        if now >= self._wait_until:
            try:
                self.connect()
            except (LineSilent, OSError) as error:
                self._failures += 1
                self._wait_until = now + min(_LONGEST_WAIT, 0.5 * 2 ** (self._failures - 1))
                log.error("%s %s", error, _last_words(self._output))

    def stop(self) -> None:
        """Hang up all calls and keep what was recorded."""
        with self.exchange.lock:
            if self.exchange.process is not None:
                self.exchange.process.stop(STOP_WITHIN)
            self.exchange.end_all("station")
            self.exchange.pump()
        pulse_routes.put_back()
        self._placeholder.close()


def telephone(settings: Settings, station_keys: Callable[[], KeyRing]) -> None:
    """Run the telephone until told to stop; raises ``NoTelephone`` or ``AlreadyRunning``.

    ``station_keys`` gives the keys that numbers and names of callers are kept under; raises ``KeyMissing``.
    """
    baresip_config.ready(settings)
    keys = station_keys()
    home = settings.lines / "baresip"
    home.mkdir(parents=True, exist_ok=True)
    settings.spool.mkdir(parents=True, exist_ok=True)
    if not hold(settings.lines / f"{PART}.lock"):
        raise AlreadyRunning("A telephone is running already in this data folder.")
    stop = watch_for_stop()
    journal = Journal(settings.lines / f"{PART}.jsonl")
    exchange = Exchange(settings, keys, journal, Clocks(lambda: datetime.now(UTC)))
    part = Telephone(settings, exchange, _placeholder(settings, home))
    server = ControlServer(settings.lines / f"{PART}.sock", part.handle)
    beat = Beat(settings.health, "telephone")
    while not stop.is_set():
        part.turn()
        beat.turn()
    beat.end()
    server.close()
    part.stop()


def _placeholder(settings: Settings, home: Path) -> Placeholder:
    """On the port of the last one, for a baresip that still runs calls it there."""
    kept, port = home / "placeholder.port", 0
    with suppress(OSError, ValueError):
        port = int(kept.read_text())
    host = (
        str(settings.sip_address) if settings.sip_address and not settings.sip_address.is_unspecified else "127.0.0.1"
    )
    placeholder = Placeholder(host, port)
    kept.write_text(str(placeholder.port))
    return placeholder


def _said(key: str, exchange: Exchange) -> Answer:
    call = exchange.callers.by_key(key)
    return {"call": key, "line": call.line if call else None, "take": call.take if call else None}


def _last_words(output: Output) -> str:
    """What baresip complained of last, without the numbers of callers that stand in its other lines."""
    lines = [line for line in output.tail().splitlines() if "fail" in line.lower() or "error" in line.lower()]
    return re.sub(r"\d{5,}", "…", " / ".join(line.strip() for line in lines[-3:]))
