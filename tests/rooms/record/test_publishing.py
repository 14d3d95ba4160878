"""From a sealed broadcast to the public copy: what is suggested, what people decide, what is taken out."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.errors import Conflict, NotFound, Unreadable
from radiodesk.core.jobs import Runner
from radiodesk.core.settings import Settings
from radiodesk.operations.backup.named_objects import named_objects
from radiodesk.operations.wiring import kinds
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.archive import services as archive
from radiodesk.rooms.archive.queries import package_by_public_id
from radiodesk.rooms.broadcasts.models import AsRun, AsRunKind, Broadcast
from radiodesk.rooms.broadcasts.ports import Outcome, outcomes
from radiodesk.rooms.calls.models import Call, Protected
from radiodesk.rooms.record import public_queries, publication, queries, services
from radiodesk.rooms.record.models import (
    Piece,
    PieceKind,
    Publication,
    PublicationState,
    PublishedBroadcast,
    PublishedPiece,
    SpanState,
)
from radiodesk.rooms.record.public_sound import Sound
from radiodesk.rooms.recordings.models import Recording
from radiodesk.rooms.tickets import services as tickets
from radiodesk.rooms.transcripts import queries as speech
from radiodesk.rooms.transcripts.models import Kind, Transcript
from radiodesk.rooms.transcripts.services import correct_transcript
from radiodesk.sound.decoder import probe, read_all
from tests.factories import shows
from tests.factories import tickets as ticket_factory

pytestmark = pytest.mark.slow  # each show is sealed, cut and encoded for real

BY = "arsiparis"


@pytest.fixture
def runner(database: Database, settings: Settings, clock: ManualClock) -> Runner:
    return Runner(database, settings, clock, kinds())


@pytest.fixture
def sealed(database: Database, settings: Settings, now: datetime, runner: Runner) -> Callable[..., str]:
    """Gives the public id of a sealed show, changed before sealing by a function of session and show."""

    def make(change: Callable[[Session, shows.Show], object] = lambda _tx, _show: None, **given: object) -> str:
        with database.writing() as tx:
            show = shows.ended(tx, settings, now, **given)  # type: ignore[arg-type]
            change(tx, show)
            archive.seal(tx, settings, show.broadcast, by=BY, at=now)
            public_id = show.broadcast.public_id
        assert runner.run_all() >= 1
        return public_id

    return make


def row(session: Session, public_id: str) -> Broadcast:
    return session.scalars(select(Broadcast).where(Broadcast.public_id == public_id)).one()


def publish(database: Database, settings: Settings, runner: Runner, public_id: str, now: datetime) -> None:
    with database.writing() as tx:
        services.publish(tx, settings, row(tx, public_id), by=BY, at=now)
    runner.run_all()


def shown(session: Session, public_id: str) -> PublishedBroadcast:
    return public_queries.published_by_id(session, public_id)


def piece_of(session: Session, public_id: str, kind: PieceKind) -> Piece:
    publication = queries.publication_of(session, row(session, public_id))
    assert publication is not None
    return next(piece for piece in publication.pieces if piece.kind == kind)


def published_piece(session: Session, public_id: str, kind: PieceKind) -> PublishedPiece:
    return next(piece for piece in shown(session, public_id).pieces if piece.kind == kind)


def tone(path: Path, start: float, end: float, hertz: float) -> float:
    """How strong a pitch is in a stretch of a sound, 0 to about 1."""
    rate = 16_000
    samples = read_all(path, rate)[round(start * rate) : round(end * rate)]
    wave = np.exp(-2j * np.pi * hertz * np.arange(len(samples)) / rate)
    return float(2 * abs(np.mean(samples * wave)))


def test_only_what_is_sealed_can_be_published(database: Database, settings: Settings, now: datetime) -> None:
    with database.writing() as tx:
        show = shows.ended(tx, settings, now)
        with pytest.raises(services.NotSealed):
            services.publish(tx, settings, show.broadcast, by=BY, at=now)


def test_names_and_numbers_are_taken_out_of_words(
    database: Database, settings: Settings, now: datetime, runner: Runner, sealed: Callable[..., str]
) -> None:
    public_id = sealed()
    publish(database, settings, runner, public_id, now)
    with database.reading() as session:
        found = shown(session, public_id)
        call = published_piece(session, public_id, PieceKind.CALL)
        assert "Lampu jalan di Desa Sumberagung padam" in call.text
        assert "[nomor telepon]" in call.text and "[nama]" in call.text
        everything = " ".join([found.title, *(f"{one.title} {one.text} {one.segments}" for one in found.pieces)])
        for private in ("081234567890", "Karsinem", "081298765432", "rahasiakan"):
            assert private not in everything
        assert found.removed["phone"] >= 3
        assert outcomes(session, [row(session, public_id)]) == {row(session, public_id).id: Outcome.PUBLISHED}


def test_the_same_words_are_bleeped_in_the_sound(
    database: Database, settings: Settings, now: datetime, runner: Runner, sealed: Callable[..., str]
) -> None:
    """Of fourteen words, a second each: word ten is the name, word thirteen the number."""
    public_id = sealed()
    publish(database, settings, runner, public_id, now)
    said = shows.COMPLAINT.split()
    name, number = said.index("Karsinem,"), said.index("081234567890,")
    with database.reading() as session:
        piece = published_piece(session, public_id, PieceKind.CALL)
    for key in (piece.audio_key, piece.opus_key):
        assert key is not None
        path = (settings.data / "public") / key
        for second in (name, number):
            assert tone(path, second + 0.1, second + 0.9, 440) < 0.01, key
            assert tone(path, second + 0.1, second + 0.9, 1000) > 0.05, key
        assert tone(path, 1.1, 2.9, 440) > 0.2, key
        assert tone(path, 1.1, 2.9, 1000) < 0.01, key


def test_each_sound_lies_there_as_mp3_and_as_opus_of_the_same_length(
    database: Database, settings: Settings, now: datetime, runner: Runner, sealed: Callable[..., str]
) -> None:
    public_id = sealed()
    publish(database, settings, runner, public_id, now)
    folder = settings.data / "public"
    with database.reading() as session:
        pieces = [piece for piece in shown(session, public_id).pieces if piece.audio_key]
        named = {key for piece in pieces for key in (piece.audio_key, piece.opus_key)}
        assert {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} == named
        assert len(named) == 2 * len(pieces) > 2
        for piece in pieces:
            assert piece.opus_key is not None
            held = (folder / piece.opus_key).read_bytes()
            assert (len(held), hashlib.sha256(held).hexdigest()) == (piece.opus_bytes, piece.opus_sha256)
            assert len(held) < piece.audio_bytes
            assert probe(folder / piece.opus_key).duration == pytest.approx(piece.duration, abs=0.2)
        with database.engine.connect() as connection:
            told = {one.key for one in named_objects(connection) if one.shelf == "public"}
        assert told == named


def test_dumped_seconds_are_in_no_public_copy(
    database: Database, settings: Settings, now: datetime, runner: Runner, sealed: Callable[..., str]
) -> None:
    public_id = sealed()
    publish(database, settings, runner, public_id, now)
    with database.reading() as session:
        piece = published_piece(session, public_id, PieceKind.PROGRAMME)
        [recording] = row(session, public_id).recordings
        assert piece.duration == pytest.approx(recording.duration - 4, abs=0.3)
        assert piece.audio_key and probe((settings.data / "public") / piece.audio_key).duration == piece.duration
        words = piece.segments[0]["words"]
        original = shows.words(f"{shows.SCRIPT} {shows.COMPLAINT} " + " ".join(["lalu"] * 60), recording.duration)
        dumped = [word for word in original if word["start"] < 40 and word["end"] > 36]
        assert len(dumped) > 3
        assert sum(word["word"] == "lalu" for word in words) == 60 - len(dumped)
        assert words[-1]["end"] == pytest.approx(recording.duration - 4, abs=0.01)
        assert [word["start"] for word in words] == sorted(word["start"] for word in words)
        assert shown(session, public_id).removed["dump"] == 1


def test_a_call_during_which_seconds_were_dumped_waits_for_a_person(
    database: Database, settings: Settings, now: datetime, runner: Runner, sealed: Callable[..., str]
) -> None:
    def move_dump(tx: Session, show: shows.Show) -> None:
        entry = tx.scalars(select(AsRun).where(AsRun.kind == AsRunKind.DUMP)).one()
        entry.details = {**entry.details, "begins": 20.0, "ends": 24.0}
        entry.at -= timedelta(seconds=16)

    public_id = sealed(move_dump)
    publish(database, settings, runner, public_id, now)
    with database.reading() as session:
        assert [one.kind for one in shown(session, public_id).pieces] == [PieceKind.PROGRAMME, PieceKind.SCRIPT]
        assert shown(session, public_id).removed["piece"] == 1


@pytest.mark.parametrize("protected", list(Protected))
def test_a_protected_caller_is_never_shown(
    database: Database,
    settings: Settings,
    now: datetime,
    runner: Runner,
    sealed: Callable[..., str],
    protected: Protected,
) -> None:
    public_id = sealed(lambda _tx, show: setattr(show.caller, "protected", protected))
    with database.writing() as tx:
        services.prepare(tx, settings, row(tx, public_id), by=BY, at=now)
        with pytest.raises(Conflict):
            services.show(tx, piece_of(tx, public_id, PieceKind.CALL), True, by=BY, at=now)
    publish(database, settings, runner, public_id, now)
    with database.reading() as session:
        assert PieceKind.CALL not in [one.kind for one in shown(session, public_id).pieces]


def test_what_a_protected_caller_said_on_air_is_cut_from_the_programme(
    database: Database, settings: Settings, now: datetime, runner: Runner, sealed: Callable[..., str]
) -> None:
    def protect(_tx: Session, show: shows.Show) -> None:
        show.caller.protected = Protected.VICTIM
        assert show.broadcast.on_air_at is not None
        shows.tell_start(show.programme, show.broadcast.on_air_at)

    public_id = sealed(protect)
    publish(database, settings, runner, public_id, now)
    with database.reading() as session:
        piece = published_piece(session, public_id, PieceKind.PROGRAMME)
        # On air from second 14 to 34, a second more on each side, and four seconds dumped.
        assert piece.duration == pytest.approx(50 - 22 - 4, abs=0.4)
        original = shows.words(f"{shows.SCRIPT} {shows.COMPLAINT} " + " ".join(["lalu"] * 60), 50)
        kept = [
            word for word in original if not any(word["start"] < e and word["end"] > b for b, e in [(13, 35), (36, 40)])
        ]
        fillers = [sum(word["word"] == "lalu" for word in words) for words in (kept, piece.segments[0]["words"])]
        assert fillers[0] == fillers[1] < 60
        assert shown(session, public_id).removed["closed"] == 1
    with database.writing() as tx:
        span = next(one for one in piece_of(tx, public_id, PieceKind.PROGRAMME).spans if one.kind == "protected")
        with pytest.raises(Conflict):
            services.decide(tx, span, SpanState.REJECTED, by=BY, at=now)


def test_a_programme_of_unknown_beginning_with_a_protected_caller_waits_for_a_person(
    database: Database, settings: Settings, now: datetime, runner: Runner, sealed: Callable[..., str]
) -> None:
    public_id = sealed(lambda _tx, show: setattr(show.caller, "protected", Protected.CHILD))
    publish(database, settings, runner, public_id, now)
    with database.reading() as session:
        assert [one.kind for one in shown(session, public_id).pieces] == [PieceKind.SCRIPT]


def test_a_confidential_complaint_is_neither_heard_nor_counted(
    database: Database, settings: Settings, now: datetime, runner: Runner, sealed: Callable[..., str]
) -> None:
    numbers: list[str] = []

    def complain(tx: Session, show: shows.Show) -> None:
        for secret, call in ((True, show.caller), (False, show.quiet)):
            opened = ticket_factory.opened(tx, settings, now, call=call, confidential=secret)
            numbers.append(opened.ticket.number)

    public_id = sealed(complain)
    publish(database, settings, runner, public_id, now)
    with database.reading() as session:
        assert shown(session, public_id).tickets == numbers[1:]
        assert PieceKind.CALL not in [one.kind for one in shown(session, public_id).pieces]


def join_with_a_secret_one(tx: Session, settings: Settings, show: shows.Show, now: datetime) -> None:
    """The caller's complaint is joined with a confidential one that came another way."""
    station = ticket_factory.rules(settings)
    asked = ticket_factory.opened(tx, settings, now, call=show.caller).ticket
    secret = ticket_factory.opened(tx, settings, now, confidential=True).ticket
    tickets.merge(tx, station, asked, secret, by=BY, at=now)


