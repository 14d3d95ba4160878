"""Nobody goes on air silently without having agreed, and what did is known afterwards."""

from collections.abc import Callable
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.audit import AuditEntry
from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts import services as broadcasts
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import Call, CallState, Channel, Consent
from radiodesk.rooms.programme import services as programme
from tests.factories import calls as make

WORDS = "Apakah Anda setuju?"


@pytest.fixture
def screener(sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in(Role.SCREENER, username="wati")


@pytest.fixture
def host(sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in(Role.HOST, username="sari")


@pytest.fixture
def show(database: Database, clock: ManualClock) -> str:
    """A broadcast that is on air."""
    with database.writing() as tx:
        series = programme.add_programme(tx, "Halo Uji", by="sari", at=clock.now())
        made = broadcasts.plan(tx, series, "", clock.now(), by="sari", at=clock.now())
        broadcasts.go_on_air(tx, made, by="sari", at=clock.now())
        return made.public_id


def unasked(session: Session, at: datetime, *, ready: bool = False) -> Call:
    """A waiting caller whom nobody has asked."""
    call = make.in_state(session, CallState.SCREENING, at)
    calls.screen(session, call, make.card(may_name=True), by="penyaring", at=at)
    calls.queue(session, call, by="penyaring", at=at)
    if ready:
        calls.make_ready(session, call, unasked=True, by="penyaring", at=at)
    return call


def now_is(database: Database, public_id: str) -> Call:
    with database.reading() as look:
        return look.scalars(select(Call).where(Call.public_id == public_id)).one()


def test_nobody_is_ready_or_on_air_without_having_agreed(session: Session, now: datetime) -> None:
    call = unasked(session, now)
    assert call.consent is Consent.MISSING
    with pytest.raises(calls.ConsentMissing):
        calls.make_ready(session, call, by="wati", at=now)
    with pytest.raises(calls.ConsentMissing):
        calls.put_on_air(session, call, by="sari", at=now)
    with pytest.raises(calls.ConsentMissing):
        calls.put_on_air(session, call, overruled="  ", by="sari", at=now)
    assert call.state is CallState.WAITING
    calls.consent(session, call, by="wati", at=now)
    calls.make_ready(session, call, by="wati", at=now)
    calls.put_on_air(session, call, by="sari", at=now)
    assert (call.consent, call.went_out_without_consent) == (Consent.GIVEN, False)


def test_the_host_overrules_with_a_reason_that_is_kept(session: Session, now: datetime) -> None:
    call = unasked(session, now)
    calls.put_on_air(session, call, overruled="Banjir naik, warga harus tahu", by="sari", at=now)
    assert (call.overruled_by, call.overruled_why) == ("sari", "Banjir naik, warga harus tahu")
    assert call.went_out_without_consent
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "call on air")).one()
    assert (entry.actor, entry.details["without_consent"]) == ("sari", "missing")
    calls.hold(session, call, by="sari", at=now)
    calls.resume(session, call, by="sari", at=now)
    # What went out then went out without it, whatever is agreed to afterwards.
    calls.consent(session, call, by="wati", at=now)
    assert call.went_out_without_consent


def test_who_refuses_on_hold_is_asked_about_again(session: Session, now: datetime) -> None:
    call = unasked(session, now)
    calls.put_on_air(session, call, overruled="Mendesak", by="sari", at=now)
    calls.hold(session, call, by="sari", at=now)
    calls.withdraw_consent(session, call, by="wati", at=now)
    assert (call.consent, call.may_name, call.overruled_at) == (Consent.REFUSED, False, None)
    with pytest.raises(calls.ConsentMissing):
        calls.resume(session, call, by="sari", at=now)


def test_what_went_out_without_consent_can_be_asked_of_the_database(session: Session, now: datetime) -> None:
    agreed = make.in_state(session, CallState.DONE, now)
    withdrawn = make.in_state(session, CallState.DONE, now, phone="0812 0000 0002")
    calls.withdraw_consent(session, withdrawn, by="wati", at=now)
    overruled = unasked(session, now)
    calls.put_on_air(session, overruled, overruled="Mendesak", by="sari", at=now)
    never = unasked(session, now)
    session.flush()
    found = set(session.scalars(select(Call.id).where(Call.went_out_without_consent)))
    assert found == {withdrawn.id, overruled.id}
    assert found == {call.id for call in (agreed, withdrawn, overruled, never) if call.went_out_without_consent}


def test_a_refusal_goes_along_when_calls_are_merged(session: Session, now: datetime) -> None:
    kept = make.in_state(session, CallState.WAITING, now)
    other = unasked(session, now)
    calls.withdraw_consent(session, other, by="wati", at=now)
    calls.merge(session, kept, other, by="wati", at=now)
    assert (kept.consent, kept.consent_at) == (Consent.REFUSED, None)


def test_a_refusal_of_a_merged_call_ends_what_rested_on_consent(session: Session, now: datetime) -> None:
    kept, other = make.in_state(session, CallState.WAITING, now), unasked(session, now)
    kept.may_name = kept.may_call_back = True
    kept.overruled_at, kept.overruled_by, kept.overruled_why = now, "sari", "Mendesak"
    calls.withdraw_consent(session, other, by="wati", at=now)
    calls.merge(session, kept, other, by="wati", at=now)
    assert kept.consent is Consent.REFUSED
    assert (kept.may_name, kept.may_call_back, kept.may_air) == (False, False, False)


