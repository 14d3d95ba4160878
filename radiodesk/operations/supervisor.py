"""``radiodesk desk``: runs desk, worker and public site as processes of their own and keeps them running.

The parts with live sound are programs of their own, which load little and go on when this process is killed. All others
are branches of this process (``branches``): it loads what they share, once, and never opens the database itself.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

import click

from radiodesk.core import command, i18n
from radiodesk.core.i18n import gettext
from radiodesk.core.processes import holder, readiness, watch_for_stop
from radiodesk.core.settings import Settings
from radiodesk.operations.branches import Branch, load_together
from radiodesk.operations.child_watch import ChildWatch

AT_ONCE = (["record-lines"], ["desk", "--only-web"])
"""Sound first, then the pages of those who sit here."""
NEXT = ["public"]
"""The other pages, once the desk answers."""
SOON = (["attend"], ["work"], ["listen"])
"""What nobody waits for until all pages answer, whose start it would only slow down."""
NEXT_AFTER, SOON_AFTER = 3.0, 20.0
"""Seconds after which they are started even so."""
LOOK_EVERY = 0.1
REST = 1.0
"""Seconds between two looks while all parts run as children of this process, whose end wakes it."""
TELEPHONE = ["telephone"]
"""Only where an address for calls is set: a station without SIP has no such part."""
PLAYER = ["play-out"]
"""Only where a sound output for playing is set."""
LOCKS = {"record-lines": "recorder.lock", "telephone": "telephone.lock", "play-out": "player.lock"}
"""What goes on when the supervisor is killed: a call is recorded, and a sound played, to its end, and the next one
finds it at work."""
FOR_THE_DATABASE = ("radiodesk.operations.wiring", "radiodesk.migrations.metadata", "radiodesk.rooms.rules")
FOR_THE_DESK = ("radiodesk.operations.web_server", "radiodesk.web.desk")
FOR_THE_OTHERS = (
    "radiodesk.web.public_site",
    "radiodesk.operations.worker",
    "radiodesk.operations.attendant.attendant_process",
    "radiodesk.operations.listener_process",
)
"""What is loaded before the parts branch off: for the desk first, and for the others while it starts. What computes
(recognition, decoding) a part loads when it needs it."""
STEADY = 30.0
STOP_WITHIN = 8.0


@dataclass
class Part:
    """A child process and how often it died lately; one with a lock outlives its supervisor.

    ``begin`` starts it, by the words of its command.
    """

    arguments: list[str]
    begin: "Callable[[list[str]], Branch | subprocess.Popen[bytes]]"
    lock: Path | None = None
    process: "Branch | subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    deaths: int = 0
    wait_until: float = field(default=0.0)

    def start(self) -> None:
        self.process = self.begin(self.arguments)
        self.started = time.monotonic()

    @property
    def pid(self) -> int | None:
        """The process that runs this part: our child, or one that a killed supervisor left at work."""
        if self.process is not None:
            return self.process.pid
        return holder(self.lock) if self.lock is not None else None

    def look(self) -> None:
        """Start the child when nobody runs this part.

        When it died that is at once the first time, later each time it dies soon after.
        """
        now = time.monotonic()
        if self.process is None:
            if now >= self.wait_until and self.pid is None:
                self.start()
        elif (code := self.process.poll()) is not None:
            self.deaths = 1 if now - self.started > STEADY else self.deaths + 1
            wait = min(30.0, 2.0 ** (self.deaths - 2)) if self.deaths > 1 else 0.0
            self.process, self.wait_until = None, now + wait
            name = " ".join(self.arguments)
            click.echo(
                gettext("%(name)s stopped (code %(code)s); it is started again.", name=name, code=code), err=True
            )


def parts_of(settings: Settings) -> list[list[str]]:
    """The commands of all parts that this station has, in the order in which they start."""
    telephone, player = [TELEPHONE] if settings.sip_address else [], [PLAYER] if settings.play_output else []
    return [*AT_ONCE, *telephone, *player, NEXT, *SOON]


def is_answering(host: str, port: int) -> bool:
    """Whether a server takes connections at an address of this machine."""
    try:
        with socket.create_connection((host, port), 0.2):
            return True
    except OSError:
        return False


def announce(settings: Settings) -> None:
    """Print the addresses and, while there is nobody, the one-time link for the first administrator."""
    from radiodesk.core.clock import SystemClock
    from radiodesk.operations.wiring import prepare
    from radiodesk.rooms.accounts import queries, services
    from radiodesk.rooms.accounts.models import Role

    desk = settings.desk_address
    click.echo(gettext("Desk:        %(address)s", address=desk))
    click.echo(gettext("Public site: %(address)s", address=settings.public_address))
    with prepare(settings).writing() as session:
        if queries.nobody_yet(session):
            token = services.invite(session, [Role.ADMINISTRATOR], by="desk", at=SystemClock().now())
            click.echo(gettext("First administrator (works once): %(address)s", address=f"{desk}/undangan/{token}"))


def make_ready(settings: Settings) -> None:
    """Bring folders, keys and tables to where the parts need them; raises what ``wiring.prepare`` raises."""
    from radiodesk.operations.wiring import prepare

    prepare(settings)


def load(modules: Sequence[str]) -> None:
    """Import what the branches share."""
    for module in modules:
        import_module(module)


def load_the_pages(settings: Settings) -> None:
    """Import what the desk needs, and work out what each part would have to work out."""
    from sqlalchemy.orm import configure_mappers

    load(FOR_THE_DESK)
    configure_mappers()
    i18n.translations(settings.language)


class Starter:
    """Starts the parts: as branches of this process, or as programs of their own."""

    def __init__(self, cli: click.Command) -> None:
        self._cli = cli

    def branch(self, arguments: list[str]) -> Branch:
        """A part that runs this command; what is loaded already it need not load."""
        return Branch(
            ["radiodesk", *arguments],
            lambda: self._finish(lambda: self._cli.main(arguments, "radiodesk", standalone_mode=False)),
        )

    def errand(self, what: str, act: Callable[[], None]) -> Branch:
        """Do one thing in a process of its own, which then ends."""
        return Branch(["radiodesk", "desk", what], lambda: self._finish(act))

    @staticmethod
    def program(arguments: list[str]) -> "subprocess.Popen[bytes]":
        """A part that outlives this process."""
        return subprocess.Popen([sys.executable, "-m", "radiodesk", *arguments])

    @staticmethod
    def _finish(act: Callable[[], object]) -> None:
        from radiodesk.core.unavailable import unavailable

        command.finish(act, unavailable)


def supervise(settings: Settings, cli: click.Command) -> None:
    """Run all parts until told to stop; ``cli`` is the program's command line, by whose commands they run."""
    click.echo(gettext("The station is starting …"))
    stop, tell = watch_for_stop(), readiness()
    starter = Starter(cli)
    load_together(lambda: load(FOR_THE_DATABASE))
    # By a second processor, while this one loads the rest.
    ready = starter.errand("prepare", lambda: make_ready(settings))
    load_together(lambda: load_the_pages(settings))
    if code := ready.wait():
        sys.exit(code)
    parts = [_part(settings, starter, words) for words in parts_of(settings)]
    for part in parts:
        part.wait_until = time.monotonic() + _patience(part)
        part.look()
    load_together(lambda: load(FOR_THE_OTHERS))
    keep_running(settings, starter, parts, stop, tell)
    end_all(parts)


