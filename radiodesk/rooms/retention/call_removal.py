"""Deletes what a caller said, sent and left: words, sounds, files. A row without words stays for what is counted.

Which channel it was, how far it came and when, whether it may be broadcast and who took it are kept: reports count
them, and nobody must be closed or opened to the public by a deletion. A sealed package is not touched by it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from radiodesk.core.jobs import Job
from radiodesk.core.settings import Settings
from radiodesk.core.stores import shelf
from radiodesk.rooms.accounts.models import Draft
from radiodesk.rooms.broadcasts.models import AsRun, broadcast_recording
from radiodesk.rooms.calls import screening
from radiodesk.rooms.calls.models import Call, CallAct, call_recording
from radiodesk.rooms.lines.models import CallTake, LineCall
from radiodesk.rooms.messages import attachments, intake, outbox
from radiodesk.rooms.messages.models import Attachment, ChannelMessage, IncomingMedia, OutgoingMessage
from radiodesk.rooms.programme.models import ReserveVoice, StationSound
from radiodesk.rooms.record.models import Piece, PieceKind, Span
from radiodesk.rooms.recordings import services as recordings
from radiodesk.rooms.recordings.models import Recording
from radiodesk.rooms.traffic.models import RoadReport
from radiodesk.rooms.traffic.report_rows import in_words, report_of, to_json
from radiodesk.rooms.transcripts import services as speech
from radiodesk.rooms.transcripts.live.models import LiveWords
from radiodesk.rooms.transcripts.models import Transcript
from radiodesk.sound.takes import discard, takes

ON_REQUEST = 160
"""Most signs of why a piece is withheld."""


@dataclass(frozen=True, slots=True)
class CallFiles:
    """What lies in the store and the spool because of a call: no other call or programme has it."""

    recordings: list[Recording]
    attachments: list[Attachment]
    takes: frozenset[str]


def files_of(session: Session, call: Call) -> CallFiles:
    """The files that go with a call."""
    of_others = select(call_recording.c.recording_id).join(Call, Call.id == call_recording.c.call_id)
    elsewhere = (
        of_others.where(call_recording.c.call_id != call.id, Call.removed_at.is_(None)),
        select(broadcast_recording.c.recording_id),
        select(StationSound.recording_id),
        select(ReserveVoice.recording_id),
    )
    its = select(call_recording.c.recording_id).where(call_recording.c.call_id == call.id)
    own = select(Recording).where(Recording.id.in_(its), *(Recording.id.not_in(one) for one in elsewhere))
    files = select(Attachment).where(Attachment.call_id == call.id)
    return CallFiles(
        list(session.scalars(own.where(Recording.removed_at.is_(None)).order_by(Recording.id))),
        list(session.scalars(files.order_by(Attachment.id))),
        frozenset(session.scalars(select(CallTake.take).where(CallTake.call_id == call.id))),
    )


def facts(session: Session, call: Call) -> dict[str, Any]:
    """What a tombstone says of the files: key, SHA-256 and bytes. Keys are made of random ids."""
    found = files_of(session, call)
    kept: list[Recording | Attachment] = [*found.recordings, *found.attachments]
    return {"files": [{"path": one.key, "sha256": one.sha256, "bytes": one.bytes} for one in kept]}


def remove_files(settings: Settings, files: CallFiles) -> None:
    """Remove them from the store, with what was derived of them, and the takes that lie on this machine."""
    for recording in files.recordings:
        recordings.remove(settings, recording)
    for attachment in files.attachments:
        shelf(settings, attachments.SHELF).object(attachment.key).delete()
    for take in takes(settings.spool) if files.takes else ():
        if take.id in files.takes:
            discard(take)


def forget(session: Session, call: Call, *, at: datetime) -> None:
    """Take the words out of every row that has them because of this call; its files are gone already."""
    files = files_of(session, call)
    _forget_sounds(session, [one.id for one in files.recordings], at)
    heard = or_(LiveWords.take.in_(files.takes), LiveWords.about == call.public_id)
    session.execute(delete(LiveWords).where(heard))
    _forget_messages(session, call)
    session.execute(delete(CallAct).where(CallAct.call_id == call.id))
    session.execute(update(LineCall).where(LineCall.call_id == call.id).values(problem=None))
    forget_drafts(session, [call.public_id, *(one.public_id for one in files.recordings)])
    for report in session.scalars(select(RoadReport).where(RoadReport.call_id == call.id)):
        if report.content is not None:
            told = report_of(report)
            text = in_words(told.place or "", told.flow, told.toward)
            report.content = to_json(replace(told, text=text))
            report.text = text
    call.phone = call.phone_hash = call.name = call.name_hash = call.address = call.address_hash = None
    call.place_id = call.latitude = call.longitude = call.overruled_why = call.handed_to = None
    call.place = call.topic = call.point = call.message = call.notes = ""
    call.removed_at = at
    session.flush()


def _forget_sounds(session: Session, keys: list[int], at: datetime) -> None:
    words = list(session.scalars(select(Transcript.id).where(Transcript.recording_id.in_(keys))))
    forget_jobs(session, speech.JOB, words)
    forget_jobs(session, recordings.PREPARE_JOB, keys)
    session.execute(delete(LiveWords).where(LiveWords.recording_id.in_(keys)))
    session.execute(delete(Transcript).where(Transcript.id.in_(words)))
    for recording in session.scalars(select(Recording).where(Recording.id.in_(keys))):
        recording.removed_at, recording.original_name = at, ""
        recording.problem = recording.remark = None


def _forget_messages(session: Session, call: Call) -> None:
    for model, kind in ((IncomingMedia, intake.FETCH_JOB), (OutgoingMessage, outbox.SEND_JOB)):
        forget_jobs(session, kind, list(session.scalars(select(model.id).where(model.call_id == call.id))))
    for told in (ChannelMessage, Attachment, IncomingMedia, OutgoingMessage):
        session.execute(delete(told).where(told.call_id == call.id))


def forget_jobs(session: Session, kind: str, subjects: list[int]) -> None:
    """Remove the jobs of rows that go: nobody could do them."""
    session.execute(delete(Job).where(Job.kind == kind, Job.subject.in_(subjects)))


def forget_drafts(session: Session, subjects: Iterable[str]) -> None:
    """Remove what anybody began to type on the pages of these things."""
    for subject in subjects:
        session.execute(delete(Draft).where(Draft.place.contains(subject, autoescape=True)))


def close_in_public(session: Session, call: Call, *, by: str, at: datetime) -> None:
    """Close a caller in every public copy, as one who takes a consent back: what must be kept is not shown any more."""
    if call.refused_at is None:
        screening.withdraw_consent(session, call, by=by, at=at)


def forget_in_record(session: Session, call: Call, why: str) -> None:
    """Take a caller who asked for it out of what the desk laid out for the public, and out of the running log."""
    pieces = select(Piece).where(Piece.kind == PieceKind.CALL, Piece.subject == call.public_id)
    for piece in session.scalars(pieces).all():
        session.execute(delete(Span).where(Span.piece_id == piece.id))
        session.expire(piece, ["spans"])
        piece.title = piece.text = ""
        piece.tokens, piece.segments = [], []
        piece.withheld, piece.shown = why[:ON_REQUEST], False
    for entry in session.scalars(select(AsRun).where(AsRun.subject == call.public_id)):
        entry.title = ""
    session.flush()
