"""The calendar of the desk, by links and forms alone: days, market days, holidays, clashes, moving and taking back."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient

from radiodesk.core.database import Database
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts import services
from radiodesk.rooms.broadcasts.desk_calendar import within
from radiodesk.rooms.broadcasts.models import Broadcast
from radiodesk.rooms.programme import services as programmes

ZONE = ZoneInfo("Asia/Jakarta")
FRIDAY = datetime(2026, 12, 4, 2, 30, tzinfo=UTC)


@pytest.fixture
def edition(database: Database, now: datetime) -> str:
    with database.writing() as session:
        series = programmes.add_programme(session, "Dialog Jumat", by="produser", at=now)
        return services.plan(session, series, "Edisi Pendopo", FRIDAY, by="produser", at=now).public_id


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_a_week_names_its_days_in_both_weeks(sign_in: Callable[..., FlaskClient], edition: str) -> None:
    page = sign_in(Role.SCREENER).get("/siaran/kalender?hari=2026-12-04").get_data(as_text=True)
    text = plain(page)
    # Monday 30 November 2026 is a Legi.
    for told in ("Senin 30 Nov Legi", "Selasa 1 Des Pahing", "Jumat 4 Des Kliwon", "Minggu 6 Des Pahing"):
        assert told in text
    assert 'aria-label="Jumat Kliwon, 4 Desember 2026"' in page
    assert "09.30 Edisi Pendopo" in text
    assert edition in page


def test_a_month_tells_holidays(sign_in: Callable[..., FlaskClient], edition: str) -> None:
    client = sign_in(Role.SCREENER)
    text = plain(client.get("/siaran/kalender/bulan?hari=2026-12-01").get_data(as_text=True))
    assert "Desember 2026" in text
    assert re.search(r"Jumat 25 Des \w+ (?:\+ \S.*?)?Hari Raya Natal", text)
    assert "Edisi Pendopo" in text
    assert text.count("Senin") == 5


def test_clashes_are_named(
    sign_in: Callable[..., FlaskClient], edition: str, database: Database, now: datetime
) -> None:
    with database.writing() as session:
        series = programmes.add_programme(session, "Kabar Siang", by="produser", at=now)
        services.plan(session, series, "", FRIDAY + timedelta(minutes=45), by="produser", at=now)
    text = plain(sign_in(Role.HOST).get("/siaran/kalender?hari=2026-12-04").get_data(as_text=True))
    assert "bentrok dengan Kabar Siang, 10.15" in text
    assert "bentrok dengan Edisi Pendopo, 09.30" in text


def test_a_move_is_told_and_taken_back_on_the_calendar(
    sign_in: Callable[..., FlaskClient], edition: str, database: Database
) -> None:
    client = sign_in(Role.HOST)
    sent = {"date": "2026-12-11", "time": "13:30", "view": "month"}
    answer = client.post(f"/siaran/{edition}/pindah", data=sent, follow_redirects=True)
    assert answer.request.path == "/siaran/kalender/bulan"
    assert "Edisi Pendopo dipindah dari 4 Desember 2026 09.30 WIB" in plain(answer.get_data(as_text=True))
    answer = client.post(f"/siaran/{edition}/kembali", data={"view": "week"}, follow_redirects=True)
    assert answer.request.path == "/siaran/kalender"
    assert "dipindah" not in plain(answer.get_data(as_text=True))
    with database.reading() as session:
        assert [one.planned_start for one in session.query(Broadcast)] == [FRIDAY]


def test_who_may_not_plan_is_offered_nothing(sign_in: Callable[..., FlaskClient], edition: str) -> None:
    page = sign_in(Role.SCREENER).get("/siaran/kalender?hari=2026-12-04").get_data(as_text=True)
    for offered in ("draggable", "data-plan", 'id="drop"'):
        assert offered not in page
    assert "draggable" in sign_in(Role.HOST, username="penyiar").get("/siaran/kalender?hari=2026-12-04").text


@pytest.mark.parametrize("day", ["", "x", "0001-01-01", "1900-01-01", "2199-12-31", "9999-12-31", "2026-02-30"])
@pytest.mark.parametrize("view", ["", "/bulan"])
def test_any_day_gives_a_page(sign_in: Callable[..., FlaskClient], view: str, day: str) -> None:
    client = sign_in(Role.HOST)
    answer = client.get(f"/siaran/kalender{view}?hari={day}&pindah=x")
    assert answer.status_code == 200
    for rel in ("prev", "next"):
        found = re.search(rf'rel="{rel}"\s+href="([^"]+)"', answer.get_data(as_text=True))
        assert found is not None
        assert client.get(found[1]).status_code == 200


def test_a_station_that_corrects_the_holidays_is_heeded(
    sign_in: Callable[..., FlaskClient], settings_data: Callable[[str], None]
) -> None:
    settings_data("2026-12-07\tholiday\tHari jadi contoh\n")
    text = plain(sign_in(Role.HOST).get("/siaran/kalender?hari=2026-12-07").get_data(as_text=True))
    assert "Hari jadi contoh" in text


@pytest.fixture
def settings_data(settings: object) -> Callable[[str], None]:
    def write(lines: str) -> None:
        folder = settings.data / "calendars"  # type: ignore[attr-defined]
        folder.mkdir(parents=True)
        (folder / "station.tsv").write_text(lines, encoding="utf-8")

    return write


@pytest.mark.parametrize("day", [date.min, date(1900, 1, 31), date(2026, 12, 4), date(2199, 12, 31), date.max])
def test_whole_months_lie_around_any_day(day: date) -> None:
    near = within(day)
    assert (near.replace(day=1) - timedelta(days=40)).year >= 1899
    assert within(near) == near
