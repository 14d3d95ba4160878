"""A caller who wants it is published in another voice; the own one is in nothing that is public."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.jobs import Runner
from radiodesk.core.settings import Settings
from radiodesk.operations.wiring import kinds
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.archive import services as archive
from radiodesk.rooms.broadcasts.models import Broadcast
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import Call, Protected
from radiodesk.rooms.record import public_queries, queries, services
from radiodesk.rooms.record.models import Publication, PublishedBroadcast, PublishedPiece
from radiodesk.rooms.record.protection import UNTIMED_VOICE
from radiodesk.rooms.record.removal_register import register_of
from radiodesk.sound import voice_change
from radiodesk.sound.decoder import read_all
from tests.factories import shows
from tests.sound.sounds import pitch

pytestmark = pytest.mark.slow  # each show is sealed, disguised and encoded for real

BY = "arsiparis"
RATE = 16_000
Change = Callable[[Session, shows.Show], object]


@pytest.fixture
def runner(database: Database, settings: Settings, clock: ManualClock) -> Runner:
    return Runner(database, settings, clock, kinds())


@pytest.fixture
def published(database: Database, settings: Settings, now: datetime, runner: Runner) -> Callable[..., tuple[str, int]]:
    """Publishes a show without a dump that was changed before sealing; gives its public id and its caller's key."""

    def make(change: Change, *, timed: bool = True) -> tuple[str, int]:
        with database.writing() as tx:
            show = shows.ended(tx, settings, now, dump=False)
            if timed:
                shows.tell_start(show.programme, show.broadcast.on_air_at)
            change(tx, show)
            archive.seal(tx, settings, show.broadcast, by=BY, at=now)
            public_id, caller = show.broadcast.public_id, show.caller.id
        runner.run_all()
        publish(database, settings, runner, public_id, now)
        return public_id, caller

    return make


def publish(database: Database, settings: Settings, runner: Runner, public_id: str, now: datetime) -> None:
    with database.writing() as tx:
        broadcast = tx.scalars(select(Broadcast).where(Broadcast.public_id == public_id)).one()
        services.publish(tx, settings, broadcast, by=BY, at=now)
    runner.run_all()


def wished(tx: Session, show: shows.Show) -> None:
    calls.disguise(tx, show.caller, by="penyaring", at=show.caller.received_at)


def not_wished(_tx: Session, _show: shows.Show) -> None:
    """As the factory makes it."""


def copy(session: Session, public_id: str) -> PublishedBroadcast:
    return public_queries.published_by_id(session, public_id)


def laid_out(session: Session, public_id: str) -> Publication:
    broadcast = session.scalars(select(Broadcast).where(Broadcast.public_id == public_id)).one()
    found = queries.publication_of(session, broadcast)
    assert found is not None
    return found


def sound(settings: Settings, piece: PublishedPiece) -> NDArray[np.float32]:
    return read_all(settings.data / "public" / str(piece.audio_key), RATE)


def is_the_tone(samples: NDArray[np.float32]) -> bool:
    """Whether nearly all of a second is the tone that stands for the voice in the factory's recordings."""
    power = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2
    near = np.abs(np.fft.rfftfreq(len(samples), 1 / RATE) - 440) < 8
    return float(power[near].sum()) > 0.95 * float(power.sum())


def test_the_own_voice_is_in_no_public_sound_and_the_register_says_so(
    database: Database, settings: Settings, published: Callable[..., tuple[str, int]], public: Flask
) -> None:
    public_id, _ = published(wished)
    with database.reading() as session:
        shown = copy(session, public_id)
        programme, call = (piece for piece in shown.pieces if piece.audio_key)
        assert shown.removed["voice"] == 2
        # The caller was on air from second 14 to second 34, and one second before and after is taken, too.
        assert programme.details["disguised"] == [[13.0, 35.0]]
        assert call.details["disguised"] == [[0.0, 14.0]]
        told = [(one.piece, one.second) for one in register_of(shown, "id") if one.kind == "voice"]
        assert told == [(programme, 13.0), (call, 0.0)]
        heard, own = sound(settings, programme), sound(settings, call)
    assert len(heard) == pytest.approx(50 * RATE, abs=RATE * 0.1)
    seconds = [is_the_tone(heard[at * RATE : (at + 1) * RATE]) for at in range(50)]
    assert not any(seconds[13:35])
    assert not any(is_the_tone(own[at * RATE : (at + 1) * RATE]) for at in range(13))
    assert seconds[40]
    page = public.test_client().get(f"/siaran/{public_id}").text
    assert "0:13–0:35" in page and "terdengar nada" not in page
    assert "satu suara dalam siaran ini diubah" in public.test_client().get("/").text
    assert "suara disamarkan" in page
    assert "voice" in public.test_client().get(f"/siaran/{public_id}/dikecualikan.csv").text


