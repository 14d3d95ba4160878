"""What changes of the event stream are about, by ``recordings.access``: ids of what a person may not read are left
out."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable

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
_NEVER = (float("-inf"), None)


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

    def belongings(self, changes: Iterable[Change]) -> dict[int, Belonging | None]:
        """What each of these changes is about, by its id; ``None`` where it is not about a caller (scripts, broadcasts,
        the road).
        """
        now = time.monotonic()
        asked = list(changes)
        with self._lock:
            if missing := [change for change in asked if now - self._held.get(change.id, _NEVER)[0] > _REMEMBERED]:
                self._look(missing, now)
            found = {change.id: self._held[change.id][1] for change in asked}
            while len(self._held) > _MOST:
                self._held.popitem(last=False)
        return found

    def _look(self, changes: list[Change], now: float) -> None:
        # The changes of one act are about one thing, which is looked up once.
        looked: dict[str, Belonging | None] = {}
        with self._app.app_context(), self._database.reading() as session:
            for change in changes:
                named = [str(one) for one in (change.subject, change.details.get("recording")) if one]
                for subject in named:
                    if subject not in looked:
                        looked[subject] = _first(session, subject)
                known = [one for subject in named if (one := looked[subject]) is not None]
                # Words of a take that no call is known of.
                otherwise = Belonging.LINE_TAKE if named and change.topic == "words" else None
                self._held[change.id] = now, max(known, default=otherwise)
                self._held.move_to_end(change.id)
