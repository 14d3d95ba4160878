"""The feed as podcast programs and directories read it, judged by another implementation, and its chapters."""

import dataclasses
import hashlib
import io
import json
from base64 import b64encode
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any
from xml.etree import ElementTree

import av
import podcastparser
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.jobs import Runner
from radiodesk.core.settings import Settings
from radiodesk.http.request import Station
from radiodesk.language import redaction
from radiodesk.operations.wiring import kinds
from radiodesk.rooms.archive import services as archive
from radiodesk.rooms.broadcasts import rundowns
from radiodesk.rooms.broadcasts import services as broadcasts
from radiodesk.rooms.broadcasts.models import AsRun, AsRunKind, Broadcast, BroadcastState, ItemKind
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import Call, Protected
from radiodesk.rooms.record import services
from radiodesk.rooms.record.chapters import Entry, chapters_of, entries_of, with_ends
from radiodesk.rooms.record.models import PublishedBroadcast, PublishedPiece
from radiodesk.rooms.record.podcast_tags import ITUNES, PODCAST, guid_of
from radiodesk.sound.stretches import Span
from radiodesk.web.public_site import create_public
from tests.factories import shows
from tests.factories.filled import published as published_row

BY = "uji"
CALLER = "Penelepon: Lampu jalan padam"
OLDER_NAME = "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md"
"""The specification has it taken for the same namespace; podcastparser 0.6.11 knows no other."""


@pytest.fixture
def runner(database: Database, settings: Settings, clock: ManualClock) -> Runner:
    return Runner(database, settings, clock, kinds())


@pytest.fixture
def site(public: Flask) -> FlaskClient:
    return public.test_client()


@pytest.fixture
def published(database: Database, settings: Settings, now: datetime, runner: Runner) -> str:
    """A show whose recording is known to have begun with it: a script at 2, a caller from 14 to 34, four seconds
    dumped before 40, another item at 44. Gives its public id.
    """
    with database.writing() as tx:
        show = shows.ended(tx, settings, now)
        broadcast = show.broadcast
        broadcast.state = BroadcastState.ON_AIR
        talk = rundowns.add_item(tx, broadcast, ItemKind.TALK, "Tamu studio", 60, by=BY, at=now)
        broadcasts.begin_item(tx, broadcast, talk, by=BY, at=now + timedelta(seconds=44))
        broadcast.state = BroadcastState.ENDED
        shows.tell_start(show.programme, now)
        archive.seal(tx, settings, broadcast, by=BY, at=now)
        public_id = broadcast.public_id
    runner.run_all()
    with database.writing() as tx:
        found = tx.scalars(select(Broadcast).where(Broadcast.public_id == public_id)).one()
        services.publish(tx, settings, found, by=BY, at=now)
    runner.run_all()
    return public_id


def shown_in(session: Session) -> PublishedBroadcast:
    return session.scalars(select(PublishedBroadcast)).one()


def body(site: FlaskClient, address: str) -> bytes:
    with site.get(address) as answer:
        assert answer.status_code == 200, address
        return answer.get_data()


def read(site: FlaskClient, settings: Settings) -> dict[str, Any]:
    """The feed as podcastparser has it."""
    feed = body(site, "/umpan.rss").replace(PODCAST.encode(), OLDER_NAME.encode())
    found: dict[str, Any] = podcastparser.parse(f"{settings.public_address}/umpan.rss", io.BytesIO(feed))
    return found


def chapters_at(site: FlaskClient, public_id: str) -> list[tuple[float, str]]:
    told = json.loads(body(site, f"/siaran/{public_id}/bagian/1/bab.json"))
    assert told["version"] == "1.2.0"
    return [(one["startTime"], one["title"]) for one in told["chapters"]]


