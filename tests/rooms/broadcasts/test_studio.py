"""What the host has at hand: clocks, complaints with one key, what earlier broadcasts left open, talkback, the wall."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.errors import Conflict
from radiodesk.core.settings import Settings
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts import call_tickets, queries, rundowns, services
from radiodesk.rooms.broadcasts.filed_calls import file_call
from radiodesk.rooms.broadcasts.models import AsRun, AsRunKind, Broadcast, ItemKind
from radiodesk.rooms.broadcasts.unanswered import answered_on_air, unanswered
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import Call, CallState, Protected, Urgency
from radiodesk.rooms.programme import services as programme
from radiodesk.rooms.tickets.models import Ticket, TicketState
from radiodesk.rooms.tickets.station_rules import Rules, load_rules
from tests.factories import calls as make
from tests.factories import tickets

BY = "penyiar"


@pytest.fixture
def rules(settings: Settings) -> Rules:
    return load_rules(settings)


def plan(session: Session, clock: ManualClock, title: str = "Halo", minutes: int = 0) -> Broadcast:
    series = programme.add_programme(session, title, by=BY, at=clock.now())
    return services.plan(session, series, "", clock.now() + timedelta(minutes=minutes), by=BY, at=clock.now())


def caller(session: Session, clock: ManualClock, state: CallState = CallState.READY, **card: object) -> Call:
    call = make.in_state(session, CallState.WAITING, clock.now(), by="wati")
    calls.screen(session, call, make.card(**card), by="wati", at=clock.now())
    if state is CallState.READY:
        calls.make_ready(session, call, by="wati", at=clock.now())
    return call


def yesterday(session: Session, clock: ManualClock, call: Call) -> Broadcast:
    """A broadcast that is over, under which the call is filed."""
    show = plan(session, clock, "Kemarin", minutes=-1440)
    file_call(session, show, call)
    calls.end(session, call, by="wati", at=clock.now())
    return show


def test_over_and_under_grow_while_an_item_takes_longer_than_planned(session: Session, clock: ManualClock) -> None:
    show = plan(session, clock)
    items = [
        rundowns.add_item(session, show, ItemKind.TALK, title, 60, by=BY, at=clock.now())
        for title in ("Satu", "Dua", "Tiga")
    ]
    services.go_on_air(session, show, by=BY, at=clock.now())
    services.begin_item(session, show, items[0], by=BY, at=clock.now())
    clock.advance(timedelta(seconds=90))
    services.begin_item(session, show, items[1], by=BY, at=clock.now())
    seen = queries.studio(session, show, clock.now())
    assert (seen.over, seen.item_began) == (30, clock.now())
    assert seen.runs_out == clock.now() + timedelta(seconds=60)
    assert (seen.current, seen.upcoming) == (items[1], items[2])


def test_an_emergency_at_the_screeners_desk_is_told_until_it_is_handed_over(
    session: Session, clock: ManualClock
) -> None:
    show = plan(session, clock)
    call = make.ringing(session, clock.now(), urgency=Urgency.DARURAT)
    assert queries.studio(session, show, clock.now()).emergencies == 1
    calls.hand_over(session, call, "110", by="wati", at=clock.now())
    assert queries.studio(session, show, clock.now()).emergencies == 0


def test_a_complaint_is_made_of_a_caller_once_and_waits_for_the_office(
    session: Session, clock: ManualClock, rules: Rules
) -> None:
    show, call = plan(session, clock), caller(session, clock)
    services.go_on_air(session, show, by=BY, at=clock.now())
    services.take(session, show, call, by=BY, at=clock.now())
    made = call_tickets.make_ticket(session, rules, show, call, by=BY, at=clock.now())
    assert (made.category, made.undecided, made.confidential) == ("penerangan_jalan", True, False)
    seen = queries.studio(session, show, clock.now())
    assert seen.tickets == {call.public_id: made.number}
    assert seen.marks[0].details["ticket"] == made.number
    with pytest.raises(call_tickets.TicketThere, match=made.number):
        call_tickets.make_ticket(session, rules, show, call, by=BY, at=clock.now())


@pytest.mark.parametrize(
    "card",
    [
        {"protected": Protected.CHILD},
        {"topic": "Pungli", "point": "Dimintai uang oleh petugas di jembatan timbang, pungli"},
    ],
)
def test_complaints_of_protected_callers_and_delicate_matters_are_confidential(
    session: Session, clock: ManualClock, rules: Rules, card: dict[str, Any]
) -> None:
    show, call = plan(session, clock), caller(session, clock, **card)
    services.go_on_air(session, show, by=BY, at=clock.now())
    assert call_tickets.make_ticket(session, rules, show, call, by=BY, at=clock.now()).confidential


def test_a_question_of_a_caller_who_was_not_reached_is_at_hand_in_the_next_broadcast(
    session: Session, clock: ManualClock, rules: Rules
) -> None:
    asked = caller(session, clock, urgency=Urgency.PERTANYAAN, point="Kapan SIM keliling ke Kapas?")
    past = yesterday(session, clock, asked)
    file_call(session, past, caller(session, clock, urgency=Urgency.BIASA))
    show = plan(session, clock, "Hari ini")
    [question] = unanswered(session, show, at=clock.now())
    assert (question.about, question.broadcast) == ("Kapan SIM keliling ke Kapas?", "Kemarin")
    services.go_on_air(session, show, by=BY, at=clock.now())
    clock.advance(timedelta(minutes=5))
    entry = answered_on_air(session, rules, show, question.public_id, by=BY, at=clock.now())
    assert (entry.subject, entry.offset) == (asked.public_id, 300)
    assert unanswered(session, show, at=clock.now()) == []
    with pytest.raises(Conflict):
        answered_on_air(session, rules, show, question.public_id, by=BY, at=clock.now())


def test_an_answer_that_came_stands_first_and_reading_it_is_noted_in_the_complaint(
    session: Session, settings: Settings, clock: ManualClock, rules: Rules
) -> None:
    waits, has_answer = caller(session, clock), caller(session, clock)
    past = yesterday(session, clock, has_answer)
    file_call(session, past, waits)
    answer = tickets.in_state(session, settings, TicketState.ANSWERED, clock.now(), call=has_answer)
    tickets.opened(session, settings, clock.now(), call=waits)
    show = plan(session, clock, "Hari ini")
    first, second = unanswered(session, show, at=clock.now())
    assert (first.number, first.answer, second.answer) == (answer.number, tickets.ANSWER, "")
    services.go_on_air(session, show, by=BY, at=clock.now())
    answered_on_air(session, rules, show, first.public_id, by=BY, at=clock.now())
    session.refresh(answer)
    assert "Hari ini" in answer.entries[-1].text
    assert [question.public_id for question in unanswered(session, show, at=clock.now())] == [waits.public_id]


def test_what_is_confidential_or_old_is_not_read_out(session: Session, settings: Settings, clock: ManualClock) -> None:
    call = caller(session, clock)
    yesterday(session, clock, call)
    ticket = tickets.opened(session, settings, clock.now(), call=call).ticket
    show = plan(session, clock, "Hari ini")
    assert len(unanswered(session, show, at=clock.now())) == 1
    assert unanswered(session, show, at=clock.now() + timedelta(days=61)) == []
    ticket.confidential = True
    assert unanswered(session, show, at=clock.now()) == []


@pytest.fixture
def show(database: Database, clock: ManualClock) -> str:
    with database.writing() as tx:
        made = plan(tx, clock)
        services.go_on_air(tx, made, by=BY, at=clock.now())
        return made.public_id


def test_a_host_may_use_every_key_of_the_screen(
    sign_in: Callable[..., FlaskClient], database: Database, clock: ManualClock, show: str
) -> None:
    with database.writing() as tx:
        call = caller(tx, clock, may_name=True).public_id
    host = sign_in(Role.HOST)
    assert host.get("/penyiar").headers["Location"] == f"/siaran/{show}/penyiar"
    for act, data in (
        ("ambil", {"call": call}),
        ("pengaduan", {"call": call}),
        ("tandai", {}),
        ("tahan", {"call": call}),
        ("ambil", {"call": call}),
        ("buang", {"seconds": "10", "why": "Nama orang"}),
        ("tutup", {"call": call}),
    ):
        answer = host.post(f"/siaran/{show}/{act}", data=data, headers={"HX-Request": "true"})
        assert answer.status_code == 204, act
    late = host.post(f"/siaran/{show}/pengaduan", data={"call": call}, headers={"HX-Request": "true"})
    assert (late.status_code, late.mimetype) == (409, "text/plain")
    with database.reading() as session:
        assert session.scalars(select(Ticket)).one().call_id is not None
        kinds = [entry.kind for entry in session.scalars(select(AsRun).order_by(AsRun.id))]
    assert kinds.count(AsRunKind.MARK) == 2


def test_a_protected_caller_is_named_on_no_screen_of_the_studio(
    sign_in: Callable[..., FlaskClient], database: Database, clock: ManualClock, show: str
) -> None:
    hidden: dict[str, Any] = {
        "name": "Penelepon Karsinem",
        "place": "Ngasem",
        "protected": Protected.VICTIM,
        "may_name": True,
    }
    with database.writing() as tx:
        call = caller(tx, clock, topic="Minta perlindungan", point="Minta rumahnya dijaga", **hidden).public_id
    host = sign_in(Role.HOST)
    for act in (None, "ambil", "tahan"):
        if act:
            host.post(f"/siaran/{show}/{act}", data={"call": call})
        for path in (f"/siaran/{show}/penyiar", f"/siaran/{show}/penyiar/bagian", "/dinding", f"/siaran/{show}"):
            page = host.get(path).get_data(as_text=True)
            assert "Karsinem" not in page, path
            assert "Ngasem" not in page, path
    assert "Penelepon dilindungi" in host.get(f"/siaran/{show}/penyiar").get_data(as_text=True)
    for path in (f"/siaran/{show}", f"/siaran/{show}/catatan.csv"):
        listed = host.get(path).get_data(as_text=True)
        assert "Minta perlindungan" not in listed, path
        assert "call_on" in listed or "Penelepon mengudara" in listed, path


def test_talkback_stands_on_the_screeners_screen_too(
    sign_in: Callable[..., FlaskClient], clock: ManualClock, show: str
) -> None:
    screener = sign_in(Role.SCREENER, username="wati")
    screener.post("/bisik", data={"text": "Penelepon siap"})
    clock.advance(timedelta(seconds=5))
    screener.post("/bisik", data={"text": "Dari Kalitidu"})
    lines = screener.get("/bisik").get_data(as_text=True)
    assert lines.index("Dari Kalitidu") < lines.index("Penelepon siap")
    assert "Dari Kalitidu" in screener.get("/antrean").get_data(as_text=True)
    assert sign_in(Role.ARCHIVIST, username="arsip").get("/bisik").status_code == 403


def test_the_wall_shows_clock_light_and_who_comes_next(
    sign_in: Callable[..., FlaskClient], database: Database, clock: ManualClock, show: str
) -> None:
    with database.writing() as tx:
        caller(tx, clock, may_name=True, place="Kapas", point="Lampu padam")
    wall = sign_in(Role.ARCHIVIST).get("/dinding").get_data(as_text=True)
    for part in ("data-clock", "MENGUDARA", "Penelepon Satu, Kapas", "Lampu padam"):
        assert part in wall
    assert "<form" not in wall.split("<main")[1]
