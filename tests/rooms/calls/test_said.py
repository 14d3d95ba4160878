"""What a caller says is read by the screener as it was heard, and by the host without what must not be said."""

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from radiodesk.core.database import Database
from radiodesk.core.settings import Settings
from radiodesk.http.request import Station
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.calls.call_words import words_of
from radiodesk.rooms.calls.live_words import MOST_ON_AIR, said, said_on_air
from radiodesk.rooms.calls.models import Call, CallState, Protected
from radiodesk.rooms.calls.screen_ports import connections
from radiodesk.rooms.record.hooks import OnAirMasker
from radiodesk.rooms.record.private_finder import finder
from radiodesk.rooms.transcripts.live import services as live
from radiodesk.rooms.transcripts.live.models import Hearing
from tests.factories import calls as factory
from tests.factories import tickets

NUMBER = "nol delapan satu dua tiga empat lima enam tujuh delapan"


@pytest.fixture
def masker(settings: Settings) -> OnAirMasker:
    return OnAirMasker(finder(settings), "id")


def speaks(
    session: Session,
    call: Call,
    at: datetime,
    settled: str = "",
    tentative: str = "",
    *,
    take: str = "T1",
    state: Hearing = Hearing.FOLLOWED,
    lag: float = 0.4,
) -> None:
    """Words of a caller arrive."""
    live.begin(session, take, call.public_id, at=at)
    shown = live.Shown(take, call.public_id, state, settled, tentative, heard_until=9.0, reached=8.0, lag=lag)
    live.show(session, [shown], at=at)
    session.flush()


def heard_by_host(session: Session, call: Call, masker: OnAirMasker) -> str:
    found = said_on_air(session, call, masker)
    assert found is not None
    return found.settled


def test_nobody_listens_to_a_call_without_a_line(session: Session, now: datetime, masker: OnAirMasker) -> None:
    call = factory.in_state(session, CallState.ON_AIR, now)

    assert said(session, call.public_id) is None
    assert said_on_air(session, call, masker) is None


def test_the_screener_reads_every_word(session: Session, now: datetime) -> None:
    call = factory.in_state(session, CallState.SCREENING, now)
    speaks(session, call, now, f"nomor saya {NUMBER}", "terima kasih")

    found = said(session, call.public_id)

    assert found is not None
    assert (found.settled, found.tentative) == (f"nomor saya {NUMBER}", "terima kasih")


def test_words_before_and_after_a_hold_are_one_text(session: Session, now: datetime) -> None:
    call = factory.in_state(session, CallState.ON_AIR, now)
    speaks(session, call, now, "halo selamat malam", "ya", state=Hearing.ENDED)
    speaks(session, call, now, "jadi begini", take="T2")

    found = said(session, call.public_id)

    assert found is not None
    assert found.settled == "halo selamat malam ya jadi begini"
    assert found.state is Hearing.FOLLOWED


@pytest.mark.parametrize(
    ("settled", "tentative"),
    [
        (f"nomor saya {NUMBER} mohon dihubungi", ""),
        ("nomor saya nol delapan satu dua tiga", "empat lima enam tujuh delapan mohon dihubungi"),
        ("nomor saya 0812 3456 7890 mohon dihubungi", ""),
        ("NIK saya 3522 0112 0385 0001 mohon dicek", ""),
    ],
)
def test_the_host_sees_no_private_number(
    session: Session, now: datetime, masker: OnAirMasker, settled: str, tentative: str
) -> None:
    call = factory.in_state(session, CallState.ON_AIR, now)
    speaks(session, call, now, settled, tentative)

    text = heard_by_host(session, call, masker)

    assert text.startswith(("nomor saya [", "NIK saya ["))
    assert not any(character.isdigit() for character in text)
    assert "tiga empat" not in text
    assert "mohon di" in text


def test_a_number_that_is_being_said_shows_none_of_its_digits(
    session: Session, now: datetime, masker: OnAirMasker
) -> None:
    call = factory.in_state(session, CallState.ON_AIR, now)
    speaks(session, call, now, "nomor saya nol delapan", "satu dua")

    assert heard_by_host(session, call, masker) == "nomor saya …"


def test_numbers_that_are_nobodys_stay(session: Session, now: datetime, masker: OnAirMasker) -> None:
    call = factory.in_state(session, CallState.ON_AIR, now)
    text = "kejadian jam tujuh di kilometer dua belas ada tiga sepeda motor tolong lapor 110 ya pak"
    speaks(session, call, now, text)

    assert heard_by_host(session, call, masker) == text


def test_the_words_of_a_protected_caller_are_not_on_the_hosts_screen(
    session: Session, now: datetime, masker: OnAirMasker
) -> None:
    call = factory.in_state(session, CallState.ON_AIR, now)
    call.protected = Protected.CHILD
    speaks(session, call, now, "saya takut pulang")

    assert said_on_air(session, call, masker) is None