@pytest.mark.slow
def test_a_podcast_program_reads_the_feed(site: FlaskClient, settings: Settings, published: str) -> None:
    base = settings.public_address
    feed = read(site, settings)
    assert (feed["title"], feed["link"], feed["language"]) == (settings.station, f"{base}/", settings.language)
    assert (feed["itunes_author"], feed["type"], feed["explicit"]) == (settings.operator, "episodic", False)
    assert feed["itunes_categories"] == [["Government"]]
    [episode] = feed["episodes"]
    assert episode["title"] == "Pagi Bersama Polisi"
    assert (episode["number"], episode["season"], episode["type"]) == (1, 2026, "full")
    assert episode["persons"] == [{"name": "Aipda Uji", "role": "host", "group": "cast", "href": None, "img": None}], (
        episode["persons"]
    )
    [sound] = episode["enclosures"]
    with site.get(sound["url"].removeprefix(base)) as answer:
        assert (sound["mime_type"], sound["file_size"]) == (answer.mimetype, len(answer.get_data()))
    # Fifty seconds, of which four were dumped.
    assert episode["total_time"] == 46
    assert episode["chapters_json_url"] == f"{base}/siaran/{published}/bagian/1/bab.json"
    assert episode["transcript_url"].startswith(f"{base}/siaran/{published}/bagian/1.")
    picture = body(site, feed["cover_url"].removeprefix(base))
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    assert [int.from_bytes(picture[at : at + 4], "big") for at in (16, 20)] == [1400, 1400]


@pytest.mark.slow
def test_whatever_the_feed_names_is_there_in_the_type_it_says(
    site: FlaskClient, settings: Settings, published: str
) -> None:
    channel = ElementTree.fromstring(body(site, "/umpan.rss"))[0]  # noqa: S314 - our own text
    assert channel.findtext(f"{{{PODCAST}}}guid") == guid_of(f"{settings.public_address}/umpan.rss")
    assert channel.findtext(f"{{{PODCAST}}}medium") == "podcast"
    place = channel.find(f"{{{PODCAST}}}location")
    assert place is not None and place.text == "Bojonegoro"
    assert place.attrib == {"rel": "subject", "geo": "geo:-7.15079,111.88525"}
    [item] = channel.iter("item")
    named = [*item.iter(f"{{{PODCAST}}}transcript"), *item.iter(f"{{{PODCAST}}}chapters"), *item.iter("enclosure")]
    assert len(named) == 5
    for one in named:
        with site.get(one.attrib["url"].removeprefix(settings.public_address)) as answer:
            assert (answer.status_code, answer.mimetype) == (200, one.attrib["type"])
    [other] = item.iter(f"{{{PODCAST}}}alternateEnclosure")
    [source, integrity] = other
    with site.get(source.attrib["uri"].removeprefix(settings.public_address)) as answer:
        sound = answer.get_data()
        assert (answer.status_code, answer.mimetype) == (200, other.attrib["type"])
    assert other.attrib["length"] == str(len(sound))
    assert integrity.attrib == {"type": "sri", "value": f"sha256-{b64encode(hashlib.sha256(sound).digest()).decode()}"}
    for tag in ("season", "episode"):
        assert item.findtext(f"{{{PODCAST}}}{tag}") == item.findtext(f"{{{ITUNES}}}{tag}")


@pytest.mark.slow
def test_words_are_the_same_in_every_form_of_transcript(site: FlaskClient, database: Database, published: str) -> None:
    with database.reading() as session:
        segments = shown_in(session).pieces[0].segments
    told = json.loads(body(site, f"/siaran/{published}/bagian/1.json"))
    assert told["version"] == "1.0.0"
    assert [(one["startTime"], one["endTime"], one["body"]) for one in told["segments"]] == [
        (one["start"], one["end"], one["text"]) for one in segments
    ]
    captions, subtitles = (body(site, f"/siaran/{published}/bagian/1.{form}").decode() for form in ("vtt", "srt"))
    assert subtitles.startswith("1\n00:00:00,000 --> ")
    assert all(one["text"] in captions and one["text"] in subtitles for one in segments)


@pytest.mark.slow
def test_chapters_lie_where_they_are_heard_and_stand_in_the_sound_too(
    site: FlaskClient, database: Database, published: str
) -> None:
    told = chapters_at(site, published)
    # The last one began after four seconds that are not in the sound.
    assert told == [(0.0, "Pagi Bersama Polisi"), (2.0, "Buletin"), (14.0, CALLER), (40.0, "Tamu studio")]
    for kind in ("mp3", "opus"):
        with av.open(io.BytesIO(body(site, f"/siaran/{published}/suara/1.{kind}"))) as sound:
            inside = [(one["start"], one["time_base"], one["metadata"]["title"]) for one in sound.chapters()]
        assert inside == [(round(start * 1000), Fraction(1, 1000), title) for start, title in told]
    # The caller's own recording has none, and none is made up for it.
    with database.reading() as session:
        [own] = [one.position for one in shown_in(session).pieces if one.kind == "call"]
    assert json.loads(body(site, f"/siaran/{published}/bagian/{own}/bab.json"))["chapters"] == []


