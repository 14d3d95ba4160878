"""Answer texts that are used again and again: some come with the program, a station adds its own."""

import re
import tomllib
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from babel.dates import format_date
from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core import audit
from radiodesk.core.errors import NotFound, Unreadable
from radiodesk.core.ids import public_id
from radiodesk.rooms.tickets.deadlines import promised
from radiodesk.rooms.tickets.models import AnswerText, Ticket
from radiodesk.rooms.tickets.station_rules import Rules

BUILT_IN = Path(__file__).with_name("answers.toml")

_PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Text:
    """An answer text; ``public_id`` is ``None`` for one that comes with the program."""

    title: str
    text: str
    public_id: str | None = None


@cache
def built_in() -> tuple[Text, ...]:
    """The texts that come with the program."""
    return tuple(Text(**entry) for entry in tomllib.loads(BUILT_IN.read_text(encoding="utf-8"))["answer"])


def texts(session: Session) -> list[Text]:
    """The station's own texts, then those that come with the program."""
    own = session.scalars(select(AnswerText).order_by(AnswerText.title))
    return [*(Text(row.title, row.text, row.public_id) for row in own), *built_in()]


def filled(session: Session, rules: Rules, ticket: Ticket) -> list[Text]:
    """All texts with what is known of a ticket in their places; an unknown place stays to be written."""
    until = promised(rules, ticket)
    known = {
        "nomor": ticket.number,
        "satuan": rules.unit_name(ticket.unit_id) or "…",
        "tempat": ticket.place or "…",
        "batas": format_date(until.astimezone(rules.calendar.zone), "d MMMM y", locale="id") if until else "…",
    }
    return [Text(text.title, _fill(text.text, known), text.public_id) for text in texts(session)]


def _fill(text: str, known: dict[str, str]) -> str:
    return _PLACE.sub(lambda match: known.get(match[1], match[0]), text)


def add(session: Session, title: str, text: str, *, by: str, at: datetime) -> AnswerText:
    """Keep an answer text for the whole station."""
    if not title or not text:
        raise Unreadable("An answer text needs a title and its words.").of("text" if title else "title")
    row = AnswerText(public_id=public_id(at), title=title, text=text, by=by, at=at)
    session.add(row)
    audit.record(session, at, by, "answer text added", f"answer text {row.public_id}")
    return row


def remove(session: Session, identity: str, *, by: str, at: datetime) -> None:
    """Take an answer text away; answers that used it stay as they are."""
    row = session.scalar(select(AnswerText).where(AnswerText.public_id == identity))
    if row is None:
        raise NotFound("This answer text is not here any more.")
    session.delete(row)
    audit.record(session, at, by, "answer text removed", f"answer text {identity}")
