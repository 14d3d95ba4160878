"""The life of a ticket: what each verb does, what is refused, and what is kept."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core import audit
from radiodesk.core.errors import Refusal, Unreadable
from radiodesk.core.events import Event
from radiodesk.core.jobs import Job
from radiodesk.core.settings import Settings
from radiodesk.language.triage import triage
from radiodesk.rooms.calls.models import Urgency
from radiodesk.rooms.tickets import care, queries, services, ticket_numbers
from radiodesk.rooms.tickets.history import ChangedMeanwhile, expect
from radiodesk.rooms.tickets.models import EntryKind, Ticket, TicketState
from radiodesk.rooms.tickets.pins import fresh_pin, pin_fits
from radiodesk.rooms.tickets.services import Decision, NotPossible, UnknownUnit
from radiodesk.rooms.tickets.station_rules import load_rules
from tests.factories import calls as call_factory
from tests.factories import tickets as factory

S = TicketState

Act = Callable[[Session, Settings, Ticket, datetime], None]


def _forward(session: Session, settings: Settings, ticket: Ticket, at: datetime) -> None:
    services.forward(session, load_rules(settings), ticket, "satlantas", by="petugas", at=at)


def _take_up(session: Session, settings: Settings, ticket: Ticket, at: datetime) -> None:
    services.take_up(session, load_rules(settings), ticket, by="petugas", at=at)


def _give_back(session: Session, settings: Settings, ticket: Ticket, at: datetime) -> None:
    services.give_back(session, ticket, "Bukan wilayah kami.", by="petugas", at=at)


def _answer(session: Session, settings: Settings, ticket: Ticket, at: datetime) -> None:
    services.answer(session, load_rules(settings), ticket, factory.ANSWER, by="petugas", at=at)


def _close(session: Session, settings: Settings, ticket: Ticket, at: datetime) -> None:
    services.close(session, load_rules(settings), ticket, by="petugas", at=at)


def _reject(session: Session, settings: Settings, ticket: Ticket, at: datetime) -> None:
    services.reject(session, load_rules(settings), ticket, "Bukan pengaduan.", by="petugas", at=at)


def _reopen(session: Session, settings: Settings, ticket: Ticket, at: datetime) -> None:
    services.reopen(session, load_rules(settings), ticket, "Lampu padam lagi.", by="petugas", at=at)


ALLOWED: dict[Act, dict[TicketState, TicketState]] = {
    _forward: {S.NEW: S.FORWARDED, S.FORWARDED: S.FORWARDED, S.IN_PROGRESS: S.FORWARDED},
    _take_up: {S.FORWARDED: S.IN_PROGRESS},
    _give_back: {S.FORWARDED: S.NEW, S.IN_PROGRESS: S.NEW},
    _answer: {S.NEW: S.ANSWERED, S.FORWARDED: S.ANSWERED, S.IN_PROGRESS: S.ANSWERED},
    _close: {S.ANSWERED: S.CLOSED},
    _reject: {S.NEW: S.REJECTED, S.FORWARDED: S.REJECTED, S.IN_PROGRESS: S.REJECTED},
    _reopen: {S.ANSWERED: S.FORWARDED, S.CLOSED: S.FORWARDED, S.REJECTED: S.NEW},
}


@pytest.mark.parametrize("before", list(S))
@pytest.mark.parametrize("act", list(ALLOWED), ids=lambda act: act.__name__)
def test_each_step_leads_where_it_should_or_is_refused(
    session: Session, settings: Settings, now: datetime, act: Act, before: TicketState
) -> None:
    ticket = factory.in_state(session, settings, before, now)
    after = ALLOWED[act].get(before)
    if after is None:
        with pytest.raises(NotPossible) as refused:
            act(session, settings, ticket, now)
        assert ticket.number in str(refused.value)
        assert ticket.state == before
    else:
        act(session, settings, ticket, now)
        assert ticket.state == after


def test_numbers_can_be_heard_and_do_not_count(session: Session, settings: Settings, now: datetime) -> None:
    one, two, *others = (factory.opened(session, settings, now).ticket for _ in range(12))
    drawn = [int(ticket.number.split("-")[1]) for ticket in (one, two, *others)]
    assert len(set(drawn)) == 12 and max(drawn) > 1000
    assert drawn != sorted(drawn)
    assert ticket_numbers.parse(one.number) == one.number
    assert queries.ticket_by_number(session, ticket_numbers.spoken(two.number)) is two


def test_a_new_year_begins_in_station_time(session: Session, settings: Settings, now: datetime) -> None:
    # 18.00 UTC on New Year's Eve is already the new year here.
    late = now.replace(month=12, day=31, hour=18)
    assert factory.opened(session, settings, late).ticket.number.startswith("27-")
    assert factory.opened(session, settings, now).ticket.number.startswith("26-")


def test_a_number_that_is_taken_is_drawn_again(
    session: Session, settings: Settings, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = factory.opened(session, settings, now).ticket.number
    drawn = iter([taken, taken, ticket_numbers.make(31, 2026)])
    monkeypatch.setattr(ticket_numbers, "draw", lambda _year: next(drawn))
    assert factory.opened(session, settings, now).ticket.number == ticket_numbers.make(31, 2026)


def test_the_pin_is_kept_only_as_a_hash_bound_to_its_ticket(
    session: Session, settings: Settings, now: datetime
) -> None:
    one, two = factory.opened(session, settings, now), factory.opened(session, settings, now)
    keys = session.info["database"].keys
    assert one.pin not in one.ticket.pin_hash
    assert pin_fits(keys, one.ticket.number, one.pin, one.ticket.pin_hash)
    assert not pin_fits(keys, one.ticket.number, "000000", one.ticket.pin_hash)
    assert not pin_fits(keys, two.ticket.number, one.pin, one.ticket.pin_hash)
    assert not pin_fits(keys, one.ticket.number, one.pin, None)


def test_a_new_pin_ends_the_old_one(session: Session, settings: Settings, now: datetime) -> None:
    made = factory.opened(session, settings, now)
    keys = session.info["database"].keys
    pin = fresh_pin(keys, made.ticket.number)
    fresh = care.new_pin(session, made.ticket, pin, "Menyebut isi laporan dengan benar.", by="petugas", at=now)
    assert pin_fits(keys, made.ticket.number, fresh, made.ticket.pin_hash)
    assert fresh == made.pin or not pin_fits(keys, made.ticket.number, made.pin, made.ticket.pin_hash)
    assert all(fresh not in entry.text for entry in made.ticket.entries)


def test_without_a_person_the_suggestion_stands_as_a_suggestion(
    session: Session, settings: Settings, now: datetime
) -> None:
    ticket = factory.opened(session, settings, now, decision=None).ticket
    assert ticket.undecided
    assert ticket.suggestion is not None and ticket.suggestion["why"]
    assert (ticket.category, ticket.unit_id) == (ticket.suggestion["category"], ticket.suggestion["unit"])
    services.accept(session, load_rules(settings), ticket, by="petugas", at=now)
    assert (ticket.decided_by, ticket.corrected) == ("petugas", False)
    with pytest.raises(NotPossible):
        services.accept(session, load_rules(settings), ticket, by="petugas", at=now)


def test_a_correction_is_kept_beside_what_the_machine_said(session: Session, settings: Settings, now: datetime) -> None:
    ticket = factory.opened(session, settings, now, decision=None).ticket
    said = dict(ticket.suggestion or {})
    other = Decision("patroli", "satsamapta", Urgency.SEGERA)
    services.decide(session, load_rules(settings), ticket, other, by="petugas", at=now)
    assert ticket.corrected
    assert ticket.suggestion == said
    assert (ticket.category, ticket.unit_id, ticket.urgency) == ("patroli", "satsamapta", "segera")


def test_the_unit_of_a_forwarded_ticket_changes_only_by_forwarding(
    session: Session, settings: Settings, now: datetime
) -> None:
    ticket = factory.in_state(session, settings, S.FORWARDED, now)
    with pytest.raises(NotPossible):
        services.decide(
            session, load_rules(settings), ticket, Decision("parkir", "satlantas", Urgency.BIASA), by="p", at=now
        )
    with pytest.raises(NotPossible):
        services.forward(session, load_rules(settings), ticket, "dishub", by="p", at=now)
    services.forward(session, load_rules(settings), ticket, "satlantas", by="p", at=now)
    assert ticket.unit_id == "satlantas"


def test_an_unknown_unit_is_refused_by_name(session: Session, settings: Settings, now: datetime) -> None:
    ticket = factory.opened(session, settings, now).ticket
    with pytest.raises(UnknownUnit) as refused:
        services.forward(session, load_rules(settings), ticket, "satuan-khayal", by="p", at=now)
    assert "satuan-khayal" in str(refused.value)


@pytest.mark.parametrize("empty", ["", "   ", "\n\t"])
def test_words_that_the_complainant_reads_must_be_there(
    session: Session, settings: Settings, now: datetime, empty: str
) -> None:
    rules = load_rules(settings)
    ticket = factory.opened(session, settings, now).ticket
    for verb in (services.answer, services.reject):
        with pytest.raises(Unreadable):
            verb(session, rules, ticket, empty, by="p", at=now)
    with pytest.raises(Unreadable):
        factory.opened(session, settings, now, text=empty, suggestion=None)
    assert ticket.state == S.NEW


def test_a_duplicate_is_closed_and_points_to_the_other(session: Session, settings: Settings, now: datetime) -> None:
    rules = load_rules(settings)
    main, twin, third = (factory.opened(session, settings, now).ticket for _ in range(3))
    services.merge(session, rules, third, twin, by="p", at=now)
    services.merge(session, rules, twin, main, by="p", at=now)
    assert (twin.state, twin.merged_into) == (S.CLOSED, main)
    assert third.merged_into is main
    assert {ticket.number for ticket in main.duplicates} == {twin.number, third.number}
    services.reopen(session, rules, twin, "Ternyata lain.", by="p", at=now)
    assert twin.merged_into is None and twin.is_open


def test_tickets_are_not_joined_in_a_circle(session: Session, settings: Settings, now: datetime) -> None:
    rules = load_rules(settings)
    main, twin = (factory.opened(session, settings, now).ticket for _ in range(2))
    with pytest.raises(NotPossible):
        services.merge(session, rules, main, main, by="p", at=now)
    services.merge(session, rules, twin, main, by="p", at=now)
    with pytest.raises(NotPossible):
        services.merge(session, rules, main, twin, by="p", at=now)


def test_confidentiality_needs_a_reason_and_a_change(session: Session, settings: Settings, now: datetime) -> None:
    ticket = factory.opened(session, settings, now).ticket
    with pytest.raises(Unreadable):
        care.set_confidential(session, ticket, True, " ", by="p", at=now)
    care.set_confidential(session, ticket, True, "Pelapor takut.", by="p", at=now)
    assert ticket.confidential
    with pytest.raises(NotPossible):
        care.set_confidential(session, ticket, True, "Lagi.", by="p", at=now)


def test_the_summary_before_a_change_is_kept(session: Session, settings: Settings, now: datetime) -> None:
    ticket = factory.opened(session, settings, now).ticket
    before = ticket.summary
    care.set_summary(session, ticket, "Dua lampu padam.", "Pasar Uji", None, by="p", at=now)
    assert ticket.summary == "Dua lampu padam."
    assert (ticket.entries[-1].kind, ticket.entries[-1].text) == (EntryKind.SUMMARY, before)
    assert not ticket.entries[-1].public


@pytest.mark.parametrize(
    ("reply", "before", "after"),
    [
        (care.Reply.SOLVED, S.ANSWERED, S.CLOSED),
        (care.Reply.UNSOLVED, S.ANSWERED, S.FORWARDED),
        (care.Reply.UNSOLVED, S.CLOSED, S.FORWARDED),
        (care.Reply.MORE, S.FORWARDED, S.FORWARDED),
        (care.Reply.SOLVED, S.FORWARDED, S.FORWARDED),
        (care.Reply.MORE, S.REJECTED, S.REJECTED),
    ],
)
def test_what_the_complainant_says_moves_the_ticket(
    session: Session,
    settings: Settings,
    now: datetime,
    reply: care.Reply,
    before: TicketState,
    after: TicketState,
) -> None:
    ticket = factory.in_state(session, settings, before, now)
    care.hear(session, load_rules(settings), ticket, reply, "Masih gelap.", at=now)
    assert ticket.state == after
    assert any(entry.kind == EntryKind.HEARD and entry.by == care.COMPLAINANT for entry in ticket.entries)


def test_every_change_is_told_audited_and_mirrored_without_its_words(
    session: Session, settings: Settings, now: datetime
) -> None:
    ticket = factory.in_state(session, settings, S.ANSWERED, now)
    told = session.scalars(select(Event).where(Event.topic == "tickets", Event.subject == ticket.public_id)).all()
    assert [event.kind for event in told] == ["opened", "forwarded", "taken up", "answered"]
    entries = session.scalars(select(audit.AuditEntry).where(audit.AuditEntry.action.like("ticket %"))).all()
    assert len(entries) == 4
    assert "lampu" not in str([entry.details for entry in entries] + [event.details for event in told]).lower()
    assert len(session.scalars(select(Job).where(Job.kind == "record.ticket")).all()) == 4


def test_an_old_page_cannot_change_a_ticket(session: Session, settings: Settings, now: datetime) -> None:
    ticket = factory.opened(session, settings, now).ticket
    seen = ticket.version
    expect(ticket, seen)
    services.forward(session, load_rules(settings), ticket, "dishub", by="petugas.lain", at=now)
    session.flush()
    with pytest.raises(ChangedMeanwhile) as refused:
        expect(ticket, seen)
    assert "petugas.lain" in str(refused.value) and ticket.number in str(refused.value)


def test_a_ticket_of_a_call_takes_its_place_and_its_caller(session: Session, settings: Settings, now: datetime) -> None:
    call = call_factory.ringing(session, now)
    call.place = "Desa Uji"
    made = factory.opened(session, settings, now, call=call, place=None)
    assert (made.ticket.call, made.ticket.place) == (call, "Desa Uji")
    assert call.phone_hash is not None
    assert queries.open_of_caller(session, call.phone_hash) == [made.ticket]
    assert queries.of_call(session, call.id) == [made.ticket]


def test_a_telephone_number_without_a_call_lies_encrypted(session: Session, settings: Settings, now: datetime) -> None:
    factory.opened(session, settings, now, phone="+628120000001")
    session.flush()
    raw = session.connection().exec_driver_sql("SELECT phone, phone_hash FROM ticket").one()
    assert b"628120000001" not in raw[0] and "628120000001" not in raw[1]
    assert session.scalar(select(Ticket.phone)) == "+628120000001"


def test_triage_words_are_kept_with_the_ticket(session: Session, settings: Settings, now: datetime) -> None:
    ticket = factory.opened(session, settings, now).ticket
    made = triage(factory.TEXT, units=load_rules(settings).unit_by_id.keys())
    assert ticket.suggestion == {
        "category": made.category,
        "unit": made.unit,
        "urgency": made.urgency,
        "confidence": made.confidence,
        "why": list(made.why),
        "route": made.route,
    }


def test_every_refusal_has_a_sentence_with_all_its_facts(session: Session, settings: Settings, now: datetime) -> None:
    ticket = factory.in_state(session, settings, S.CLOSED, now)
    for act in ALLOWED:
        if S.CLOSED not in ALLOWED[act]:
            with pytest.raises(Refusal) as refused:
                act(session, settings, ticket, now)
            assert "%(" not in str(refused.value)