@pytest.mark.slow
@pytest.mark.both_databases
def test_of_a_caller_who_is_closed_no_chapter_is_left(
    site: FlaskClient, database: Database, now: datetime, runner: Runner, published: str
) -> None:
    with database.writing() as tx:
        [call] = [one for one in tx.scalars(select(Call)) if one.topic == "Lampu jalan padam"]
        calls.protect(tx, call, Protected.VICTIM, by=BY, at=now)
    assert site.get(f"/siaran/{published}/bagian/1/bab.json").status_code == 404
    runner.run_all()
    # From 13 to 35 nothing is heard, and nothing tells that there was anything.
    assert chapters_at(site, published) == [(0.0, "Pagi Bersama Polisi"), (2.0, "Buletin"), (18.0, "Tamu studio")]
    for kind in ("mp3", "opus"):
        with av.open(io.BytesIO(body(site, f"/siaran/{published}/suara/1.{kind}"))) as sound:
            inside = [one["metadata"]["title"] for one in sound.chapters()]
        assert inside == ["Pagi Bersama Polisi", "Buletin", "Tamu studio"]


@pytest.mark.slow
def test_a_recording_of_which_nobody_knows_when_it_began_has_no_chapters(
    site: FlaskClient, database: Database, settings: Settings, now: datetime, runner: Runner
) -> None:
    with database.writing() as tx:
        show = shows.ended(tx, settings, now)
        archive.seal(tx, settings, show.broadcast, by=BY, at=now)
    runner.run_all()
    with database.writing() as tx:
        services.publish(tx, settings, tx.scalars(select(Broadcast)).one(), by=BY, at=now)
    runner.run_all()
    assert b"podcast:chapters" not in body(site, "/umpan.rss")


def test_a_broadcast_of_an_earlier_release_is_told_without_chapters_and_number(
    site: FlaskClient, database: Database, settings: Settings, now: datetime
) -> None:
    given = {"revision": 1, "programme": "Uji", "title": "Uji", "started_at": now, "seconds": 9.0, "hosts": []}
    with database.writing() as tx:
        row = PublishedBroadcast(public_id="uji", published_at=now, changed_at=now, **given)
        sound = {"audio_key": "uji/1/01.mp3", "audio_bytes": 9, "duration": 9.0}
        row.pieces = [PublishedPiece(position=1, kind="programme", title="Uji", text="", **sound)]
        tx.add(row)
    [episode] = read(site, settings)["episodes"]
    assert not {"chapters_json_url", "transcript_url", "number"} & episode.keys(), episode
    assert episode["total_time"] == 9


def test_of_a_broadcast_of_an_earlier_release_no_opus_is_named_anywhere(
    site: FlaskClient, database: Database, now: datetime
) -> None:
    with database.writing() as tx:
        row = published_row(1, now, pieces=1)
        row.pieces[0].opus_key = row.pieces[0].opus_bytes = row.pieces[0].opus_sha256 = None
        tx.add(row)
        tx.flush()
        page = f"/siaran/{row.public_id}"
    own = (page, f"{page}/manifes.txt", f"{page}/siaran.jsonld", "/oai?verb=ListRecords&metadataPrefix=pbcore")
    for path in ("/", "/umpan.rss", "/umpan.atom", "/umpan.json", *own):
        assert b"1.mp3" in body(site, path), path
        assert b"opus" not in body(site, path).lower(), path
    assert json.loads(body(site, f"{page}/siaran.json"))["pieces"][0]["audio_opus"] is None
    assert site.get(f"{page}/suara/1.opus").status_code == 404


def test_directories_are_told_the_owner_where_there_is_an_address(
    public: Flask, settings: Settings, station: Station
) -> None:
    assert "itunes_owner" not in read(public.test_client(), settings)
    told = settings.model_copy(update={"contact_email": "arsip@polres.example"})
    site = create_public(dataclasses.replace(station, settings=told)).test_client()
    assert read(site, settings)["itunes_owner"] == {"name": settings.operator, "email": "arsip@polres.example"}
    answer = site.get("/oai?verb=Identify").get_data(as_text=True)
    assert "<adminEmail>arsip@polres.example</adminEmail>" in answer


