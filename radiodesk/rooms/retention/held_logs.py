"""Tells the recorder which hours of the lines' 24-hour recordings a legal hold keeps."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.database import Database
from radiodesk.core.settings import Settings
from radiodesk.rooms.broadcasts.models import Broadcast
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.retention.holds import held
from radiodesk.sound.logger.log_holds import Stretch, write_held

MARGIN = timedelta(minutes=10)
"""What is kept before and after: lines open earlier, and clocks differ."""


def tell_logger(settings: Settings, database: Database, at: datetime) -> None:
    """Write down what is held, where this machine has logs."""
    if settings.logger.is_dir():
        with database.reading() as session:
            stretches = held_stretches_of(session, at)
        write_held(settings.logger, stretches)


def held_stretches_of(session: Session, at: datetime) -> list[Stretch]:
    """When the broadcasts and calls that holds in force reach were on the lines, those under way until now."""
    reached = held(session, at)
    shows = select(Broadcast.on_air_at, Broadcast.ended_at).where(Broadcast.id.in_(reached.broadcasts))
    calls = select(Call.received_at, Call.ended_at).where(Call.id.in_(reached.calls))
    spans = [*session.execute(shows).all(), *session.execute(calls).all()]
    return [(begins - MARGIN, (ends or at) + MARGIN) for begins, ends in spans if begins is not None]
