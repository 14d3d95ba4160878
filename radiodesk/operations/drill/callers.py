"""Callers of a drill: received, screened and queued, and what they complain of made into tickets."""

from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from radiodesk.core.errors import Refusal
from radiodesk.core.i18n import say, why
from radiodesk.language.triage import triage
from radiodesk.operations.drill.show import DrillCall
from radiodesk.operations.drill.stage import OFFICER, SCREENER, Played
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.call_words import words_of
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.recordings.models import Direction
from radiodesk.rooms.recordings.services import store_file
from radiodesk.rooms.tickets import services as tickets
from radiodesk.rooms.tickets.station_rules import load_rules

TEXT_SUFFIXES = frozenset({".txt", ".md"})
# Traffic news is for the bulletin, a question is answered on air; neither is a matter for a unit.
NO_TICKET = frozenset({"traffic", "question"})


def receive_calls(played: Played, session: Session) -> None:
    """Every call in the order it came: kept, its words asked for, screened, queued. A broken file is named."""
    for wanted in played.show.calls:
        at = played.at(wanted.minute)
        path = played.show.folder / wanted.file
        try:
            call = _receive(played, session, wanted, path, at)
        except Refusal as refusal:
            played.problems.append(f"{wanted.file}: {say(refusal)}")
            continue
        except OSError as error:
            played.problems.append(f"{wanted.file}: {why(error)}")
            continue
        played.calls[wanted.file] = call.id


def _receive(played: Played, session: Session, wanted: DrillCall, path: Path, at: datetime) -> Call:
    recordings = []
    message = ""
    if path.suffix.lower() in TEXT_SUFFIXES:
        message = path.read_bytes().decode("utf-8", "replace")
    else:
        recording = store_file(session, played.settings, path, at=at, direction=Direction.MESSAGE)
        if recording.problem:
            played.problems.append(f"{wanted.file}: {recording.problem}")
        recordings = [recording]
    call = calls.receive(
        session,
        wanted.channel,
        at=at,
        by=SCREENER,
        phone=wanted.phone,
        withheld=wanted.phone is None,
        name=wanted.name,
        message=message,
        line=wanted.line,
        recordings=recordings,
        phrases=[place.name for place in played.pack.places if place.kind == "kecamatan"],
    )
    if wanted.reaches == "ringing":
        return call
    calls.answer(session, call, by=SCREENER, at=at)
    card = calls.Screening(
        phone=wanted.phone,
        withheld=wanted.phone is None,
        name=wanted.name,
        place=wanted.place,
        topic=wanted.topic,
        point=wanted.point,
        protected=wanted.protected,
        may_name=wanted.may_name and wanted.protected is None,
        may_call_back=wanted.phone is not None,
    )
    calls.screen(session, call, card, by=SCREENER, at=at)
    calls.consent(session, call, by=SCREENER, at=at)
    if wanted.reaches == "screening":
        return call
    calls.queue(session, call, by=SCREENER, at=at)
    if wanted.reaches == "ready" and wanted.air and not any(recording.problem for recording in recordings):
        calls.make_ready(session, call, by=SCREENER, at=at)
    return call


def open_tickets(played: Played, session: Session) -> None:
    """Complaints become tickets, by the machine's suggestion on the caller's words and the screener's line."""
    rules = load_rules(played.settings)
    for wanted in played.show.calls:
        if wanted.file not in played.calls or wanted.kind in NO_TICKET:
            continue
        call = session.get_one(Call, played.calls[wanted.file])
        heard = " ".join(words_of(session, [call])[call.id].parts)
        suggestion = triage(f"{call.point} {heard}", units=rules.unit_by_id)
        if wanted.kind == "auto" and suggestion.urgency in ("pertanyaan", "informasi"):
            continue
        opened = tickets.open_ticket(
            session,
            rules,
            text=heard or call.point,
            suggestion=suggestion,
            call=call,
            summary=call.point or call.topic,
            confidential=call.protected is not None,
            by=SCREENER,
            at=played.clock.now(),
        )
        tickets.accept(session, rules, opened.ticket, by=OFFICER, at=played.clock.now())
        if opened.ticket.unit_id:
            tickets.forward(session, rules, opened.ticket, opened.ticket.unit_id, by=OFFICER, at=played.clock.now())
        played.tickets[wanted.file] = (opened.ticket.id, opened.pin)
