"""Who may read, hear and change what was said: one rule, asked by every page, file, stream and export of the desk.

The rule (``RULE``, written out in ``docs/access.md``) goes by what a recording or a call belongs to. Later rooms
know that; they may not be imported here, so they are connected (``rooms.rules``). Of several answers the
strictest one counts.
"""

from collections.abc import Iterable, Mapping
from enum import IntEnum, StrEnum
from typing import Protocol

from sqlalchemy.orm import Session

from radiodesk.core.database import Database, database_of
from radiodesk.core.errors import NotFound
from radiodesk.rooms.accounts.models import Person, Role
from radiodesk.rooms.recordings.models import Direction, Recording

_PORT = "recordings.owners"


class Act(StrEnum):
    """What a person wants to do: read words (or see a picture, a card), hear or fetch sound, change words."""

    READ = "read"
    HEAR = "hear"
    CHANGE = "change"


class Belonging(IntEnum):
    """What a recording, a transcript or a call belongs to; a greater one is stricter."""

    CALL = 1
    PROGRAMME = 2
    LINE_TAKE = 3
    """The sound of a line that no call is known of yet."""
    PROTECTED = 4
    """A child's, a victim's or a whistle-blower's; also a confidential complaint while its call is open, since the
    people at the phones still work with it."""
    CONFIDENTIAL = 5
    """A confidential complaint whose call is over."""


EVERYBODY = (Role.PRODUCER, Role.SCREENER, Role.HOST, Role.TICKET_OFFICER, Role.ARCHIVIST)
"""Who may hear anything at all."""

# The road and the complaints are the officers' work: there they read what an ordinary caller said.
_READERS = (*EVERYBODY, Role.OFFICER)

_PHONES = (Role.SCREENER, Role.PRODUCER)
_CAREFUL = (Role.SCREENER, Role.PRODUCER, Role.TICKET_OFFICER)
_OFFICE = (Role.TICKET_OFFICER,)

# The acts stand apart although they agree so far: a station may change one of them without touching any page.
RULE: Mapping[Belonging, Mapping[Act, tuple[Role, ...]]] = {
    Belonging.CALL: {Act.READ: _READERS, Act.HEAR: EVERYBODY, Act.CHANGE: EVERYBODY},
    Belonging.PROGRAMME: {Act.READ: EVERYBODY, Act.HEAR: EVERYBODY, Act.CHANGE: EVERYBODY},
    Belonging.LINE_TAKE: {Act.READ: _PHONES, Act.HEAR: _PHONES, Act.CHANGE: _PHONES},
    Belonging.PROTECTED: {Act.READ: _CAREFUL, Act.HEAR: _CAREFUL, Act.CHANGE: _CAREFUL},
    Belonging.CONFIDENTIAL: {Act.READ: _OFFICE, Act.HEAR: _OFFICE, Act.CHANGE: _OFFICE},
}

GUARDED = frozenset({Belonging.LINE_TAKE, Belonging.PROTECTED, Belonging.CONFIDENTIAL})
"""Every look at these is in the audit trail, also where it is only a part of a page."""


class Owners(Protocol):
    """Says what recordings belong to, by their key; those that the room knows nothing of are left out."""

    def __call__(self, session: Session, recordings: Iterable[int], /) -> Mapping[int, Belonging]: ...


def owners(database: Database) -> list[Owners]:
    """Whom the rule asks; add to it to connect a room."""
    return database.connected.setdefault(_PORT, [])


def is_permitted(person: Person, act: Act, belonging: Belonging) -> bool:
    """The rule itself."""
    return person.may(*RULE[belonging][act])


def belongings(session: Session, recordings: Iterable[Recording]) -> dict[int, Belonging]:
    """What each of these recordings belongs to, by its key."""
    asked = list(recordings)
    found: dict[int, Belonging] = {}
    for source in owners(database_of(session)):
        for key, belonging in source(session, [one.id for one in asked]).items():
            found[key] = max(belonging, found.get(key, belonging))
    return {one.id: found.get(one.id) or _alone(one) for one in asked}


def belonging_of(session: Session, recording: Recording) -> Belonging:
    """What one recording belongs to."""
    return belongings(session, [recording])[recording.id]


def _alone(recording: Recording) -> Belonging:
    """What a recording is that no room knows of."""
    if recording.direction is Direction.PROGRAMME:
        return Belonging.PROGRAMME
    return Belonging.CALL if recording.direction is Direction.MESSAGE else Belonging.LINE_TAKE


def require(session: Session, person: Person, act: Act, recording: Recording) -> Belonging:
    """What the recording belongs to; for those who may not, it is not there (``NotFound``)."""
    belonging = belonging_of(session, recording)
    if not is_permitted(person, act, belonging):
        raise NotFound("This recording is not known.")
    return belonging


def open_to(session: Session, person: Person, act: Act, recordings: Iterable[Recording]) -> list[Recording]:
    """Those of the recordings with which the person may do this, in their order."""
    asked = list(recordings)
    found = belongings(session, asked)
    return [one for one in asked if is_permitted(person, act, found[one.id])]