def test_r_asks_before_it_makes_ready(screener: FlaskClient, database: Database, clock: ManualClock) -> None:
    with database.writing() as tx:
        call = unasked(tx, clock.now()).public_id
    card = screener.get(f"/antrean/{call}").get_data(as_text=True)
    assert "Belum ada persetujuan" in card and WORDS in card
    answer = screener.post(f"/antrean/{call}/siap")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/antrean/{call}?tanya=1")
    live = screener.post(f"/antrean/{call}/siap", headers={"HX-Request": "true"})
    assert live.headers["HX-Redirect"] == f"/antrean/{call}?tanya=1"
    assert now_is(database, call).state is CallState.WAITING
    asking = screener.get(f"/antrean/{call}?tanya=1").get_data(as_text=True)
    assert "Tanyakan sebelum penelepon disiapkan" in asking
    screener.post(f"/antrean/{call}/setuju", data={"then": "siap"})
    assert (now_is(database, call).state, now_is(database, call).consent) == (CallState.READY, Consent.GIVEN)


def test_the_screener_may_leave_it_to_the_host_but_not_by_one_key(
    screener: FlaskClient, database: Database, clock: ManualClock
) -> None:
    with database.writing() as tx:
        call = unasked(tx, clock.now()).public_id
    screener.post(f"/antrean/{call}/siap", data={"unasked": "yes"})
    assert (now_is(database, call).state, now_is(database, call).consent) == (CallState.READY, Consent.MISSING)
    assert "Izin?" in screener.get("/antrean/daftar").get_data(as_text=True)


@pytest.mark.parametrize(
    ("answer", "consent", "state", "ends"),
    [
        ("", Consent.MISSING, CallState.WAITING, "?tanya=1"),
        ("no", Consent.REFUSED, CallState.WAITING, "?tanya=1"),
        ("yes", Consent.GIVEN, CallState.READY, "/antrean"),
    ],
)
def test_a_new_card_shows_the_words_and_asks_too(
    screener: FlaskClient, database: Database, answer: str, consent: Consent, state: CallState, ends: str
) -> None:
    assert WORDS in screener.get("/antrean").get_data(as_text=True)
    sent = {"channel": "phone", "phone": "0812 0000 0001", "topic": "Lampu padam", "consent": answer, "then": "siap"}
    taken = screener.post("/antrean", data=sent)
    assert taken.headers["Location"].endswith(ends)
    with database.reading() as look:
        call = look.scalars(select(Call)).one()
        assert (call.consent, call.state) == (consent, state)


def test_a_refused_new_card_keeps_the_answer(screener: FlaskClient) -> None:
    sent = {"channel": "phone", "point": "Hubungi 0812 0000 0001", "consent": "yes"}
    page = screener.post("/antrean", data=sent).get_data(as_text=True)
    radio = page.split('name="consent" value="yes"')[1].split(">")[0]
    assert "checked" in radio


def test_the_host_is_asked_and_overrules_with_a_reason(
    host: FlaskClient, database: Database, clock: ManualClock, show: str
) -> None:
    with database.writing() as tx:
        call = unasked(tx, clock.now(), ready=True).public_id
    assert "Belum ada persetujuan" in host.get(f"/siaran/{show}/penyiar").get_data(as_text=True)
    for headers, where in (({}, "Location"), ({"HX-Request": "true"}, "HX-Redirect")):
        answer = host.post(f"/siaran/{show}/ambil", data={"call": call}, headers=headers)
        assert answer.headers[where] == f"/siaran/{show}/penyiar?tanya={call}"
    assert now_is(database, call).state is CallState.READY
    asked = host.get(f"/siaran/{show}/penyiar?tanya={call}").get_data(as_text=True)
    assert WORDS in asked and 'id="asked"' in asked
    host.post(f"/siaran/{show}/ambil", data={"call": call, "why": "Banjir naik"})
    found = now_is(database, call)
    assert (found.state, found.overruled_by, found.went_out_without_consent) == (CallState.ON_AIR, "sari", True)


def test_the_reason_stands_on_the_card(
    screener: FlaskClient, database: Database, clock: ManualClock, show: str
) -> None:
    with database.writing() as tx:
        call = unasked(tx, clock.now(), ready=True)
        calls.put_on_air(tx, call, overruled="Banjir naik", by="sari", at=clock.now())
        identity = call.public_id
    card = screener.get(f"/antrean/{identity}").get_data(as_text=True)
    assert "Alasan dari sari: Banjir naik" in card


def test_the_host_notes_that_the_caller_agreed(
    host: FlaskClient, database: Database, clock: ManualClock, show: str
) -> None:
    with database.writing() as tx:
        call = unasked(tx, clock.now(), ready=True).public_id
    host.post(f"/siaran/{show}/ambil", data={"call": call, "consent": "yes"})
    found = now_is(database, call)
    assert (found.state, found.consent_by, found.went_out_without_consent) == (CallState.ON_AIR, "sari", False)
    # Nobody is asked about who agreed.
    assert 'id="asked"' not in host.get(f"/siaran/{show}/penyiar?tanya={call}").get_data(as_text=True)


def test_a_web_form_that_agreed_goes_on_without_asking(session: Session, now: datetime) -> None:
    call = calls.receive(session, Channel.WEB, at=now, message="Lampu padam")
    calls.queue(session, call, by="wati", at=now)
    call.consent_at, call.consent_by = now, "web"
    calls.make_ready(session, call, by="wati", at=now)
    assert call.state is CallState.READY