def test_without_the_wish_nothing_is_changed(
    database: Database, settings: Settings, published: Callable[..., tuple[str, int]]
) -> None:
    public_id, _ = published(not_wished)
    with database.reading() as session:
        shown = copy(session, public_id)
        assert "voice" not in shown.removed
        assert not any("disguised" in piece.details for piece in shown.pieces)


def test_a_wish_that_comes_later_closes_the_copy_at_once_and_has_it_written_anew(
    database: Database, settings: Settings, now: datetime, runner: Runner, published: Callable[..., tuple[str, int]]
) -> None:
    public_id, caller = published(not_wished)
    with database.writing() as tx:
        calls.disguise(tx, tx.get_one(Call, caller), by="penyaring", at=now + timedelta(minutes=5))
    with database.reading() as session:  # no job has run yet
        assert copy(session, public_id).pieces == []
    runner.run_all()
    with database.reading() as session:
        shown = copy(session, public_id)
        assert shown.open and shown.removed["voice"] == 2
        assert laid_out(session, public_id).disguised_calls != []
    with database.writing() as tx:  # the same once more is no reason to close anything
        revision = copy(tx, public_id).revision
        calls.screen(tx, tx.get_one(Call, caller), calls.card_of(tx.get_one(Call, caller)), by="wati", at=now)
        assert copy(tx, public_id).revision == revision


def test_a_protected_caller_is_heard_in_no_voice_at_all(
    database: Database, now: datetime, published: Callable[..., tuple[str, int]]
) -> None:
    def protected(tx: Session, show: shows.Show) -> None:
        calls.protect(tx, show.caller, Protected.VICTIM, by="penyaring", at=now)
        assert show.caller.disguise_voice

    public_id, _ = published(protected)
    with database.reading() as session:
        shown = copy(session, public_id)
        assert [str(piece.kind) for piece in shown.pieces] == ["programme", "script"]
        assert "voice" not in shown.removed and shown.removed["closed"] == 1
        assert "disguised" not in shown.pieces[0].details


def test_of_a_recording_without_a_known_start_all_is_disguised_and_a_person_is_asked(
    database: Database,
    settings: Settings,
    now: datetime,
    runner: Runner,
    published: Callable[..., tuple[str, int]],
    sign_in: Callable[..., FlaskClient],
) -> None:
    public_id, _ = published(wished, timed=False)
    with database.writing() as tx:
        publication = laid_out(tx, public_id)
        [programme] = [piece for piece in publication.pieces if piece.kind == "programme"]
        assert (programme.doubt, programme.shown) == (UNTIMED_VOICE, False)
        services.show(tx, programme, True, by=BY, at=now)
    publish(database, settings, runner, public_id, now)
    with database.reading() as session:
        [programme_shown] = [piece for piece in copy(session, public_id).pieces if piece.kind == "programme"]
        assert programme_shown.details["disguised"] == [[0.0, 50.0]]
    page = sign_in(Role.ARCHIVIST).get(f"/siaran/{public_id}/terbit").text
    assert "0:00–0:50" in page


def test_what_cannot_be_disguised_is_a_tone(
    database: Database,
    settings: Settings,
    published: Callable[..., tuple[str, int]],
    monkeypatch: pytest.MonkeyPatch,
    public: Flask,
    sign_in: Callable[..., FlaskClient],
) -> None:
    def fail(_samples: object, _voice: object) -> None:
        raise RuntimeError("no memory")

    monkeypatch.setattr(voice_change, "disguise", fail)
    public_id, _ = published(wished)
    with database.reading() as session:
        programme, call = (piece for piece in copy(session, public_id).pieces if piece.audio_key)
        own = sound(settings, call)
        assert (programme.details["toned"], call.details["toned"]) == ([[13.0, 35.0]], [[0.0, 14.0]])
    page = sign_in(Role.ARCHIVIST).get(f"/siaran/{public_id}/terbit").text
    assert "tidak dapat disamarkan pada 0:13–0:35" in page
    read = " ".join(public.test_client().get(f"/siaran/{public_id}").text.split())
    assert "terdengar nada: 0:13–0:35" in read
    assert pitch(own[RATE : 3 * RATE], RATE) == pytest.approx(1000, abs=2)


def test_the_voices_that_were_drawn_are_written_nowhere(
    settings: Settings, published: Callable[..., tuple[str, int]]
) -> None:
    published(wished)
    held = [path for path in Path(settings.data).rglob("*") if path.is_file() and path.suffix in {".json", ".txt"}]
    assert not any("tint" in path.read_text("utf-8", errors="ignore") for path in held)
