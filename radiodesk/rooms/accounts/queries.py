"""Reads for the people pages."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from radiodesk.core.errors import NotFound
from radiodesk.core.pages import Page, page_of
from radiodesk.rooms.accounts.models import Invitation, Person
from radiodesk.rooms.accounts.services import open_invitations


def nobody_yet(session: Session) -> bool:
    """Whether the station still waits for its first administrator."""
    return not session.scalar(select(func.count()).select_from(Person))


def people(session: Session, page: int) -> Page[Person]:
    """Everyone, by name."""
    return page_of(session, select(Person).order_by(Person.name, Person.id), page)


def known_names(session: Session) -> list[str]:
    """The names of all who work here now."""
    return list(session.scalars(select(Person.name).where(Person.active).order_by(Person.name)))


def open_invitation_count(session: Session, at: datetime) -> int:
    """How many invitations can still be used."""
    return session.scalar(select(func.count()).select_from(Invitation).where(*open_invitations(at))) or 0


def person_by_username(session: Session, username: str) -> Person:
    """One person by the name that they sign in with; raises ``NotFound``."""
    found = session.scalar(select(Person).where(Person.username == username.strip().lower()))
    if found is None:
        raise NotFound("This person is not known.")
    return found


def person_by_public_id(session: Session, public_id: str) -> Person:
    """One person; raises ``NotFound``."""
    found = session.scalar(select(Person).where(Person.public_id == public_id))
    if found is None:
        raise NotFound("This person is not known.")
    return found
