"""One key protects a caller, from the card and from the host's screen; the machine says for whom and why."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts import services as broadcasts
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import Call, CallState, Protected
from radiodesk.rooms.programme import services as programme
from tests.factories import calls as make


@pytest.fixture
def screener(sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in(Role.SCREENER, username="wati")


def made(database: Database, clock: ManualClock, state: CallState = CallState.WAITING, **card: object) -> str:
    with database.writing() as tx:
        call = make.in_state(tx, state, clock.now())
        calls.screen(tx, call, make.card(may_name=True, **card), by="wati", at=clock.now())
        return call.public_id


def only(database: Database) -> Call:
    with database.reading() as look:
        return look.scalars(select(Call)).one()


@pytest.mark.parametrize(
    ("topic", "matter", "kind"),
    [
        ("Dipukuli suami", "kekerasan di rumah", Protected.VICTIM),
        ("Anak tetangga dicabuli", "kekerasan seksual", Protected.CHILD),
        ("Saya masih kelas lima SD", "anak", Protected.CHILD),
    ],
)
def test_the_card_proposes_with_the_reason_and_one_key_accepts(
    screener: FlaskClient, database: Database, clock: ManualClock, topic: str, matter: str, kind: Protected
) -> None:
    call = made(database, clock, topic=topic)
    card = screener.get(f"/antrean/{call}").get_data(as_text=True)
    cue = card.split('id="cue"')[1].split("</form>")[0]
    assert f"Bercerita tentang {matter}" in cue
    assert f'value="{kind.value}"' in cue
    screener.post(f"/antrean/{call}/lindungi", data={"protected": kind.value})
    assert only(database).protected is kind
    assert 'id="cue"' not in screener.get(f"/antrean/{call}").get_data(as_text=True)


def test_what_was_written_or_heard_counts_too(screener: FlaskClient, database: Database, clock: ManualClock) -> None:
    with database.writing() as tx:
        call = make.ringing(tx, clock.now(), message="pak kulo dipun pilara garwa kulo").public_id
    assert "kekerasan di rumah" in screener.get(f"/antrean/{call}").get_data(as_text=True)


def test_words_that_are_typed_are_proposed_before_the_card_is_saved(screener: FlaskClient) -> None:
    sent = {"text": "Dipukuli suami tiap malam"}
    part = screener.post("/antrean/saran", data=sent).get_data(as_text=True)
    assert 'data-protects="victim"' in part and "data-accept" in part
    settled = screener.post("/antrean/saran", data={**sent, "settled": "yes"}).get_data(as_text=True)
    assert 'data-protects="victim"' in settled and "data-accept" not in settled
    assert screener.post("/antrean/saran", data={**sent, "settled": "yes", "guarded": "yes"}).status_code == 204


def test_a_harmless_card_proposes_nothing_but_has_the_key(
    screener: FlaskClient, database: Database, clock: ManualClock
) -> None:
    card = screener.get(f"/antrean/{made(database, clock)}").get_data(as_text=True)
    assert 'id="cue"' not in card
    assert 'data-protects="victim"' in card


def test_the_key_takes_the_name_out_of_what_the_host_reads_and_undoing_puts_it_back(
    screener: FlaskClient, database: Database, clock: ManualClock
) -> None:
    call = made(database, clock, name="Karsinem", point="Karsinem minta tolong", topic="Karsinem dipukul suami")
    assert screener.post(f"/antrean/{call}/lindungi", data={"protected": "victim"}).status_code == 303
    found = only(database)
    assert (found.topic, found.point, found.may_name) == ("… dipukul suami", "… minta tolong", False)
    screener.post("/antrean/urung")
    assert only(database).topic == "Karsinem dipukul suami"


def test_the_host_protects_who_is_on_air(
    sign_in: Callable[..., FlaskClient], database: Database, clock: ManualClock
) -> None:
    host = sign_in(Role.HOST, username="sari")
    with database.writing() as tx:
        series = programme.add_programme(tx, "Halo Uji", by="sari", at=clock.now())
        show = broadcasts.plan(tx, series, "", clock.now(), by="sari", at=clock.now())
        broadcasts.go_on_air(tx, show, by="sari", at=clock.now())
        identity = show.public_id
    call = made(database, clock, CallState.READY, name="Karsinem", topic="Dipukuli suami")
    host.post(f"/siaran/{identity}/ambil", data={"call": call})
    page = host.get(f"/siaran/{identity}/penyiar").get_data(as_text=True)
    assert "Karsinem" in page and "Bercerita tentang kekerasan di rumah" in page
    assert host.post(f"/siaran/{identity}/lindungi", data={"call": call}).status_code == 303
    assert only(database).protected is Protected.VICTIM
    after = host.get(f"/siaran/{identity}/penyiar").get_data(as_text=True)
    assert "Karsinem" not in after and "Penelepon dilindungi" in after
