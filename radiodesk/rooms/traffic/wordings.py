"""The station's own spoken wording: officers change a phrase, or restore the one that ships."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core import audit
from radiodesk.core.errors import Conflict, NotFound
from radiodesk.core.events import announce
from radiodesk.road.bulletin.rehearsal import SAMPLES, checked, with_old_lines
from radiodesk.road.bulletin.wording import shipped
from radiodesk.rooms.traffic.models import SpokenWording

TOPIC = "wording"


def own_rows(session: Session) -> dict[str, SpokenWording]:
    """Every phrase that the station has in its own words, by name."""
    return {row.name: row for row in session.scalars(select(SpokenWording))}


def own(session: Session) -> dict[str, str]:
    """The texts of these, as ``compose`` takes them."""
    return {name: row.text for name, row in own_rows(session).items()}


def known(name: str) -> str:
    """The name, when there is such a phrase; raises ``NotFound``."""
    if name not in SAMPLES:
        raise NotFound("There is no such phrase.")
    return name


def save(session: Session, name: str, text: str, *, expected: int, by: str, at: datetime) -> None:
    """Put a phrase into the station's own words; ``expected`` is the version that was looked at, 0 for the shipped."""
    text = checked(known(name), text)
    row = own_rows(session).get(name)
    _nobody_else(row, expected)
    text = with_old_lines(name, text, row.text if row else shipped(name))
    if row is None:
        row = SpokenWording(name=name, text=text, by=by, at=at)
        session.add(row)
    else:
        row.text, row.by, row.at = text, by, at
    session.flush()
    audit.record(session, at, by, "wording changed", f"wording {name}", wording=text)
    announce(session, at, TOPIC, "changed", name)


def reset(session: Session, name: str, *, expected: int, by: str, at: datetime) -> None:
    """Say a phrase again as it ships; the words that go are kept in the audit trail."""
    row = own_rows(session).get(known(name))
    _nobody_else(row, expected)
    if row is None:
        return
    audit.record(session, at, by, "wording reset", f"wording {name}", wording=row.text)
    session.delete(row)
    session.flush()
    announce(session, at, TOPIC, "changed", name)


def _nobody_else(row: SpokenWording | None, expected: int) -> None:
    if (row.version if row else 0) != expected:
        raise Conflict(
            "%(by)s changed this phrase meanwhile. Your words are below; open the phrase again and put them in.",
            by=row.by if row else "desk",
        )
