"""Whatever bytes or words come: a parser gives values or its own refusal, never anything else, and never hangs."""

import json
import random
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from radiodesk.core.errors import Refusal
from radiodesk.language.places.station_area import place_finder
from radiodesk.road.bulletin.official_warnings import for_station
from radiodesk.road.cli import feed
from radiodesk.road.feeds import FeedUnreadable, read_feed, registered_feeds
from radiodesk.road.feeds.feed_times import parse_time
from radiodesk.road.fusion import fuse
from radiodesk.road.lapsit import parse_lapsit, spoken
from radiodesk.road.posts import sort_posts
from radiodesk.road.report_intake import place
from radiodesk.rooms.traffic.report_rows import alert_of, report_from, to_json

SHARED = Path(__file__).parents[3] / "shared" / "data"
OWN = Path(__file__).parents[1] / "road" / "feed_files"
SAMPLES = sorted(
    path
    for folder in (SHARED / "feeds", SHARED / "faults", OWN)
    for path in folder.rglob("*")
    if path.suffix in (".xml", ".json", ".rss", ".cap", ".geojson") and path.stat().st_size < 60_000
)
AT = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
ZONE = "Asia/Jakarta"
SLOW = 5.0
"""Seconds after which a reader is taken to hang; the samples take a few hundredths."""

few = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
ODD = [
    b"", b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"&#xD800;", b"&#0;", b"9" * 400, b"-1", b"NaN", b"1e999", b"null",
    b"[]", b"{}", b'"', b"<", b"]]>", b"9999-12-31T23:59:59-14:00", b"0001-01-01T00:00:00+14:00", b"24:61:99",
    b"\xef\xbf\xbf", b"-91,181 -5", b"%(source)s", b"%", "\u202e".encode(), "١٢".encode(), "²".encode(), b" " * 3000,
    b"," * 3000,
]  # fmt: skip


def mutated(data: bytes, seed: int) -> bytes:
    """A document with some pieces changed: values replaced, bytes flipped, parts cut out or said twice."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    for _ in range(chance.randint(1, 6)):
        spot = chance.randrange(len(data) + 1)
        far = min(len(data), spot + chance.choice((0, 1, 4, 30, 400)))
        data = data[:spot] + chance.choice((*ODD, data[spot:far] * 2, bytes([chance.randrange(256)]))) + data[far:]
    return data


def worked_out(data: bytes) -> None:
    """The whole way of a document: read, placed, fused, kept as JSON and back, cut to the station's area."""
    began = time.process_time()
    try:
        result = read_feed(data, source="acak", now=AT)
    except FeedUnreadable as refusal:
        assert str(refusal)
    else:
        placed = place(result.reports, at=AT, finder=place_finder("bojonegoro"), zone=ZONE)
        fuse(placed.reports, AT, include_ended=True)
        for_station(result.alerts, AT, place_finder("bojonegoro").pack)
        assert all(report_from(to_json(one)) == one for one in (replace(r, observed_at=AT) for r in result.reports))
        assert all(alert_of(to_json(alert)) == alert for alert in result.alerts)
        assert all(str(problem) for problem in result.problems)
    assert time.process_time() - began < SLOW


@pytest.mark.parametrize("seed", range(4))
def test_samples_with_anything_changed_are_read_or_refused(seed: int) -> None:
    for number, path in enumerate(SAMPLES):
        worked_out(mutated(path.read_bytes(), seed * 1000 + number))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4, 60))
def test_many_samples_with_anything_changed_are_read_or_refused(seed: int) -> None:
    for number, path in enumerate(SAMPLES):
        worked_out(mutated(path.read_bytes(), seed * 1000 + number))


@few
@given(
    st.binary(max_size=300), st.sampled_from([b"", b"<rss>", b"<alert>", b'{"celdas":', b"<d2LogicalModel>", b"[1,"])
)
def test_any_bytes_are_read_or_refused_by_every_format(data: bytes, head: bytes) -> None:
    worked_out(head + data)
    for reader in registered_feeds().values():
        reader.sniff(head + data)
        try:
            reader.read(head + data, source="acak", now=AT)
        except FeedUnreadable as refusal:
            assert str(refusal)