def _part(settings: Settings, starter: Starter, words: list[str]) -> Part:
    lock = LOCKS.get(words[0])
    return Part(words, starter.branch) if lock is None else Part(words, starter.program, settings.lines / lock)


def keep_running(
    settings: Settings, starter: Starter, parts: list[Part], stop: threading.Event, tell: Callable[[], None]
) -> None:
    """Start again what ended, until told to stop; what nobody waits for begins once the pages answer, which is told."""
    pages = [(settings.desk_host, settings.desk_port), (settings.public_host, settings.public_port)]
    errands: list[Branch] = []
    children = ChildWatch()
    while not stop.is_set():
        for part in parts:
            part.look()
        errands = [errand for errand in errands if errand.poll() is None]
        if pages and is_answering(*pages[0]):
            pages = pages[1:]
            _begin(parts, SOON if not pages else (NEXT,))
            if not pages:
                tell()
                errands.append(starter.errand("announce", lambda: announce(settings)))
            continue
        at_rest = not pages and all(part.process is not None for part in parts)
        children.wait(REST if at_rest else LOOK_EVERY)


def _patience(part: Part) -> float:
    if part.arguments in SOON:
        return SOON_AFTER
    return NEXT_AFTER if part.arguments == NEXT else 0.0


def _begin(parts: list[Part], which: Sequence[list[str]]) -> None:
    """These need wait no longer."""
    for part in parts:
        if part.arguments in which and part.process is None:
            part.wait_until = 0.0


def end_all(parts: list[Part]) -> None:
    """Stop the parts, and those of a supervisor that was killed earlier."""
    for pid in [part.pid for part in parts]:
        if pid is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
    end = time.monotonic() + STOP_WITHIN
    for process in [part.process for part in parts if part.process is not None]:
        try:
            process.wait(max(0.1, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
