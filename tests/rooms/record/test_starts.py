"""A recording that was handed in has no time of its own; a person tells it, and chapters and cuts follow at once."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from radiodesk.core.audit import AuditEntry
from radiodesk.core.database import Database
from radiodesk.core.settings import Settings
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.archive.models import Package, PackageState
from radiodesk.rooms.broadcasts.models import Broadcast
from radiodesk.rooms.calls.models import Protected
from radiodesk.rooms.record import services
from radiodesk.rooms.record.models import Piece, PieceKind
from radiodesk.rooms.record.protection import UNTIMED
from tests.factories import shows

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def show(database: Database, settings: Settings, now: datetime) -> tuple[str, str]:
    """A sealed show with a protected caller on air whose recording was handed in, laid out; public ids."""
    with database.writing() as tx:
        made = shows.ended(tx, settings, now, dump=False)
        made.caller.protected = Protected.CHILD
        tx.add(Package(public_id="uji", broadcast=made.broadcast, state=PackageState.SEALED, requested_at=now,
                       requested_by="uji", sealed_at=now))  # fmt: skip
        tx.flush()
        services.prepare(tx, settings, made.broadcast, by="uji", at=now)
        return made.broadcast.public_id, made.programme.public_id


def programme(database: Database) -> Piece:
    with database.reading() as session:
        found = session.scalars(select(Piece).where(Piece.kind == PieceKind.PROGRAMME)).one()
        assert found.spans is not None
        assert found.recording is not None
        return found


def tell(client: FlaskClient, show: tuple[str, str], date: str, time: str, then: str = "review") -> int:
    address = f"/siaran/{show[0]}/rekaman/{show[1]}/awal"
    return client.post(address, data={"date": date, "time": time, "then": then}).status_code


def test_the_programme_is_shown_with_its_cuts_in_place_once_its_start_is_told(
    show: tuple[str, str], database: Database, sign_in: SignIn, settings: Settings, now: datetime
) -> None:
    before = programme(database)
    assert (before.doubt, before.shown) == (UNTIMED, False)
    client = sign_in(Role.ARCHIVIST)
    review = client.get(f"/siaran/{show[0]}/terbit").get_data(as_text=True)
    assert f"/rekaman/{show[1]}/awal" in review and "waktu mulai belum diketahui" in review
    # The recording began ten seconds before the broadcast did.
    start = (now - timedelta(seconds=10)).astimezone(settings.zone)
    assert tell(client, show, f"{start:%Y-%m-%d}", f"{start:%H:%M:%S}") == 303
    after = programme(database)
    assert (after.doubt, after.shown, after.offset) == (None, True, -10.0)
    [cut] = [span for span in after.spans if span.kind == "protected"]
    # On air from 14 s to 34 s of the broadcast, with a second before and after.
    assert (cut.begins, cut.ends) == (23.0, 45.0)


def test_a_start_is_corrected_on_the_page_of_the_broadcast_where_the_sound_can_be_heard(
    show: tuple[str, str], database: Database, sign_in: SignIn, settings: Settings, now: datetime
) -> None:
    client = sign_in(Role.PRODUCER)
    start = now.astimezone(settings.zone)
    assert tell(client, show, f"{start:%Y-%m-%d}", f"{start:%H:%M:%S}", "") == 303
    assert programme(database).offset == 0.0
    start += timedelta(seconds=3)
    assert tell(client, show, f"{start:%Y-%m-%d}", f"{start:%H:%M:%S}", "") == 303
    assert programme(database).offset == 3.0
    page = client.get(f"/siaran/{show[0]}").get_data(as_text=True)
    assert f"/rekaman/{show[1]}/suara.mp3" in page and "/transkrip/" in page and "Betulkan waktu mulai" in page
    with database.reading() as session:
        told = session.scalars(select(AuditEntry).where(AuditEntry.action == "start of a recording told")).all()
    assert len(told) == 2


def test_the_moment_that_was_worked_out_is_known_when_a_person_tells_it(
    show: tuple[str, str], database: Database, sign_in: SignIn, settings: Settings
) -> None:
    recording = programme(database).recording
    assert recording is not None and recording.started_at is not None and not recording.start_known
    start = recording.started_at.astimezone(settings.zone)
    assert tell(sign_in(Role.PRODUCER), show, f"{start:%Y-%m-%d}", f"{start:%H:%M:%S}") == 303
    found = programme(database).recording
    assert found is not None and found.start_known


@pytest.mark.parametrize(("date", "time"), [("2026-11-20", "18:30:00"), ("2026-11-24", "25:00"), ("", ""), ("x", "y")])
def test_a_time_that_cannot_be_meant_is_refused(
    show: tuple[str, str], database: Database, sign_in: SignIn, date: str, time: str
) -> None:
    assert tell(sign_in(Role.PRODUCER), show, date, time) == 422
    assert programme(database).doubt == UNTIMED


def test_another_show_s_recording_is_not_there(
    show: tuple[str, str], database: Database, sign_in: SignIn, settings: Settings, now: datetime
) -> None:
    with database.writing() as tx:
        other = shows.ended(tx, settings, now, dump=False, title="Lain").programme.public_id
    assert tell(sign_in(Role.PRODUCER), (show[0], other), "2026-11-24", "18:30:00") == 404


def test_callers_lead_to_their_cards_for_who_may_open_them(
    show: tuple[str, str], database: Database, sign_in: SignIn
) -> None:
    with database.reading() as session:
        assert session.scalars(select(Broadcast)).one().public_id == show[0]
    page = f"/siaran/{show[0]}"
    screener = sign_in(Role.SCREENER, username="penyaring").get(page).get_data(as_text=True)
    assert screener.count('href="/antrean/') == 2
    assert "Penelepon dilindungi</a>" in screener
    assert 'href="/antrean/' not in sign_in(Role.HOST, username="penyiar").get(page).get_data(as_text=True)
