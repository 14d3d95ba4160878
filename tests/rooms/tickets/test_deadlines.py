"""The clocks of a ticket: which rules count, when they start, stop, are extended, and what happens at their end."""

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.errors import Unreadable
from radiodesk.core.jobs import Kind, Runner, nothing
from radiodesk.core.settings import Settings
from radiodesk.rooms.calls.models import Urgency
from radiodesk.rooms.tickets import care, deadlines, queries, services
from radiodesk.rooms.tickets.jobs import KINDS
from radiodesk.rooms.tickets.models import Ticket, TicketDeadline, TicketState
from radiodesk.rooms.tickets.policy import load_policies, read_policy
from radiodesk.rooms.tickets.services import Decision
from radiodesk.rooms.tickets.station_rules import load_rules
from tests.factories import tickets as factory

QUESTION = Decision("sim", "satlantas", Urgency.PERTANYAAN)
WIB = ZoneInfo("Asia/Jakarta")
CONDUCT = Decision("perilaku_anggota", "sipropam", Urgency.BIASA)


def clocks(ticket: Ticket) -> dict[str, TicketDeadline]:
    return {f"{d.policy}.{d.step}": d for d in ticket.deadlines if not d.cancelled_at}


def days(ticket: Ticket) -> dict[str, date]:
    return {name: d.due_at.astimezone(WIB).date() for name, d in clocks(ticket).items()}


def test_each_rule_counts_for_its_own_kind(session: Session, settings: Settings, now: datetime) -> None:
    # Received on Tuesday 24 November 2026.
    assert days(factory.opened(session, settings, now).ticket) == {"sp4n.forward": date(2026, 11, 27)}
    assert days(factory.opened(session, settings, now, decision=QUESTION).ticket) == {
        "sp4n.forward": date(2026, 11, 27),
        "kip.answer": date(2026, 12, 8),
    }
    assert days(factory.opened(session, settings, now, decision=CONDUCT).ticket) == {
        "sp4n.forward": date(2026, 11, 27),
        "perpol2024.notice": date(2026, 12, 22),
    }


def test_forwarding_stops_the_first_clock_and_starts_the_next(
    session: Session, settings: Settings, now: datetime
) -> None:
    ticket = factory.in_state(session, settings, TicketState.FORWARDED, now)
    assert clocks(ticket)["sp4n.forward"].met_at == now
    assert days(ticket)["sp4n.act"] == date(2026, 12, 1)
    assert ticket.due_at == clocks(ticket)["sp4n.act"].due_at


def test_an_answer_stops_whatever_it_overtakes(session: Session, settings: Settings, now: datetime) -> None:
    ticket = factory.opened(session, settings, now, decision=CONDUCT).ticket
    services.answer(session, load_rules(settings), ticket, factory.ANSWER, by="p", at=now)
    running = [name for name, d in clocks(ticket).items() if d.running]
    assert running == ["sp4n.silence"]
    assert ticket.due_at is None


def test_the_result_of_a_conduct_matter_counts_from_the_notice(
    session: Session, settings: Settings, now: datetime
) -> None:
    rules = load_rules(settings)
    ticket = factory.opened(session, settings, now, decision=CONDUCT).ticket
    later = now + timedelta(days=6)
    care.add_note(session, rules, ticket, "Sedang diperiksa.", public=False, by="p", at=later)
    assert clocks(ticket)["perpol2024.notice"].running
    care.add_note(session, rules, ticket, "Sedang diperiksa.", public=True, by="p", at=later)
    assert clocks(ticket)["perpol2024.notice"].met_at == later
    assert rules.calendar.working_days_between(later, clocks(ticket)["perpol2024.result"].due_at) == 40


def test_the_law_on_information_gives_one_extension(session: Session, settings: Settings, now: datetime) -> None:
    rules = load_rules(settings)
    ticket = factory.opened(session, settings, now, decision=QUESTION).ticket
    clock = clocks(ticket)["kip.answer"]
    with pytest.raises(Unreadable):
        care.extend(session, rules, ticket, clock, "", by="p", at=now)
    care.extend(session, rules, ticket, clock, "Data dikumpulkan dari beberapa satuan.", by="p", at=now)
    assert days(ticket)["kip.answer"] == date(2026, 12, 17)
    assert ticket.entries[-1].public
    with pytest.raises(deadlines.NotExtendable):
        care.extend(session, rules, ticket, clock, "Lagi.", by="p", at=now)
    with pytest.raises(deadlines.NotExtendable):
        care.extend(session, rules, ticket, clocks(ticket)["sp4n.forward"], "Sibuk.", by="p", at=now)


def test_a_rule_that_comes_in_late_counts_from_the_day_of_receipt(
    session: Session, settings: Settings, now: datetime
) -> None:
    rules = load_rules(settings)
    ticket = factory.opened(session, settings, now).ticket
    services.decide(session, rules, ticket, QUESTION, by="p", at=now + timedelta(days=3))
    assert days(ticket)["kip.answer"] == date(2026, 12, 8)
    services.decide(session, rules, ticket, factory.DECISION, by="p", at=now + timedelta(days=4))
    assert "kip.answer" not in clocks(ticket)


def test_the_clock_of_a_unit_begins_anew_with_another_unit_only_after_it_acted(
    session: Session, settings: Settings, now: datetime
) -> None:
    rules = load_rules(settings)
    ticket = factory.in_state(session, settings, TicketState.FORWARDED, now)
    first = clocks(ticket)["sp4n.act"].due_at
    services.forward(session, rules, ticket, "satlantas", by="p", at=now + timedelta(days=2))
    assert clocks(ticket)["sp4n.act"].due_at == first
    services.take_up(session, rules, ticket, by="p", at=now + timedelta(days=2))
    services.forward(session, rules, ticket, "dishub", by="p", at=now + timedelta(days=3))
    assert clocks(ticket)["sp4n.act"].due_at > first


