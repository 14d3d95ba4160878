"""Small pictures of the last day: how a figure of the station went, drawn as one line."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from radiodesk.core.figure_history import DISK_FREE, STATION, Reading, readings
from radiodesk.core.i18n import N_
from radiodesk.web import filters

SHOWN = timedelta(days=1)
WIDTH, HEIGHT = 288, 48
GAP = timedelta(minutes=15)
"""Readings further apart than this are not joined: nobody looked in between."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One figure over the last day.

    ``lines`` are runs of ``x,y`` points in a field of ``WIDTH`` by ``HEIGHT``, the day from left to right and the
    greatest value at the top; ``now``, ``most`` and ``least`` are written for people.
    """

    title: str
    lines: tuple[str, ...]
    now: str
    most: str
    most_at: datetime
    least: str


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    title: str
    written: Callable[[float], str]
    of_station: bool = True


def _count(value: float) -> str:
    return f"{value:.0f}"


def _size(value: float) -> str:
    return filters.size(round(value))


KINDS = (
    _Kind("calls_waiting", N_("Open calls: new, being screened, waiting for the host"), _count),
    _Kind("longest_wait", N_("Longest wait of a caller"), filters.length),
    _Kind("sound_waiting", N_("Sound whose words are to come"), filters.length),
    _Kind("jobs_waiting", N_("Work that waits"), _count),
    _Kind(DISK_FREE, N_("Room left on the disk of this machine"), _size, of_station=False),
)


def pictures_of(session: Session, machine: str, at: datetime) -> list[Picture]:
    """The pictures of those figures of which there is anything to draw."""
    since = at - SHOWN
    hosts = [STATION if kind.of_station else machine for kind in KINDS]
    found = [(kind, readings(session, kind.name, host, since=since)) for kind, host in zip(KINDS, hosts, strict=True)]
    return [_picture(kind, held, since) for kind, held in found if held]


def _picture(kind: _Kind, held: Sequence[Reading], since: datetime) -> Picture:
    most, least = max(held, key=lambda one: one.value), min(held, key=lambda one: one.value)
    top = most.value or 1.0

    def point(one: Reading) -> str:
        x = (one.at - since) / SHOWN * WIDTH
        return f"{x:.1f},{HEIGHT - one.value / top * HEIGHT:.1f}"

    runs: list[list[str]] = []
    before: datetime | None = None
    for one in held:
        if before is None or one.at - before > GAP:
            runs.append([])
        runs[-1].append(point(one))
        before = one.at
    lines = tuple(" ".join(run) for run in runs)
    written = kind.written
    return Picture(kind.title, lines, written(held[-1].value), written(most.value), most.at, written(least.value))
