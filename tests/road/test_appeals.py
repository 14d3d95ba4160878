"""The library of appeals is sound, and the picker finds the one for the moment without repeating itself."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from radiodesk.core.errors import NotFound, Unreadable
from radiodesk.http.request import Station
from radiodesk.language.spoken import reading_seconds
from radiodesk.road.appeals import (
    PILLARS,
    REST,
    Appeal,
    check_appeals,
    fits,
    load_appeals,
    moment_of,
    pasaran,
    pick_appeal,
    resting,
    weather_words,
)
from radiodesk.road.ports import Alert
from radiodesk.rooms.accounts.models import Role

LIBRARY = load_appeals()
BY_ID = {appeal.id: appeal for appeal in LIBRARY}
TUESDAY = datetime(2026, 11, 24, tzinfo=UTC)
"""07.00 WIB, a school day in the rains."""


def at(day: str, hour: int) -> datetime:
    """An hour of the day in WIB."""
    return datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(hours=hour - 7)


def test_the_library_that_comes_with_the_program_is_sound() -> None:
    assert check_appeals() == []
    assert len(LIBRARY) >= 60
    assert {appeal.pillar for appeal in LIBRARY} == set(PILLARS)
    assert min(Counter(appeal.pillar for appeal in LIBRARY).values()) >= 12
    assert len({appeal.text for appeal in LIBRARY}) == len({appeal.short for appeal in LIBRARY}) == len(LIBRARY)


def test_every_appeal_can_be_read_in_its_place_of_a_bulletin() -> None:
    for appeal in LIBRARY:
        assert reading_seconds(appeal.text) <= 16, appeal.id
        assert reading_seconds(appeal.short) <= 6, appeal.id


def test_no_appeal_names_a_place_or_speaks_of_a_day_that_is_not_asked_for() -> None:
    for appeal in LIBRARY:
        text = f"{appeal.text} {appeal.short}".lower()
        assert "bojonegoro" not in text
        if "hari pasar" in text:
            assert "hari pasar" in appeal.events
        if "musim hujan" in text:
            assert "hujan" in appeal.seasons


@pytest.mark.parametrize(
    ("moment", "weather", "wanted"),
    [
        (at("2026-11-24", 15), ["Hujan Lebat"], "hujan"),
        (at("2026-11-24", 15), ["Angin Kencang"], "petir dan angin"),
        (at("2026-11-24", 5), ["kabut tebal"], "kabut"),
        (at("2026-11-24", 15), ["banjir"], "banjir"),
    ],
)
def test_a_warning_of_the_weather_decides(moment: datetime, weather: list[str], wanted: str) -> None:
    assert pick_appeal(LIBRARY, at=moment, weather=weather).theme == wanted


@pytest.mark.parametrize(
    ("moment", "event"),
    [
        (at("2026-11-24", 6), "sekolah"),
        (at("2026-03-15", 10), "mudik"),
        (at("2026-03-20", 20), "malam takbiran"),
        (at("2026-03-05", 17), "ramadan"),
        (at("2026-08-18", 10), "agustusan"),
        (at("2026-12-28", 10), "natal tahun baru"),
        (at("2026-09-20", 10), "panen tembakau"),
    ],
)
def test_the_time_of_the_year_decides(moment: datetime, event: str) -> None:
    assert event in moment_of(moment).events
    assert event in {one for chosen in _best(moment, 6) for one in chosen.events}


def _best(moment: datetime, many: int) -> list[Appeal]:
    used: list[str] = []
    for _ in range(many):
        used.insert(0, pick_appeal(LIBRARY, at=moment, used_recently=used).id)
    return [BY_ID[name] for name in used]


def test_nothing_is_said_of_school_when_there_is_none() -> None:
    for moment in (at("2026-11-22", 7), at("2026-06-25", 7), at("2026-12-29", 7), at("2026-11-24", 20)):
        assert all(appeal.id != "zona-sekolah" for appeal in _best(moment, 10))


def test_the_night_has_appeals_of_its_own() -> None:
    chosen = _best(at("2026-11-24", 23), 5)
    assert any(appeal.theme in ("kelelahan", "balap liar", "kejahatan jalanan", "alkohol") for appeal in chosen)


def test_the_market_day_comes_every_five_days() -> None:
    assert pasaran(date(1945, 8, 17)) == "legi"
    assert [pasaran(date(1945, 8, 17) + timedelta(days=n)) for n in (1, 4, 5)] == ["pahing", "kliwon", "legi"]
    market = pasaran(TUESDAY.date())
    picked = pick_appeal(LIBRARY, at=at("2026-11-24", 9), market_days=[market.title()])
    assert "hari pasar" in picked.events
    assert "hari pasar" not in moment_of(TUESDAY, market_days=["pahing"] if market != "pahing" else ["pon"]).events


def test_none_is_repeated_within_the_set_number_of_broadcasts() -> None:
    used: list[str] = []
    for turn in range(200):
        picked = pick_appeal(LIBRARY, at=TUESDAY + timedelta(minutes=30 * turn), used_recently=used)
        assert picked.id not in used[:REST]
        used.insert(0, picked.id)
    assert len(set(used)) > 40, "the library is used broadly"


def test_pillars_take_turns() -> None:
    used: list[str] = []
    for turn in range(48):
        used.insert(0, pick_appeal(LIBRARY, at=TUESDAY + timedelta(minutes=30 * turn), used_recently=used).id)
    counts = Counter(BY_ID[name].pillar for name in used)
    assert set(counts) == set(PILLARS)
    assert max(counts.values()) < 30


def test_when_all_were_used_the_longest_rested_comes() -> None:
    few = [BY_ID["helm-klik"], BY_ID["ponsel"], BY_ID["sein"]]
    assert pick_appeal(few, at=TUESDAY, used_recently=["sein", "ponsel", "helm-klik"]).id == "helm-klik"


def test_the_same_question_has_the_same_answer() -> None:
    assert pick_appeal(LIBRARY, at=TUESDAY) == pick_appeal(LIBRARY, at=TUESDAY)


def test_a_pillar_can_be_asked_for_and_validity_is_kept() -> None:
    assert pick_appeal(LIBRARY, at=TUESDAY, pillar="keamanan").pillar == "keamanan"
    past = Appeal("a", "keamanan", "x", ("semua",), "Teks.", "Teks.", valid_until=date(2026, 11, 23))
    assert fits(past, moment_of(TUESDAY)) is None
    with pytest.raises(NotFound):
        pick_appeal([past], at=TUESDAY)


def test_the_weather_is_read_out_of_warnings() -> None:
    alert = Alert("1", "bmkg", "Hujan Lebat dan Petir", "Hujan Lebat")
    assert moment_of(TUESDAY, weather=weather_words([alert], [])).weather == {"hujan", "petir"}


GOOD = """
pillar = "keamanan"
[[appeal]]
id = "a"
theme = "t"
audience = ["semua"]
text = "Sebuah kalimat."
short = "Kalimat."
"""


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ("hours = ['08-06']", "not a span of hours"),
        ("hours = ['pagi']", "not a span of hours"),
        ("days = ['ahad']", "not a weekday"),
        ("weather = ['salju']", "not a known weather"),
        ("valid_from = 2026-12-31\nvalid_until = 2026-01-01", "ends before it begins"),
        ("valid_from = 'besok'", "are dates"),
        ("warna = 'biru'", "not a known key"),
        ("[[appeal]]\nid = 'a'\ntheme = 't'\naudience = ['x']\ntext = 'B.'\nshort = 'B.'", "used twice"),
        ("[[appeal]]\nid = 'b'", "text is missing"),
        (f"[[appeal]]\nid = 'b'\ntheme = 't'\naudience = ['x']\ntext = '{'kata ' * 41}.'\nshort = 'B.'", "too long"),
        (
            "[[appeal]]\nid = 'b'\ntheme = 't'\naudience = ['x']\ntext = 'Tanpa titik'\nshort = 'B.'",
            "end as a sentence",
        ),
        ("= rusak", "not a TOML file"),
    ],
)
def test_a_fault_in_the_library_is_named(more: str, fault: str, tmp_path: Path) -> None:
    (tmp_path / "keamanan.toml").write_text(GOOD + more, encoding="utf-8")
    assert any(fault in problem for problem in check_appeals(tmp_path))
    with pytest.raises(Unreadable):
        load_appeals(tmp_path)


def test_a_library_needs_files_and_pillars(tmp_path: Path) -> None:
    assert "no file of appeals" in check_appeals(tmp_path)[0]
    (tmp_path / "x.toml").write_text("pillar = 'kebersihan'", encoding="utf-8")
    assert "names no pillar" in check_appeals(tmp_path)[0]


def test_a_theme_that_is_asked_for_is_said_whatever_the_moment() -> None:
    noon = at("2026-08-05", 12)
    assert pick_appeal(LIBRARY, at=noon, theme="helm").theme == "helm"
    assert pick_appeal(LIBRARY, at=noon, theme="kabut").theme == "kabut", "no fog at noon in August, but asked for"
    with pytest.raises(NotFound):
        pick_appeal(LIBRARY, at=noon, theme="tidak ada")


def test_what_rests_is_counted_in_broadcasts_and_not_in_bulletins() -> None:
    evening = at("2026-11-24", 19)
    used = [evening - timedelta(days=day, minutes=30 * bulletin) for day in range(4) for bulletin in range(3)]
    assert [resting(used, broadcasts) for broadcasts in range(6)] == [0, 3, 6, 9, 12, 12]
    assert resting([], 5) == 0


def test_the_library_page_shows_what_fits_and_makes_a_script_that_counts(
    sign_in: Callable[..., FlaskClient], station: Station
) -> None:
    officer = sign_in(Role.OFFICER)
    page = officer.get("/lalin/imbauan").text
    assert page.count("Jadikan naskah") == len(LIBRARY)
    assert "cocok sekarang" in page
    made = officer.post("/naskah/imbauan", data={"appeal": LIBRARY[0].id})
    assert made.status_code == 303
    assert LIBRARY[0].text in unescape(officer.get(made.location).text)
    assert "dipakai 1 kali" in officer.get("/lalin/imbauan").text
    assert officer.post("/naskah/imbauan", data={"appeal": "tidak-ada"}).status_code == 404
    compiled = officer.post("/naskah/buletin", data={"seconds": "60", "reader": "", "theme": "helm"})
    helm = {one.text for one in LIBRARY if one.theme == "helm"} | {one.short for one in LIBRARY if one.theme == "helm"}
    assert any(text in unescape(officer.get(compiled.location).text) for text in helm)
