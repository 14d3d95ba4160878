"""Rows of the show as plain data, as a package keeps them: public ids, UTC times, no keys of tables."""

from datetime import datetime
from typing import Any

from radiodesk.core.private_columns import readable_rows
from radiodesk.rooms.broadcasts.models import AsRun, Broadcast, Reading, RundownItem
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.programme.models import ScriptVersion
from radiodesk.rooms.recordings.models import Recording
from radiodesk.rooms.tickets.models import Ticket
from radiodesk.rooms.transcripts.models import Transcript

Facts = dict[str, Any]


def of_recording(recording: Recording) -> Facts:
    """A sound file."""
    return {
        "recording": recording.public_id,
        "direction": str(recording.direction),
        "sha256": recording.sha256,
        "bytes": recording.bytes,
        "duration": recording.duration,
        "sample_rate": recording.sample_rate,
        "channels": recording.channels,
        "codec": recording.codec,
        "started_at": moment(recording.started_at),
        "problem": recording.problem,
        "remark": recording.remark,
    }


def moment(at: datetime | None) -> str | None:
    """A time as it stands in a package: UTC, ISO 8601."""
    return at.isoformat(timespec="milliseconds") if at else None


def of_script(version: ScriptVersion, read: list[AsRun]) -> Facts:
    """A version that was read: its approval, its readings, and whether it was read as approved."""
    script = version.script
    approved = read[0].details.get("approved_by") or script.approved_by
    return {
        "script": script.public_id,
        "kind": str(script.kind),
        "title": script.title,
        "version": version.number,
        "text": version.text,
        "sha256": version.digest,
        "written_by": version.by,
        "written_at": moment(version.at),
        "approved_by": approved,
        "approved_at": moment(script.approved_at) if script.approved_version == version.number else None,
        "seconds": version.seconds,
        "read": [
            {
                "at": moment(entry.at),
                "offset": entry.offset,
                "reader": entry.details.get("reader"),
                "sha256": entry.details.get("sha256"),
                "as_approved": entry.details.get("sha256") == version.digest,
            }
            for entry in read
        ],
        "items": version.items,
        "left_out": version.left_out,
    }


def of_reading(reading: Reading) -> Facts:
    """How a script was read; times of the differences are seconds of the broadcast."""
    begins = reading.recording_offset
    return {
        "script": reading.script,
        "version": reading.number,
        "offset": reading.offset,
        "reader": reading.reader,
        "recording": reading.recording.public_id,
        "transcript": reading.transcript,
        "percent": reading.percent,
        "words": reading.words,
        "as_approved": reading.kept,
        "of_these_unsure": reading.unsure,
        "added": reading.added,
        "differences": [
            {**part, "begins": round(begins + part["begins"], 2), "ends": round(begins + part["ends"], 2)}
            for part in readable_rows(reading.parts)
        ],
    }


def of_item(item: RundownItem) -> Facts:
    """A planned item."""
    return {
        "item": item.public_id,
        "position": item.position,
        "kind": str(item.kind),
        "title": item.title,
        "seconds": item.seconds,
        "reader": item.reader,
        "guests": item.guests or "",
        "script": item.script.public_id if item.script else None,
    }


def of_entry(entry: AsRun, title: str) -> Facts:
    """A thing that went out, with what of its title may be told."""
    return {
        "at": moment(entry.at),
        "offset": entry.offset,
        "kind": str(entry.kind),
        "subject": entry.subject,
        "title": title,
        "by": entry.by,
        "details": entry.details,
        "moved_by_hand": entry.was is not None,
    }


def of_broadcast(broadcast: Broadcast) -> Facts:
    """The edition."""
    return {
        "broadcast": broadcast.public_id,
        "programme": broadcast.programme.title,
        "description": broadcast.programme.description,
        "title": broadcast.title,
        "planned_start": moment(broadcast.planned_start),
        "planned_seconds": broadcast.planned_seconds,
        "on_air_at": moment(broadcast.on_air_at),
        "ended_at": moment(broadcast.ended_at),
        "hosts": broadcast.hosts,
    }


def of_call(call: Call, its_tickets: list[Ticket]) -> Facts:
    """A call without what tells who the caller is."""
    return {
        "call": call.public_id,
        "channel": str(call.channel),
        "state": str(call.state),
        "received_at": moment(call.received_at),
        "on_air_at": moment(call.on_air_at),
        "ended_at": moment(call.ended_at),
        "topic": call.topic,
        "place": call.place,
        "point": call.point,
        "category": call.category,
        "urgency": str(call.urgency),
        "consent_at": moment(call.consent_at),
        "tickets": [ticket.number for ticket in its_tickets],
        "recordings": [recording.public_id for recording in call.recordings],
    }


def of_identity(call: Call) -> Facts:
    """What tells who the caller is: for the restricted part alone."""
    return {
        "call": call.public_id,
        "name": call.name,
        "phone": call.phone,
        "topic": call.topic,
        "place": call.place,
        "point": call.point,
        "protected": str(call.protected) if call.protected else None,
        "may_name": call.may_name,
        "message": call.message,
        "notes": call.notes,
    }


def of_ticket(ticket: Ticket) -> Facts:
    """A complaint by its number."""
    return {
        "number": ticket.number,
        "state": str(ticket.state),
        "category": ticket.category,
        "unit": ticket.unit_id,
        "created_at": moment(ticket.created_at),
        "call": ticket.call.public_id if ticket.call else None,
    }


def of_transcript(transcript: Transcript) -> Facts:
    """One version of the words of a recording, with the times of each."""
    return {
        "transcript": transcript.public_id,
        "recording": transcript.recording.public_id,
        "version": transcript.version,
        "kind": str(transcript.kind),
        "state": str(transcript.state),
        "engine": transcript.engine,
        "model": transcript.model,
        "language": transcript.language,
        "by": transcript.by,
        "created_at": moment(transcript.created_at),
        "duration": transcript.duration,
        "problem": transcript.problem,
        "text": transcript.text,
        "segments": transcript.segments,
        "words": transcript.words,
    }
