"""``radiodesk desk``: starts desk, worker and public site as processes of their own and keeps them running."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import click

from radiodesk.core.clock import SystemClock
from radiodesk.core.database import Database
from radiodesk.core.i18n import gettext
from radiodesk.core.processes import holder, watch_for_stop
from radiodesk.core.settings import Settings
from radiodesk.operations.wiring import prepare
from radiodesk.rooms.accounts import queries, services
from radiodesk.rooms.accounts.models import Role

AT_ONCE = (["record-lines"], ["desk", "--only-web"], ["public"])
"""Sound first, then the pages."""
SOON = (["attend"], ["work"], ["listen"])
"""What nobody waits for until the pages answer, whose start it would only slow down."""
AFTER = 20.0
"""Seconds after which it is started even so."""
LOOK_EVERY = 0.1
TELEPHONE = ["telephone"]
"""Only where an address for calls is set: a station without SIP has no such part."""
LOCKS = {"record-lines": "recorder.lock", "telephone": "telephone.lock"}
"""What goes on when the supervisor is killed: a call is recorded to its end, and the next one finds it at work."""
PR_SET_PDEATHSIG = 1
STEADY = 30.0
STOP_WITHIN = 8.0


def end_with_parent() -> None:
    """In a new child: ask the kernel to stop it when its supervisor is killed, so that a new one finds free ports."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Part:
    """A child process and how often it died lately; one with a lock outlives its supervisor."""

    arguments: list[str]
    lock: Path | None = None
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    deaths: int = 0
    wait_until: float = field(default=0.0)

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "radiodesk", *self.arguments],
            preexec_fn=end_with_parent if self.lock is None else None,
        )
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
    return [*AT_ONCE, *([TELEPHONE] if settings.sip_address else []), *SOON]


def is_answering(host: str, port: int) -> bool:
    """Whether a server takes connections at an address of this machine."""
    try:
        with socket.create_connection((host, port), 0.2):
            return True
    except OSError:
        return False


def announce(settings: Settings, database: Database) -> None:
    """Print the addresses and, while there is nobody, the one-time link for the first administrator."""
    desk = settings.desk_address
    click.echo(gettext("Desk:        %(address)s", address=desk))
    click.echo(gettext("Public site: %(address)s", address=settings.public_address))
    with database.writing() as session:
        if queries.nobody_yet(session):
            token = services.invite(session, [Role.ADMINISTRATOR], by="desk", at=SystemClock().now())
            click.echo(gettext("First administrator (works once): %(address)s", address=f"{desk}/undangan/{token}"))


def supervise(settings: Settings) -> None:
    """Run all parts until told to stop."""
    click.echo(gettext("The station is starting …"))
    database = prepare(settings)
    stop = watch_for_stop()
    parts = []
    for arguments in parts_of(settings):
        lock = LOCKS.get(arguments[0])
        part = Part(arguments, settings.lines / lock if lock else None)
        part.wait_until = time.monotonic() + (AFTER if arguments in SOON else 0.0)
        part.look()
        parts.append(part)
    pages = [(settings.desk_host, settings.desk_port), (settings.public_host, settings.public_port)]
    while not stop.wait(LOOK_EVERY):
        if pages and all(is_answering(*page) for page in pages):
            pages = []
            announce(settings, database)
            for part in parts:
                if part.arguments in SOON and part.process is None:
                    part.wait_until = 0.0
        for part in parts:
            part.look()
    end_all(parts)


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