def test_the_guid_is_that_of_the_specification() -> None:
    """The example of the tag's own page."""
    for address in ("https://mp3s.nashownotes.com/pc20rss.xml", "http://mp3s.nashownotes.com/pc20rss.xml/"):
        assert guid_of(address) == "917393e3-1b1e-5cef-ace4-edaa54e1f810"


def test_who_may_not_be_told_of_heads_nothing_even_where_nothing_is_cut() -> None:
    log = [
        AsRun(id=1, kind=AsRunKind.ITEM, offset=3.0, title="Kabar Karsinem", details={}),
        AsRun(id=2, kind=AsRunKind.CALL_ON, offset=5.0, title="Rahasia", subject="tertutup", details={}),
        AsRun(id=3, kind=AsRunKind.CALL_OFF, offset=8.0, title="Rahasia", subject="tertutup", details={}),
        AsRun(id=4, kind=AsRunKind.CALL_ON, offset=9.0, title="Lampu", subject="terbuka", details={}),
        AsRun(id=5, kind=AsRunKind.MARK, offset=9.5, title="Catatan kru", details={}),
        AsRun(id=6, kind=AsRunKind.CALL_ON, offset=20.0, title="Kata kasar", subject="lain", details={}),
        AsRun(id=7, kind=AsRunKind.DUMP, offset=22.0, title="kasar", details={"begins": 18.0, "ends": 22.0}),
        AsRun(id=8, kind=AsRunKind.CALL_ON, offset=30.0, title="", subject="tanpa topik", details={}),
    ]

    def find(text: str) -> list[redaction.Span]:
        start = text.find("Karsinem")
        return [redaction.Span(start, start + 8, "name", "", 1.0)] if start >= 0 else []

    told = entries_of(log, {"tertutup"}, find, "id")
    assert [(one.second, one.title) for one in told] == [
        (3.0, "Kabar …"),
        (9.0, "Penelepon: Lampu"),
        (30.0, "Penelepon"),
    ]


def starts(entries: list[Entry], *cut: Span, begins: float = 0.0, duration: float = 100.0) -> list[tuple[float, str]]:
    found = chapters_of(entries, begins=begins, duration=duration, cut=cut, opening="Acara")
    return [(one["start"], one["title"]) for one in found]


def test_what_is_heard_in_a_gap_has_no_chapter() -> None:
    log = [Entry(10, "A"), Entry(21, "B"), Entry(22, "P", is_caller=True), Entry(29, "C"), Entry(40, "D")]
    assert starts(log) == [(0.0, "Acara"), (10, "A"), (21, "B"), (22, "P"), (29, "C"), (40, "D")]
    # Of what began in the gap only the last goes on behind it.
    assert starts(log, Span(20, 30)) == [(0.0, "Acara"), (10, "A"), (20, "C"), (30, "D")]
    # A caller who comes on in a gap is somebody whose seconds are cut.
    assert starts([Entry(10, "A"), Entry(22, "P", is_caller=True)], Span(20, 30)) == [(0.0, "Acara"), (10, "A")]
    assert starts(log, Span(35, 100)) == [(0.0, "Acara"), (10, "A"), (21, "B"), (22, "P"), (29, "C")]
    assert starts(log, Span(0, 15)) == [(0.0, "A"), (6, "B"), (7, "P"), (14, "C"), (25, "D")]


def test_a_later_recording_goes_on_with_what_was_going_on() -> None:
    log = [Entry(10, "A"), Entry(50, "B"), Entry(55, "P", is_caller=True), Entry(70, "C"), Entry(95, "D")]
    assert starts(log, begins=60, duration=30) == [(0.0, "B"), (10, "C")]
    # One chapter is none.
    assert starts([], begins=0) == []


def test_each_chapter_lasts_until_the_next() -> None:
    told = [{"start": 0.0, "title": "A"}, {"start": 4.5, "title": "B"}]
    assert with_ends(told, 9.0) == [(0.0, 4.5, "A"), (4.5, 9.0, "B")]
    assert with_ends([], 9.0) == []
