"""What a station gets out of each kind of feed, and the sentence for each kind of broken one."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from radiodesk.road.feeds import FeedUnreadable, read_feed
from radiodesk.road.feeds.feed_times import parse_time
from radiodesk.road.feeds.problem import Problem
from radiodesk.road.feeds.warning_text import read_warning_text
from radiodesk.road.ports import FeedResult, Report

FILES = Path(__file__).parent / "feed_files"
NOW = datetime(2026, 11, 24, 0, 15, tzinfo=UTC)


def read(name: str) -> FeedResult:
    return read_feed((FILES / "good" / name).read_bytes(), source=name, now=NOW)


def by_id(result: FeedResult) -> dict[str | None, Report]:
    return {report.external_id: report for report in result.reports}


def test_a_bmkg_warning_names_its_districts_with_their_regency() -> None:
    (alert,) = read("cap_bmkg.xml").alerts
    assert alert.event == "Hujan Lebat dan Petir"
    assert alert.places[:3] == ("Balen, Bojonegoro", "Sumberrejo, Bojonegoro", "Kapas, Bojonegoro")
    assert alert.places[3:] == ("Soko, Tuban", "Rengel, Tuban")
    assert alert.spreading == ("Kanor, Bojonegoro", "Baureno, Bojonegoro")
    assert (alert.onset, alert.expires) == (
        datetime(2026, 11, 24, 7, 15, tzinfo=UTC),
        datetime(2026, 11, 24, 10, 15, tzinfo=UTC),
    )
    assert alert.attribution == "Badan Meteorologi Klimatologi dan Geofisika"
    assert len(alert.polygons[0]) == 5


def test_updates_and_cancellations_point_at_what_they_replace() -> None:
    (update,), (cancel,) = read("cap_update.xml").alerts, read("cap_cancel.xml").alerts
    assert update.message_type == "Update"
    assert update.references == ("2.49.0.1.360.0.2026.11.24.07.35.001",)
    assert cancel.message_type == "Cancel"
    assert cancel.references == (update.identifier,)


def test_an_exercise_is_left_out_by_name() -> None:
    data = (FILES / "good" / "cap_bmkg.xml").read_bytes().replace(b"Actual", b"Exercise")
    result = read_feed(data, source="latihan", now=NOW)
    assert result.alerts == ()
    assert "Exercise" in result.problems[0]


def test_the_nowcast_feed_gives_alerts_and_the_links_to_their_files() -> None:
    result = read("rss_nowcast.xml")
    (alert,) = result.alerts
    assert alert.identifier == "2.49.0.1.360.0.2026.11.24.07.35.001"
    assert alert.places == ("Balen", "Kapas", "Sumberrejo")
    assert alert.areas == ("Jawa Timur",)
    assert result.links == ("https://www.bmkg.go.id/alerts/nowcast/id/CJI20261124001_alert.xml",)
    assert result.reports == ()


def test_news_loses_its_markup_and_keeps_its_time() -> None:
    result = read("rss_berita.xml")
    first, second = result.reports
    assert first.text == "Truk gandeng mogok di Simpang Kapas. Arus dari Bojonegoro ke Babat tersendat & dialihkan."
    assert first.observed_at == datetime(2026, 11, 24, 0, 10, tzinfo=UTC)
    assert second.observed_at == datetime(2019, 8, 4, 17, 0, tzinfo=UTC)
    (problem,) = result.problems
    assert problem == "Entry 3 was left out: it has no words."
    assert isinstance(problem, Problem)
    assert (problem.message, problem.facts) == ("Entry %(number)d was left out: it has no words.", {"number": 3})


def test_an_ill_formed_feed_is_read_as_far_as_it_goes() -> None:
    data = (FILES / "good" / "rss_berita.xml").read_bytes().replace(b"Kabar Jalan Contoh", b"Kabar & Jalan")
    result = read_feed(data, source="ampersand", now=NOW)
    assert len(result.reports) == 2
    assert result.problems[0] == "The feed is not well-formed XML; what could be read of it was kept."


@pytest.mark.parametrize("declaration", [b'<?xml version="1.0" encoding="ISO-8859-1"?>', b'<?xml version="1.0"?>', b""])
def test_latin_1_is_understood_whether_declared_or_not(declaration: bytes) -> None:
    body = "<rss version='2.0'><channel><title>x</title><item><title>Café di Jalan Raya</title></item></channel></rss>"
    (report,) = read_feed(declaration + body.encode("latin-1"), source="latin", now=NOW).reports
    assert report.text == "Café di Jalan Raya"


def test_a_utf_16_feed_is_understood() -> None:
    body = '<rss version="2.0"><channel><item><title>Macet</title></item></channel></rss>'
    text = f'<?xml version="1.0" encoding="utf-16"?>{body}'
    (report,) = read_feed(text.encode("utf-16"), source="utf16", now=NOW).reports
    assert report.text == "Macet"


def test_georss_gives_the_point() -> None:
    result = read("atom_georss.xml")
    (report,) = result.reports
    assert result.format == "atom"
    assert (report.latitude, report.longitude) == (-7.2281, 111.8573)


def test_only_weather_that_hinders_is_told_from_a_forecast() -> None:
    result = read("bmkg_forecast.json")
    (report,) = result.reports
    assert (report.obstacle, report.kind, report.place) == ("hujan lebat", "weather", "Kecamatan Bojonegoro")
    assert report.starts_at == datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
    assert report.expires_at == datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    assert report.attribution == "Badan Meteorologi, Klimatologi, dan Geofisika"
    assert len(result.problems) == 1


def test_an_earthquake_is_an_alert_with_its_own_clock() -> None:
    (alert,) = read("bmkg_gempa.json").alerts
    assert alert.headline == "Gempa bumi magnitudo 5,2, 52 km Timur Laut Tuban"
    assert alert.onset == datetime(2026, 11, 23, 21, 12, 9, tzinfo=UTC)
    assert "Bojonegoro" in alert.description


def test_waze_minus_one_is_a_closed_road() -> None:
    reports = by_id(read("waze_celdas.json"))
    blocked, slow = reports["waze-jam-77"], reports["waze-jam-78"]
    assert (blocked.flow, blocked.kind, blocked.toward) == ("ditutup", "closure", ("Jalan Diponegoro",))
    assert (slow.flow, slow.kind) == ("padat merayap", "flow")


def test_waze_cells_that_overlap_tell_each_alert_once() -> None:
    result = read("waze_celdas.json")
    accident = by_id(result)["a-1"]
    assert len(result.reports) == 4
    assert (accident.obstacle, accident.confidence, accident.place) == (
        "kecelakaan berat",
        0.8,
        "Jalan Veteran, Bojonegoro",
    )
    assert any("where officers stand" in problem for problem in result.problems)
    assert any("SINGALONG" in problem for problem in result.problems)


def test_datex_2_merges_the_closure_into_the_accident() -> None:
    result = read("datex2_v2.xml")
    (report,) = result.reports
    assert (report.kind, report.flow, report.obstacle) == ("accident", "ditutup", "kecelakaan truk")
    assert report.place == "Jalan raya Kalitidu"
    assert result.problems == ("Record S2-1 was left out: it is suspended.",)


def test_datex_3_is_read_like_datex_2() -> None:
    (report,) = read("datex2_v3.xml").reports
    assert (report.kind, report.flow, report.place) == ("flow", "padat merayap", "Jalan Raya Padangan")
    assert report.text == "Jalan Raya Padangan, padat merayap"
    assert report.expires_at == datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    assert (report.latitude, report.longitude) == (-7.157, 111.622)


def test_open511_in_json() -> None:
    result = read("open511.json")
    works, flood = result.reports
    assert works.place == "Jalan Lettu Suwolo antara Simpang Empat dan Pasar Kota"
    assert (works.flow, works.kind, works.detour) == ("ditutup", "roadwork", "lewat Jalan Rajawali")
    assert works.starts_at == datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    assert (flood.kind, flood.cleared) == ("flood", True)
    assert len(result.problems) == 1


def test_open511_in_xml() -> None:
    (report,) = read("open511.xml").reports
    assert (report.kind, report.place, report.toward) == ("event", "Jalan Mas Tumapel", ("timur",))
    assert report.expires_at == datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
    assert (report.latitude, report.longitude) == (-7.1508, 111.8815)


def test_a_work_zone_knows_its_way_round() -> None:
    result = read("wzdx.geojson")
    (report,) = result.reports
    assert (report.flow, report.kind, report.detour) == ("ditutup", "closure", "Jalan Desa Sobontoro")
    assert report.place == "Jalan Nasional antara Simpang Balen dan Simpang Pekuwon"
    assert result.problems == ("Feature 3 was left out: its type, arrow-board, is not about the road.",)


def test_the_xml_edition_of_an_earthquake_is_the_same_earthquake() -> None:
    (from_json,), (from_xml,) = read("bmkg_gempa.json").alerts, read("bmkg_gempa.xml").alerts
    assert (from_xml.identifier, from_xml.onset) == (from_json.identifier, from_json.onset)
    assert from_xml.polygons == from_json.polygons


def test_warnings_listed_in_atom_are_alerts_and_exercises_are_not() -> None:
    result = read("atom_cap.xml")
    (alert,) = result.alerts
    assert (alert.event, alert.severity, alert.message_type) == ("Angin Kencang", "Severe", "Update")
    assert alert.areas == ("Jawa Timur", "Jawa Tengah")
    assert alert.expires == datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
    assert "Exercise" in result.problems[0]
    assert result.links == ("https://contoh.example/w1.xml",)


def test_a_quiet_minute_of_waze_is_an_empty_result() -> None:
    result = read_feed(b'{"startTimeMillis": 1, "endTimeMillis": 2, "startTime": "x"}', source="w", now=NOW)
    assert (result.format, result.reports) == ("waze", ())


def test_a_work_zone_of_version_2_needs_no_type() -> None:
    feed = (
        b'{"type": "FeatureCollection", "road_event_feed_info": {"publisher": "x"}, "features": [{"type": "Feature",'
        b' "properties": {"road_event_id": "9", "road_name": "Jalan Lama", "vehicle_impact": "some-lanes-closed"}}]}'
    )
    (report,) = read_feed(feed, source="w", now=NOW).reports
    assert (report.kind, report.place, report.external_id) == ("roadwork", "Jalan Lama", "9")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_understood(encoding: str) -> None:
    text = '<?xml version="1.0"?><rss version="2.0"><channel><item><title>Macet</title></item></channel></rss>'
    assert read_feed(text.encode(encoding), source="u", now=NOW).reports[0].text == "Macet"


def test_html_entities_and_old_document_types_do_not_stop_a_news_feed() -> None:
    feed = (
        b'<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://x.example/rss-0.91.dtd">'
        b'<rss version="0.91"><channel><title>x</title><item><title>Macet&nbsp;total</title></item></channel></rss>'
    )
    assert read_feed(feed, source="n", now=NOW).reports[0].text == "Macet total"


BROKEN = {
    "kosong.xml": "is empty",
    "hanya_spasi.xml": "is empty",
    "terputus.rss": "breaks off at line 2",
    "terputus.json": "breaks off in the middle",
    "bom.xml": "declares XML entities",
    "entitas_luar.xml": "declares XML entities",
    "halaman.html": "is a web page",
    "nul.xml": "NUL bytes",
    "lain.xml": "none of the known feed formats",
    "lain.json": "none of the known feed formats",
    "teks.txt": "is not a feed",
    "gempa_kosong.json": "holds no earthquake",
    "datex2_ukur.xml": "MeasuredDataPublication",
    "cacat.cap": "not well-formed XML at line 3",
    "open511_salah.json": "no list of Open511 events",
}


@pytest.mark.parametrize("path", sorted((FILES / "bad").iterdir()), ids=lambda path: path.name)
def test_a_broken_feed_is_refused_with_its_own_sentence(path: Path) -> None:
    with pytest.raises(FeedUnreadable, match=BROKEN[path.name]) as refused:
        read_feed(path.read_bytes(), source=path.name, now=NOW)
    assert str(refused.value).startswith(f"{path.name} ")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"\x1f\x8b\x08 ...", "compressed"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "NUL bytes"),
        (b"[" * 200_000, "JSON, but none"),
        (b'{"celdas": ' + b"[" * 200_000, "nested too deeply|breaks off"),
        (b'{"jams": [], "pubMillis": ' + b"9" * 5000 + b"}", "numbers too long"),
    ],
)
def test_hostile_bytes_are_refused(data: bytes, sentence: str) -> None:
    with pytest.raises(FeedUnreadable, match=sentence):
        read_feed(data, source="jahat", now=NOW)


def test_a_document_over_the_limit_is_refused_unread() -> None:
    with pytest.raises(FeedUnreadable, match="larger than 2 MB"):
        read_feed(b"<rss>" + b" " * 2_000_000, source="besar", now=NOW, limit=2_000_000)


def test_a_billion_laughs_in_disguise_is_refused_too() -> None:
    bomb = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE rss [<!ENTITY a "x">]><rss version="2.0">&a;</rss>'
    with pytest.raises(FeedUnreadable, match="declares XML entities"):
        read_feed(bomb.encode("utf-16"), source="samar", now=NOW)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("16 February 2026, 22:00 WIB", datetime(2026, 2, 16, 15, 0, tzinfo=UTC)),
        ("05 Agustus 2019", datetime(2019, 8, 4, 17, 0, tzinfo=UTC)),
        ("24 Nopember 2026 pukul 07.15 WITA", datetime(2026, 11, 23, 23, 15, tzinfo=UTC)),
        ("24 Nov 2026 13:15:30 WIT", datetime(2026, 11, 24, 4, 15, 30, tzinfo=UTC)),
        ("Mon, 16 Feb 2026 16:17:19 +0000", datetime(2026, 2, 16, 16, 17, 19, tzinfo=UTC)),
        ("2026-11-24T07:00:00+07:00", datetime(2026, 11, 24, 0, 0, tzinfo=UTC)),
        ("2026-11-24 07:00:00", datetime(2026, 11, 24, 0, 0, tzinfo=UTC)),
        ("32 Januari 2026", None),
        ("besok pagi", None),
        ("", None),
        ("0001-01-01T00:00:00", None),
    ],
)
def test_times_in_every_spelling(text: str, moment: datetime | None) -> None:
    assert parse_time(text) == moment


def test_a_warning_without_lists_says_nothing_of_districts() -> None:
    assert read_warning_text("Waspada angin kencang.").places == ()
