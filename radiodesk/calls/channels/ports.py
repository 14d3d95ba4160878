"""What crosses the edge between a channel and the queue."""

from dataclasses import dataclass
from enum import StrEnum

from radiodesk.calls.models import Channel


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

    ``external_id`` is the channel's own id of it (duplicates are ignored by it); ``about`` is the external id of the
    message that is edited, withdrawn or reported on.
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
