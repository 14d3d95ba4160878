"""The result of a drill as one JSON object, with counts of what came in and what came of it, so that a loss shows."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from radiodesk.core.audit import broken_link
from radiodesk.core.jobs import Job, JobState
from radiodesk.operations.drill.stage import Played, ticket_rows
from radiodesk.rooms.archive.queries import package_of, packages_shelf
from radiodesk.rooms.archive.verification import verify
from radiodesk.rooms.broadcasts.filed_calls import calls_of
from radiodesk.rooms.broadcasts.models import Broadcast
from radiodesk.rooms.broadcasts.ports import outcomes
from radiodesk.rooms.broadcasts.queries import as_run
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.programme.models import Script
from radiodesk.rooms.record.models import PublishedBroadcast
from radiodesk.rooms.record.public_sound import public_copies
from radiodesk.rooms.traffic.models import RoadCondition
from radiodesk.rooms.transcripts.queries import current


def summary(played: Played, session: Session, seconds: dict[str, float]) -> dict[str, Any]:
    """Everything that went in and what became of it."""
    broadcast = session.get_one(Broadcast, played.broadcast_id)
    package = package_of(session, broadcast)
    # All packages, so that the chain to the one before is proved too.
    with packages_shelf(played.settings).local_folder() as folder:
        lies_in = folder / package.public_id if package is not None else None
        report = verify(folder) if lies_in is not None and lies_in.is_dir() else None
    told = _calls(played, session)
    conditions = list(session.scalars(select(RoadCondition).order_by(RoadCondition.first_at)))
    return {
        "show": played.show.title,
        "start": played.show.start.isoformat(),
        "in": {
            "calls": len(played.show.calls),
            "feeds": len(played.show.feeds),
            "posts": len(played.show.posts),
            "lapsit": int(played.show.lapsit is not None),
            "rundown": len(played.show.rundown),
        },
        "out": {
            "calls": session.scalar(select(func.count()).select_from(Call)),
            "filed": len(calls_of(session, broadcast)),
            "aired": played.counts.get("aired", 0),
            "transcribed": sum(call["transcript"]["state"] == "done" for call in told if call["transcript"]),
            "tickets": len(played.tickets),
            "feed_items": played.counts.get("feed_items", 0),
            "feed_items_left": played.feed_items_left,
            "reports": played.counts.get("reports", 0),
            "refused_posts": len(played.refused_posts),
            "conditions": len(conditions),
            "as_run": len(as_run(session, broadcast)),
        },
        "calls": told,
        "tickets": _tickets(played, session),
        "conditions": [_condition(row) for row in conditions],
        "refused_posts": played.refused_posts,
        "bulletin": _script(played, session, "bulletin"),
        "lapsit": _script(played, session, "lapsit"),
        "as_run": [
            {"offset": round(entry.offset, 1), "kind": entry.kind.value, "title": entry.title}
            for entry in as_run(session, broadcast)
        ],
        "package": {
            "path": str(lies_in) if lies_in is not None else None,
            "verified": bool(report and report.ok),
            "differences": [str(one) for one in report.all_differences()] if report else [],
            "problem": package.problem if package else None,
        },
        "public": _public(played, session, broadcast),
        "state": outcomes(session, [broadcast]).get(broadcast.id, broadcast.state).value,
        "audit_chain_whole": broken_link(session) is None,
        "failed_jobs": [
            {"kind": job.kind, "error": job.error}
            for job in session.scalars(select(Job).where(Job.state == JobState.FAILED))
        ],
        "problems": played.problems,
        "seconds": {**seconds, "total": round(sum(seconds.values()), 2)},
    }


def _calls(played: Played, session: Session) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = []
    for wanted in played.show.calls:
        key = played.calls.get(wanted.file)
        if key is None:
            told.append({"file": wanted.file, "state": "missing", "transcript": None})
            continue
        call = session.get_one(Call, key)
        found = current(session, call.recordings)
        transcript = next(iter(found.values()), None)
        told.append(
            {
                "file": wanted.file,
                "channel": call.channel.value,
                "state": call.state.value,
                "topic": call.topic,
                "message": call.message,
                "transcript": None
                if transcript is None
                else {
                    "state": transcript.state.value,
                    "text": transcript.text,
                    "words": len(transcript.words),
                    "duration": round(transcript.duration, 2),
                    "seconds": round(transcript.seconds, 2),
                    "problem": transcript.problem,
                },
            }
        )
    return told


def _tickets(played: Played, session: Session) -> list[dict[str, Any]]:
    return [
        {
            "call": name,
            "number": ticket.number,
            "pin": pin,
            "category": ticket.category,
            "unit": ticket.unit_id,
            "urgency": ticket.urgency.value,
            "state": ticket.state.value,
            "why": list((ticket.suggestion or {}).get("why", [])),
        }
        for name, ticket, pin in ticket_rows(played, session)
    ]


def _public(played: Played, session: Session, broadcast: Broadcast) -> dict[str, Any] | None:
    """What listeners can reach of it: pieces with their words as published, sound files, what was taken out."""
    shown = session.scalar(select(PublishedBroadcast).where(PublishedBroadcast.public_id == broadcast.public_id))
    if shown is None:
        return None
    copies = public_copies(played.settings)
    return {
        "path": f"/siaran/{shown.public_id}",
        "pieces": [
            {"kind": piece.kind, "title": piece.title, "text": piece.text, "seconds": piece.duration}
            for piece in shown.pieces
        ],
        "files": [
            key
            for piece in shown.pieces
            for key in (piece.audio_key, piece.opus_key)
            if key and copies.object(key).is_there()
        ],
        "tickets": shown.tickets,
        "removed": shown.removed,
    }


def _condition(row: RoadCondition) -> dict[str, Any]:
    return {
        "place": row.place,
        "toward": row.toward,
        "flow": row.flow,
        "kind": row.kind,
        "obstacle": row.obstacle,
        "first_at": row.first_at.isoformat(),
        "last_at": row.last_at.isoformat(),
        "reports": row.confirmations,
        "ended": row.ended_why,
    }


def _script(played: Played, session: Session, name: str) -> dict[str, Any] | None:
    key = played.texts.get(name)
    if key is None:
        return None
    version = session.get_one(Script, key).latest
    return {
        "text": version.text,
        "seconds": round(version.seconds, 1),
        "items": len(version.items),
        "left_out": version.left_out,
    }
