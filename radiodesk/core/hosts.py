"""The machines of a station: each says in the database, once a minute, how its processes and its disk are.

Alarms and the health of processes are files of one machine, since the database may be the fault. What a machine says
here lets the others show them too, and notice when one falls silent.
"""

import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from radiodesk.core import figure_history
from radiodesk.core.alarms import Alarm, Alarms
from radiodesk.core.clock import Clock
from radiodesk.core.database import Base, Database
from radiodesk.core.errors import Refusal
from radiodesk.core.i18n import say_in
from radiodesk.core.rounds import Health, ProcessHealth, health_of
from radiodesk.core.settings import Settings

EVERY = 60.0
FRESH = timedelta(seconds=50)
"""A machine whose word is younger says nothing new: its processes may have changed places."""
SILENT = timedelta(minutes=3)
FORGOTTEN = timedelta(days=1)
"""A machine that was silent for so long has been taken away."""
ELSEWHERE = "machine-"
"""Alarms of other machines are kept beside the own ones under names that begin so."""


class HostReport(Base):
    """What one machine said last.

    ``content`` holds ``processes`` (as ``rounds.ProcessHealth``), ``alarms`` (name, message, facts) and ``free`` (bytes
    left on the disk of its data folder).
    """

    __tablename__ = "host_report"

    host: Mapped[str] = mapped_column(String(80), primary_key=True)
    at: Mapped[datetime]
    content: Mapped[dict[str, Any]] = mapped_column(default=dict)


@dataclass(frozen=True, slots=True)
class Host:
    """A machine as the others know it; ``free`` in bytes."""

    name: str
    at: datetime
    silent: bool
    processes: tuple[ProcessHealth, ...]
    alarms: tuple[Alarm, ...]
    free: int


def hosts(session: Session, *, at: datetime) -> list[Host]:
    """All machines that told of themselves within the last day, by name."""
    found = session.scalars(select(HostReport).where(HostReport.at > at - FORGOTTEN).order_by(HostReport.host))
    return [_host(row, at) for row in found]


def _host(row: HostReport, at: datetime) -> Host:
    told = row.content
    try:
        processes = tuple(_process(one) for one in told["processes"])
        alarms = tuple(Alarm(**one) for one in told["alarms"])
    except (KeyError, TypeError):
        # Machines are brought to a release one after the other, and the words of another release may differ.
        processes, alarms = (), ()
    return Host(row.host, row.at, at - row.at > SILENT, processes, alarms, int(told.get("free", 0)))


def _process(told: dict[str, Any]) -> ProcessHealth:
    return ProcessHealth(**{**told, "rounds": tuple(Health(**one) for one in told["rounds"])})


class Reporting:
    """Tells of this machine and sounds here what the others tell of theirs."""

    def __init__(self, settings: Settings, database: Database, clock: Clock) -> None:
        self._settings, self._database, self._clock = settings, database, clock
        self._alarms = Alarms(settings.alarms)

    def turn(self) -> None:
        """One word about this machine, unless another of its processes gave it, and one look at the others."""
        at, own = self._clock.now(), self._settings.machine
        with self._database.reading() as session:
            said = session.get(HostReport, own)
            known = hosts(session, at=at)
        # Also when the clock was set back since.
        if said is None or abs(at - said.at) > FRESH:
            with self._database.writing() as session:
                told = self._told(at)
                session.merge(HostReport(host=own, at=at, content=told))
                figure_history.keep(session, at, own, {figure_history.DISK_FREE: told["free"]})
                session.execute(delete(HostReport).where(HostReport.at < at - FORGOTTEN))
        self._sound([one for one in known if one.name != own])

    def _told(self, at: datetime) -> dict[str, Any]:
        return {
            "processes": [asdict(one) for one in health_of(self._settings.health, seconds=at.timestamp())],
            "alarms": [asdict(one) for one in self._alarms.current() if not one.name.startswith(ELSEWHERE)],
            "free": shutil.disk_usage(self._settings.data).free,
        }

    def _sound(self, others: Sequence[Host]) -> None:
        standing = {one.name for one in self._alarms.current() if one.name.startswith(ELSEWHERE)}
        for host in others:
            for name, refusal in _troubles(host, self._settings.language).items():
                self._alarms.sound(name, refusal)
                standing.discard(name)
        for name in standing:
            self._alarms.clear(name)


def _troubles(host: Host, language: str) -> dict[str, Refusal]:
    """What is wrong with another machine, by the name of its alarm here."""
    prefix = f"{ELSEWHERE}{host.name}"
    if host.silent:
        silent = Refusal("The machine %(machine)s has not told of itself for minutes.", machine=host.name)
        return {prefix: silent}
    told = {one.name: say_in(language, Refusal(one.message, **one.facts)) for one in host.alarms}
    return {
        f"{prefix}-{name}": Refusal("On the machine %(machine)s: %(told)s", machine=host.name, told=sentence)
        for name, sentence in told.items()
    }
