"""A caller's words become a road report: one key from the card, read already, kept with the call."""

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import select

from radiodesk.core.clock import ManualClock
from radiodesk.http.request import Station
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.calls.models import CallState, Protected
from radiodesk.rooms.calls.queries import call_by_public_id
from radiodesk.rooms.traffic import queries, services
from radiodesk.rooms.traffic.models import RoadReport
from tests.factories import calls as make
from tests.factories.trail import trail


def call(station: Station, clock: ManualClock, **facts: str) -> str:
    with station.database.writing() as session:
        return make.in_state(session, CallState.SCREENING, clock.now(), **facts).public_id


def test_a_key_on_the_card_leads_to_a_form_that_was_read_already(
    station: Station, clock: ManualClock, sign_in: Callable[..., FlaskClient]
) -> None:
    found = call(station, clock, message="Pak, di Simpang Kapas arah Babat macet total ada truk mogok")
    screener = sign_in(Role.SCREENER)
    card = screener.get(f"/antrean/{found}").text
    assert f"/lalin/panggilan/{found}" in card
    assert 'data-key="w"' in card
    form = screener.get(f"/lalin/panggilan/{found}").text
    assert 'value="Simpang Kapas"' in form
    assert 'value="macet" checked' in form
    assert "autofocus" in form
    data = {"place": "Simpang Kapas", "flow": "macet", "kind": "breakdown", "toward": "Babat"}
    filed = screener.post(f"/lalin/panggilan/{found}", data=data)
    assert filed.location == f"/antrean/{found}"
    with station.database.reading() as session:
        report = session.scalars(select(RoadReport)).one()
        assert report.source == services.CALLER
        assert report.call_id is not None
        assert "macet total" in report.text
        (condition,) = queries.live_conditions(session, clock.now())
        assert condition.confidence == services.VERIFIED
    assert f"/lalin/panggilan/{found}" not in screener.get(f"/antrean/{found}").text


def test_words_that_tell_nothing_of_a_road_leave_the_form_to_the_screener(
    station: Station, clock: ManualClock, sign_in: Callable[..., FlaskClient]
) -> None:
    found = call(station, clock, message="Kapan SIM keliling ke Baureno?")
    form = sign_in(Role.OFFICER).get(f"/lalin/panggilan/{found}").text
    assert "SIM keliling" in form
    assert "Tidak ada kabar jalan" in form


def test_a_button_of_the_corridor_is_enough(
    station: Station, clock: ManualClock, sign_in: Callable[..., FlaskClient]
) -> None:
    officer = sign_in(Role.OFFICER)
    page = officer.get("/lalin").text
    assert (
        page.index('value="Proliman Kapas"') < page.index('value="Simpang Kapas"') < page.index('value="Pasar Balen"')
    )
    data = {"spot": "Pasar Balen", "end": "Babat", "flow": "padat", "kind": "flow"}
    assert officer.post("/lalin/lapor", data=data).status_code == 303
    with station.database.reading() as session:
        (condition,) = queries.live_conditions(session, clock.now())
        assert condition.place_ids == ["market:pasar-balen"]
        assert (condition.toward, condition.flow) == (["Babat"], "padat")
    assert officer.post("/lalin/lapor", data={"flow": "padat"}).status_code == 422


def test_the_words_of_a_guarded_caller_stay_with_the_call(
    station: Station, clock: ManualClock, sign_in: Callable[..., FlaskClient]
) -> None:
    words = "Pak, di Simpang Kapas arah Babat macet total, saya Penelepon Contoh lari dari rumah"
    found = call(station, clock, message=words)
    with station.database.writing() as tx:
        call_by_public_id(tx, found).protected = Protected.VICTIM
    screener = sign_in(Role.SCREENER)
    screener.get(f"/lalin/panggilan/{found}")
    assert [entry.action for entry in trail(station.database, station.settings, "call opened")] == ["call opened"]
    data = {"place": "Simpang Kapas", "flow": "macet", "kind": "flow", "toward": "Babat"}
    screener.post(f"/lalin/panggilan/{found}", data=data)
    with station.database.reading() as session:
        report = session.scalars(select(RoadReport)).one()
        assert report.text == report.content["text"] == "Simpang Kapas arah Babat macet"


def test_who_is_guarded_later_is_not_read_at_the_road_any_more(
    station: Station, clock: ManualClock, sign_in: Callable[..., FlaskClient]
) -> None:
    found = call(station, clock, message="Di Simpang Kapas arah Babat macet total, saya Penelepon Contoh")
    data = {"place": "Simpang Kapas", "flow": "macet", "kind": "flow", "toward": "Babat"}
    sign_in(Role.SCREENER).post(f"/lalin/panggilan/{found}", data=data)
    officer = sign_in(Role.OFFICER, username="perwira")
    with station.database.reading() as session:
        (condition,) = queries.live_conditions(session, clock.now())
        page = f"/lalin/kondisi/{condition.public_id}"
    assert "Penelepon Contoh" in officer.get("/lalin").text
    with station.database.writing() as tx:
        call_by_public_id(tx, found).protected = Protected.VICTIM
    for path in ("/lalin", "/lalin/papan", page):
        told = officer.get(path).text
        assert "Penelepon Contoh" not in told
        assert "Simpang Kapas arah Babat macet" in told
    with station.database.reading() as session:
        conditions = queries.recent_conditions(session, clock.now())
        assert "Penelepon Contoh" not in str(conditions)
