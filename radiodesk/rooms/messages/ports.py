"""What crosses the edge between a channel and the queue, and what a channel is.

A channel is a plug-in of the entry-point group ``radiodesk.channels``: a class that is made without arguments. Every
one of them reads (``InboundChannel``); what else it can do is told by which of the other protocols it fits.
"""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, runtime_checkable

from sqlalchemy.orm import Session

from radiodesk.core.database import Database
from radiodesk.core.errors import Forbidden
from radiodesk.core.settings import Settings
from radiodesk.rooms.calls.models import Call, Channel

PART = "part:"
"""How the id of a message begins that came without one: what follows is a digest of how it came."""


class NotSigned(Forbidden):
    """The sender could not prove who it is."""


class NotSent(Exception):
    """The channel did not take or give it; the text says why, ``again`` whether a later attempt may do better."""

    def __init__(self, why: str, *, again: bool = False) -> None:
        super().__init__(why)
        self.again = again


class IncomingKind(StrEnum):
    """What a channel tells: a message, a change or withdrawal of an earlier one, a missed call, news of a reply."""

    MESSAGE = "message"
    EDIT = "edit"
    DELETE = "delete"
    MISSED_CALL = "missed_call"
    RECEIPT = "receipt"


@dataclass(frozen=True, slots=True)
class MediaReference:
    """A file that waits at the channel's own server; ``id`` is how to ask for it there."""

    id: str
    mime: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One thing that a channel brought.

    ``external_id`` is the channel's own id of it (duplicates are ignored by it), empty where it gives none; ``about``
    is the external id of the message that is edited, withdrawn or reported on. ``sender`` is a number, ``address`` the
    channel's own name for the sender. ``written_at`` is what the channel says, believed or not.

    ``raw`` is the part of the delivery, as JSON, where it could not be read; ``text`` then says so. ``part`` is that
    part's digest, for all that came in a delivery, by which a part is found again that could not be read before.
    ``worded`` says that the desk put the words in the place of a picture or of nothing. ``line`` is the name of the
    channel where ``channel`` does not tell it; the desk writes it.
    """

    channel: Channel
    external_id: str
    sender: str | None
    kind: IncomingKind = IncomingKind.MESSAGE
    name: str = ""
    text: str = ""
    place: str = ""
    media: tuple[MediaReference, ...] = ()
    latitude: float | None = None
    longitude: float | None = None
    urgent: bool = False
    about: str | None = None
    receipt: str | None = None
    address: str | None = None
    written_at: datetime | None = None
    part: str = ""
    worded: bool = False
    line: str | None = None
    raw: str | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """Everything that one delivery brought, in its order: what was understood, and cards for what was not."""

    everything: tuple[Incoming, ...] = ()

    @property
    def messages(self) -> tuple[Incoming, ...]:
        """What was understood."""
        return tuple(one for one in self.everything if one.raw is None)

    @property
    def odd(self) -> tuple[Incoming, ...]:
        """What was not; each has its ``raw`` part."""
        return tuple(one for one in self.everything if one.raw is not None)


@dataclass(frozen=True, slots=True)
class Posted:
    """What somebody posted to a channel's address; the names of the headers are in small letters."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Admitted:
    """A body whose sender is known, as it may be kept: without the secret that proved it.

    ``facts`` is what reading it needs beside the body. ``new_status`` is the answer for what is new in the queue.
    """

    body: bytes
    facts: Mapping[str, str] = field(default_factory=dict)
    new_status: int = 201


class InboundChannel(Protocol):
    """Brings messages: lets a sender in, and reads afterwards what was kept.

    ``name`` is that of its entry point, the last part of its address (``/masuk/<name>``) and the door that its arrivals
    came in by. ``channel`` is what its calls are called; with ``Channel.OTHER`` they carry its name as their line.
    """

    name: str
    channel: Channel

    def is_open(self, settings: Settings) -> bool:
        """Whether the settings open its address."""
        ...

    def admit(self, settings: Settings, posted: Posted) -> Admitted:
        """Find out who posted; raises ``NotSigned``. It reads no more than that needs."""
        ...

    def read(self, body: bytes, facts: Mapping[str, str]) -> Delivery:
        """What an admitted body brings, also long after and twice; raises ``Unreadable`` where nothing is in it."""
        ...


@runtime_checkable
class ChallengedChannel(Protocol):
    """Is asked by its server, once, whether the address is really the station's."""

    def challenge(self, settings: Settings, query: Mapping[str, str]) -> str:
        """The answer to the question; raises ``NotSigned``."""
        ...


@runtime_checkable
class PanicChannel(Protocol):
    """Has a button for help."""

    def is_panic(self, body: bytes) -> bool:
        """Whether somebody pressed it, whatever else of a body that cannot be read is wrong."""
        ...


@runtime_checkable
class ReplyChannel(Protocol):
    """Takes replies. ``replies_within`` is how long after a listener's last message; ``None`` is without limit."""

    replies_within: timedelta | None

    def can_send(self, settings: Settings) -> bool:
        """Whether the settings hold what sending needs."""
        ...

    def send(self, settings: Settings, to: str, words: str) -> str:
        """Send to a number, or to the channel's own address of a sender; returns its id of it. Raises ``NotSent``."""
        ...


@runtime_checkable
class MediaChannel(Protocol):
    """Keeps the files of its messages on a server of its own."""

    def fetch(self, settings: Settings, media_id: str) -> Generator[bytes, None, None]:
        """The bytes of a file in blocks; the desk stops when they are too many. Raises ``NotSent``."""
        ...


@dataclass(frozen=True, slots=True)
class TrackingCode:
    """Number and PIN with which somebody who wrote follows what became of it, and what is stored of the PIN."""

    number: str
    pin: str
    pin_hash: str


class TrackingCodes(Protocol):
    """Gives out tracking codes; a later room does."""

    def draw(self, database: Database, /, *, at: datetime) -> TrackingCode:
        """One for a message that is about to be kept. It takes long on purpose: not within a transaction."""
        ...

    def keep(self, session: Session, call: Call, number: str, pin_hash: str, /, *, at: datetime) -> None:
        """Bind what is stored of one to the call that was made of the message."""
        ...


_CODES = "messages.tracking_codes"


def connect_tracking_codes(database: Database, codes: TrackingCodes) -> None:
    """Have everybody who writes by the public form get a tracking code."""
    database.connected[_CODES] = [codes]


def tracking_codes(database: Database) -> TrackingCodes | None:
    """Who gives them out; ``None`` where no room does."""
    return next(iter(database.connected.get(_CODES, ())), None)
