"""The card: who sees what, two people at one form, consent, and taking back the last act."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.audit import AuditEntry
from radiodesk.core.errors import Unreadable
from radiodesk.rooms.calls import queries
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import Call, CallState, Channel, Protected, Urgency
from tests.factories import calls as make

S = CallState


def test_a_typed_call_is_taken_down_in_one_go(session: Session, now: datetime) -> None:
    call = calls.take_down(session, Channel.PHONE, make.card(place="Kapas"), by="wati", at=now)
    assert (call.state, call.locked_by, call.place) == (S.SCREENING, "wati", "Kapas")
    assert (call.name, call.phone) == ("Penelepon Satu", "+6281200000001")
    assert calls.card_of(call).topic == "Lampu jalan padam"


def test_a_card_can_be_saved_and_read_back_whole(session: Session, now: datetime) -> None:
    call = make.in_state(session, S.SCREENING, now, by="wati")
    card = make.card(
        phone="+6281200000001",
        place="Kapas",
        place_id="x.1",
        category="lampu",
        urgency=Urgency.SEGERA,
        protected=Protected.CHILD,
        line_quality=3,
        notes="Anak sendirian",
    )
    calls.screen(session, call, card, by="wati", at=now)
    assert calls.card_of(call) == replace(card, disguise_voice=True)


def test_of_two_at_one_card_the_second_is_told_who_was_first(session: Session, now: datetime) -> None:
    call = make.in_state(session, S.WAITING, now)
    opened = call.version
    calls.screen(session, call, make.card(topic="Dari Wati"), version=opened, by="wati", at=now)
    with pytest.raises(calls.ChangedMeanwhile, match="wati"):
        calls.screen(session, call, make.card(topic="Dari Budi"), version=opened, by="budi", at=now)
    assert call.topic == "Dari Wati"


def test_the_host_taking_a_call_does_not_spoil_what_the_screener_types(session: Session, now: datetime) -> None:
    call = make.in_state(session, S.WAITING, now)
    opened = call.version
    calls.put_on_air(session, call, by="penyiar", at=now)
    calls.screen(session, call, make.card(), version=opened, by="wati", at=now)
    assert call.topic == "Lampu jalan padam"


@pytest.mark.parametrize("point", ["Hubungi 0812 3456 7890", "NIK 3522011234567890", "telp 0353-881234"])
def test_the_line_for_the_host_takes_no_long_numbers(session: Session, now: datetime, point: str) -> None:
    call = make.in_state(session, S.SCREENING, now, by="wati")
    with pytest.raises(calls.NotForTheHost):
        calls.screen(session, call, make.card(point=point), by="wati", at=now)


def test_a_protected_name_is_kept_from_the_line_for_the_host(session: Session, now: datetime) -> None:
    card = make.card(point="Penelepon satu minta tolong", protected=Protected.VICTIM)
    with pytest.raises(calls.NotForTheHost):
        calls.take_down(session, Channel.PHONE, card, by="wati", at=now)


@pytest.mark.parametrize("mark", list(Protected))
def test_the_host_never_sees_who_a_protected_caller_is(session: Session, now: datetime, mark: Protected) -> None:
    card = make.card(may_name=True, place="Kapas")
    call = calls.take_down(session, Channel.PHONE, card, by="wati", at=now)
    assert queries.host_card(session, call).name == "Penelepon Satu"
    calls.protect(session, call, mark, by="wati", at=now)
    shown = queries.host_card(session, call)
    assert (shown.name, shown.place) == (None, "")
    assert "Penelepon" not in repr(shown)


def test_the_host_sees_a_name_only_with_leave_and_a_point_only_once_screened(session: Session, now: datetime) -> None:
    call = make.ringing(session, now, name="Penelepon Satu", topic="Belum disaring")
    shown = queries.host_card(session, call)
    assert (shown.name, shown.topic, shown.point) == (None, "", "")


def test_consent_is_logged_with_time_and_person_and_can_be_withdrawn(session: Session, now: datetime) -> None:
    call = make.in_state(session, S.SCREENING, now, by="wati")
    calls.screen(session, call, make.card(may_name=True), by="wati", at=now)
    calls.consent(session, call, by="wati", at=now)
    assert (call.consent_at, call.consent_by) == (now, "wati")
    calls.withdraw_consent(session, call, by="wati", at=now)
    assert (call.consent_at, call.may_name) == (None, False)
    actions = set(session.scalars(select(AuditEntry.action)))
    assert {"call consented", "call consent withdrawn"} <= actions


def test_handing_over_to_110_is_logged(session: Session, now: datetime) -> None:
    call = make.in_state(session, S.SCREENING, now, by="wati")
    calls.hand_over(session, call, "110", by="wati", at=now)
    assert (call.handed_to, call.handed_at, call.urgency) == ("110", now, Urgency.DARURAT)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "call handed over")).one()
    assert entry.details["to"] == "110"


@pytest.mark.parametrize(("to", "told"), [("110", "110"), ("1500", "1500"), ("081200000001", None), ("Polsek", None)])
def test_the_audit_trail_names_short_emergency_numbers_alone(
    session: Session, now: datetime, to: str, told: str | None
) -> None:
    call = make.in_state(session, S.SCREENING, now, by="wati")
    calls.hand_over(session, call, to, by="wati", at=now)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "call handed over")).one()
    assert entry.details.get("to") == told


def test_the_line_quality_is_one_to_five(session: Session, now: datetime) -> None:
    with pytest.raises(Unreadable):
        calls.take_down(session, Channel.PHONE, make.card(line_quality=6), by="wati", at=now)


def test_a_caller_is_known_again_by_number_however_it_was_typed(session: Session, now: datetime) -> None:
    first = make.in_state(session, S.DONE, now - timedelta(days=3), phone="0812-0000-0001", topic="Banjir")
    calls.warn_about(session, first, "Suka memotong pembicaraan", by="wati", at=now)
    again = make.ringing(session, now, phone="+62 812 0000 0001")
    stranger = make.ringing(session, now, phone="0812 0000 0077")
    assert queries.earlier_calls(session, again) == [first]
    assert [warning.text for warning in queries.warnings(session, again)] == ["Suka memotong pembicaraan"]
    assert queries.earlier_calls(session, stranger) == []
    assert queries.warnings(session, stranger) == []


def test_the_last_act_is_taken_back(session: Session, now: datetime) -> None:
    call = make.in_state(session, S.WAITING, now, by="wati")
    calls.drop(session, call, by="wati", at=now)
    assert calls.undo_last(session, by="wati", at=now) == [call]
    assert (call.state, call.ended_at, call.ended_why) == (S.WAITING, None, None)


def test_a_card_is_taken_back_with_number_and_name(session: Session, now: datetime) -> None:
    call = make.in_state(session, S.SCREENING, now, by="wati", name="Penelepon Dua")
    calls.screen(session, call, make.card(phone="0812 0000 0055"), by="wati", at=now)
    calls.undo_last(session, by="wati", at=now)
    assert (call.name, call.phone, call.screened_at) == ("Penelepon Dua", "+6281200000001", None)


def test_a_merge_is_taken_back_as_one(session: Session, now: datetime) -> None:
    first, second = make.ringing(session, now), make.ringing(session, now, place="Kapas")
    calls.merge(session, first, second, by="wati", at=now)
    calls.undo_last(session, by="wati", at=now)
    assert (first.place, second.state, second.merged_into_id) == ("", S.RINGING, None)


def test_several_acts_are_taken_back_one_after_the_other(session: Session, now: datetime) -> None:
    call = make.ringing(session, now)
    calls.answer(session, call, by="wati", at=now)
    calls.queue(session, call, by="wati", at=now)
    back = []
    for _ in range(2):
        calls.undo_last(session, by="wati", at=now)
        back.append(call.state)
    assert back == [S.SCREENING, S.RINGING]
    with pytest.raises(calls.NothingToUndo):
        calls.undo_last(session, by="wati", at=now)


def test_what_others_touched_is_too_old_or_was_on_air_is_not_taken_back(session: Session, now: datetime) -> None:
    call = make.in_state(session, S.WAITING, now, by="wati")
    with pytest.raises(calls.NothingToUndo):
        calls.undo_last(session, by="wati", at=now + timedelta(minutes=11))
    calls.set_vip(session, call, True, by="budi", at=now)
    with pytest.raises(calls.NothingToUndo, match="budi"):
        calls.undo_last(session, by="wati", at=now)
    calls.put_on_air(session, call, by="penyiar", at=now)
    with pytest.raises(calls.NothingToUndo):
        calls.undo_last(session, by="penyiar", at=now)


def test_who_is_protected_late_leaves_no_part_of_the_name_for_the_host(session: Session, now: datetime) -> None:
    call = make.in_state(session, S.SCREENING, now, by="wati")
    card = make.card(name="Pak Karsinem", topic="Rumah karsinem dibakar", point="Minta rumah dijaga")
    calls.screen(session, call, card, by="wati", at=now)
    with pytest.raises(calls.NotForTheHost):
        calls.protect(session, call, Protected.VICTIM, by="wati", at=now)
    call.protected = Protected.VICTIM
    assert queries.host_card(session, call).topic == "Rumah … dibakar"
    call.protected, call.topic = None, "Jalan ke rumah Pak Karsinem rusak"
    assert queries.host_card(session, call).topic == "Jalan ke rumah … rusak"
    call.may_name = True
    assert queries.host_card(session, call).topic == "Jalan ke rumah Pak Karsinem rusak"


def test_a_ringing_number_shows_who_had_it_last_and_whether_to_be_careful(session: Session, now: datetime) -> None:
    calls.warn_about(session, make.in_state(session, S.DONE, now, name="Lama"), "Suka marah", by="wati", at=now)
    make.in_state(session, S.DONE, now + timedelta(seconds=1), name="Penelepon Baru")
    again = make.ringing(session, now + timedelta(minutes=1))
    other = make.ringing(session, now, phone="0812 0000 0002")
    assert queries.known_callers(session, [again, other]) == {again.id: queries.Known("Penelepon Baru", warned=True)}


ACTS_SINCE: dict[str, tuple[Callable[[Session, Call, datetime], None], str]] = {
    "a protection": (lambda s, c, at: calls.protect(s, c, Protected.VICTIM, by="budi", at=at), "protected"),
    "a withdrawn consent": (lambda s, c, at: calls.withdraw_consent(s, c, by="budi", at=at), "may_name"),
    "one's own withdrawal": (lambda s, c, at: calls.withdraw_consent(s, c, by="wati", at=at), "may_name"),
    "handing over": (lambda s, c, at: calls.hand_over(s, c, "110", by="budi", at=at), "urgency"),
}


@pytest.mark.parametrize("since", ACTS_SINCE)
def test_a_card_that_was_open_meanwhile_takes_nothing_back(session: Session, now: datetime, since: str) -> None:
    act, field = ACTS_SINCE[since]
    call = make.in_state(session, S.WAITING, now, by="wati")
    calls.screen(session, call, make.card(may_name=True), by="wati", at=now)
    shown, version = calls.card_of(call), call.version
    act(session, call, now)
    after = getattr(call, field)
    calls.screen(session, call, replace(shown, place="Kapas"), version=version, by="wati", at=now)
    assert (call.place, getattr(call, field)) == ("Kapas", after)
    assert after != getattr(shown, field)


def test_a_card_that_was_open_during_an_undo_does_not_bring_it_back(session: Session, now: datetime) -> None:
    call = make.in_state(session, S.WAITING, now, by="wati")
    calls.screen(session, call, make.card(topic="Dari Budi"), by="budi", at=now)
    shown, version = calls.card_of(call), call.version
    calls.undo_last(session, by="budi", at=now)
    calls.screen(session, call, replace(shown, place="Kapas"), version=version, by="wati", at=now)
    assert (call.place, call.topic) == ("Kapas", "")
    with pytest.raises(calls.NothingToUndo):
        calls.undo_last(session, by="budi", at=now)


def test_a_number_and_a_name_that_nobody_typed_in_stay_as_they_are(session: Session, now: datetime) -> None:
    call = make.in_state(session, S.WAITING, now, by="wati")
    shown, version = calls.card_of(call), call.version
    calls.screen(session, call, make.card(phone="0812 0000 0055"), by="budi", at=now)
    # As the form shows the number that was there when it was opened.
    stale = replace(shown, phone="0812-0000-0001", notes="Tetangga\r\njuga menelepon")
    calls.screen(session, call, stale, version=version, by="wati", at=now)
    assert (call.phone, call.name, call.topic) == ("+6281200000055", "Penelepon Satu", "Lampu jalan padam")
    assert call.notes == "Tetangga\r\njuga menelepon"


def test_a_protection_of_meanwhile_holds_for_what_was_typed(session: Session, now: datetime) -> None:
    call = make.in_state(session, S.WAITING, now, by="wati")
    calls.screen(session, call, make.card(), by="wati", at=now)
    shown, version = calls.card_of(call), call.version
    calls.protect(session, call, Protected.CHILD, by="budi", at=now)
    with pytest.raises(calls.NotForTheHost):
        typed = replace(shown, point="Penelepon Satu minta tolong")
        calls.screen(session, call, typed, version=version, by="wati", at=now)
