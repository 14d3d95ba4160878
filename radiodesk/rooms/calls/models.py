"""Calls: one contact by one listener on one channel, from the first ring to its end, and what is kept around them."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Column as TableColumn
from sqlalchemy import ColumnElement, ForeignKey, Index, String, Table, and_, or_
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from radiodesk.core.database import Base, index_of_few, spelled
from radiodesk.core.i18n import N_
from radiodesk.core.private_columns import Private, PrivateJson
from radiodesk.rooms.recordings.models import Recording


class Channel(StrEnum):
    """How a listener reached the station."""

    PHONE = "phone"
    SIP = "sip"
    WHATSAPP = "whatsapp"
    SMS = "sms"
    WEB = "web"
    WALK_IN = "walk_in"
    POS_JAGO = "pos_jago"
    PARTNER = "partner"
    UPLOAD = "upload"
    OTHER = "other"
    """A plug-in that has no value of its own; the call's ``line`` is its name."""


class CallState(StrEnum):
    """Where a call is on its way; a message that nobody has opened yet counts as ringing."""

    RINGING = "ringing"
    SCREENING = "screening"
    WAITING = "waiting"
    READY = "ready"
    ON_AIR = "on_air"
    HELD = "held"
    DONE = "done"
    DROPPED = "dropped"
    LOST = "lost"


class Urgency(StrEnum):
    """How soon somebody must act on it."""

    DARURAT = "darurat"
    SEGERA = "segera"
    BIASA = "biasa"
    INFORMASI = "informasi"
    PERTANYAAN = "pertanyaan"


class Protected(StrEnum):
    """Who is never named on air, in print or on the host's screen."""

    CHILD = "child"
    VICTIM = "victim"
    WHISTLEBLOWER = "whistleblower"


class Consent(StrEnum):
    """Whether the caller, told that the call is recorded and may be broadcast and kept, agreed."""

    GIVEN = "given"
    REFUSED = "refused"
    MISSING = "missing"


CHANNEL_NAMES = {
    Channel.PHONE: N_("Telephone"),
    Channel.SIP: N_("Telephone (SIP)"),
    Channel.WHATSAPP: N_("WhatsApp"),
    Channel.SMS: N_("SMS"),
    Channel.WEB: N_("Web form"),
    Channel.WALK_IN: N_("Came in person"),
    Channel.POS_JAGO: N_("Pos Jago"),
    Channel.PARTNER: N_("Partner app"),
    Channel.UPLOAD: N_("Audio file"),
    Channel.OTHER: N_("Other channel"),
}
STATE_NAMES = {
    CallState.RINGING: N_("Ringing"),
    CallState.SCREENING: N_("Being screened"),
    CallState.WAITING: N_("Waiting"),
    CallState.READY: N_("Ready"),
    CallState.ON_AIR: N_("On air"),
    CallState.HELD: N_("On hold"),
    CallState.DONE: N_("Done"),
    CallState.DROPPED: N_("Dropped"),
    CallState.LOST: N_("Lost"),
}
URGENCY_NAMES = {
    Urgency.DARURAT: N_("Emergency"),
    Urgency.SEGERA: N_("Urgent"),
    Urgency.BIASA: N_("Ordinary"),
    Urgency.INFORMASI: N_("Information"),
    Urgency.PERTANYAAN: N_("Question"),
}
PROTECTED_NAMES = {
    Protected.CHILD: N_("Child"),
    Protected.VICTIM: N_("Victim"),
    Protected.WHISTLEBLOWER: N_("Whistle-blower"),
}

CONSENT_NAMES = {
    Consent.GIVEN: N_("Agreed"),
    Consent.REFUSED: N_("Refused"),
    Consent.MISSING: N_("No consent yet"),
}

call_recording = Table(
    "call_recording",
    Base.metadata,
    TableColumn("call_id", ForeignKey("call.id"), primary_key=True),
    TableColumn("recording_id", ForeignKey("recording.id"), primary_key=True),
)