def test_a_complaint_joined_with_a_confidential_one_is_neither_heard_nor_counted(
    database: Database, settings: Settings, now: datetime, runner: Runner, sealed: Callable[..., str]
) -> None:
    public_id = sealed(lambda tx, show: join_with_a_secret_one(tx, settings, show, now))
    publish(database, settings, runner, public_id, now)
    with database.reading() as session:
        found = shown(session, public_id)
        assert found.tickets == []
        assert PieceKind.CALL not in [one.kind for one in found.pieces]
        assert "Lampu jalan padam" not in str(found.as_run)


def protect_the_caller(tx: Session, public_id: str) -> None:
    """A person finds out late that the caller is a victim."""
    call = tx.scalars(select(Call).where(Call.public_id == piece_of(tx, public_id, PieceKind.CALL).subject)).one()
    call.protected = Protected.VICTIM


def assert_silent(session: Session, public_id: str) -> None:
    found = shown(session, public_id)
    assert PieceKind.CALL not in [one.kind for one in found.pieces]
    assert found.removed["closed"] == 1
    assert "Lampu jalan padam" not in str(found.as_run)
    # On air from second 14 to 34, a second more on each side, and four seconds dumped.
    assert published_piece(session, public_id, PieceKind.PROGRAMME).duration == pytest.approx(50 - 22 - 4, abs=0.4)