def test_opening_again_gives_the_unit_a_new_time(session: Session, settings: Settings, now: datetime) -> None:
    ticket = factory.in_state(session, settings, TicketState.CLOSED, now)
    assert not [d for d in ticket.deadlines if d.running]
    services.reopen(session, load_rules(settings), ticket, "Padam lagi.", by="p", at=now + timedelta(days=7))
    assert [(d.policy, d.step) for d in ticket.deadlines if d.running] == [("sp4n", "act")]


def test_a_rejected_ticket_has_no_running_clock(session: Session, settings: Settings, now: datetime) -> None:
    ticket = factory.in_state(session, settings, TicketState.REJECTED, now)
    assert not [d for d in ticket.deadlines if d.running]
    assert ticket.due_at is None


def runner(database: Database, settings: Settings, clock: ManualClock) -> Runner:
    return Runner(database, settings, clock, {**KINDS, "record.ticket": Kind(lambda _context, _ticket: None, nothing)})


def test_ten_silent_working_days_close_an_answered_ticket(
    database: Database, settings: Settings, clock: ManualClock
) -> None:
    with database.writing() as session:
        identity = factory.in_state(session, settings, TicketState.ANSWERED, clock.now()).public_id
    jobs = runner(database, settings, clock)
    jobs.run_all()
    clock.set(datetime.fromisoformat("2026-12-08T23:00:00+07:00"))
    jobs.run_all()
    with database.reading() as session:
        assert queries.ticket_by_public_id(session, identity).state == TicketState.ANSWERED
    clock.advance(timedelta(hours=2))
    jobs.run_all()
    with database.reading() as session:
        ticket = queries.ticket_by_public_id(session, identity)
        assert ticket.state == TicketState.CLOSED
        assert (ticket.entries[-1].by, ticket.entries[-1].public) == ("desk", True)
        assert "10 hari kerja" in ticket.entries[-1].text


def test_a_word_from_the_complainant_keeps_the_ticket_open(
    database: Database, settings: Settings, clock: ManualClock
) -> None:
    rules = load_rules(settings)
    with database.writing() as session:
        identity = factory.in_state(session, settings, TicketState.ANSWERED, clock.now()).public_id
    with database.writing() as session:
        ticket = queries.ticket_by_public_id(session, identity)
        care.hear(session, rules, ticket, care.Reply.MORE, "Lampu sebelahnya juga.", at=clock.now())
    clock.advance(timedelta(days=40))
    runner(database, settings, clock).run_all()
    with database.reading() as session:
        assert queries.ticket_by_public_id(session, identity).state == TicketState.ANSWERED


def test_lists_and_figures_show_what_is_late(session: Session, settings: Settings, now: datetime) -> None:
    ticket = factory.opened(session, settings, now).ticket
    secret = factory.opened(session, settings, now, confidential=True).ticket
    later = now + timedelta(days=4)
    assert queries.counts(session, now, secret=True, guarded=True).overdue == 0
    assert queries.counts(session, later, secret=True, guarded=True).overdue == 2
    late = queries.Filter(overdue=True)
    assert queries.tickets(session, late, later, secret=False, guarded=True).rows == [ticket]
    assert queries.tickets(session, late, later, secret=True, guarded=True).rows == [secret, ticket]
    assert [d.ticket for d in queries.running_clocks(session, later, secret=False, guarded=True).rows] == [ticket]


def test_a_station_changes_a_rule_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "sp4n-lapor.toml").write_text(
        """
        id = "sp4n"
        name = "Janji layanan kami"
        rule = "Maklumat pelayanan"
        source = "Papan di depan kantor"
        categories = ["*"]
        [[step]]
        id = "forward"
        name = "Diteruskan"
        name_en = "Forwarded"
        from = ["opened"]
        met_by = ["forwarded"]
        working_days = 1
        """,
        encoding="utf-8",
    )
    policies = {policy.id: policy for policy in load_policies([tmp_path])}
    assert [step.working_days for step in policies["sp4n"].steps] == [1]
    assert policies.keys() == {"sp4n", "kip", "perpol2024"}


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("working_days = 0", "working_days"),
        ('working_days = 3\nwhen_due = "shout"', "when_due"),
        ("working_days = 3\nweeks = 2", "weeks"),
        ('working_days = 3\nfrom = ["elsewhere"]', "from"),
    ],
)
def test_a_bad_rule_is_named_with_its_reason(tmp_path: Path, line: str, why: str) -> None:
    path = tmp_path / "salah.toml"
    begin = "" if "from" in line else 'from = ["opened"]\n'
    path.write_text(
        f'id = "x"\nname = "X"\nrule = "X"\nsource = "X"\n[[step]]\nid = "a"\nname = "A"\nname_en = "A"\n'
        f'{begin}met_by = ["forwarded"]\n{line}\n',
        encoding="utf-8",
    )
    with pytest.raises(Unreadable) as refused:
        read_policy(path)
    assert "salah.toml" in str(refused.value)
    assert why in str(refused.value) or "elsewhere" in str(refused.value)


def test_every_rule_that_ships_names_its_source() -> None:
    for policy in load_policies():
        assert policy.rule and policy.source and policy.steps
