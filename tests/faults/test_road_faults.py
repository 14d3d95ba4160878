"""Feeds as publishers get them wrong, from the file to the board and the bulletin: what must be told, what never."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session

from radiodesk.language.places.station_area import area_pack, place_finder
from radiodesk.road.cli import bulletin, feed
from radiodesk.road.feeds import read_feed
from radiodesk.road.feeds.feed_times import parse_time
from radiodesk.road.ports import FeedResult
from radiodesk.road.reading import read_report
from radiodesk.rooms.traffic import queries, services, traffic_board

FAULTS = Path(__file__).parents[3] / "shared" / "data" / "faults"
AT = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
ZONE = "Asia/Jakarta"
WHEN = "2026-11-24T18:00+07:00"

CAP = """<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>{id}</identifier>
<sender>posko@contoh.example</sender><sent>{sent}</sent><status>Actual</status><msgType>{kind}</msgType>{head}
<info>{language}<category>{category}</category><event>{event}</event>{response}<urgency>{urgency}</urgency>
<severity>Severe</severity><certainty>{certainty}</certainty><expires>{expires}</expires>
<senderName>Posko Contoh</senderName><headline>{headline}</headline><description>Waspada.</description>{area}</info>
</alert>"""
PLAIN = {
    "id": "C-1", "sent": "2026-11-24T17:00:00+07:00", "kind": "Alert", "head": "<scope>Public</scope>",
    "language": "<language>id-ID</language>", "category": "Met", "event": "Banjir", "response": "",
    "urgency": "Immediate", "certainty": "Observed", "expires": "2026-11-24T22:00:00+07:00",
    "headline": "Banjir di Kabupaten Bojonegoro", "area": "<area><areaDesc>Kabupaten Bojonegoro</areaDesc></area>",
}  # fmt: skip


def cap(**changes: str) -> bytes:
    return CAP.format(**(PLAIN | changes)).encode()


def rss(date: str) -> bytes:
    return (
        f"<rss version='2.0'><channel><title>Kabar</title><item><title>Truk mogok di Jalan Raya Kalitidu Bojonegoro, "
        f"arus padat merayap</title><guid>k</guid><pubDate>{date}</pubDate></item></channel></rss>"
    ).encode()


def read(data: bytes) -> FeedResult:
    return read_feed(data, source="masukan", now=AT)


def given(folder: str) -> list[Path]:
    return sorted((FAULTS / folder).iterdir())


def told(tmp_path: Path, *documents: bytes, at: str = WHEN) -> str:
    """The bulletin of these documents."""
    paths = []
    for number, data in enumerate(documents):
        path = tmp_path / f"{number}.xml"
        path.write_bytes(data)
        paths.append(str(path))
    return told_of(paths, at)


def told_of(paths: list[str], at: str = WHEN) -> str:
    outcome = CliRunner().invoke(bulletin, ["--at", at, "--seconds", "120", *paths])
    assert outcome.exit_code == 0, outcome.output
    return outcome.stdout


def printed(path: Path) -> str:
    outcome = CliRunner().invoke(feed, [str(path), "--at", WHEN])
    assert outcome.exit_code == 0, outcome.output
    return outcome.output


@pytest.fixture
def take(session: Session) -> Callable[..., services.Taken]:
    def taken(data: bytes, at: datetime = AT) -> services.Taken:
        result = read_feed(data, source="masukan", now=at)
        return services.take_feed(session, result, by="desk", at=at, finder=place_finder("bojonegoro"), zone=ZONE)

    return taken


def on_the_board(session: Session, at: datetime = AT) -> list[str]:
    return [alert.headline for alert in traffic_board.warnings(session, at, area_pack("bojonegoro"))]


@pytest.mark.parametrize(
    "text",
    [
        "2026/11/24 17:50:00", "2026-11-24 17:50:00 WIB", "24/11/2026 17:50", "24-11-2026 17.50 WIB", "24.11.26 17:50",
        "11/24/2026 5:50 PM", "Selasa, 24 November 2026 | 17:50 WIB", "SELASA, 24 NOVEMBER 2026 17:50", "1795517400",
        "1795517400000", "Tue Nov 24 10:50:00 +0000 2026", "Tue, 24 Nov 2026 10:50 GMT", "24 Nov 26 17:50:00 +0700",
        "2026-11-24 18:50 WITA", "24/11/2026 17:50 GMT+7", "20261124T175000+0700", "2026-11-24T10:50:00Z",
        "Nov 24, 2026 5:50 PM", "Tue Nov 24 17:50:00 2026", "Tue, 24 Nov 2026 17:50:00 +0700 (WIB)",
    ],
)  # fmt: skip
def test_a_date_in_any_spelling_is_the_real_moment(text: str) -> None:
    (report,) = read(rss(text)).reports
    assert report.observed_at == datetime(2026, 11, 24, 10, 50, tzinfo=UTC)


@pytest.mark.parametrize("text", ["24 Nov 2026 17:50 XYZ", "2 jam lalu", "32/13/2026", "2026-11-24T17:55:00 07:00"])
def test_a_date_that_cannot_be_read_leaves_the_item_out_by_name(text: str) -> None:
    result = read(rss(text))
    assert result.reports == ()
    assert text in result.problems[0]


@pytest.mark.parametrize("date", ["24/11/2025 17:50", "2026/12/11 17:50", "garbled"])
def test_news_of_another_day_is_never_taken_as_of_now(
    date: str, take: Callable[..., services.Taken], tmp_path: Path
) -> None:
    assert take(rss(date)).reports == ()
    assert "Kalitidu" not in told(tmp_path, rss(date))


def test_dates_in_figures_of_the_given_feed() -> None:
    (path,) = given("01-rss-slash-date")
    moments = [report.observed_at for report in read(path.read_bytes()).reports]
    assert moments == [datetime(2026, 11, 24, 10, minute, tzinfo=UTC) for minute in (50, 55, 58)]
    said = told_of([str(path)])
    assert all(place in said for place in ("Kalitidu", "Balen", "Baureno"))


def test_the_given_all_clear_ends_the_warning_it_refers_to(
    take: Callable[..., services.Taken], session: Session
) -> None:
    warning, clear = given("04-cap-all-clear")
    assert "banjir bandang" in told_of([str(warning)]).lower()
    assert "banjir bandang" not in told_of([str(warning), str(clear)]).lower()
    take(warning.read_bytes())
    assert on_the_board(session) == ["Peringatan banjir bandang di Bojonegoro"]
    take(clear.read_bytes())
    assert on_the_board(session) == []
    assert [alert for alert in queries.live_warnings(session, AT) if not alert.ends] == []


REFERS = "<references>posko@contoh.example,C-1,2026-11-24T17:00:00+07:00</references>"
ENDINGS = [
    {"kind": "Update", "response": "<responseType>AllClear</responseType>"},
    {"kind": "Update", "urgency": "Past"},
    {"kind": "Update", "certainty": "Unlikely"},
    {"kind": "Alert", "response": "<responseType>None</responseType><responseType>AllClear</responseType>"},
    {"kind": "Cancel"},
    {"kind": "CANCEL", "expires": "2026-11-24T17:56:00+07:00"},
    {"kind": "Update", "urgency": "PAST", "expires": "2026-11-24T17:56:00+07:00"},
    {"kind": "Update", "expires": "2026-11-24T17:56:00+07:00"},
]


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("first", ["warning", "end"])
def test_whatever_takes_a_warning_back_ends_it_in_either_order_and_for_good(
    ending: dict[str, str], first: str, take: Callable[..., services.Taken], session: Session, tmp_path: Path
) -> None:
    end = cap(id="C-2", sent="2026-11-24T17:55:00+07:00", head=f"<scope>Public</scope>{REFERS}", **ending)
    for document in (cap(), end) if first == "warning" else (end, cap()):
        take(document)
    for later in (AT, AT + timedelta(hours=2)):
        assert on_the_board(session, later) == []
    assert "banjir berlangsung" not in told(tmp_path, cap(), end)


@pytest.mark.parametrize(("minutes", "left"), [(1, []), (59, []), (90, ["Banjir di Kabupaten Bojonegoro"])])
def test_an_all_clear_of_a_clock_that_is_ahead_ends_what_it_refers_to(
    minutes: int, left: list[str], take: Callable[..., services.Taken], session: Session
) -> None:
    take(cap())
    take(cap(id="C-2", sent=(AT + timedelta(minutes=minutes)).isoformat(), kind="Cancel", head=REFERS))
    assert on_the_board(session) == left


@pytest.mark.parametrize(
    "references",
    [
        "lain@contoh.example,X-9,2026-11-24T16:00:00+07:00\n posko@contoh.example,C-1,2026-11-24T17:00:00+07:00",
        '"Posko Contoh",C-1,2026-11-24T17:00:00+07:00',
        "posko@contoh.example, C-1, 2026-11-24T17:00:00+07:00",
        "C-1",
    ],
)
def test_references_are_found_as_publishers_write_them(references: str) -> None:
    (alert,) = read(cap(kind="Cancel", head=f"<references>{references}</references>")).alerts
    assert "C-1" in alert.references


def test_a_file_that_warns_of_two_things_is_kept_whole(take: Callable[..., services.Taken], session: Session) -> None:
    both = cap().replace(b"</info>", b"</info>" + cap(event="Angin kencang", headline="Angin kencang di Bojonegoro")
                         .partition(b"<info>")[2].partition(b"</info>")[0].join([b"<info>", b"</info>"]))  # fmt: skip
    take(both)
    assert set(on_the_board(session)) == {"Banjir di Kabupaten Bojonegoro", "Angin kencang di Bojonegoro"}
    take(cap(id="C-2", kind="Cancel", head=REFERS))
    assert on_the_board(session) == []


@pytest.mark.parametrize(
    ("spot", "district"),
    [
        ("<circle>-7.1500,111.8820 0</circle>", "Bojonegoro"),
        ("<circle>-7.1500,111.8820</circle>", "Bojonegoro"),
        ("<circle>-7.1500,111.8820 0.0</circle>", "Bojonegoro"),
        ("<circle>-7.1500 111.8820 0</circle>", "Bojonegoro"),
        ("<circle>-7.253,111.575 0</circle>", "Ngraho"),  # between the middles of districts
        ("<circle>-7.253,111.575 0.2</circle>", "Ngraho"),
        ("<polygon>-7.15,111.882 -7.15,111.882</polygon>", "Bojonegoro"),
    ],
)
def test_a_spot_is_told_as_the_district_around_it(spot: str, district: str, tmp_path: Path) -> None:
    document = cap(area=f"<area><areaDesc>Sekitar pabrik</areaDesc>{spot}</area>")
    assert f"Kecamatan {district}" in told(tmp_path, document)


def test_a_spot_elsewhere_is_not_told(tmp_path: Path) -> None:
    document = cap(area="<area><areaDesc>Sekitar pabrik</areaDesc><circle>-7.25,112.75 0</circle></area>")
    assert "banjir" not in told(tmp_path, document).lower()


def test_the_given_spot_is_told_like_a_small_circle() -> None:
    small, spot = given("05-cap-circle-zero")
    assert "Kecamatan Bojonegoro" in told_of([str(spot)])
    assert "Kecamatan Bojonegoro" in told_of([str(small)])


@pytest.mark.parametrize("scope", ["Private", "Restricted", "private", "Internal"])
def test_what_is_not_for_the_public_is_named_and_nothing_of_it_is_shown(
    scope: str, take: Callable[..., services.Taken], session: Session, tmp_path: Path
) -> None:
    document = cap(head=f"<scope>{scope}</scope>", headline="Penyekatan di Bojonegoro")
    result = read(document)
    assert result.alerts == ()
    assert "C-1" in result.problems[0]
    assert scope in result.problems[0]
    assert "Penyekatan" not in "".join(result.problems)
    take(document)
    assert on_the_board(session) == []
    assert "enyekatan" not in told(tmp_path, document)


def test_the_given_private_alert_is_not_printed() -> None:
    (path,) = given("06-cap-scope-private")
    assert "BJN-4" in printed(path)
    assert "Siaga" not in printed(path)


@pytest.mark.parametrize("kind", ["Ack", "Error"])
def test_an_answer_to_a_warning_is_no_warning(kind: str) -> None:
    result = read(cap(kind=kind))
    assert result.alerts == ()
    assert "C-1" in result.problems[0]


@pytest.mark.parametrize(
    ("headline", "said"),
    [
        ("Peringatan banjir di Kabupaten Bojonegoro", "wilayah Bojonegoro"),
        ("Peringatan banjir di Kecamatan Kanor dan Baureno, Bojonegoro", "Kecamatan Baureno dan Kanor"),
        ("Peringatan banjir di Kabupaten Tuban", None),
    ],
)
def test_without_an_area_the_headline_says_where(headline: str, said: str | None, tmp_path: Path) -> None:
    document = cap(headline=headline, area="")
    text = told(tmp_path, document)
    assert said in text if said else "banjir" not in text.lower()
    assert "C-1" in read(document).problems[0]


def test_the_given_alerts_without_area_and_without_language_are_told() -> None:
    assert "banjir berlangsung" in told_of([str(path) for path in given("08-cap-no-area")])
    assert "angin kencang berlangsung" in told_of([str(path) for path in given("09-cap-language-missing")])


@pytest.mark.parametrize("language", ["", "<language></language>", "<language>in-ID</language>"])
def test_indonesian_words_are_indonesian(language: str, tmp_path: Path) -> None:
    headline = "Peringatan banjir di Kabupaten Bojonegoro"
    assert "banjir berlangsung" in told(tmp_path, cap(language=language, headline=headline))


def test_english_words_without_a_language_stay_english() -> None:
    (alert,) = read(cap(language="", headline="Flood warning for the area", event="Flood")).alerts
    assert alert.language == "en"


def test_a_warning_of_the_ground_is_no_weather_warning(tmp_path: Path) -> None:
    said = told(tmp_path, cap(category="Geo", event="Tanah longsor", headline="Tanah longsor di Bojonegoro"))
    assert "tanah longsor" in said
    assert "cuaca" not in said


DATEX = """<d2LogicalModel xmlns="http://datex2.eu/schema/2/2_0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<payloadPublication xsi:type="SituationPublication"><situation id="S"><headerInformation>
<confidentiality>{secrecy}</confidentiality><informationStatus>{status}</informationStatus></headerInformation>
<situationRecord xsi:type="RoadOrCarriagewayOrLaneManagement" id="S-1">
<situationRecordVersionTime>2026-11-24T17:00:00+07:00</situationRecordVersionTime>
<probabilityOfOccurrence>certain</probabilityOfOccurrence><validity>
<validityStatus>definedByValidityTimeSpec</validityStatus><validityTimeSpecification>
<overallStartTime>2026-11-20T00:00:00+07:00</overallStartTime>
<overallEndTime>2026-12-20T00:00:00+07:00</overallEndTime>
{periods}</validityTimeSpecification></validity>
<generalPublicComment><comment><values><value lang="id">{comment}</value>
</values></comment></generalPublicComment><groupOfLocations><pointCoordinates><latitude>-7.1530</latitude>
<longitude>111.8860</longitude></pointCoordinates></groupOfLocations>
<roadOrCarriagewayOrLaneManagementType>roadClosed</roadOrCarriagewayOrLaneManagementType>
</situationRecord></situation></payloadPublication></d2LogicalModel>"""
NIGHT = (
    "<recurringTimePeriodOfDay><startTimeOfPeriod>22:00:00</startTimeOfPeriod>"
    "<endTimeOfPeriod>04:00:00</endTimeOfPeriod></recurringTimePeriodOfDay>"
)


def datex(
    periods: str = "", comment: str = "Jalan Ahmad Yani ditutup", secrecy: str = "noRestriction", status: str = "real"
) -> bytes:
    return DATEX.format(periods=periods, comment=comment, secrecy=secrecy, status=status).encode()


def valid(inside: str, name: str = "validPeriod") -> str:
    return f"<{name}>{inside}</{name}>"


def days(*names: str) -> str:
    said = "".join(f"<applicableDay>{name}</applicableDay>" for name in names)
    return f"<recurringDayWeekMonthPeriod>{said}</recurringDayWeekMonthPeriod>"


def fixed(start: str, end: str) -> str:
    return f"<startOfPeriod>{start}</startOfPeriod><endOfPeriod>{end}</endOfPeriod>"


TUESDAY_NIGHT = "2026-11-24T23:00+07:00"
PERIODS = [
    ("", WHEN, True),
    (valid(fixed("2026-12-01T22:00:00+07:00", "2026-12-02T04:00:00+07:00")), WHEN, False),
    (valid(fixed("2026-11-24T17:00:00+07:00", "2026-11-24T20:00:00+07:00")), WHEN, True),
    (valid(fixed("2026-11-23T22:00:00+07:00", "2026-11-24T04:00:00+07:00")), WHEN, False),
    (valid(NIGHT), WHEN, False),
    (valid(NIGHT), TUESDAY_NIGHT, True),
    (valid(NIGHT), "2026-11-25T03:00+07:00", True),
    (valid(NIGHT + days("tuesday")), TUESDAY_NIGHT, True),
    (valid(NIGHT + days("tuesday")), "2026-11-25T03:00+07:00", True),
    (valid(NIGHT + days("saturday", "sunday")), TUESDAY_NIGHT, False),
    (valid(days("tuesday")), WHEN, True),
    (valid(days("wednesday")), WHEN, False),
    (valid(NIGHT) + valid(fixed("2026-11-24T15:00:00+07:00", "2026-11-24T19:00:00+07:00")), WHEN, True),
    (valid(fixed("2026-11-24T15:00:00+07:00", "2026-11-24T19:00:00+07:00"), "exceptionPeriod"), WHEN, False),
    (valid(NIGHT) + valid(days("tuesday"), "exceptionPeriod"), TUESDAY_NIGHT, False),
]


@pytest.mark.parametrize(("periods", "at", "holds"), PERIODS)
def test_a_closure_is_told_only_while_one_of_its_periods_runs(
    periods: str, at: str, holds: bool, take: Callable[..., services.Taken], session: Session, tmp_path: Path
) -> None:
    moment = datetime.fromisoformat(at)
    assert ("Ahmad Yani" in told(tmp_path, datex(periods), at=at)) == holds
    take(datex(periods), moment)
    conditions = queries.recent_conditions(session, moment)
    assert any(one.ended_at is None for one in conditions) == holds
    assert bool(queries.live_conditions(session, moment)) == holds


def test_night_work_comes_to_the_board_night_after_night_from_one_document(
    take: Callable[..., services.Taken], session: Session
) -> None:
    take(datex(valid(NIGHT)))
    begun = {}
    for hours in (0, 5, 13, 29, 37):
        moment = AT + timedelta(hours=hours)
        services.let_begin(session, at=moment)
        begun[hours] = bool(queries.live_conditions(session, moment))
    assert begun == {0: False, 5: True, 13: False, 29: True, 37: False}


def test_the_given_night_work_is_not_told_a_week_before() -> None:
    (path,) = given("10-datex-validperiod")
    assert "Ahmad Yani" not in told_of([str(path)])
    assert "Ahmad Yani" in told_of([str(path)], "2026-12-01T23:00+07:00")


@pytest.mark.parametrize("changes", [{"secrecy": "restrictedToAuthorities"}, {"status": "securityExercise"}])
def test_what_datex_keeps_for_authorities_or_exercises_is_named_alone(changes: dict[str, str]) -> None:
    result = read(datex(**changes))
    assert result.reports == ()
    assert "S was left out" in result.problems[0]


@pytest.mark.parametrize(
    ("comment", "place"),
    [
        ("Ditutup untuk pengaspalan", "Kecamatan"),
        ("Pekerjaan malam, harap hati-hati", "Kecamatan"),
        ("Jalan Diponegoro ditutup untuk pengaspalan", "Jalan Diponegoro"),
        ("Jl. A. Yani ditutup", "Jl. A. Yani"),
    ],
)
def test_a_comment_is_not_the_name_of_a_place(comment: str, place: str, take: Callable[..., services.Taken]) -> None:
    (row,) = take(datex(comment=comment)).reports
    said = str(row.content["place"])
    assert said.startswith(place)
    assert "pengaspalan" not in said
    assert "hati" not in said


QUAKE = (
    '{{"Infogempa":{{"gempa":[{{"Tanggal":"{day}","Jam":"{hour}","DateTime":"{stamp}","Coordinates":"-7.62,111.75",'
    '"Magnitude":"5.1","Kedalaman":"10 km","Wilayah":"12 km BaratDaya BOJONEGORO-JATIM"}}]}}}}'
)


@pytest.mark.parametrize(
    ("day", "hour", "stamp", "kept"),
    [
        ("24 Nov 2026", "17:12:44 WIB", "2026-11-24T10:12:44+00:00", True),
        ("24 Nov 2026", "18:12:44 WITA", "2026-11-24T10:12:44+00:00", True),
        ("24 Nov 2026", "17:12:44 WIB", "", True),
        ("20 Nov 2026", "17:12:44 WIB", "2026-11-24T17:12:44+07:00", False),
        ("24 Nov 2026", "03:12:44 WIB", "2026-11-24T17:12:44+07:00", False),
        ("24 Nov 2025", "17:12:44 WIB", "2026-11-24T17:12:44+07:00", False),
    ],
)
def test_a_quake_whose_two_times_differ_is_left_out_by_name(
    day: str, hour: str, stamp: str, kept: bool, tmp_path: Path
) -> None:
    document = QUAKE.format(day=day, hour=hour, stamp=stamp).encode()
    result = read(document)
    assert (len(result.alerts) == 1) == kept
    assert kept or day in result.problems[0]
    path = tmp_path / "gempa.json"
    path.write_bytes(document)
    assert ("gempa bumi" in told_of([str(path)]).lower()) == kept


def test_the_given_quake_is_not_told_as_of_today() -> None:
    (path,) = given("11-bmkg-datetime")
    assert "gempa" not in told_of([str(path)]).lower()


WAZE = """<rss version="2.0" xmlns:georss="http://www.georss.org/georss" xmlns:gml="http://www.opengis.net/gml"
xmlns:{p}="http://www.linqmap.com"><channel><title>Lalin</title>
<item><title>{title}</title><pubDate>Tue Nov 24 10:50:00 +0000 2026</pubDate>{point}<{p}:uuid>u1</{p}:uuid>
<{p}:type>{type}</{p}:type><{p}:subtype>{subtype}</{p}:subtype><{p}:street>Jalan Rahasia</{p}:street>
<{p}:reportDescription>{words}</{p}:reportDescription></item></channel></rss>"""
SPOT = "<georss:point>-7.1530 111.8860</georss:point>"


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"p": "w"},
        {"title": "jam"},
        {"type": "police"},
        {"type": "", "subtype": "POLICE_WITH_MOBILE_CAMERA"},
        {"point": "<georss:where><gml:Point><gml:pos>-7.1530 111.8860</gml:pos></gml:Point></georss:where>"},
    ],
)
def test_where_officers_stand_is_never_printed(changes: dict[str, str], tmp_path: Path) -> None:
    plain = {"p": "linqmap", "title": "alert", "type": "POLICE", "subtype": "POLICE_HIDING", "point": SPOT, "words": ""}
    path = tmp_path / "waze.xml"
    for encoding in ("utf-8", "utf-16"):
        path.write_bytes(WAZE.format(**(plain | changes)).encode(encoding))
        said = printed(path)
        assert "Rahasia" not in said
        assert "7.15" not in said
        assert "POLICE" in said


def test_waze_as_georss_is_read_like_waze(tmp_path: Path) -> None:
    facts = {"p": "linqmap", "title": "alert", "type": "HAZARD", "subtype": "HAZARD_ON_ROAD_POT_HOLE", "point": SPOT}
    (report,) = read(WAZE.format(words="awas polisi ngumpet", **facts).encode()).reports
    assert (report.obstacle, report.latitude, report.longitude) == ("jalan berlubang", -7.153, 111.886)
    assert report.observed_at == datetime(2026, 11, 24, 10, 50, tzinfo=UTC)
    assert "polisi" not in report.text


def test_the_given_waze_feed_is_read_without_the_officers() -> None:
    (path,) = given("12-waze-georss")
    reports = {report.external_id: report for report in read(path.read_bytes()).reports}
    assert set(reports) == {"u2", "waze-jam-u3"}
    assert (reports["u2"].kind, reports["waze-jam-u3"].flow) == ("accident", "macet")
    assert "POLICE_HIDING" not in printed(path)
    assert "Ahmad Yani" in told_of([str(path)], "2026-11-24T18:15+07:00")


def test_no_text_makes_a_time_out_of_nothing() -> None:
    assert parse_time("x" * 10_000) is None
    assert parse_time("1" * 5000) is None


CHANGES = [
    ("Arus lalu lintas di Simpang Lima Bojonegoro mengalami peningkatan", None),
    ("Jl. Panglima Sudirman peningkatan arus dari arah barat", None),
    ("Pasar Kota tidak ada antrean", "lancar"),
    ("Simpang Kapas mulai mengurai", None),
    ("Volume kendaraan di Jalan Raya Baureno meningkat", None),
    ("Volume kendaraan di Jl Diponegoro menurun", None),
    ("Pertigaan Jetak arus meningkat kedua arah", None),
    ("Simpang Glendeng mengalami penurunan arus", None),
    ("Gerbang Tol Ngawi nihil antrean", "lancar"),
    ("Jl. Rajawali tidak terjadi kepadatan", "lancar"),
    ("Pasar Banjarejo antrean habis", "lancar"),
    ("Jalan Veteran terpantau meriah lancar", "ramai lancar"),
    ("Kepadatan di Jl. Gajah Mada mulai berkurang", "padat"),
]
NO_CHANGES = [
    "Harga cabai di Pasar Kota mengalami peningkatan",
    "Peningkatan arus kas perusahaan tahun ini",
    "Jumlah kendaraan di Bojonegoro meningkat tiap tahun",
    "Penjualan kendaraan di Jakarta meningkat",
    "Stok beras mulai berkurang",
    "Tidak ada antrean sembako di balai desa",
    "Tidak ada antrean di kasir",
    "Pesta pernikahan terpantau meriah lancar",
    "Apakah di Jl Sudirman tidak ada antrean?",
    "Antrean pembuatan SIM mulai berkurang",
    "Kualitas udara di Jakarta mengalami peningkatan",
    "Petugas mengurai kepadatan, terima kasih",
]


@pytest.mark.parametrize(("text", "flow"), CHANGES)
def test_a_statement_of_change_is_about_traffic(text: str, flow: str | None) -> None:
    reading = read_report(text)
    assert reading.is_traffic
    assert reading.flow == flow
    assert reading.at
    assert not re.search("meningkat|peningkatan|menurun|mengurai|antrean", reading.at)


@pytest.mark.parametrize("text", NO_CHANGES)
def test_what_else_grows_or_eases_is_not(text: str) -> None:
    assert not read_report(text).is_traffic


OPEN511 = """{{"events": [{{"id": "E1", "event_type": "CONSTRUCTION", "status": "ACTIVE",
"updated": "2026-11-24T17:00:00+07:00", "headline": "Pekerjaan malam",
"roads": [{{"name": "Jalan Ahmad Yani Bojonegoro", "state": "CLOSED"}}],
"geography": {{"type": "Point", "coordinates": [111.886, -7.153]}}, "schedule":
{{"recurring_schedules": [{{"start_date": "2026-11-20", "end_date": "2026-12-20",
"daily_start_time": "22:00", "daily_end_time": "04:00",
"days": {days}}}]}}}}],
"meta": {{}}}}"""


@pytest.mark.parametrize(
    ("days", "at", "holds"),
    [
        ("[]", WHEN, False),
        ("[]", TUESDAY_NIGHT, True),
        ("[2]", TUESDAY_NIGHT, True),
        ("[6, 7]", TUESDAY_NIGHT, False),
        ("[2]", "2026-11-25T03:00+07:00", True),
    ],
)
def test_night_work_of_open511_is_told_only_at_night(days: str, at: str, holds: bool, tmp_path: Path) -> None:
    path = tmp_path / "kerja.json"
    path.write_text(OPEN511.format(days=days), encoding="utf-8")
    assert ("Ahmad Yani" in told_of([str(path)], at)) == holds
