"""Before a copy is published it is heard again: what was hidden and still sounds in it holds it back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.jobs import Runner
from radiodesk.core.settings import Settings
from radiodesk.language.redaction import find_private
from radiodesk.recognition.ports import Hints, Progress, Segment, Transcription, Word
from radiodesk.rooms.broadcasts.models import Broadcast
from radiodesk.rooms.record import queries, services
from radiodesk.rooms.record.listen_again import STILL_HEARD, StillHeard, still_heard
from radiodesk.rooms.record.models import Piece, PieceKind, Publication, PublicationState, SpanState
from radiodesk.rooms.record.rendering import Removal, Rendered, render_words
from radiodesk.rooms.transcripts.timed_words import Token
from radiodesk.sound.decoder import probe
from radiodesk.sound.stretches import Span as Seconds
from tests.factories import shows

PHONE = "nol delapan satu dua tiga empat lima enam tujuh delapan"


class Canned:
    """A recogniser that hears the same words in whatever stretch it is given; words are a second each."""

    name, model, language = "canned", "none", "id"

    def __init__(self, text: str, start: float = 0.0) -> None:
        self.text, self.start, self.lengths = text, start, list[float]()

    def transcribe(self, path: Path, *, hints: Hints | None = None, progress: Progress | None = None) -> Transcription:
        self.lengths.append(probe(path).duration)
        words = tuple(Word(self.start + n, self.start + n + 0.9, word, 0.9) for n, word in enumerate(self.text.split()))
        return Transcription("canned", "none", "id", 1.0, 0.0, (Segment(0.0, 99.0, self.text, words),))


def heard(
    tmp_path: Path, engine: Canned, *, shown: str = "", bleeped: Sequence[Seconds], cut: Sequence[Seconds] = ()
) -> list[StillHeard]:
    copy = tmp_path / "copy.flac"
    copy.write_bytes(shows.sound(60).getvalue())
    rendered = Rendered(shown, bleeped=list(bleeped), cut=list(cut))
    return still_heard(engine, copy, rendered, 60.0, [PHONE], find_private)  # type: ignore[arg-type]


def test_nothing_is_said_of_a_copy_that_keeps_its_secret(tmp_path: Path) -> None:
    engine = Canned("jalan di depan pasar itu rusak sejak lama pak")
    assert heard(tmp_path, engine, bleeped=[Seconds(20, 24)]) == []
    assert engine.lengths == [pytest.approx(16, abs=0.1)], "only what is around the tone is heard again"


def test_a_whole_number_that_still_sounds_is_found_with_its_seconds(tmp_path: Path) -> None:
    # The stretch begins at second 14; the number is said from its second 1 on.
    found = heard(tmp_path, Canned(f"telepon {PHONE}"), bleeped=[Seconds(20, 21)])
    assert [one.kind for one in found] == ["phone"]
    assert found[0].begins == pytest.approx(15.0)
    assert found[0].ends == pytest.approx(24.9)


def test_the_end_of_a_hidden_number_is_found_though_it_is_no_number_by_itself(tmp_path: Path) -> None:
    found = heard(tmp_path, Canned("enam tujuh delapan ya pak", start=9), bleeped=[Seconds(20, 23)])
    assert found == []
    found = heard(tmp_path, Canned("lima enam tujuh delapan ya pak", start=9), bleeped=[Seconds(20, 23)])
    assert [(one.kind, one.begins) for one in found] == [("phone", 23.0)]


def test_what_is_shown_on_purpose_is_no_secret(tmp_path: Path) -> None:
    engine = Canned(f"hubungi {PHONE}", start=8)
    assert heard(tmp_path, engine, shown=f"Hubungi {PHONE}.", bleeped=[Seconds(40, 41)]) == []
    assert len(heard(tmp_path, engine, shown="Hubungi kami.", bleeped=[Seconds(40, 41)])) == 1


def test_a_few_seconds_by_themselves_make_no_names(tmp_path: Path) -> None:
    said = "siap Mas Joko patroli malam Minggu di Dander kami tambah"
    assert find_private(said), "heard without what is around it, it looks like a name"
    assert heard(tmp_path, Canned(said, start=8), bleeped=[Seconds(20, 21)]) == []
    copy = tmp_path / "copy.flac"
    rendered = Rendered("[nama] melapor", bleeped=[Seconds(20, 21)])
    found = still_heard(Canned("saya Pak Kuwandono", 8), copy, rendered, 60.0, ["Kuswandono"], find_private)  # type: ignore[arg-type]
    assert [one.kind for one in found] == ["name"]


def test_what_a_recogniser_makes_of_a_tone_counts_for_nothing(tmp_path: Path) -> None:
    assert heard(tmp_path, Canned(PHONE, start=6), bleeped=[Seconds(20, 31)]) == []


def test_seconds_are_those_of_the_recording_though_something_was_cut_out(tmp_path: Path) -> None:
    # Ten seconds are gone before it: second 20 of the recording is second 10 of the copy.
    found = heard(tmp_path, Canned(PHONE, start=8), bleeped=[Seconds(20, 21)], cut=[Seconds(0, 10)])
    assert [one.begins for one in found] == [pytest.approx(22.0)]


def test_seconds_alone_go_under_a_tone(tmp_path: Path) -> None:
    tokens = [Token("halo", 0.0, 1.0, 0), Token("pak", 1.0, 2.0, 0)]
    segments = [{"start": 0.0, "end": 2.0, "speaker": None}]
    made = render_words(tokens, segments, [Removal("phone", 0, 0, 5.0, 6.0)], 10.0, lambda _kind: "[…]")
    assert made.text == "halo pak"
    assert [(one.start, one.end) for one in made.bleeped] == [(4.85, 6.15)]


@pytest.fixture
def publication(database: Database, settings: Settings, now: datetime) -> int:
    """A publication that waits, with one piece of ten words, a second each."""
    from radiodesk.rooms.archive.models import Package, PackageState

    with database.writing() as tx:
        show = shows.ended(tx, settings, now)
        package = Package(public_id="p-1", broadcast=show.broadcast, requested_at=now, requested_by="a")
        package.state = PackageState.SEALED
        row = Publication(public_id="t-1", broadcast=show.broadcast, package=package, created_at=now, asked_by="a")
        row.state, row.revision = PublicationState.WAITING, 1
        words = PHONE.split()
        tokens = [{"text": word, "start": float(n), "end": n + 0.9, "segment": 0} for n, word in enumerate(words)]
        piece = Piece(public_id="b-1", position=1, kind=PieceKind.PROGRAMME, subject="s", text=" ".join(words))
        piece.tokens, piece.recording = tokens, show.programme
        row.pieces.append(piece)
        tx.add(row)
        tx.flush()
        return row.id


def test_a_copy_is_held_back_until_a_person_decided(database: Database, publication: int, now: datetime) -> None:
    spot = StillHeard("phone", 3.0, 5.5)
    with database.writing() as tx:
        row = tx.get_one(Publication, publication)
        assert services.hold_back(tx, row, {"b-1": [spot]}, at=now)
        assert row.state is PublicationState.FAILED
        assert row.problem is not None and "0:03" in row.problem
        (span,) = queries.unclear(row)
        assert span.why == STILL_HEARD and row.pieces[0].text[span.start : span.end] == "dua tiga empat"
        assert "dua" not in row.problem, "what is private stands in no plain text"
    with database.writing() as tx:
        row = tx.get_one(Publication, publication)
        services.decide(tx, queries.unclear(row)[0], SpanState.REJECTED, by="arsiparis", at=now)
        # What a person said may be heard is not asked about again; another place is.
        assert not services.hold_back(tx, row, {"b-1": [spot]}, at=now)
        assert services.hold_back(tx, row, {"b-1": [replace(spot, begins=7.0, ends=8.0)]}, at=now)


def test_the_copy_before_stays_while_another_is_held_back(
    database: Database, settings: Settings, now: datetime, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from radiodesk.recognition import loader
    from radiodesk.rooms.archive import jobs as archive_jobs
    from radiodesk.rooms.archive import services as archive
    from radiodesk.rooms.record import publication_jobs
    from radiodesk.rooms.record.models import PublishedBroadcast
    from radiodesk.rooms.record.public_sound import public_copies

    runner = Runner(database, settings, clock, archive_jobs.KINDS | publication_jobs.KINDS)
    with database.writing() as tx:
        show = shows.ended(tx, settings, now)
        shows.tell_start(show.programme, show.broadcast.on_air_at)
        archive.seal(tx, settings, show.broadcast, by="a", at=now)
        key = show.broadcast.id
    runner.run_all()

    def publish(engine: Canned) -> None:
        monkeypatch.setattr(loader, "load_for_station", lambda _settings: engine)
        with database.writing() as tx:
            broadcast = tx.get_one(Broadcast, key)
            services.prepare(tx, settings, broadcast, by="a", at=now)
            for span in queries.undecided(queries.publication_of(tx, broadcast)):  # type: ignore[arg-type]
                services.decide(tx, span, SpanState.ACCEPTED, by="a", at=now)
            services.publish(tx, settings, broadcast, by="a", at=now)
        runner.run_all()

    publish(Canned("tidak ada apa apa"))
    names = {stat.key for stat in public_copies(settings).list()}
    with database.reading() as session:
        assert session.scalars(select(PublishedBroadcast)).one().revision == 1
    publish(Canned(PHONE, start=8))
    with database.reading() as session:
        shown, row = session.scalars(select(PublishedBroadcast)).one(), session.scalars(select(Publication)).one()
        assert (shown.revision, row.revision, row.state) == (1, 2, PublicationState.FAILED)
        assert row.problem is not None and "Masih" not in row.problem and "masih terdengar" in row.problem
        assert queries.unclear(row)
    assert {stat.key for stat in public_copies(settings).list()} == names, "only what is public lies there"