KEYS = [
    "alerts", "jams", "irregularities", "celdas", "data", "type", "line", "location", "x", "y", "level", "delay",
    "pubMillis", "events", "schedule", "roads", "intervals", "recurring_schedules", "Infogempa", "gempa", "DateTime",
    "Tanggal", "Coordinates", "lokasi", "cuaca", "weather", "utc_datetime", "local_datetime", "features", "properties",
    "core_details", "geometry", "coordinates", "feed_info",
]  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(KEYS),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@few
@given(JSON)
def test_any_json_is_read_or_refused_by_every_format(value: object) -> None:
    data = json.dumps(value).encode()
    for reader in registered_feeds().values():
        try:
            reader.read(data, source="acak", now=AT)
        except FeedUnreadable as refusal:
            assert str(refusal)


@few
@given(st.text(max_size=60) | st.from_regex(r"[0-9/.: +-]{0,40}(?:WIB|GMT|Nov|PM)?", fullmatch=True))
def test_any_text_is_a_time_or_none(text: str) -> None:
    moment = parse_time(text)
    assert moment is None or moment.tzinfo is not None


POST_WORDS = [
    "macet", "padat", "Simpang", "Kapas", "arah", "18.20", "[24/11/26", "\t", "25:99", "truk", "terguling", ":", "-",
    "km", "12+9999", "hingga", "pukul", "LAKA", "NIHIL", "1.", "2)", "Rp", "99.999.999.999.999", "MD", "=", "orang",
    "TANGGAL", "31/02/2026", "%s", "{x}", "\u200e", "\ud800", "\x00", "²", "09-02-2016",
]  # fmt: skip
WORDS = st.lists(st.sampled_from(POST_WORDS) | st.text(max_size=6), max_size=40)


@few
@given(WORDS, st.sampled_from([" ", "\n", "\t", ""]))
def test_any_words_are_posts_or_none(words: list[str], between: str) -> None:
    sort_posts(between.join(words), source="acak", at=AT, finder=place_finder("bojonegoro"), zone=ZONE)


@few
@given(WORDS, st.sampled_from([" ", "\n", ""]))
def test_any_words_are_a_situation_report_or_refused(words: list[str], between: str) -> None:
    try:
        spoken(parse_lapsit(between.join(words)))
    except Refusal as refusal:
        assert str(refusal)


@pytest.mark.parametrize(
    "unit", ["(", "a,", " ,", "1.", "-", "18.20 ", "kecamatan ", "\t", "<", "dari ke ", "jl. ", "0"]
)
def test_long_repetitions_do_not_hang_any_reader(unit: str) -> None:
    text = unit * (60_000 // len(unit))
    began = time.process_time()
    sort_posts(text[:20_000], source="acak", at=AT, finder=place_finder("bojonegoro"), zone=ZONE)
    parse_lapsit(text[:20_000])
    parse_time(text)
    escaped = text.replace("<", "&lt;")
    worked_out(
        f"<alert><identifier>a</identifier><references>{escaped}</references><info><headline>{escaped}</headline>"
        f"<description>{escaped}</description><area><circle>{escaped}</circle></area></info></alert>".encode()
    )
    worked_out(f"<rss><channel><item><title>a</title><pubDate>{escaped}</pubDate></item></channel></rss>".encode())
    assert time.process_time() - began < 4 * SLOW


@pytest.mark.parametrize("data", [b"", b"\x00\x01", b"<rss>", b"{", b"<rss", "<a/>".encode("utf-16"), b"\xff" * 99])
def test_the_command_says_in_one_sentence_what_is_wrong(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "acak.xml"
    path.write_bytes(data)
    outcome = CliRunner().invoke(feed, [str(path)])
    assert isinstance(outcome.exception, Refusal)
    assert outcome.exception.exit_code == 1
    assert "\n" not in str(outcome.exception)
    assert "acak.xml" in str(outcome.exception)
