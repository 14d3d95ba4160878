"""The open-government report of a broadcast, a quarter or a year: what was asked, answered, promised and proven.

It counts what anybody can read: published copies, complaints of the open list, and the log of the record. So it holds
nothing of a protected caller or a confidential complaint, not even in a sum, and no two of its figures tell of one.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session, load_only

from radiodesk.core.inputs import moment
from radiodesk.core.tlog.checkpoints import Checkpoint
from radiodesk.rooms.archive.models import LogEntry, LogKind
from radiodesk.rooms.broadcasts.models import AsRunKind
from radiodesk.rooms.record.models import ClosedReport, PublishedBroadcast, PublishedTicket
from radiodesk.rooms.record.removal_register import GROUNDS
from radiodesk.rooms.record.report_periods import Period
from radiodesk.rooms.record.small_groups import LEAST, Groups, told_groups

PERSONAL = "personal"
"""Of what was taken out: every kind that is personal data."""
CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Removals:
    """What was taken out on one ground: how many things (``None`` where that is not told), and of how many broadcasts.

    ``ground`` is a key of ``removal_register.GROUNDS``, or ``PERSONAL``.
    """

    ground: str
    things: int | None
    broadcasts: int


@dataclass(frozen=True, slots=True)
class Part:
    """One broadcast of a quarter, or one quarter of a year, by its public id or key, with what it adds."""

    id: str
    broadcasts: int
    calls_taken: int | None
    callers_on_air: int
    questions: int
    answered: int


@dataclass(frozen=True, slots=True)
class Figures:
    """All that a report counts. ``head_size`` and ``head_root`` (hexadecimal) are those of the log at that time."""

    broadcasts: int
    seconds: int
    withdrawn: int
    calls_taken: int | None
    callers_on_air: int
    questions: int
    answered: int
    median_hours: float | None
    """From question to answer, of those that were answered; ``None`` where they are fewer than ``LEAST``."""
    promises_due: int
    promises_kept: int
    corrections: int
    topics: Groups
    places: Groups
    removals: tuple[Removals, ...]
    parts: tuple[Part, ...]
    packages_sealed: int
    head_size: int | None
    head_root: str | None


@dataclass(frozen=True, slots=True)
class Report:
    """A report as it is shown; ``closed_at`` tells that its figures stay as they are."""

    period: Period | None
    figures: Figures
    at: datetime
    closed_at: datetime | None = None


def of_broadcast(session: Session, broadcast: PublishedBroadcast, head: Checkpoint | None, *, at: datetime) -> Report:
    """What one published broadcast adds; complaints are those whose numbers it names."""
    questions = asked_of(session, broadcast)
    figures = _figures([broadcast], 0, questions, (), (), 1 if broadcast.ledger_line else 0, head, at)
    return Report(None, figures, at)


def of_period(session: Session, period: Period, zone: ZoneInfo, head: Checkpoint | None, *, at: datetime) -> Report:
    """The report of a quarter or a year: as it was closed, else as it would be now."""
    closed = session.scalar(select(ClosedReport).where(ClosedReport.period == period.key))
    if closed is not None:
        return Report(period, from_json(closed.figures), closed.closed_at, closed.closed_at)
    begin, end = period.bounds(zone)
    shown = _broadcasts(session, begin, end)
    questions = asked_between(session, begin, end)
    quarters = [of_period(session, one, zone, head, at=at) for one in period.quarters]
    if quarters:
        parts: tuple[Part, ...] = tuple(_quarter(one) for one in quarters if not _is_empty(one.figures))
        of_parts = [(one.figures.topics, one.figures.places) for one in quarters]
    else:
        by_number = {one.number: one for one in questions}
        own = [(one, [by_number[number] for number in one.tickets if number in by_number]) for one in shown]
        parts = tuple(_part(one, asked) for one, asked in own)
        of_parts = [(_topics(asked), _places(asked)) for _, asked in own]
    in_time = (LogEntry.at >= begin, LogEntry.at < end, LogEntry.kind == LogKind.SEALED)
    sealed = session.scalar(select(func.count()).select_from(LogEntry).where(*in_time)) or 0
    withdrawn = session.scalar(
        select(func.count())
        .select_from(PublishedBroadcast)
        .where(
            PublishedBroadcast.withdrawn_at.is_not(None),
            PublishedBroadcast.started_at >= begin,
            PublishedBroadcast.started_at < end,
        )
    )
    return Report(period, _figures(shown, withdrawn or 0, questions, parts, of_parts, sealed, head, at), at)


def asked_between(session: Session, begin: datetime, end: datetime) -> list[PublishedTicket]:
    """The complaints of the open list that came in a stretch of time, oldest first."""
    within = (PublishedTicket.listed, PublishedTicket.created_at >= begin, PublishedTicket.created_at < end)
    return _tickets(session, *within)


def asked_of(session: Session, broadcast: PublishedBroadcast) -> list[PublishedTicket]:
    """The complaints of the open list that came of a broadcast, oldest first."""
    return _tickets(session, PublishedTicket.listed, PublishedTicket.number.in_(broadcast.tickets))


def _tickets(session: Session, *matching: Any) -> list[PublishedTicket]:
    said = load_only(
        PublishedTicket.number,
        PublishedTicket.state,
        PublishedTicket.category,
        PublishedTicket.place,
        PublishedTicket.created_at,
        PublishedTicket.answered_at,
        PublishedTicket.promises,
        raiseload=True,
    )
    wanted = select(PublishedTicket).where(*matching).options(said)
    return list(session.scalars(wanted.order_by(PublishedTicket.created_at, PublishedTicket.id)))


def _broadcasts(session: Session, begin: datetime, end: datetime) -> list[PublishedBroadcast]:
    said = load_only(
        PublishedBroadcast.public_id,
        PublishedBroadcast.seconds,
        PublishedBroadcast.tickets,
        PublishedBroadcast.as_run,
        PublishedBroadcast.removed,
        PublishedBroadcast.corrections,
        PublishedBroadcast.calls_taken,
        raiseload=True,
    )
    within = (PublishedBroadcast.started_at >= begin, PublishedBroadcast.started_at < end)
    wanted = select(PublishedBroadcast).where(PublishedBroadcast.withdrawn_at.is_(None), *within).options(said)
    return list(session.scalars(wanted.order_by(PublishedBroadcast.started_at, PublishedBroadcast.id)))


def _figures(
    shown: Sequence[PublishedBroadcast],
    withdrawn: int,
    questions: Sequence[PublishedTicket],
    parts: tuple[Part, ...],
    of_parts: Iterable[tuple[Groups, Groups]],
    sealed: int,
    head: Checkpoint | None,
    at: datetime,
) -> Figures:
    answers = [
        (one.answered_at - one.created_at) / timedelta(hours=1) for one in questions if one.answered_at is not None
    ]
    due, kept = promises_of(questions, at)
    told = list(of_parts)
    return Figures(
        broadcasts=len(shown),
        seconds=round(sum(one.seconds for one in shown)),
        withdrawn=withdrawn,
        calls_taken=_sum(one.calls_taken for one in shown),
        callers_on_air=sum(_on_air(one) for one in shown),
        questions=len(questions),
        answered=len(answers),
        median_hours=round(median(answers), 1) if len(answers) >= LEAST else None,
        promises_due=due,
        promises_kept=kept,
        corrections=sum(len(one.corrections) for one in shown),
        topics=_topics(questions, [dict(topics.named) for topics, _ in told]),
        places=_places(questions, [dict(places.named) for _, places in told]),
        removals=_removals(shown),
        parts=parts,
        packages_sealed=sealed,
        head_size=head.size if head else None,
        head_root=head.root.hex() if head else None,
    )


def promises_of(questions: Iterable[PublishedTicket], at: datetime) -> tuple[int, int]:
    """How many promised times were over or met at a moment, and how many of these were met in time."""
    due = kept = 0
    for until, met in (promise for one in questions for promise in one.promises or ()):
        limit, done = moment(until), moment(met) if met else None
        if limit is not None and (done is not None or limit <= at):
            due += 1
            kept += done is not None and done <= limit
    return due, kept


def _on_air(broadcast: PublishedBroadcast) -> int:
    return sum(entry.get("kind") == AsRunKind.CALL_ON for entry in broadcast.as_run)


def _sum(counts: Iterable[int | None]) -> int | None:
    """What was counted together; ``None`` where nothing was."""
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def _topics(questions: Iterable[PublishedTicket], parts: Iterable[Mapping[str, int]] = ()) -> Groups:
    return told_groups(Counter(one.category for one in questions if one.category), parts)


def _places(questions: Iterable[PublishedTicket], parts: Iterable[Mapping[str, int]] = ()) -> Groups:
    # A place of which something was masked is none.
    named = (" ".join((one.place or "").split()) for one in questions)
    return told_groups(Counter(place for place in named if place and "[" not in place), parts)


def _removals(shown: Sequence[PublishedBroadcast]) -> tuple[Removals, ...]:
    things: Counter[str] = Counter()
    touched: Counter[str] = Counter()
    for one in shown:
        grounds = {kind: kind if kind in GROUNDS else PERSONAL for kind, count in one.removed.items() if count}
        for kind, ground in grounds.items():
            things[ground] += int(one.removed[kind])
        touched.update(set(grounds.values()))
    # Of what stays closed a copy says only that there is some.
    return tuple(
        Removals(ground, None if ground == CLOSED else things[ground], touched[ground])
        for ground in (PERSONAL, *GROUNDS)
        if touched[ground]
    )


def _part(broadcast: PublishedBroadcast, asked: Sequence[PublishedTicket]) -> Part:
    answered = sum(one.answered_at is not None for one in asked)
    return Part(broadcast.public_id, 1, broadcast.calls_taken, _on_air(broadcast), len(asked), answered)


def _quarter(report: Report) -> Part:
    told = report.figures
    key = report.period.key if report.period else ""
    return Part(key, told.broadcasts, told.calls_taken, told.callers_on_air, told.questions, told.answered)


def _is_empty(figures: Figures) -> bool:
    return not (figures.broadcasts or figures.questions or figures.withdrawn or figures.packages_sealed)


def is_empty(report: Report) -> bool:
    """Whether a time has nothing to report."""
    return report.closed_at is None and _is_empty(report.figures)


def as_figures(figures: Figures) -> dict[str, Any]:
    """The figures as they are kept and sent: plain values."""
    told = asdict(figures)
    for name in ("topics", "places"):
        groups: Groups = getattr(figures, name)
        told[name] = {"named": [{"id": one, "count": count} for one, count in groups.named], "others": groups.others}
    return told | {"removals": [asdict(one) for one in figures.removals], "parts": [asdict(o) for o in figures.parts]}


def from_json(told: Mapping[str, Any]) -> Figures:
    """What ``as_figures`` gave."""

    def groups(name: str) -> Groups:
        return Groups(tuple((one["id"], one["count"]) for one in told[name]["named"]), told[name]["others"])

    parts = {
        "topics": groups("topics"),
        "places": groups("places"),
        "removals": tuple(Removals(**one) for one in told["removals"]),
        "parts": tuple(Part(**one) for one in told["parts"]),
    }
    return Figures(**{**told, **parts})


def digest(figures: Mapping[str, Any]) -> str:
    """The SHA-256 of figures as JSON with sorted keys and no blanks, as the log of the record has it."""
    text = json.dumps(figures, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
