"""What a listener asked about a broadcast that is public, and what became of it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from radiodesk.core.database import Base, spelled
from radiodesk.core.i18n import N_
from radiodesk.core.private_columns import Private
from radiodesk.rooms.broadcasts.models import Broadcast
from radiodesk.rooms.transcripts.models import Transcript


class RequestKind(StrEnum):
    CORRECTION = "correction"
    REMOVAL = "removal"
    PROBLEM = "problem"


REQUEST_KIND_NAMES = {
    RequestKind.CORRECTION: N_("Correction of the transcript"),
    RequestKind.REMOVAL: N_("Request for removal"),
    RequestKind.PROBLEM: N_("Report of a problem"),
}


class RequestState(StrEnum):
    RECEIVED = "received"
    LOOKED_AT = "looked at"
    ACCEPTED = "accepted"
    DECLINED = "declined"


REQUEST_STATE_NAMES = {
    RequestState.RECEIVED: N_("Has come in"),
    RequestState.LOOKED_AT: N_("Being looked at"),
    RequestState.ACCEPTED: N_("Accepted"),
    RequestState.DECLINED: N_("Declined"),
}

REMOVAL_GROUNDS = {
    "personal": N_("My personal data are in it: name, number, address, health, family"),
    "consent": N_("I take back my consent"),
    "child": N_("It is about a child"),
    "victim": N_("It is about a victim, a witness or somebody who reported something"),
    "untrue": N_("It is not true, or it accuses somebody (right of correction and of reply)"),
    "rights": N_("It is somebody else's work, used without permission"),
    "other": N_("Another reason"),
}
"""Why something is to go: UU 27/2022 (articles 8, 9), UU 11/2012 (article 19), UU 13/2006, UU 40/1999 (article 5)."""

PROBLEMS = {
    "sound": N_("The sound does not play, or is broken"),
    "time": N_("A time or date is wrong"),
    "place": N_("A place is wrong"),
    "name": N_("A name or a rank is wrong"),
    "page": N_("The page, a link or a file does not work"),
    "other": N_("Something else"),
}

MATTER_NAMES = {
    RequestKind.CORRECTION: {},
    RequestKind.REMOVAL: REMOVAL_GROUNDS,
    RequestKind.PROBLEM: PROBLEMS,
}
"""What can be chosen, by kind, with its name as a message id."""


class ListenerRequest(Base):
    """What somebody outside asked about a public broadcast; nothing of what was written is ever public.

    ``position`` and ``line`` name the piece and the line of the public copy ``revision`` that it is about, from
    1 and from 0; ``line_text`` is that line as the public read it, ``words`` what was proposed in its place, or the
    explanation. ``answer`` is what the listener reads, with private matter taken out.
    """

    __tablename__ = "listener_request"
    open_states = frozenset({RequestState.RECEIVED, RequestState.LOOKED_AT})

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(36), unique=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    pin_hash: Mapped[str] = mapped_column(String(160))
    kind: Mapped[RequestKind] = mapped_column(spelled(RequestKind))
    state: Mapped[RequestState] = mapped_column(spelled(RequestState), index=True)
    broadcast_id: Mapped[int] = mapped_column(ForeignKey("broadcast.id"), index=True)
    revision: Mapped[int]
    position: Mapped[int | None]
    line: Mapped[int | None]
    second: Mapped[float | None]
    """Where the line begins in the public sound of its piece."""
    matter: Mapped[str] = mapped_column(String(20), default="")
    line_text: Mapped[str] = mapped_column(Private, default="")
    words: Mapped[str] = mapped_column(Private, default="")
    note: Mapped[str] = mapped_column(Private, default="")
    name: Mapped[str] = mapped_column(Private, default="")
    contact: Mapped[str] = mapped_column(Private, default="")
    phone_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    network_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    """Whom a limit counts it for; emptied after a day."""
    created_at: Mapped[datetime] = mapped_column(index=True)
    taken_by: Mapped[str] = mapped_column(String(80), default="")
    taken_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(String(80), default="")
    decided_at: Mapped[datetime | None] = mapped_column(index=True)
    answer: Mapped[str] = mapped_column(Text, default="")
    transcript_id: Mapped[int | None] = mapped_column(ForeignKey("transcript.id"))
    """The version of the words that an accepted correction made."""
    publishes: Mapped[bool] = mapped_column(default=False)
    """Whether a new public copy was asked for together with it."""
    laid_out_at: Mapped[datetime | None]
    shown_from: Mapped[int | None]
    """The revision of the public copy from which on an accepted correction is public."""
    forgotten_at: Mapped[datetime | None]
    """When its words and contact were deleted, as its time was over."""

    broadcast: Mapped[Broadcast] = relationship()
    transcript: Mapped[Transcript | None] = relationship()

    @property
    def is_open(self) -> bool:
        """Whether nobody has answered it yet."""
        return self.state in self.open_states
