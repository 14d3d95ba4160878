"""What every registered feed must do, built in or plugged in: sniff without raising, read or refuse in one sentence."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from radiodesk.road import feeds
from radiodesk.road.feeds import BUILT_IN, FeedUnreadable, read_feed, registered_feeds
from radiodesk.road.ports import FLOWS, FeedResult

ROOT = Path(__file__).resolve().parents[2]
FILES = ROOT / "tests" / "road" / "feed_files"
CAPTURES = ROOT.parent / "shared" / "data" / "feeds"
NOW = datetime(2026, 11, 24, 0, 15, tzinfo=UTC)
DOCUMENTS = sorted(path for path in FILES.rglob("*") if path.is_file())
FEEDS = sorted(registered_feeds())
GARBAGE = [b"", b"\x00" * 50, b"\xff\xfe<", b"{", b"[[[[", b"<", b"<rss", b"<?xml", "\ufeff".encode(), b"null", b"<!--"]


def assert_sound(result: FeedResult) -> None:
    for report in result.reports:
        assert report.text
        assert report.source
        assert report.flow is None or report.flow in FLOWS
        assert 0 <= report.confidence <= 1
        for moment in (report.observed_at, report.starts_at, report.expires_at):
            assert moment is None or moment.utcoffset() == UTC.utcoffset(None)
    for alert in result.alerts:
        assert alert.identifier
        for moment in (alert.onset, alert.expires, alert.sent):
            assert moment is None or moment.utcoffset() == UTC.utcoffset(None)


@pytest.mark.parametrize("name", FEEDS)
@pytest.mark.parametrize("data", GARBAGE)
def test_sniffing_garbage_raises_nothing(name: str, data: bytes) -> None:
    assert registered_feeds()[name].sniff(data) in (True, False)


@pytest.mark.parametrize("name", FEEDS)
@pytest.mark.parametrize("data", GARBAGE)
def test_reading_garbage_is_refused_in_one_sentence(name: str, data: bytes) -> None:
    with pytest.raises(FeedUnreadable) as refused:
        registered_feeds()[name].read(data, source="sampah", now=NOW)
    assert str(refused.value).startswith("sampah")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", FEEDS)
@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_reading_a_document_of_any_format_ends_in_a_result_or_a_refusal(name: str, path: Path) -> None:
    try:
        assert_sound(registered_feeds()[name].read(path.read_bytes(), source=path.name, now=NOW))
    except FeedUnreadable as refused:
        assert str(refused).startswith(path.name)


@pytest.mark.parametrize("name", FEEDS)
@given(
    cut=st.integers(min_value=0, max_value=6000),
    flip=st.integers(min_value=0, max_value=6000),
    byte=st.binary(min_size=1, max_size=1),
)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_damaged_document_never_crashes(name: str, cut: int, flip: int, byte: bytes) -> None:
    for path in (FILES / "good").iterdir():
        data = path.read_bytes()
        if not registered_feeds()[name].sniff(data):
            continue
        damaged = bytearray(data[: len(data) - cut % len(data)])
        damaged[flip % len(damaged)] = byte[0]
        try:
            assert_sound(read_feed(bytes(damaged), source=path.name, now=NOW))
        except FeedUnreadable as refused:
            assert str(refused)


@pytest.mark.skipif(not CAPTURES.is_dir(), reason="the real captures in ../shared/data/feeds are not here")
def test_every_real_capture_is_read_or_refused_in_words() -> None:
    refused = []
    for path in sorted(path for path in CAPTURES.rglob("*") if path.is_file()):
        try:
            assert_sound(read_feed(path.read_bytes(), source=path.name, now=NOW))
        except FeedUnreadable:
            refused.append(path.name)
    assert refused == ["xml_parser_simple_3.xml"], "the one capture that is a feed of no format"


def test_the_built_in_formats_are_declared_as_entry_points() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]["radiodesk.feeds"]
    assert {name: BUILT_IN.get(name) for name in declared} == declared


def test_a_reader_that_trips_at_sniffing_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    class Tripping:
        name = "contoh"

        def sniff(self, data: bytes) -> bool:
            raise ZeroDivisionError

    readers = {"contoh": Tripping(), **registered_feeds()}
    monkeypatch.setattr(feeds, "registered_feeds", lambda: readers)
    document = b"<rss version='2.0'><channel><title>Umpan contoh</title></channel></rss>"
    assert feeds.read_feed(document, source="umpan.rss", now=NOW).format == "rss"
