"""What a bulletin says, in which order, within which seconds, and why."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from radiodesk.core.errors import Conflict, Unreadable
from radiodesk.language.places.nouns import AreaPack
from radiodesk.language.places.pack import load_pack
from radiodesk.road.appeals import Appeal
from radiodesk.road.bulletin import Composition, Identity, as_data, compose, correct, read_back, told_of
from radiodesk.road.bulletin.place_phrases import detour_words, obstacle_words, place_words, toward_words
from radiodesk.road.bulletin.wording import listing
from radiodesk.road.feeds import read_feed
from radiodesk.road.fusion import fuse
from radiodesk.road.ports import FLOWS, Alert, Condition, Kind, Report
from tests.factories.traffic import many_reports

AT = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
"""07.00 WIB on a Tuesday."""

APPEAL = Appeal("helm", "keselamatan", "helm", ("semua",), "Pastikan helm terpasang dan terkunci.", "Pakai helm.")
FILES = Path(__file__).parent / "feed_files" / "good"


@pytest.fixture(scope="module")
def pack() -> AreaPack:
    return load_pack("bojonegoro")


def condition(
    place: str, *ids: str, minutes: int = 5, lasts: int = 30, cleared: bool = False, **facts: Any
) -> Condition:
    seen = AT - timedelta(minutes=minutes)
    facts = {"flow": None, "obstacle": None, "kind": "flow", "toward": (), "confidence": 0.9} | facts
    report = Report(
        f"laporan {place}", "petugas", seen, place=place, place_ids=ids, flow=facts["flow"], cleared=cleared
    )
    return Condition(
        place=place,
        place_ids=ids,
        first_at=seen,
        last_at=seen,
        expires_at=seen + timedelta(minutes=lasts),
        sources=("petugas",),
        confirmations=0,
        reports=(report,),
        **facts,
    )


def said(composition: Composition, kind: str = "condition") -> list[str]:
    return [item.sentence for item in composition.items if item.kind == kind]


def left_out(composition: Composition) -> dict[str, str]:
    return {left.what: left.reason for left in composition.left_out}


KAPAS = ("Simpang Kapas", "junction:simpang-kapas")
BALEN = ("Simpang Balen", "junction:simpang-balen")
BAURENO = ("Pasar Baureno", "market:pasar-baureno")


def test_a_road_is_told_in_the_order_in_which_a_driver_meets_it(pack: AreaPack) -> None:
    jam = condition(*BAURENO, flow="macet", obstacle="perbaikan jalan")
    tree = condition(*KAPAS, flow="tersendat", kind="tree", obstacle="pohon tumbang", lasts=180)
    accident = condition(*BALEN, flow="padat", kind="accident", obstacle="kecelakaan", lasts=90)
    text = compose([jam, accident, tree], at=AT, seconds=120, pack=pack).text
    assert text.index("Simpang Kapas") < text.index("Simpang Balen") < text.index("Pasar Baureno")
    assert text.count("jalur Bojonegoro–Babat") == 1


def test_the_road_with_the_worst_comes_first(pack: AreaPack) -> None:
    composition = compose(
        [
            condition(*KAPAS, flow="padat"),
            condition("Pasar Kalitidu", "market:pasar-kalitidu", flow="ditutup", kind="flood", obstacle="banjir"),
        ],
        at=AT,
        seconds=120,
        pack=pack,
    )
    assert ["Kalitidu" in sentence for sentence in said(composition)] == [True, False]


def test_places_with_the_same_plain_flow_share_a_sentence(pack: AreaPack) -> None:
    conditions = [
        condition(*BALEN, flow="padat", toward=("Babat",)),
        condition(*KAPAS, flow="padat", toward=("Babat",)),
    ]
    (sentence,) = said(compose(conditions, at=AT, seconds=120, pack=pack))
    assert "Simpang Kapas arah Babat dan Simpang Balen arah Babat" in sentence


def test_the_jam_at_an_accident_is_told_with_the_accident() -> None:
    conditions = [
        condition(*BALEN, kind="accident", obstacle="kecelakaan truk", toward=("Babat",), lasts=90),
        condition(*BALEN, flow="macet", toward=("Babat",)),
    ]
    composition = compose(conditions, at=AT, seconds=120)
    (item,) = [item for item in composition.items if item.kind == "condition"]
    assert "kecelakaan truk" in item.sentence
    assert "macet" in item.sentence
    assert len(item.reports) == 2


def test_both_directions_of_one_place_share_a_sentence() -> None:
    conditions = [
        condition(*KAPAS, flow="macet", obstacle="banjir", kind="flood", toward=("Babat",)),
        condition(*KAPAS, flow="macet", obstacle="banjir", kind="flood", toward=("Bojonegoro",)),
    ]
    (sentence,) = said(compose(conditions, at=AT, seconds=120))
    assert "arah Babat maupun Bojonegoro" in sentence or "arah Bojonegoro maupun Babat" in sentence


def test_the_same_is_said_once() -> None:
    composition = compose([condition(*KAPAS, flow="macet"), condition(*KAPAS, flow="macet")], at=AT, seconds=120)
    assert len(said(composition)) == 1
    assert [left.reason for left in composition.left_out] == ["said already"]


@pytest.mark.parametrize(
    ("odd", "reason"),
    [
        (condition("A", flow="macet", minutes=31), "expired"),
        (condition("A", flow="macet", minutes=-1), "not yet"),
        (condition("A", flow="macet", confidence=0.2), "low confidence"),
        (condition("A", flow="lancar", confidence=0.6), "low confidence"),
        (condition(" ", flow="macet"), "no place"),
        (condition("A"), "nothing to say"),
        (condition("A", flow="lancar", cleared=True, kind="tree", minutes=40, lasts=180), "expired"),
        (replace(condition("A", flow="macet"), ended_at=AT, ended_why="cleared"), "ended"),
        (replace(condition("A", flow="macet"), ended_at=AT, ended_why="expired"), "expired"),
    ],
)
def test_what_should_not_be_said_is_left_out_with_its_reason(odd: Condition, reason: str) -> None:
    composition = compose([odd], at=AT, seconds=120)
    assert [left.reason for left in composition.left_out] == [reason]
    assert composition.left_out[0].why
    assert said(composition, "quiet")


def test_what_was_over_long_ago_is_not_even_listed() -> None:
    old = replace(condition("A", flow="macet", minutes=100), ended_at=AT - timedelta(minutes=70), ended_why="expired")
    assert compose([old], at=AT, seconds=60).left_out == ()


def test_a_place_elsewhere_is_left_out(pack: AreaPack) -> None:
    far = condition("Simpang Lima", flow="macet")
    far = replace(far, reports=(replace(far.reports[0], latitude=-6.99, longitude=110.42),))
    doubtful = condition("Depan Toko", flow="macet", confidence=0.5)
    sure = condition("Depan Warung Bu Sri", flow="macet", confidence=0.9)
    composition = compose([far, doubtful, sure], at=AT, seconds=120, pack=pack)
    assert [left.reason for left in composition.left_out] == ["outside area", "outside area"]
    assert "depan Warung Bu Sri" in composition.text


def test_clear_is_said_only_where_it_was_seen_and_nothing_worse_is_known(pack: AreaPack) -> None:
    conditions = [
        condition(*KAPAS, flow="lancar"),
        condition(*BAURENO, flow="macet"),
        condition("Pasar Kalitidu", "market:pasar-kalitidu", flow="lancar", toward=("Cepu",)),
        condition("Bundaran Jetak", "junction:bundaran-jetak", flow="ramai lancar"),
    ]
    composition = compose(conditions, at=AT, seconds=120, pack=pack)
    assert left_out(composition) == {"lancar · Simpang Kapas": "worse on this road"}
    clear = " ".join(said(composition, "clear"))
    assert "Pasar Kalitidu arah Cepu" in clear
    assert "ramai lancar" in clear
    assert "Babat" not in clear


def test_a_cleared_obstacle_is_not_an_obstacle() -> None:
    cleared = condition(*BALEN, flow="lancar", kind="breakdown", obstacle="truk mogok", cleared=True)
    composition = compose([cleared], at=AT, seconds=60)
    assert said(composition) == []
    assert "truk mogok" not in composition.text
    assert "lancar" in said(composition, "clear")[0]


def test_silence_is_told_as_silence() -> None:
    composition = compose([], at=AT, seconds=60)
    assert "07.00 WIB" in said(composition, "quiet")[0]
    assert "belum" in said(composition, "quiet")[0]


def test_a_doubtful_report_is_not_passed_over_as_silence() -> None:
    doubtful = condition("A", flow="macet", confidence=0.2)
    (sentence,) = said(compose([doubtful], at=AT, seconds=60), "quiet")
    assert "pastikan" in sentence
    assert "belum ada laporan" not in sentence


@pytest.mark.parametrize("seconds", [1, 4, 6, 8, 12])
def test_in_a_slot_of_a_few_seconds_even_the_frame_gives_way(seconds: float) -> None:
    composition = compose([condition(*BAURENO, flow="macet")], at=AT, seconds=seconds, appeal=APPEAL)
    assert composition.seconds <= seconds


@pytest.mark.parametrize("seconds", [30, 60, 90, 120])
@pytest.mark.parametrize("pace", [110, 140, 170])
def test_a_bulletin_never_takes_longer_than_its_slot(seconds: int, pace: int, pack: AreaPack) -> None:
    conditions = [
        condition(place.name, place.id, flow=FLOWS[2 + n % 6], kind=kind, obstacle=f"hambatan {n}", lasts=90)
        for n, (place, kind) in enumerate(zip(pack.places[500:560], kinds(), strict=False))
    ]
    composition = compose(
        conditions, at=AT, seconds=seconds, pack=pack, appeal=APPEAL, words_per_minute=pace, variation=seconds
    )
    assert composition.seconds <= seconds
    assert composition.seconds == pytest.approx(sum(item.seconds for item in composition.items), abs=0.1)
    assert composition.seconds > 0.75 * seconds
    told = sum(len(item.conditions) for item in composition.items)
    assert told + sum(left.condition is not None for left in composition.left_out) == len(conditions)


@pytest.mark.slow
@given(data=st.data(), seconds=st.integers(5, 150), variation=st.integers(0, 50))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_reported_is_said_once_or_left_out_with_a_reason(
    data: st.DataObject, seconds: int, variation: int, pack: AreaPack
) -> None:
    place = st.sampled_from([*((one.name, one.id) for one in pack.places[500:540]), KAPAS, BALEN, ("depan Toko", "")])
    drawn = data.draw(
        st.lists(
            st.builds(
                lambda place, minutes, lasts, **facts: condition(
                    place[0], *filter(None, place[1:]), minutes=minutes, lasts=lasts, **facts
                ),
                place,
                st.integers(0, 40),
                st.integers(20, 99),
                flow=st.sampled_from([None, *FLOWS]),
                kind=st.sampled_from(list(islice(kinds(), 10))),
                obstacle=st.sampled_from([None, "Truk Mogok", "ada pohon tumbang", "PLN"]),
                toward=st.sampled_from([(), ("Babat",), ("Cepu", "Ngawi"), ("a", "b", "c")]),
                detour=st.sampled_from([None, "lewat Jl. Veteran"]),
                confidence=st.sampled_from([0.2, 0.5, 0.9]),
                cleared=st.booleans(),
            ),
            max_size=25,
        )
    )
    composition = compose(drawn, at=AT, seconds=seconds, pack=pack, appeal=APPEAL, variation=variation)
    assert composition.seconds <= seconds
    told = [one for item in composition.items for one in item.conditions]
    left = [one.condition for one in composition.left_out if one.condition]
    assert Counter(map(id, [*told, *left])) == Counter(map(id, drawn))
    for item in composition.items:
        assert item.sentence[0].isupper()
        assert item.sentence[-1] in ".?!"
        for slip in ("None", "  ", " ,", " .", "..", "{{", "arah ,"):
            assert slip not in item.sentence


def kinds() -> Iterator[Kind]:
    while True:
        yield from (
            "flow",
            "accident",
            "breakdown",
            "roadwork",
            "closure",
            "event",
            "flood",
            "tree",
            "weather",
            "other",
        )


def test_the_worst_is_what_fits_a_short_slot() -> None:
    conditions = [
        condition("Jalan Satu", flow="padat"),
        condition("Jalan Dua", flow="ditutup", kind="tree", obstacle="pohon tumbang", lasts=120),
        condition("Jalan Tiga", flow="padat merayap", obstacle="pasar pagi"),
        condition("Jalan Empat", flow="macet", obstacle="pasar tumpah di kedua sisi jalan"),
        condition("Jalan Lima", kind="roadwork", obstacle="perbaikan gorong-gorong di sisi utara", lasts=900),
    ]
    composition = compose(conditions, at=AT, seconds=20)
    assert "Jalan Dua" in said(composition)[0]
    assert "no room" in left_out(composition).values()


def test_old_news_is_said_with_its_time_and_fresh_news_is_not() -> None:
    composition = compose([condition(*BAURENO, flow="macet", minutes=20)], at=AT, seconds=60)
    assert "06.40" in said(composition)[0]
    assert "06." not in said(compose([condition(*BAURENO, flow="macet")], at=AT, seconds=60))[0]


def test_doubtful_news_is_said_as_a_report() -> None:
    doubtful = condition(*BALEN, kind="accident", obstacle="kecelakaan", confidence=0.5, lasts=90)
    for variation in range(2):
        sentence = said(compose([doubtful], at=AT, seconds=60, variation=variation))[0]
        assert "lapor" in sentence


def test_the_way_round_is_told() -> None:
    closed = condition("Jalan Gajah Mada", flow="ditutup", kind="tree", detour="lewat Jl. Veteran", lasts=90)
    assert "melalui Jalan Veteran" in said(compose([closed], at=AT, seconds=60))[0]
    diverted = condition("Jalan Gajah Mada", flow="dialihkan", kind="event", obstacle="karnaval", detour="Jl Veteran")
    (sentence,) = said(compose([diverted], at=AT, seconds=60))
    assert sentence.count("Jalan Veteran") == 1
    assert sentence.count("dialihkan") == 1


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (datetime(2026, 11, 24, 9, 0, tzinfo=UTC), "pukul 16.00"),
        (datetime(2026, 11, 25, 9, 0, tzinfo=UTC), "besok pukul 16.00"),
        (datetime(2026, 11, 25, 17, 0, tzinfo=UTC), "25 November"),  # at midnight, so with the day
        (datetime(2026, 12, 20, 0, 0, tzinfo=UTC), "20 Desember"),
        (datetime(2026, 12, 20, 17, 0, tzinfo=UTC), "20 Desember"),
    ],
)
def test_roadworks_are_told_with_the_end_that_their_source_states(end: datetime, words: str) -> None:
    works = condition("Jalan Raya", kind="roadwork", obstacle="pelebaran jalan", lasts=60 * 24 * 40)
    works = replace(works, reports=(replace(works.reports[0], expires_at=end),))
    (sentence,) = said(compose([works], at=AT, seconds=60))
    assert f"hingga {words}," in sentence or f"sampai {words}," in sentence


def test_a_bulletin_says_what_is_over_since_the_one_before_and_keeps_the_evidence() -> None:
    jam = condition(*BAURENO, flow="macet", minutes=20, lasts=60)
    before = compose([jam], at=AT - timedelta(minutes=10), seconds=60)
    over = replace(jam, ended_at=AT - timedelta(minutes=4), ended_why="contradicted")
    free = condition(*BAURENO, flow="lancar", minutes=4)
    composition = compose([over, free], at=AT, seconds=60, previous=before)
    (item,) = [item for item in composition.items if item.kind == "ended"]
    assert "Pasar Baureno" in item.sentence
    assert "lancar" in item.sentence
    assert len(item.reports) == 2
    assert said(composition, "clear") == []
    kept = compose([over, free], at=AT, seconds=60, told_before=told_of(before))
    assert kept.text == composition.text, "what a database kept of the bulletin before serves as well"
    unseen = replace(over, ended_why="expired")
    assert said(compose([unseen], at=AT, seconds=60, previous=before), "ended") == []


def test_variation_turns_the_wording() -> None:
    jam = condition(*BAURENO, flow="macet")
    texts = [compose([jam], at=AT, seconds=60, variation=turn).text for turn in range(4)]
    assert texts[0] != texts[1] != texts[2]
    assert texts[0] == texts[3] or texts[0].splitlines()[0] == texts[3].splitlines()[0]


def test_the_station_is_named_by_its_name() -> None:
    texts = [
        compose(
            [], at=AT, seconds=60, variation=turn, station=Identity("Radio Contoh", "Halo Polisi", "Satlantas")
        ).text
        for turn in range(3)
    ]
    for name in ("Radio Contoh", "Halo Polisi", "Satlantas"):
        assert any(name in text for text in texts)


@pytest.mark.parametrize(
    ("hour", "greeting"), [(17, "malam"), (22, "pagi"), (0, "pagi"), (5, "siang"), (9, "sore"), (12, "malam")]
)
def test_the_greeting_goes_with_the_hour(hour: int, greeting: str) -> None:
    assert f"elamat {greeting}" in compose([], at=AT.replace(hour=hour), seconds=60).text


def test_a_sentence_gives_up_when_it_was_seen_before_the_appeal_is_left_out() -> None:
    jam = condition(*BAURENO, flow="macet", minutes=20, lasts=60)
    whole = compose([jam], at=AT, seconds=40, appeal=replace(APPEAL, text=APPEAL.short))
    assert "06.40" in said(whole)[0]
    tight = compose([jam], at=AT, seconds=whole.seconds - 0.5, appeal=APPEAL)
    assert "06.40" not in said(tight)[0]
    assert len(said(tight, "appeal")) == 1


def test_the_appeal_is_read_in_full_where_there_is_time_in_short_where_there_is_less_and_not_at_all_in_none() -> None:
    appeal = replace(APPEAL, text=f"{APPEAL.text} {APPEAL.text} {APPEAL.text}")
    jam = condition(*BAURENO, flow="macet")
    needed = compose([jam], at=AT, seconds=40).seconds
    for spare, expected in ((15, [appeal.text]), (3, [appeal.short]), (0.5, [])):
        composition = compose([jam], at=AT, seconds=needed + spare, appeal=appeal)
        assert said(composition, "appeal") == expected
        assert len(said(composition)) == 1
    assert (composition.left_out[-1].appeal_id, composition.left_out[-1].reason) == ("helm", "no room")


def warning(name: str = "cap_bmkg.xml") -> Alert:
    (alert,) = read_feed((FILES / name).read_bytes(), source="bmkg", now=AT).alerts
    return alert


WARNED_AT = datetime(2026, 11, 24, 7, 10, tzinfo=UTC)


def test_a_warning_is_cut_to_the_stations_districts_with_its_source(pack: AreaPack) -> None:
    (sentence,) = said(compose([], at=WARNED_AT, seconds=60, pack=pack, alerts=[warning()]), "warning")
    for words in (
        "BMKG",
        "hujan lebat dan petir",
        "14.15 WIB",
        "17.15 WIB",
        "Balen",
        "meluas ke Kecamatan Baureno dan Kanor",
    ):
        assert words in sentence
    assert "Soko" not in sentence


def test_a_warning_for_elsewhere_is_left_out(pack: AreaPack) -> None:
    other = replace(warning(), polygons=(((-8.1, 112.6), (-8.1, 112.7), (-8.2, 112.7)),))
    composition = compose([], at=WARNED_AT, seconds=60, pack=pack, alerts=[other])
    assert [left.reason for left in composition.left_out] == ["outside area"]
    elsewhere = replace(warning(), areas=("Banten",), polygons=(), places=("Balen",))
    composition = compose([], at=WARNED_AT, seconds=60, pack=pack, alerts=[elsewhere])
    assert [left.reason for left in composition.left_out] == ["outside area"]


def test_districts_are_found_by_the_ring_when_none_is_named(pack: AreaPack) -> None:
    unnamed = replace(warning(), places=(), spreading=())
    (sentence,) = said(compose([], at=WARNED_AT, seconds=60, pack=pack, alerts=[unnamed]), "warning")
    assert "Balen" in sentence


def test_a_warning_is_followed_through_update_and_cancellation(pack: AreaPack) -> None:
    first, update, cancel = warning(), warning("cap_update.xml"), warning("cap_cancel.xml")
    later = datetime(2026, 11, 24, 7, 50, tzinfo=UTC)
    composition = compose([], at=later, seconds=60, pack=pack, alerts=[first, update])
    assert len(said(composition, "warning")) == 1
    assert [left.reason for left in composition.left_out] == ["superseded"]
    over = datetime(2026, 11, 24, 8, 40, tzinfo=UTC)
    composition = compose([], at=over, seconds=60, pack=pack, alerts=[first, update, cancel])
    assert said(composition, "warning") == []
    assert {left.reason for left in composition.left_out} == {"superseded", "cancelled"}
    composition = compose([], at=later, seconds=60, pack=pack, alerts=[first, update, cancel])
    assert len(said(composition, "warning")) == 1, "the cancellation was not sent yet"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"expires": WARNED_AT}, "expired"),
        ({"onset": WARNED_AT + timedelta(hours=7), "expires": WARNED_AT + timedelta(hours=9)}, "not yet"),
        ({"language": "en"}, "not in Indonesian"),
        ({"sent": WARNED_AT + timedelta(minutes=1)}, "not yet"),
    ],
)
def test_a_warning_that_does_not_hold_is_left_out(change: dict[str, Any], reason: str) -> None:
    composition = compose([], at=WARNED_AT, seconds=60, alerts=[replace(warning(), **change)])
    assert [left.reason for left in composition.left_out] == [reason]


def test_the_news_feed_and_the_file_of_one_warning_are_one(pack: AreaPack) -> None:
    announced = warning("rss_nowcast.xml")
    composition = compose([], at=WARNED_AT, seconds=60, pack=pack, alerts=[announced, warning()])
    assert len(said(composition, "warning")) == 1


def test_a_newer_warning_of_the_same_event_and_districts_is_enough(pack: AreaPack) -> None:
    later = replace(warning(), identifier="lain", sent=WARNED_AT)
    composition = compose([], at=WARNED_AT, seconds=90, pack=pack, alerts=[warning(), later])
    (item,) = [item for item in composition.items if item.kind == "warning"]
    assert item.alerts[0].identifier == "lain"
    assert [left.reason for left in composition.left_out] == ["said already"]


def test_two_events_of_one_cap_file_are_both_told() -> None:
    wind = replace(warning(), event="Angin Kencang")
    assert len(said(compose([], at=WARNED_AT, seconds=90, alerts=[warning(), wind]), "warning")) == 2


def test_a_grave_warning_comes_first_and_even_into_a_short_slot(pack: AreaPack) -> None:
    grave = replace(warning(), severity="Extreme")
    closed = condition(*KAPAS, flow="ditutup", kind="flood", obstacle="banjir", lasts=900)
    composition = compose([closed], at=WARNED_AT, seconds=40, pack=pack, alerts=[grave])
    assert [item.kind for item in composition.items][1] == "warning"


def test_an_earthquake_is_told_only_where_it_was_felt(pack: AreaPack) -> None:
    quake = warning("bmkg_gempa.json")
    at = datetime(2026, 11, 23, 21, 30, tzinfo=UTC)
    (sentence,) = said(compose([], at=at, seconds=60, pack=pack, alerts=[quake]), "warning")
    assert "magnitudo 5,2" in sentence
    assert "04.12 WIB" in sentence
    elsewhere = replace(quake, description="III Tuban")
    assert said(compose([], at=at, seconds=60, pack=pack, alerts=[elsewhere]), "warning") == []


def test_a_correction_takes_back_what_was_said_and_says_what_is_right() -> None:
    before = compose([condition(*BAURENO, flow="ditutup", kind="closure")], at=AT, seconds=60)
    wrong = before.items[1]
    now = AT + timedelta(minutes=10)
    composition = correct(before, wrong, right=[condition(*BAURENO, flow="padat", minutes=-8)], at=now)
    assert composition.corrects == AT
    (sentence,) = said(composition, "correction")
    for words in ("Ralat", "07.00 WIB", "ditutup", "Yang benar", "padat", "maaf"):
        assert words in sentence
    assert len(composition.items[0].reports) == 2
    assert "tidak benar" in correct(before, wrong, at=now, variation=1).text
    with pytest.raises(Conflict):
        correct(compose([], at=AT, seconds=60), wrong, at=now)


def test_a_stations_own_wording_is_used_and_a_slip_in_it_is_named() -> None:
    own = {"bulletin/closing": "Salam dari {{ unit }}.\n"}
    assert "Salam dari Satuan Lalu Lintas." in compose([], at=AT, seconds=60, wording=own).text
    assert "Salam" not in compose([], at=AT, seconds=60).text
    with pytest.raises(Unreadable, match=r"Line 2 of opening\.txt"):
        compose([], at=AT, seconds=60, wording={"bulletin/opening": "# catatan\nSelamat {{ greeting }\n"})
    with pytest.raises(Unreadable, match="sapaan"):
        compose([], at=AT, seconds=60, wording={"bulletin/opening": "Selamat {{ sapaan }}.\n"})


def test_what_is_told_again_is_told_in_other_words() -> None:
    jam = condition(*BAURENO, flow="macet", minutes=3)
    for variation in range(6):
        before = compose([jam], at=AT, seconds=60, variation=variation)
        for following in range(6):
            after = compose([jam], at=AT, seconds=60, variation=following, previous=before)
            assert said(before) != said(after)
            kept = read_back(as_data(before))
            assert compose(
                [jam], at=AT, seconds=60, variation=following, told_before=kept.told, said_before=kept.sentences
            ) == replace(after)


def test_a_kept_bulletin_is_enough_to_say_what_is_over_and_to_correct_it() -> None:
    jam = condition(*BAURENO, flow="macet", minutes=20, lasts=60)
    kept = read_back(json.loads(json.dumps(as_data(compose([jam], at=AT - timedelta(minutes=10), seconds=60)))))
    over = replace(jam, ended_at=AT - timedelta(minutes=4), ended_why="contradicted")
    composition = compose([over], at=AT, seconds=60, told_before=kept.told)
    assert len(said(composition, "ended")) == 1
    wrong = next(item for item in kept.items if item.kind == "condition")
    ralat = correct(kept, wrong, at=AT)
    assert ralat.corrects == kept.at
    assert "pukul 06.50 WIB" in ralat.text


@pytest.mark.parametrize("data", [None, [], {}, {"at": "06:00", "items": []}, {"at": AT.isoformat(), "items": [{}]}])
def test_what_is_no_kept_bulletin_is_refused_in_words(data: Any) -> None:
    with pytest.raises(Unreadable, match="radiodesk bulletin --json"):
        read_back(data)


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("Jl. Veteran", "Jalan Veteran"),
        ("simpang kapas", "Simpang Kapas"),
        ("dpn ps kota", "depan Pasar Kota"),
        ("PASAR BALEN", "Pasar Balen"),
        ("di Depan RSUD", "depan RSUD"),
        ("Jl A. Yani KM 12", "Jalan A. Yani KM 12"),
    ],
)
def test_places_read_well(place: str, words: str) -> None:
    assert place_words(condition(place), None) == words


def test_directions_obstacles_and_lists_read_well() -> None:
    assert toward_words(("arah babat", "Cepu")) == "arah Babat maupun Cepu"
    assert toward_words(("timur laut",)) == "arah timur laut"
    assert toward_words(("Jl. Biak", "Grogol", "Tj. Priok")) == "", "three directions are more than the ear keeps"
    assert toward_words(("Jl. Biak",)) == "arah Jalan Biak"
    assert obstacle_words("ada Truk Mogok") == "truk mogok"
    assert obstacle_words("PLN memperbaiki kabel") == "PLN memperbaiki kabel"
    assert obstacle_words("laka lantas") == "kecelakaan lalu lintas"
    assert obstacle_words("mogok") == "kendaraan mogok", "a newsreader cannot say that there is a broke down"
    assert detour_words("dialihkan lewat Jl. Rajawali.") == "Jalan Rajawali"
    assert listing(["A", "B", "C"]) == "A, B, dan C"


def test_an_area_further_east_is_told_on_its_own_clock(pack: AreaPack) -> None:
    east = replace(pack, time_zone="Asia/Jayapura", time_zone_name="WIT")
    assert "09.00 WIT" in compose([], at=AT, seconds=60, pack=east).text


def test_at_must_know_its_zone() -> None:
    with pytest.raises(ValueError, match="aware"):
        compose([], at=datetime(2026, 11, 24, 7, 0), seconds=60)  # noqa: DTZ001


@pytest.mark.slow
def test_ten_thousand_live_reports_compile_to_the_worst_that_fits(pack: AreaPack) -> None:
    conditions = fuse(many_reports(10_000, pack, at=AT), AT)
    assert len(conditions) > 500
    composition = compose(conditions, at=AT, seconds=120, pack=pack)
    assert composition.seconds <= 120
    told = [one for item in composition.items for one in item.conditions]
    left = [one.condition for one in composition.left_out if one.condition]
    assert Counter(map(id, [*told, *left])) == Counter(map(id, conditions))
    assert len(said(composition)) >= 5
    assert {one.flow for one in told} <= {"ditutup", "dialihkan", "macet", None, "tersendat"}
    crowded = [one for one in composition.left_out if one.reason == "no room"]
    assert len(crowded) > 400
