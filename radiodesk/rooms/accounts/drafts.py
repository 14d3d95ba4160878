"""What a person typed into a form and has not sent: kept until it is sent, thrown away, or two weeks old."""

import json
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from radiodesk.core.errors import Unreadable
from radiodesk.rooms.accounts.models import Draft, Person

KEPT = timedelta(days=14)
LONGEST = 200_000
"""Signs of one draft: three times the longest text that any form takes."""
MOST = 100
"""Drafts of one person; the oldest give way."""
LONGEST_PLACE = 300


def keep(session: Session, person: Person, place: str, fields: object, *, at: datetime) -> None:
    """Keep the fields of the form at ``place`` (the address that it is sent to) in place of what was kept before.

    Raises ``Unreadable`` when they are no list, or too much.
    """
    text = json.dumps(fields, ensure_ascii=False)
    if not isinstance(fields, list) or not 0 < len(place) <= LONGEST_PLACE or len(text) > LONGEST:
        raise Unreadable("These words cannot be kept as a draft.")
    forget(session, person, place)
    session.execute(delete(Draft).where(Draft.kept_at < at - KEPT))
    mine = select(Draft.id).where(Draft.person_id == person.id)
    if (session.scalar(select(func.count()).select_from(mine.subquery())) or 0) >= MOST:
        oldest = mine.order_by(Draft.kept_at.desc()).offset(MOST - 1)
        session.execute(delete(Draft).where(Draft.id.in_(oldest.scalar_subquery())))
    session.add(Draft(person_id=person.id, place=place, fields=text, kept_at=at))


def find(session: Session, person: Person, places: Collection[str], *, at: datetime) -> dict[str, list[object]]:
    """The fields that are kept, by place; what no key here opens is left out."""
    mine = select(Draft).where(Draft.person_id == person.id, Draft.place.in_(places))
    kept = session.scalars(mine.where(Draft.kept_at > at - KEPT))
    return {draft.place: fields for draft in kept if (fields := _fields(draft)) is not None}


def _fields(draft: Draft) -> list[object] | None:
    try:
        return list(json.loads(draft.fields))
    except ValueError:
        return None


def forget(session: Session, person: Person, place: str) -> None:
    """Drop what is kept for the form at ``place``: it was sent, or its words are not wanted."""
    session.execute(delete(Draft).where(Draft.person_id == person.id, Draft.place == place))
