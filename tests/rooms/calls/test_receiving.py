"""A call comes in: nothing is lost, emergencies go first, blocked numbers do not ring, private things lie encrypted."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.audit import AuditEntry
from radiodesk.core.errors import Unreadable
from radiodesk.core.events import Event
from radiodesk.core.settings import Settings
from radiodesk.language import phones
from radiodesk.rooms.calls import queries
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import CallState, Channel, Urgency
from radiodesk.rooms.transcripts.models import Transcript
from tests.factories import calls as make


def test_a_call_rings_and_the_screens_are_told(session: Session, now: datetime) -> None:
    call = make.ringing(session, now)
    assert call.state is CallState.RINGING
    told = session.scalars(select(Event).where(Event.topic == "calls")).one()
    assert (told.kind, told.subject) == ("received", call.public_id)


def test_number_and_name_lie_encrypted_and_in_no_log(session: Session, now: datetime) -> None:
    make.ringing(session, now, phone="0812-3456-7890", name="Penelepon Satu")
    session.flush()
    for table in ("call", "call_act", "event", "audit"):
        rows = repr(session.connection().exec_driver_sql(f"SELECT * FROM {table}").all())  # noqa: S608
        assert "3456" not in rows
        assert "Penelepon" not in rows


def test_an_emergency_goes_to_the_top(session: Session, now: datetime) -> None:
    first = make.ringing(session, now)
    panic = make.ringing(session, now, urgency=Urgency.DARURAT)
    assert queries.board(session, at=now).unscreened == [panic, first]


def test_calls_keep_the_order_in_which_they_came(session: Session, now: datetime) -> None:
    came = [make.ringing(session, now) for _ in range(5)]
    assert queries.board(session, at=now).unscreened == came


def test_a_blocked_number_is_kept_and_does_not_ring(session: Session, now: datetime) -> None:
    calls.block(session, make.PHONE, "berkata kasar", until=now + timedelta(days=7), by="wati", at=now)
    call = make.ringing(session, now, phone="+62 812-0000-0001")
    assert (call.state, call.ended_why) == (CallState.DROPPED, "blocked")
    later = make.ringing(session, now + timedelta(days=8))
    assert later.state is CallState.RINGING


def test_a_blocked_number_still_reaches_the_desk_in_an_emergency(session: Session, now: datetime) -> None:
    calls.block(session, make.PHONE, "berkata kasar", until=None, by="wati", at=now)
    assert make.ringing(session, now, urgency=Urgency.DARURAT).state is CallState.RINGING


def test_a_lifted_block_counts_no_more(session: Session, now: datetime) -> None:
    row = calls.block(session, make.PHONE, "salah nomor", until=None, by="wati", at=now)
    calls.lift(session, row, by="wati", at=now)
    assert make.ringing(session, now).state is CallState.RINGING
    assert queries.blocks(session, at=now).rows == []


def test_a_block_needs_a_reason_and_a_later_end(session: Session, now: datetime) -> None:
    with pytest.raises(Unreadable):
        calls.block(session, make.PHONE, " ", until=None, by="wati", at=now)
    with pytest.raises(Unreadable):
        calls.block(session, make.PHONE, "iseng", until=now - timedelta(days=1), by="wati", at=now)


def test_the_words_of_a_message_are_asked_for(session: Session, settings: Settings, now: datetime) -> None:
    note = make.recording(session, settings, now)
    call = calls.receive(session, Channel.WHATSAPP, phone=make.PHONE, recordings=[note], phrases=["Kapas"], at=now)
    transcript = session.scalars(select(Transcript)).one()
    assert call.recordings == [note]
    assert (transcript.recording_id, transcript.phrases) == (note.id, ["Kapas"])


def test_every_act_is_in_the_audit_trail(session: Session, now: datetime) -> None:
    call = make.in_state(session, CallState.DONE, now)
    entries = session.scalars(select(AuditEntry).where(AuditEntry.subject == f"call {call.public_id}"))
    assert [entry.action for entry in entries] == [
        "call received",
        "call answered",
        "call consented",
        "call queued",
        "call on air",
        "call ended",
    ]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0812-3456-7890", "+6281234567890"),
        ("+62 812 3456 7890", "+6281234567890"),
        ("6281234567890", "+6281234567890"),
        ("whatsapp:+6281234567890", "+6281234567890"),
        ("(0353) 881234", "+62353881234"),
        ("110", "110"),
        ("TEL:081234567890", "+6281234567890"),
        ("\u202a+62\u2011812\u20113456\u20117890\u202c", "+6281234567890"),
        ("0812\u20133456\u22127890\ufeff", "+6281234567890"),
        ("\uff0b\uff16\uff128123456\u00a07890", "+6281234567890"),
        ("0062 812 3456 7890", "+6281234567890"),
        ("0085291234567", "+85291234567"),
        ("00185291234567", "+85291234567"),
        ("+6591234567", "+6591234567"),
        ("85291234567", "+6285291234567"),
        ("+99912345678", "+99912345678"),
    ],
)
def test_one_number_has_one_spelling(typed: str, kept: str) -> None:
    assert phones.normalised(typed) == kept
    assert phones.normalised(phones.readable(kept)) == kept


@pytest.mark.parametrize("typed", ["nomor disembunyikan", "08x", "1", "0" * 40, "\ud83d", "\u202a\u202c"])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(phones.PhoneUnreadable):
        phones.normalised(typed)


def test_a_masked_number_can_be_recognised_but_not_called() -> None:
    assert phones.masked("+6281234567890") == "081•-••••-•890"