class Call(Base):
    """One contact by one listener.

    ``point`` is the one line that the host reads, so it must hold nothing private; ``place`` is the place as it was
    said, ``place_id`` its id in the area pack. ``position`` orders the queue, small first. ``ended_why`` is one of
    ``hung_up``, ``screener``, ``blocked``, ``merged``, ``closing`` where a call ended without being done.
    ``written_at`` is when a message was written, as its channel tells; ``address`` the channel's own name for the
    sender, which is all there is of a WhatsApp user who hides the number. ``consent_at`` and ``refused_at`` exclude
    each other; ``overruled_why`` is the host's reason to put a caller on air without consent.
    ``aired_without_consent`` stays once it is true, whatever the caller says later. With ``disguise_voice`` the public
    copies hold the caller's words in another voice.
    """

    __tablename__ = "call"
    __table_args__ = (
        Index(None, "state", "position"),
        Index(None, "state", "ended_at"),
        index_of_few("merged_into_id"),
        index_of_few("same_event_id"),
    )

    late_after = timedelta(minutes=15)

    open_states = frozenset(
        {
            CallState.RINGING,
            CallState.SCREENING,
            CallState.WAITING,
            CallState.READY,
            CallState.ON_AIR,
            CallState.HELD,
        }
    )
    ended_states = frozenset({CallState.DONE, CallState.DROPPED, CallState.LOST})
    waiting_states = frozenset({CallState.WAITING, CallState.READY})
    live_states = frozenset({CallState.ON_AIR, CallState.HELD})
    unscreened_states = frozenset({CallState.RINGING, CallState.SCREENING})

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(36), unique=True)
    channel: Mapped[Channel] = mapped_column(spelled(Channel))
    state: Mapped[CallState] = mapped_column(spelled(CallState))
    received_at: Mapped[datetime] = mapped_column(index=True)
    screened_at: Mapped[datetime | None]
    queued_at: Mapped[datetime | None]
    on_air_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[str | None] = mapped_column(String(20))

    phone: Mapped[str | None] = mapped_column(Private)
    phone_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    withheld: Mapped[bool] = mapped_column(default=False)
    name: Mapped[str | None] = mapped_column(Private)
    name_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    place: Mapped[str] = mapped_column(Private, default="")
    place_id: Mapped[str | None] = mapped_column(String(60))
    latitude: Mapped[float | None] = mapped_column(PrivateJson)
    longitude: Mapped[float | None] = mapped_column(PrivateJson)

    topic: Mapped[str] = mapped_column(Private, default="")
    point: Mapped[str] = mapped_column(Private, default="")
    message: Mapped[str] = mapped_column(Private, default="")
    category: Mapped[str | None] = mapped_column(String(40))
    urgency: Mapped[Urgency] = mapped_column(spelled(Urgency), default=Urgency.BIASA)
    vip: Mapped[bool] = mapped_column(default=False)
    protected: Mapped[Protected | None] = mapped_column(spelled(Protected))
    may_name: Mapped[bool] = mapped_column(default=False)
    may_call_back: Mapped[bool] = mapped_column(default=False)
    disguise_voice: Mapped[bool] = mapped_column(default=False)
    consent_at: Mapped[datetime | None]
    consent_by: Mapped[str | None] = mapped_column(String(80))
    refused_at: Mapped[datetime | None]
    refused_by: Mapped[str | None] = mapped_column(String(80))
    overruled_at: Mapped[datetime | None]
    overruled_by: Mapped[str | None] = mapped_column(String(80))
    overruled_why: Mapped[str | None] = mapped_column(Private)
    aired_without_consent: Mapped[bool] = mapped_column(default=False)
    line: Mapped[str | None] = mapped_column(String(60))
    line_quality: Mapped[int | None]
    notes: Mapped[str] = mapped_column(Private, default="")

    position: Mapped[float] = mapped_column(default=0.0)
    same_event_id: Mapped[int | None] = mapped_column(ForeignKey("call.id"))
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("call.id"))
    locked_by: Mapped[str | None] = mapped_column(String(80))
    screened_by: Mapped[str | None] = mapped_column(String(80))
    handed_to: Mapped[str | None] = mapped_column(Private)
    handed_at: Mapped[datetime | None]
    called_back_at: Mapped[datetime | None]
    called_back_by: Mapped[str | None] = mapped_column(String(80))
    written_at: Mapped[datetime | None]
    address: Mapped[str | None] = mapped_column(Private)
    address_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    removed_at: Mapped[datetime | None]
    """When its words and sounds were deleted; the row tells that there was a call, and what became of it."""
    version: Mapped[int] = mapped_column(default=1)

    recordings: Mapped[list[Recording]] = relationship(secondary=call_recording, order_by=Recording.id)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done with it."""
        return self.state in self.open_states

    @property
    def consent(self) -> Consent:
        """Whether the caller agreed, refused, or was not asked yet."""
        if self.consent_at is not None:
            return Consent.GIVEN
        return Consent.MISSING if self.refused_at is None else Consent.REFUSED

    def refuse(self, *, by: str | None, at: datetime | None) -> None:
        """The caller does not agree, or not any more: name and call-back fall with it, and the host's overruling, which
        was of a caller who had not been asked.
        """
        self.consent_at = self.consent_by = None
        self.refused_at, self.refused_by = at, by
        self.overruled_at = self.overruled_by = self.overruled_why = None
        self.may_name = self.may_call_back = False

    @property
    def may_air(self) -> bool:
        """Whether nobody has to be asked before it goes on air."""
        return self.consent is Consent.GIVEN or self.overruled_at is not None

    @hybrid_property
    def went_out_without_consent(self) -> bool:
        """Whether anything of it was on air that its caller had not agreed to then, or does not agree to now."""
        return self.on_air_at is not None and (self.aired_without_consent or self.consent_at is None)

    @went_out_without_consent.inplace.expression
    @classmethod
    def _went_out_without_consent(cls) -> ColumnElement[bool]:
        return and_(cls.on_air_at.is_not(None), or_(cls.aired_without_consent, cls.consent_at.is_(None)))

    @property
    def told_at(self) -> datetime:
        """When the listener said it: when it was written, where that is known, or when it came."""
        return self.written_at or self.received_at

    @property
    def is_late(self) -> bool:
        """Whether it was under way so long that "now" in it is another time."""
        return self.received_at - self.told_at >= self.late_after


class CallAct(Base):
    """What someone did to a call, and what it was before: the source of undo and of "who changed this".

    ``before`` is JSON of the fields that changed; it is encrypted, since a name or a number may be among them.
    """

    __tablename__ = "call_act"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(80), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    before: Mapped[str] = mapped_column(Private)
    batch: Mapped[str] = mapped_column(String(36), index=True)
    call_version: Mapped[int]
    undone_at: Mapped[datetime | None]


class BlockedNumber(Base):
    """A number that is kept from the queue for a time, and why."""

    __tablename__ = "blocked_number"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(36), unique=True)
    phone: Mapped[str] = mapped_column(Private)
    phone_hash: Mapped[str] = mapped_column(String(64), index=True)
    reason: Mapped[str] = mapped_column(Private)
    until: Mapped[datetime | None]
    by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]


class CallerWarning(Base):
    """What a screener should know when this caller is on the line again."""

    __tablename__ = "caller_warning"

    id: Mapped[int] = mapped_column(primary_key=True)
    phone_hash: Mapped[str] = mapped_column(String(64), index=True)
    text: Mapped[str] = mapped_column(Private)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
