"""What is known of a broadcast's callers and must not be told by anybody in it."""

import re
from collections.abc import Iterable

from sqlalchemy.orm import Session

from radiodesk.core.private_columns import NotReadable
from radiodesk.language.redaction import find_private
from radiodesk.language.redaction.identities import Identity, known_about
from radiodesk.language.spoken.heard_digits import heard_digits
from radiodesk.rooms.broadcasts import queries as broadcasts
from radiodesk.rooms.broadcasts.filed_calls import callers_of
from radiodesk.rooms.broadcasts.models import AsRun, Broadcast
from radiodesk.rooms.calls.call_words import words_of
from radiodesk.rooms.calls.merged_calls import held_by
from radiodesk.rooms.calls.models import Call

_LONG_ENOUGH = 6
"""Digits in a closed caller's words that are a number of theirs, and no time, price or house."""


def identities(session: Session, broadcast: Broadcast) -> list[Identity]:
    """All that is looked for in what others say and write, of each caller of a broadcast."""
    return identities_of(session, callers_of(session, broadcast))


def identities_of(session: Session, calls: list[Call]) -> list[Identity]:
    """The same of some calls; those that were merged into one of them count with it."""
    guarded = broadcasts.guarded(session, calls)
    held = held_by(session, calls)
    found = []
    for call in calls:
        closed = call.id in guarded
        numbers = frozenset(_numbers(session, held[call.id])) if closed else frozenset()
        for part in held[call.id]:
            found.append(_identity(part, guarded=closed, digits=numbers))
    return found


def _identity(call: Call, *, guarded: bool, digits: frozenset[str]) -> Identity:
    name = "" if call.may_name and not guarded else _known(call.name)
    phone = _known(call.phone)
    if not guarded:
        return Identity(name, phone)
    place, topic = _known(call.place), _known(call.topic)
    return Identity(name, phone, guarded=True, place=place, topic=topic, digits=digits)


def _known(value: str | None) -> str:
    """The text of a column; one that cannot be read with the keys at hand tells nothing to look for."""
    return "" if value is None or isinstance(value, NotReadable) else value


def _numbers(session: Session, calls: Iterable[Call]) -> Iterable[str]:
    asked = list(calls)
    for call, words in words_of(session, asked).items():
        own = next(one for one in asked if one.id == call)
        for text in (*words.parts, own.notes, own.point, own.topic):
            said = _known(text)
            for run in heard_digits(said, at_least=_LONG_ENOUGH, corrected=True):
                yield re.sub(r"^(62|0)", "", run.digits)
            for plate in find_private(said):
                if plate.kind == "plate":
                    yield from (run.digits for run in heard_digits(said[plate.start : plate.end]))


def covered_titles(session: Session, broadcast: Broadcast, log: Iterable[AsRun]) -> dict[int, str]:
    """What may be told of each thing that went out, by its key, without what tells of guarded callers in notes and
    titles of items."""
    known = [one for one in identities(session, broadcast) if one.guarded]
    return {key: covered(title, known) for key, title in broadcasts.titles(session, log).items()}


def covered(text: str, known: Iterable[Identity]) -> str:
    """A short text from which what tells of these callers is left out."""
    found = sorted({(one.start, one.end) for who in known for one in known_about(text, who)})
    parts: list[str] = []
    done = 0
    for start, end in found:
        if start >= done:
            parts += [text[done:start], "…"]
        done = max(done, end)
    return "".join([*parts, text[done:]])
