"""What crosses the edge between a channel and the queue."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from radiodesk.rooms.calls.models import Channel


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
    ``worded`` says that the desk put the words in the place of a picture or of nothing.
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
