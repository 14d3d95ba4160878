"""Whether a caller is published in another voice stands on the card, and a protection that falls leaves it so."""

from collections.abc import Callable
from datetime import datetime

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.settings import Settings
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.merged_calls import in_disguise
from radiodesk.rooms.calls.models import Call, CallState, Protected
from radiodesk.rooms.tickets import care
from tests.factories import calls as make
from tests.factories import tickets as ticket_factory


def test_the_screener_ticks_it_on_the_card_and_takes_it_back(
    sign_in: Callable[..., FlaskClient], database: Database, clock: ManualClock
) -> None:
    screener = sign_in(Role.SCREENER, username="wati")
    sent = {"phone": "081200000001", "name": "Penelepon Satu", "channel": "phone", "disguise_voice": "yes"}
    assert screener.post("/antrean", data=sent).status_code == 303
    with database.reading() as session:
        call = session.scalars(select(Call)).one()
        public_id, version = call.public_id, call.version
        assert call.disguise_voice
    card = screener.get(f"/antrean/{public_id}").text
    assert 'name="disguise_voice" value="yes" checked' in " ".join(card.split())
    assert "Samarkan suara" in card
    del sent["disguise_voice"]
    screener.post(f"/antrean/{public_id}/kartu", data={**sent, "version": str(version)})
    with database.reading() as session:
        assert not session.scalars(select(Call)).one().disguise_voice


def test_who_is_protected_is_disguised_even_when_the_protection_falls(session: Session, now: datetime) -> None:
    call = make.in_state(session, CallState.WAITING, now)
    calls.protect(session, call, Protected.WHISTLEBLOWER, by="wati", at=now)
    calls.protect(session, call, None, by="wati", at=now)
    assert call.disguise_voice


def test_a_protection_that_is_undone_leaves_no_wish(session: Session, now: datetime) -> None:
    call = make.in_state(session, CallState.WAITING, now)
    calls.protect(session, call, Protected.VICTIM, by="wati", at=now)
    calls.undo_last(session, by="wati", at=now)
    assert (call.protected, call.disguise_voice) == (None, False)


def test_a_person_may_say_that_who_was_protected_is_heard_with_the_own_voice(session: Session, now: datetime) -> None:
    call = make.in_state(session, CallState.WAITING, now)
    calls.screen(session, call, make.card(protected=Protected.VICTIM), by="wati", at=now)
    assert call.disguise_voice
    calls.screen(session, call, make.card(protected=Protected.VICTIM), by="wati", at=now)
    assert not call.disguise_voice


def test_one_persons_calls_are_disguised_together(session: Session, now: datetime) -> None:
    kept, other, stranger = (make.in_state(session, CallState.WAITING, now) for _ in range(3))
    calls.disguise(session, other, by="wati", at=now)
    calls.merge(session, kept, other, by="wati", at=now)
    assert in_disguise(session, [kept, other, stranger]) == {kept.public_id, other.public_id}


def test_what_is_confidential_no_more_is_published_in_disguise(
    session: Session, settings: Settings, now: datetime
) -> None:
    call = make.in_state(session, CallState.DONE, now)
    ticket = ticket_factory.opened(session, settings, now, call=call, confidential=True).ticket
    assert not call.disguise_voice
    care.set_confidential(session, ticket, False, "diizinkan pelapor", by="petugas", at=now)
    assert call.disguise_voice
