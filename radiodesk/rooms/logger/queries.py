"""Reads of cuts, and of what a stretch may be attached to."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from radiodesk.rooms.broadcasts.models import Broadcast
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.logger.models import LoggerCut

NEAR = timedelta(minutes=30)
MOST_CALLS = 40


def cuts_of(session: Session, line: str, begins: datetime, ends: datetime) -> list[LoggerCut]:
    """What was cut out of a line's log between two times."""
    query = select(LoggerCut).where(LoggerCut.line == line, LoggerCut.begins < ends, LoggerCut.ends > begins)
    return list(session.scalars(query.order_by(LoggerCut.begins, LoggerCut.recording_id)))


def is_cut(session: Session, recording: int) -> bool:
    """Whether a recording was cut out of a log."""
    return session.get(LoggerCut, recording) is not None


def shows_in(session: Session, begins: datetime, ends: datetime) -> list[Broadcast]:
    """The broadcasts that were on air in a stretch."""
    query = select(Broadcast).where(
        Broadcast.on_air_at.is_not(None),
        Broadcast.on_air_at < ends,
        or_(Broadcast.ended_at.is_(None), Broadcast.ended_at > begins),
    )
    return list(session.scalars(query.order_by(Broadcast.on_air_at)))


def calls_near(session: Session, begins: datetime, ends: datetime) -> list[Call]:
    """The calls that came within half an hour of a stretch."""
    query = select(Call).where(
        Call.received_at < ends + NEAR,
        or_(Call.ended_at.is_(None), Call.ended_at > begins - NEAR),
        Call.received_at > begins - timedelta(hours=12),
    )
    return list(session.scalars(query.order_by(Call.received_at).limit(MOST_CALLS)))