def timed_programme(_tx: Session, show: shows.Show) -> None:
    shows.tell_start(show.programme, show.broadcast.on_air_at)


def test_who_became_protected_after_the_laying_out_is_silent(
    database: Database, settings: Settings, now: datetime, runner: Runner, sealed: Callable[..., str]
) -> None:
    public_id = sealed(timed_programme)
    publish(database, settings, runner, public_id, now)
    with database.writing() as tx:
        protect_the_caller(tx, public_id)
    publish(database, settings, runner, public_id, now)
    with database.reading() as session:
        assert_silent(session, public_id)
    publish(database, settings, runner, public_id, now)  # nothing is cut twice
    with database.reading() as session:
        assert_silent(session, public_id)


def test_who_becomes_protected_while_the_copy_is_written_is_silent(
    database: Database,
    settings: Settings,
    now: datetime,
    runner: Runner,
    sealed: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    public_id = sealed(timed_programme)
    make = publication.make_sound

    def meanwhile(*given: Any) -> Sound | None:
        with database.writing() as tx:
            protect_the_caller(tx, public_id)
        return make(*given)

    monkeypatch.setattr(publication, "make_sound", meanwhile)
    publish(database, settings, runner, public_id, now)
    with database.reading() as session:
        assert_silent(session, public_id)
    assert [path.name for path in ((settings.data / "public") / public_id).iterdir()] == ["2"]


def test_a_recording_without_words_waits_for_a_person(
    database: Database, settings: Settings, now: datetime, runner: Runner, sealed: Callable[..., str]
) -> None:
    def unheard(tx: Session, show: shows.Show) -> None:
        for one in tx.scalars(select(Transcript).where(Transcript.recording_id == show.programme.id)):
            one.text, one.words, one.segments = "", [], []

    public_id = sealed(unheard)
    publish(database, settings, runner, public_id, now)
    with database.reading() as session:
        assert [one.kind for one in shown(session, public_id).pieces] == [PieceKind.SCRIPT, PieceKind.CALL]
    with database.writing() as tx:
        services.show(tx, piece_of(tx, public_id, PieceKind.PROGRAMME), True, by=BY, at=now)
    publish(database, settings, runner, public_id, now)
    with database.reading() as session:
        assert published_piece(session, public_id, PieceKind.PROGRAMME).audio_key


def test_a_person_shows_a_suggested_place_and_hides_another(
    database: Database, settings: Settings, now: datetime, runner: Runner, sealed: Callable[..., str]
) -> None:
    public_id = sealed()
    with database.writing() as tx:
        services.prepare(tx, settings, row(tx, public_id), by=BY, at=now)
        script = piece_of(tx, public_id, PieceKind.SCRIPT)
        [span] = script.spans
        services.decide(tx, span, SpanState.REJECTED, by=BY, at=now)
        assert services.hide(tx, script, "pakai  HELM", "other", by=BY, at=now) == 1
        with pytest.raises(NotFound):
            services.hide(tx, script, "tidak dikatakan", "other", by=BY, at=now)
        with pytest.raises(Unreadable):
            services.hide(tx, script, "  ", "other", by=BY, at=now)
    publish(database, settings, runner, public_id, now)
    with database.reading() as session:
        piece = published_piece(session, public_id, PieceKind.SCRIPT)
        assert piece.text == (
            "Selamat pagi, Bojonegoro. Imbauan hari ini: [hal pribadi]. Laporan ke nomor 081298765432."
        )
        assert "sha256" not in piece.details


def test_a_script_of_which_nothing_is_missing_carries_its_digest(
    database: Database, settings: Settings, now: datetime, runner: Runner, sealed: Callable[..., str]
) -> None:
    public_id = sealed()
    with database.writing() as tx:
        services.prepare(tx, settings, row(tx, public_id), by=BY, at=now)
        for span in piece_of(tx, public_id, PieceKind.SCRIPT).spans:
            services.decide(tx, span, SpanState.REJECTED, by=BY, at=now)
    publish(database, settings, runner, public_id, now)
    with database.reading() as session:
        piece = published_piece(session, public_id, PieceKind.SCRIPT)
        assert piece.text == shows.SCRIPT
        assert piece.details["as_approved"] is True
        assert len(piece.details["sha256"]) == 64


def test_what_was_begun_and_not_understood_is_decided_before_anything_is_published(
    database: Database, settings: Settings, now: datetime, runner: Runner, sealed: Callable[..., str]
) -> None:
    said = "Lampu jalan padam, nomor hp saya kosong lapan lima ehm lupa, terima kasih."

    def stammers(tx: Session, show: shows.Show) -> None:
        for one in tx.scalars(select(Transcript).where(Transcript.recording_id == show.caller.recordings[0].id)):
            one.text, one.words = said, shows.words(said, 14)
            one.segments = [{"start": 0.0, "end": 14.0, "text": said, "speaker": None}]

    public_id = sealed(stammers)
    with database.writing() as tx:
        prepared = services.prepare(tx, settings, row(tx, public_id), by=BY, at=now)
        [span] = queries.unclear(prepared)
        assert span.piece.text[span.start : span.end] == "kosong lapan lima"
        with pytest.raises(services.NotUnderstood):
            services.publish(tx, settings, row(tx, public_id), by=BY, at=now)
        services.decide(tx, span, SpanState.ACCEPTED, by=BY, at=now)
    publish(database, settings, runner, public_id, now)
    with database.reading() as session:
        call = published_piece(session, public_id, PieceKind.CALL)
        assert "lapan" not in call.text and "[tidak dipahami]" in call.text


def test_what_was_dumped_is_never_shown_by_decision(
    database: Database, settings: Settings, now: datetime, sealed: Callable[..., str]
) -> None:
    public_id = sealed()
    with database.writing() as tx:
        services.prepare(tx, settings, row(tx, public_id), by=BY, at=now)
        dump = next(span for span in piece_of(tx, public_id, PieceKind.PROGRAMME).spans if span.kind == "dump")
        with pytest.raises(Conflict):
            services.decide(tx, dump, SpanState.REJECTED, by=BY, at=now)


def test_decisions_survive_laying_out_again(
    database: Database, settings: Settings, now: datetime, sealed: Callable[..., str]
) -> None:
    public_id = sealed()
    with database.writing() as tx:
        services.prepare(tx, settings, row(tx, public_id), by=BY, at=now)
        for span in piece_of(tx, public_id, PieceKind.SCRIPT).spans:
            services.decide(tx, span, SpanState.REJECTED, by=BY, at=now)
        services.show(tx, piece_of(tx, public_id, PieceKind.CALL), False, by=BY, at=now)
    with database.writing() as tx:
        services.prepare_again(tx, settings, row(tx, public_id), by=BY, at=now)
    with database.reading() as session:
        [span] = piece_of(session, public_id, PieceKind.SCRIPT).spans
        assert (span.state, span.by) == (SpanState.REJECTED, BY)
        assert piece_of(session, public_id, PieceKind.CALL).shown is False


def test_nothing_is_decided_while_the_copy_is_written(
    database: Database, settings: Settings, now: datetime, sealed: Callable[..., str]
) -> None:
    public_id = sealed()
    with database.writing() as tx:
        services.publish(tx, settings, row(tx, public_id), by=BY, at=now)
        with pytest.raises(services.BeingPublished):
            services.hide(tx, piece_of(tx, public_id, PieceKind.SCRIPT), "helm", "other", by=BY, at=now)
        again = services.publish(tx, settings, row(tx, public_id), by=BY, at=now)
        assert again.revision == 1


def test_publishing_again_replaces_the_copy(
    database: Database, settings: Settings, now: datetime, runner: Runner, sealed: Callable[..., str]
) -> None:
    public_id = sealed()
    publish(database, settings, runner, public_id, now)
    before = sorted(path.name for path in ((settings.data / "public") / public_id).iterdir())
    publish(database, settings, runner, public_id, now)
    after = sorted(path.name for path in ((settings.data / "public") / public_id).iterdir())
    assert (before, after) == (["1"], ["2"])
    with database.reading() as session:
        assert len(session.scalars(select(PublishedBroadcast)).all()) == 1
        keys = [key for one in shown(session, public_id).pieces for key in (one.audio_key, one.opus_key)]
        assert all(key is None or "/2/" in key for key in keys)


def test_the_transcript_keeps_what_the_public_reads_as_a_version_of_its_own(
    database: Database, settings: Settings, now: datetime, runner: Runner, sealed: Callable[..., str]
) -> None:
    public_id = sealed()
    publish(database, settings, runner, public_id, now)
    publish(database, settings, runner, public_id, now)  # nothing new to read: no new version
    with database.writing() as tx:
        call = piece_of(tx, public_id, PieceKind.CALL)
        assert call.recording is not None
        kept, *older = speech.versions(tx, call.recording)
        assert (kept.kind, kept.by, kept.text) == (
            Kind.PUBLISHED,
            BY,
            published_piece(tx, public_id, PieceKind.CALL).text,
        )
        assert "Karsinem" not in str(kept.words) + str(kept.segments)
        assert Kind.PUBLISHED not in {one.kind for one in older}
        # The desk goes on with its own words, not with those that have gaps.
        base = speech.current(tx, [call.recording])[call.recording.id]
        assert "Karsinem" in base.text
        corrected = correct_transcript(tx, base, [{**base.segments[0], "words": base.words}], by="wati", at=now)
        assert corrected.version == kept.version + 1
        # Times are those of the whole recording, whatever was cut from the public sound.
        programme = piece_of(tx, public_id, PieceKind.PROGRAMME)
        assert programme.recording is not None
        heard = speech.current(tx, [programme.recording])[programme.recording.id]
        public = speech.versions(tx, programme.recording)[0]
        assert public.words[-1]["end"] == pytest.approx(heard.words[-1]["end"], abs=0.01)


def test_a_withdrawal_leaves_the_reason_alone(
    database: Database, settings: Settings, now: datetime, runner: Runner, sealed: Callable[..., str]
) -> None:
    public_id = sealed()
    publish(database, settings, runner, public_id, now)
    with database.writing() as tx:
        with pytest.raises(Unreadable):
            services.withdraw(tx, row(tx, public_id), " ", by=BY, at=now)
        services.withdraw(tx, row(tx, public_id), "Nama seorang anak tersebut.", by=BY, at=now)
        with pytest.raises(Conflict):
            services.withdraw(tx, row(tx, public_id), "Lagi.", by=BY, at=now)
    runner.run_all()
    assert [path for path in (settings.data / "public").rglob("*") if path.is_file()] == []
    with database.reading() as session:
        found = shown(session, public_id)
        assert found.reason == "Nama seorang anak tersebut."
        assert (found.pieces, found.tickets, found.as_run, found.hosts) == ([], [], [], [])
        assert outcomes(session, [row(session, public_id)]) == {row(session, public_id).id: Outcome.SEALED}
        assert session.scalars(select(Publication)).one().state == PublicationState.WITHDRAWN
        assert session.scalars(select(PublishedPiece)).all() == []
    publish(database, settings, runner, public_id, now)
    with database.reading() as session:
        assert shown(session, public_id).open
        assert shown(session, public_id).pieces


def test_a_withdrawal_overtakes_a_copy_that_is_being_written(
    database: Database, settings: Settings, now: datetime, runner: Runner, sealed: Callable[..., str]
) -> None:
    public_id = sealed()
    publish(database, settings, runner, public_id, now)
    with database.writing() as tx:
        services.publish(tx, settings, row(tx, public_id), by=BY, at=now)
        services.withdraw(tx, row(tx, public_id), "Salah siaran.", by=BY, at=now)
    runner.run_all()
    with database.reading() as session:
        assert not shown(session, public_id).open
    assert [path for path in (settings.data / "public").rglob("*") if path.is_file()] == []


def test_a_missing_sound_file_costs_its_own_sound_alone(
    database: Database, settings: Settings, now: datetime, runner: Runner, sealed: Callable[..., str]
) -> None:
    public_id = sealed()
    with database.writing() as tx:
        [recording] = row(tx, public_id).recordings
        (settings.audio / recording.key).unlink()
    publish(database, settings, runner, public_id, now)
    with database.reading() as session:
        assert published_piece(session, public_id, PieceKind.PROGRAMME).audio_key is None
        assert published_piece(session, public_id, PieceKind.CALL).audio_key is not None
        publication = session.scalars(select(Publication)).one()
        assert publication.state == PublicationState.PUBLISHED
        assert publication.problem


def test_the_public_copy_never_changes_recording_or_package(
    database: Database, settings: Settings, now: datetime, runner: Runner, sealed: Callable[..., str]
) -> None:
    public_id = sealed()

    def everything() -> dict[Path, bytes]:
        folders = (settings.audio, settings.archive)
        return {path: path.read_bytes() for one in folders for path in one.rglob("*") if path.is_file()}

    before = everything()
    publish(database, settings, runner, public_id, now)
    assert everything() == before
    with database.reading() as session:
        line = shown(session, public_id).ledger_line
        assert package_by_public_id(session, line["package"]).digest == line["digest"]
        assert session.scalars(select(Recording)).all()


def test_the_editor_works_through_the_page(
    database: Database,
    settings: Settings,
    now: datetime,
    runner: Runner,
    sealed: Callable[..., str],
    sign_in: Callable[..., FlaskClient],
) -> None:
    public_id = sealed()
    browser = sign_in(Role.ARCHIVIST)
    page = f"/siaran/{public_id}/terbit"
    assert browser.get(page).status_code == 200
    assert browser.post(f"{page}/siapkan").status_code == 303
    with database.reading() as session:
        script = piece_of(session, public_id, PieceKind.SCRIPT)
        call = piece_of(session, public_id, PieceKind.CALL)
        span = script.spans[0]
    text = browser.get(page).get_data(as_text=True)
    assert 'data-key="s"' in text and 'data-key="t"' in text
    assert text.count('id="current"') == 1
    assert browser.post(f"{page}/tanda/{span.public_id}", data={"state": "rejected"}).status_code == 303
    assert browser.post(f"{page}/tanda/{span.public_id}", data={"state": "apa"}).status_code == 422
    hide = f"{page}/bagian/{script.public_id}/tutup"
    assert browser.post(hide, data={"words": "Bojonegoro", "kind": "other"}).status_code == 303
    assert browser.post(hide, data={"words": "Bojonegoro", "kind": "apa"}).status_code == 422
    assert browser.post(hide, data={"words": "tidak ada", "kind": "other"}).status_code == 404
    assert browser.post(f"{page}/bagian/{call.public_id}", data={"shown": "no"}).status_code == 303
    assert browser.post(page).status_code == 303
    runner.run_all()
    assert browser.get(f"{page}/isi").status_code == 200
    with database.reading() as session:
        found = shown(session, public_id)
        assert [one.kind for one in found.pieces] == [PieceKind.PROGRAMME, PieceKind.SCRIPT]
        assert "[hal pribadi]" in found.pieces[1].text and "081298765432" in found.pieces[1].text
    assert browser.post(f"/siaran/{public_id}/tarik", data={"reason": "Diminta penelepon."}).status_code == 303
    assert "Diminta penelepon." in browser.get(page).get_data(as_text=True)


def test_another_broadcasts_piece_is_not_decided_from_this_page(
    database: Database,
    settings: Settings,
    now: datetime,
    sealed: Callable[..., str],
    sign_in: Callable[..., FlaskClient],
) -> None:
    first, second = sealed(), sealed(title="Siang Bersama Polisi")
    with database.writing() as tx:
        services.prepare(tx, settings, row(tx, first), by=BY, at=now)
        piece = piece_of(tx, first, PieceKind.SCRIPT).public_id
    answer = sign_in(Role.PRODUCER).post(f"/siaran/{second}/terbit/bagian/{piece}", data={"shown": "no"})
    assert answer.status_code == 409


def test_who_may_not_hear_a_caller_is_told_so_and_decides_nothing(
    database: Database,
    settings: Settings,
    now: datetime,
    sealed: Callable[..., str],
    sign_in: Callable[..., FlaskClient],
) -> None:
    public_id = sealed(lambda _tx, show: setattr(show.caller, "protected", Protected.CHILD))
    with database.writing() as tx:
        services.prepare(tx, settings, row(tx, public_id), by=BY, at=now)
        piece = piece_of(tx, public_id, PieceKind.CALL).public_id
    archivist, page = sign_in(Role.ARCHIVIST), f"/siaran/{public_id}/terbit"
    told = "Kata-kata dan suara bagian ini tidak terbuka untuk peran Anda."
    assert told in archivist.get(page).text
    answer = archivist.post(f"{page}/bagian/{piece}/tutup", data={"words": "Karsinem", "kind": "name"})
    assert (answer.status_code, told in answer.text) == (403, True)


def test_who_does_not_publish_does_not_see_the_page(
    sealed: Callable[..., str], sign_in: Callable[..., FlaskClient]
) -> None:
    page = f"/siaran/{sealed()}/terbit"
    assert sign_in(Role.SCREENER).get(page).status_code == 403
    assert sign_in(Role.HOST, username="penyiar").post(page).status_code == 403


def test_the_public_is_told_how_much_was_read_as_approved_and_not_what_was_said_instead(
    database: Database,
    settings: Settings,
    now: datetime,
    runner: Runner,
    sealed: Callable[..., str],
    public: Flask,
) -> None:
    def read(tx: Session, show: shows.Show) -> None:
        assert show.broadcast.on_air_at is not None
        shows.tell_start(show.programme, show.broadcast.on_air_at)
        found = tx.scalars(select(Transcript).where(Transcript.recording_id == show.programme.id)).one()
        said = "Selamat malam Bojonegoro imbauan hari ini rahasia pakai helm laporan ke nomor 081298765432"
        found.words = [{**one, "start": one["start"] + 2, "end": one["end"] + 2} for one in shows.words(said, 9)]
        found.segments, found.text = [], ""

    public_id = sealed(read)
    publish(database, settings, runner, public_id, now)
    page = public.test_client().get(f"/siaran/{public_id}").text
    assert "Naskah dibaca 91 % sesuai yang disetujui." in page
    assert "rahasia" not in page and "malam" not in page
