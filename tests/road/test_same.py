"""Two posts of one event, and two that only sound alike."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radiodesk.road.event_parts import tell
from radiodesk.road.same_event import read_moment, same_event

FIXTURE = Path(__file__).parent / "fixtures/hard_pairs.jsonl"
SEEN = datetime(2026, 11, 24, 7, 0)  # noqa: DTZ001 — a time without zone is what is tested here


def later(minutes: float) -> datetime:
    return SEEN + timedelta(minutes=minutes)


def same(a: str, b: str, minutes: float = 8) -> bool:
    return same_event(a, SEEN, b, later(minutes)).same


def test_the_hard_pairs_are_told_apart() -> None:
    cases = [json.loads(line) for line in FIXTURE.read_text(encoding="utf-8").splitlines()]
    said = [same_event(case["a"], case["time_a"], case["b"], case["time_b"]).same for case in cases]
    both = sum(ours and case["same"] for ours, case in zip(said, cases, strict=True))
    f1 = 2 * both / (sum(said) + sum(case["same"] for case in cases))
    assert len(cases) >= 150
    assert f1 >= 0.95


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Laka truk vs motor di pertigaan Pacul", "Tabrakan motor dan truk di simpang tiga Pacul"),
        ("Balen macet cet lur, ono trek nggoling", "Truk terguling di Balen, arus macet total"),
        ("Banjir di Kanor", "dalan Kanor kebanjiran"),
        ("jembatan Kaliketek macet", "kreteg kali ketek mandeg"),
        ("RT @akun: 06.22 wib lalin sp bandara lancar", "06.22 wib lalin sp bandara lancar"),
        ("Bojonegoro-Cepu KM 12 jalan ambles", "Jalan ambles di KM 12 Bojonegoro Cepu"),
    ],
)
def test_one_event_in_other_words(one: str, other: str) -> None:
    assert same(one, other)
    assert same(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kapas arah Babat macet", "Kapas arah Bojonegoro macet"),
        ("Laka di pertigaan Pacul", "Laka di pertigaan Jetak"),
        ("Kecelakaan di KM 12 Bojonegoro-Babat", "Kecelakaan di KM 21 Bojonegoro-Babat"),
        ("depan SMP 1 macet", "depan SMP 5 macet"),
        ("ring road utara padat", "ring road selatan padat"),
        ("Jl. Diponegoro lancar", "Jl. Diponegoro macet total"),
        ("pohon tumbang di Temayang", "perbaikan jalan di Temayang"),
        ("padat dari Cepu di Padangan", "padat dari Ngawi di Padangan"),
    ],
)
def test_different_events_told_alike(one: str, other: str) -> None:
    assert not same(one, other)
    assert not same(other, one)


@pytest.mark.parametrize("light", ["lampu merah mati di Simpang Kapas", "traffic light mati di Simpang Kapas"])
def test_a_dead_traffic_light_is_no_accident_at_the_same_spot(light: str) -> None:
    assert not same(light, "kecelakaan di Simpang Kapas")
    assert same(light, "lampu merah Simpang Kapas padam")


def test_the_same_words_later_the_same_day_are_another_event() -> None:
    assert same("Simpang Veteran macet", "Simpang Veteran macet", 5)
    assert not same("Simpang Veteran macet", "Simpang Veteran macet", 9 * 60)


def test_roadworks_last_longer_than_a_jam() -> None:
    assert same("Perbaikan jalan di Kanor, buka tutup", "Buka tutup di Kanor, perbaikan jalan", 200)
    assert not same("Kanor macet", "macet di Kanor", 200)


def test_a_stated_time_counts_before_the_time_of_posting() -> None:
    assert same("06.22 WIB lalin simpang Jetak padat", "RT @x: 06.22 WIB lalin simpang Jetak padat", 180)
    assert not same("06.30 WIB lalin simpang Kapas padat", "17.30 WIB lalin simpang Kapas padat", 5)


def test_a_repost_that_was_cut_off_is_one() -> None:
    whole = "17.17 WIB lalu lintas di ring road utara (Monjali-Kentungan-Seturan) terpantau padat dari arah barat"
    assert same(whole, "ATCS : 17.17 WIB lalu lintas di ring road utara (Monjali-Kentungan…", 9)


def test_posts_without_times_are_compared_by_what_they_say() -> None:
    assert same_event("macet di Balen", None, "Balen macet", None).same
    assert not same_event("macet di Balen", None, "macet di Kapas", None).same


@pytest.mark.parametrize("value", ["2026-11-24 07:00:00", "2026-11-24T07:00:00+07:00", "07:00", "07.00 WIB"])
def test_times_in_many_forms(value: str) -> None:
    moment = read_moment(value)
    assert moment is not None and (moment.hour, moment.minute) == (7, 0)


def test_no_time_and_a_wrong_one() -> None:
    assert read_moment(None) is None and read_moment("") is None
    with pytest.raises(ValueError, match="kemarin"):
        read_moment("kemarin")


@given(st.text(max_size=120), st.text(max_size=120))
def test_the_answer_does_not_depend_on_the_order(a: str, b: str) -> None:
    forth, back = same_event(a, SEEN, b, SEEN), same_event(b, SEEN, a, SEEN)
    assert forth.same == back.same
    assert 0.0 <= forth.score <= 1.0


def test_names_are_what_is_left_of_a_post() -> None:
    told = tell("07.10 WIB truk mogok di Simpang Sumberrejo arah Babat, arus padat merayap")
    assert set(told.names) == {"sumberrejo"}
    assert (told.toward, told.vehicles) == (frozenset({"babat"}), frozenset({"truk"}))
    assert (told.clock, told.jammed) == ("07:10", True)