def test_the_words_of_a_confidential_complaint_are_not_on_the_hosts_screen(
    session: Session, settings: Settings, now: datetime, masker: OnAirMasker
) -> None:
    call = factory.in_state(session, CallState.ON_AIR, now)
    speaks(session, call, now, "saya mau melapor")
    assert said_on_air(session, call, masker) is not None
    tickets.opened(session, settings, now, call=call, text="Rahasia", confidential=True)
    assert said_on_air(session, call, masker) is None


def test_the_name_of_a_protected_caller_is_hidden_in_others_words(
    session: Session, now: datetime, masker: OnAirMasker
) -> None:
    child = factory.in_state(session, CallState.WAITING, now, name="Sekar Contohwati", phone="0812 0000 0002")
    child.protected = Protected.VICTIM
    call = factory.in_state(session, CallState.ON_AIR, now)
    speaks(session, call, now, "korbannya contohwati anak tetangga saya sekar contohwati")

    text = heard_by_host(session, call, masker)

    assert text == "korbannya [nama] anak tetangga saya [nama]"


def test_the_callers_own_name_is_hidden_unless_it_was_allowed(
    session: Session, now: datetime, masker: OnAirMasker
) -> None:
    call = factory.in_state(session, CallState.ON_AIR, now, name="Contohwan")
    speaks(session, call, now, "saya contohwan dari balen")
    assert heard_by_host(session, call, masker) == "saya [nama] dari balen"

    call.may_name = True

    assert heard_by_host(session, call, masker) == "saya contohwan dari balen"


def test_without_masks_the_host_sees_nothing(session: Session, now: datetime) -> None:
    call = factory.in_state(session, CallState.ON_AIR, now)
    speaks(session, call, now, "lampu jalan padam")

    assert said_on_air(session, call, None) is None


def test_the_host_sees_the_newest_words(session: Session, now: datetime, masker: OnAirMasker) -> None:
    call = factory.in_state(session, CallState.ON_AIR, now)
    speaks(session, call, now, "awal " + "kata " * 400 + "akhir")

    words = heard_by_host(session, call, masker).split()

    assert len(words) == MOST_ON_AIR + 1
    assert words[0] == "…"
    assert words[-1] == "akhir"


def test_calls_about_the_same_event_are_found_while_the_caller_speaks(session: Session, now: datetime) -> None:
    speaking = factory.in_state(session, CallState.SCREENING, now)
    silent = factory.in_state(session, CallState.WAITING, now, phone="0812 0000 0002")
    speaks(session, speaking, now, "kebakaran di pasar kota")

    words = words_of(session, [speaking, silent])
    assert {key: one.heard for key, one in words.items()} == {speaking.id: "kebakaran di pasar kota", silent.id: ""}


# ---- Pages


@pytest.fixture
def given(database: Database, station: Station) -> Callable[..., str]:
    """A call in a state with words; gives its public id."""

    def given(where: CallState, settled: str, **values: object) -> str:
        with database.writing() as tx:
            call = factory.in_state(tx, where, station.clock.now())
            speaks(tx, call, station.clock.now(), settled, **values)  # type: ignore[arg-type]
            return call.public_id

    return given


def test_the_card_holds_a_region_that_follows_its_call(
    sign_in: Callable[..., FlaskClient], given: Callable[..., str]
) -> None:
    client = sign_in(Role.SCREENER)
    call = given(CallState.SCREENING, "lampu jalan padam", tentative="di depan")

    page = " ".join(client.get(f"/antrean/{call}").text.split())

    assert f'data-live="words" data-subject="{call}" data-src="/antrean/{call}/ucapan"' in page
    assert "lampu jalan padam" in page
    assert "lampu jalan padam" in client.get(f"/antrean/{call}/ucapan").text


def test_words_are_escaped(sign_in: Callable[..., FlaskClient], given: Callable[..., str]) -> None:
    client = sign_in(Role.SCREENER)
    call = given(CallState.SCREENING, "<b>tebal</b>")

    assert "<b>tebal" not in client.get(f"/antrean/{call}/ucapan").text


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"state": Hearing.PUT_OFF}, "lebih banyak penelepon"),
        ({"state": Hearing.ENDED}, "suara sudah berakhir"),
        ({"lag": 5.2}, "terlambat 5 detik"),
        ({"settled": ""}, "mendengarkan penelepon"),
    ],
)
def test_the_page_says_how_the_call_is_listened_to(
    sign_in: Callable[..., FlaskClient], given: Callable[..., str], values: dict[str, object], sentence: str
) -> None:
    client = sign_in(Role.SCREENER)
    call = given(CallState.SCREENING, **{"settled": "halo", **values})

    assert sentence in client.get(f"/antrean/{call}/ucapan").text.casefold()


def test_the_host_reads_masked_words_and_only_those(
    sign_in: Callable[..., FlaskClient], given: Callable[..., str]
) -> None:
    client = sign_in(Role.HOST)
    call = given(CallState.ON_AIR, f"nomor saya {NUMBER} mohon dihubungi")

    assert "nomor saya [nomor telepon] mohon dihubungi" in client.get(f"/siaran/ucapan/{call}").text
    assert client.get(f"/antrean/{call}/ucapan").status_code == 403


def test_a_desk_lends_masks_to_its_screens(desk: Flask) -> None:
    assert connections(desk).masker is not None
