"""What changes of the event stream are about, by ``recordings.access``: ids of what a person may not read are left
out."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.database import Database
from radiodesk.core.notifier import Change
from radiodesk.rooms.calls.access import belonging_of as of_call
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.lines.models import CallTake
from radiodesk.rooms.recordings.access import Belonging
from radiodesk.rooms.recordings.access import belonging_of as of_recording
from radiodesk.rooms.recordings.models import Recording
from radiodesk.rooms.tickets.models import Ticket
from radiodesk.rooms.transcripts.models import Transcript

_REMEMBERED = 2.0
"""Seconds: all open screens ask about the same change at the same moment."""
_MOST = 2000


def _call(session: Session, subject: str) -> Belonging | None:
    found = session.scalar(select(Call).where(Call.public_id == subject))
    return None if found is None else of_call(session, found)


def _take(session: Session, subject: str) -> Belonging | None:
    found = session.scalar(select(Call).join(CallTake, CallTake.call_id == Call.id).where(CallTake.take == subject))
    return None if found is None else of_call(session, found)


def _recording(session: Session, subject: str) -> Belonging | None:
    found = session.scalar(select(Recording).where(Recording.public_id == subject))
    return None if found is None else of_recording(session, found)


def _transcript(session: Session, subject: str) -> Belonging | None:
    found = session.scalar(select(Transcript).where(Transcript.public_id == subject))
    return None if found is None else of_recording(session, found.recording)


def _ticket(session: Session, subject: str) -> Belonging | None:
    found = session.scalar(select(Ticket).where(Ticket.public_id == subject))
    return None if found is None else Belonging.CONFIDENTIAL if found.confidential else Belonging.CALL


# A public id is of one thing alone, so whichever finds it is right, whatever the topic says.
_LOOKS: tuple[Callable[[Session, str], Belonging | None], ...] = (_call, _transcript, _recording, _ticket, _take)


def _first(session: Session, subject: str) -> Belonging | None:
    found = (look(session, subject) for look in _LOOKS)
    return next((one for one in found if one is not None), None)


class Subjects:
    """Looks up what changes are about, once for all streams of an application."""

    def __init__(self, app: Flask, database: Database) -> None:
        self._app, self._database = app, database
        self._lock = threading.Lock()
        self._held: OrderedDict[int, tuple[float, Belonging | None]] = OrderedDict()

    def belonging(self, change: Change) -> Belonging | None:
        """What a change is about; ``None`` where it is not about a caller (scripts, broadcasts, the road)."""
        now = time.monotonic()
        with self._lock:
            held = self._held.get(change.id)
            if held is None or now - held[0] > _REMEMBERED:
                held = self._held[change.id] = now, self._look(change)
                while len(self._held) > _MOST:
                    self._held.popitem(last=False)
        return held[1]

    def _look(self, change: Change) -> Belonging | None:
        named = [str(one) for one in (change.subject, change.details.get("recording")) if one]
        if not named:
            return None
        with self._app.app_context(), self._database.reading() as session:
            found = [_first(session, subject) for subject in named]
        known = [one for one in found if one is not None]
        if known:
            return max(known)
        # Words of a take that no call is known of.
        return Belonging.LINE_TAKE if change.topic == "words" else None
