"""Looks all private texts of the station through for one telephone number, some hundred rows at a time.

They lie encrypted, so the database cannot look for the number: each is opened here. On a large station that takes
minutes. How far it came is a value (``Looked``) that a job keeps with the request and goes on from.
"""

import re
import time
from collections.abc import Iterator
from typing import Any, TypedDict

from sqlalchemy import func, select
from sqlalchemy.orm import Mapper, Session

from radiodesk.core.database import Base
from radiodesk.core.jobs import Job
from radiodesk.core.private_columns import Private, PrivateJson
from radiodesk.language.redaction.identities import known_of
from radiodesk.language.spoken.heard_digits import DIGIT_WORDS, heard_digits
from radiodesk.rooms.accounts.models import Person
from radiodesk.rooms.record.models import Piece
from radiodesk.rooms.retention.models import DataRequest, Deletion, LegalHold
from radiodesk.rooms.transcripts.models import Transcript

ROWS = 500
"""Rows that are read at once."""
STEP = 1.0
"""Seconds after which a step ends before its last row: nobody looks at the database for long in one go."""
_NOT_LOOKED_THROUGH = (Person, Job, DataRequest, Deletion, LegalHold)
"""Private columns that hold no words of listeners, and the request itself."""
_TWICE = {Transcript: frozenset({"words", "segments"}), Piece: frozenset({"tokens", "segments"})}
"""Columns whose words stand in the text of the same row."""
FEWEST_DIGITS = 4
"""No number of nine digits is said with fewer digits and words for digits, however they are drawn together."""
_WINDOW, _OVERLAP = 2_000, 300
"""Signs of a long text that are looked at together; to read on takes longer the longer the text is."""
_DIGIT = re.compile(r"\d|[^\W\d_]+")

Said = tuple[Any, dict[str, list[str]]]
"""A row, and by column the words of it that say the number."""


class Looked(TypedDict):
    """How far the texts were looked through: up to the row ``after`` of ``table`` (empty: to the end), ``done`` rows of
    ``of``; and the rows that say the number, by table and key.
    """

    table: str
    after: int
    done: int
    of: int
    said: list[list[str]]


def begin(session: Session) -> Looked:
    """Before the first row."""
    count = sum(session.scalar(select(func.count()).select_from(one.local_table)) or 0 for one in _mappers())
    return {"table": _mappers()[0].local_table.name, "after": 0, "done": 0, "of": count, "said": []}  # type: ignore[attr-defined]


def look_on(session: Session, phone: str, looked: Looked) -> Looked:
    """Look the next rows through; gives how far it came then."""
    mappers = {one.local_table.name: one for one in _mappers()}  # type: ignore[attr-defined]
    names = list(mappers)
    if looked["table"] not in mappers:
        return {**looked, "table": ""}
    model = mappers[looked["table"]].class_
    wanted = select(model).where(model.id > looked["after"]).order_by(model.id).limit(ROWS)
    said, after, seen, until = list(looked["said"]), looked["after"], 0, time.monotonic() + STEP
    rows = session.scalars(wanted).all()
    for row in rows:
        if words_of(row, phone):
            said.append([looked["table"], str(row.id)])
        after, seen = row.id, seen + 1
        if time.monotonic() > until:
            break
    session.expunge_all()
    if seen == ROWS or seen < len(rows):
        return {**looked, "after": after, "done": looked["done"] + seen, "said": said}
    later = names[names.index(looked["table"]) + 1 :]
    return {
        "table": later[0] if later else "",
        "after": 0,
        "done": looked["done"] + seen,
        "of": looked["of"],
        "said": said,
    }


def look_through(session: Session, phone: str) -> Looked:
    """All of it at once."""
    looked = begin(session)
    while looked["table"]:
        looked = look_on(session, phone, looked)
    return looked


def rows_that_say(session: Session, phone: str, looked: Looked) -> Iterator[Said]:
    """The rows that were found to say the number, so far as they are there and say it still."""
    mappers = {one.local_table.name: one.class_ for one in _mappers()}  # type: ignore[attr-defined]
    for table, key in looked["said"]:
        row = session.get(mappers[table], int(key)) if table in mappers else None
        if row is not None and (words := words_of(row, phone)):
            yield row, words


def words_of(row: Any, phone: str) -> dict[str, list[str]]:
    """By column the words of a row that say the number."""
    said = {name: said_in(getattr(row, name), phone) for name in _private_names(type(row))}
    return {name: words for name, words in said.items() if words}


def said_in(value: Any, phone: str) -> list[str]:
    """The words of a text, or of the texts in what is kept as JSON, that say the number: written in any form, or digit
    by digit.
    """
    text = value if isinstance(value, str) else " ".join(_strings(value))
    if not _may_say(text):
        return []
    national = phone.removeprefix("+62").removeprefix("+")
    found: set[tuple[int, int]] = set()
    for start in range(0, max(1, len(text) - _OVERLAP), _WINDOW - _OVERLAP):
        part = text[start : start + _WINDOW]
        if not _may_say(part):
            continue
        spans = {(one.start, one.end) for one in known_of(part, None, phone)}
        heard = heard_digits(part, at_least=len(national), corrected=True)
        spans |= {(one.start, one.end) for one in heard if national in one.digits}
        found |= {(start + first, start + last) for first, last in spans}
    return [text[first:last] for first, last in sorted(found)]


def _may_say(text: str) -> bool:
    """Whether there are digits enough; all but a few texts have none, and need not be read with care."""
    count = 0
    for match in _DIGIT.finditer(text):
        word = match[0]
        count += word.isdigit() or word.lower() in DIGIT_WORDS
        if count >= FEWEST_DIGITS:
            return True
    return False


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)


def _mappers() -> list[Mapper[Any]]:
    """The tables with private texts, in the order of their names."""
    found = [one for one in Base.registry.mappers if not issubclass(one.class_, _NOT_LOOKED_THROUGH)]
    return sorted((one for one in found if _private_names(one.class_)), key=lambda one: one.local_table.name)  # type: ignore[attr-defined]


def _private_names(model: type[Any]) -> list[str]:
    mapper: Mapper[Any] = model.__mapper__
    names = [one.key for one in mapper.column_attrs if isinstance(one.columns[0].type, Private | PrivateJson)]
    return [name for name in names if name not in _TWICE.get(model, ())]
