"""With a delay of eight seconds, what was dumped is in nothing that the public gets: to the last byte."""

import json
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.jobs import Runner
from radiodesk.core.settings import Settings
from radiodesk.operations.wiring import kinds
from radiodesk.rooms.archive import services as archive
from radiodesk.rooms.broadcasts import services as broadcasts
from radiodesk.rooms.broadcasts.air_delay import DelayUnit
from radiodesk.rooms.broadcasts.models import AsRun, AsRunKind, Broadcast, BroadcastState
from radiodesk.rooms.record import queries, services
from radiodesk.rooms.record.models import Piece, PieceKind
from radiodesk.rooms.transcripts.models import Transcript
from radiodesk.sound.decoder import probe
from tests.factories import shows

BY = "uji"
SECRET, AFTER = "terlarang", "sesudahnya"
UNIT = DelayUnit(8.0, 0.1)


@pytest.fixture
def runner(database: Database, settings: Settings, clock: ManualClock) -> Runner:
    return Runner(database, settings, clock, kinds())


def _dumped(session: Session, show: shows.Show, at: datetime) -> None:
    """Secrets from second 22 to 30 of the show: in words, in a mark, in the reason; the key was pressed at 30."""
    broadcast, pressed = show.broadcast, at + timedelta(seconds=30)
    broadcast.state = BroadcastState.ON_AIR
    broadcasts.mark(session, broadcast, f"katanya {SECRET}", by=BY, at=at, moment=at + timedelta(seconds=25))
    broadcasts.dump(session, broadcast, 0, f"menyebut {SECRET}", by=BY, at=pressed, unit=UNIT)
    broadcast.state = BroadcastState.ENDED
    # Both recordings are known to have begun at a time of their own.
    shows.tell_start(show.programme, at)
    [voice] = show.caller.recordings
    shows.tell_start(voice, at + timedelta(seconds=18))
    for recording, first, last in ((show.programme, 22, 30), (voice, 4, 12)):
        said = session.scalars(select(Transcript).where(Transcript.recording_id == recording.id)).one()
        count = round(recording.duration * 2)
        words = [SECRET if first <= n / 2 < last else AFTER if n / 2 >= last else "biasa" for n in range(count)]
        said.text, said.words = " ".join(words), shows.words(" ".join(words), recording.duration)
        said.segments = [{"start": 0.0, "end": recording.duration, "text": said.text, "speaker": None}]


@pytest.mark.parametrize("person_shows_the_call", [False, True])
def test_what_was_dumped_is_in_no_public_byte(
    database: Database,
    settings: Settings,
    now: datetime,
    runner: Runner,
    public: Flask,
    person_shows_the_call: bool,
) -> None:
    with database.writing() as tx:
        show = shows.ended(tx, settings, now, dump=False)
        _dumped(tx, show, now)
        archive.seal(tx, settings, show.broadcast, by=BY, at=now)
        public_id = show.broadcast.public_id
    runner.run_all()
    with database.writing() as tx:
        broadcast = tx.scalars(select(Broadcast).where(Broadcast.public_id == public_id)).one()
        services.prepare(tx, settings, broadcast, by=BY, at=now)
        if person_shows_the_call:
            services.show(tx, _piece(tx, broadcast, PieceKind.CALL), True, by=BY, at=now)
        services.publish(tx, settings, broadcast, by=BY, at=now)
    runner.run_all()

    # Every file of the public copy, every page and feed of the public site.
    files = [path for path in (settings.data / "public").rglob("*") if path.is_file()]
    assert files
    client = public.test_client()
    ends = ("", "/siaran.txt", "/siaran.json", "/manifes.txt", "/bagian/1.vtt", "/bagian/1", "/bagian/2", "/bagian/3")
    pages = [f"/siaran/{public_id}{end}" for end in ends]
    pages += ["/", "/siaran", "/data/siaran.json", "/data/siaran.csv", "/data/dikecualikan.csv", "/umpan.rss"]
    pages += ["/umpan.atom", "/umpan.json", f"/siaran?q={AFTER}"]
    bodies = [client.get(page).data for page in pages] + [path.read_bytes() for path in files]
    assert not [body for body in bodies if SECRET.encode() in body]
    assert any(AFTER.encode() in body for body in bodies)

    # The sound is shorter by what was dumped: of fifty seconds, and of the caller's own fourteen.
    for kind in (".mp3", ".opus"):
        lengths = sorted(round(probe(path).duration) for path in files if path.suffix == kind)
        assert lengths == ([6, 42] if person_shows_the_call else [42])

    # What may be read of the sealed package without its key.
    [bag] = list((settings.data / "archive").rglob("bagit.txt"))
    opened = [path for path in bag.parent.rglob("*") if path.is_file() and "restricted" not in path.parts]
    assert not [path for path in opened if SECRET.encode() in path.read_bytes()]
    entries = json.loads((bag.parent / "data/as-run/as-run.json").read_text())
    [dump] = [entry for entry in entries if entry["kind"] == "dump"]
    assert (dump["title"], dump["details"]["kept_off_air"]) == ("", 8.0)

    # The whole is kept, for who has the key and the right.
    with database.reading() as session:
        kept = session.scalars(select(AsRun).where(AsRun.kind == AsRunKind.DUMP)).one()
        assert kept.title == f"menyebut {SECRET}"


def _piece(session: Session, broadcast: Broadcast, kind: PieceKind) -> Piece:
    publication = queries.publication_of(session, broadcast)
    assert publication is not None
    return next(piece for piece in publication.pieces if piece.kind is kind)
