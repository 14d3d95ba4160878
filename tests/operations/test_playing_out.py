"""The player as a process: what is heard at its output is what was approved, whatever dies beside it."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from radiodesk.core.clock import SystemClock
from radiodesk.core.database import Database
from radiodesk.core.jobs import Runner
from radiodesk.core.settings import Settings
from radiodesk.operations import doctor, supervisor
from radiodesk.operations.attendant.journal_intake import read_on
from radiodesk.operations.doctor import Verdict
from radiodesk.rooms.broadcasts import playouts, rundowns, services
from radiodesk.rooms.broadcasts.models import AsRunKind, Broadcast, ItemKind, RundownItem
from radiodesk.rooms.broadcasts.queries import as_run
from radiodesk.rooms.programme import jobs
from radiodesk.rooms.programme import services as programme
from radiodesk.rooms.programme.player_line import Order, stop_player, tell_player
from radiodesk.rooms.programme.reserve_voices import ask_reserve
from radiodesk.sound.control_socket import PartRefused, ask
from radiodesk.sound.level_matching import measured
from tests.factories.playing import RunningPlayer, approved, player_of, speaks
from tests.factories.pulse import Pulse, sound_server, until

pytestmark = pytest.mark.slow

BY = "penyiar"


@pytest.fixture
def order(settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch) -> Order:
    """A checked voice in reserve of some five seconds, of a broadcast that is on air."""
    speaks(monkeypatch, "pakai helm selalu di jalan ya pak")
    clock = SystemClock()
    with database.writing() as tx:
        series = programme.add_programme(tx, "Halo", by=BY, at=clock.now())
        broadcast = services.plan(tx, series, "", clock.now(), by=BY, at=clock.now())
        script = approved(tx, clock.now(), "Pakai helm selalu di jalan ya pak.")
        rundowns.add_item(tx, broadcast, ItemKind.APPEAL, "Imbauan", 0, by=BY, at=clock.now(), script=script)
        ask_reserve(tx, script, by=BY, at=clock.now())
        services.go_on_air(tx, broadcast, by=BY, at=clock.now())
    Runner(database, settings, clock, jobs.KINDS).run_all()
    with database.reading() as look:
        found, item = look.get_one(Broadcast, 1), look.get_one(RundownItem, 1)
        return playouts.reserve_order(look, settings, found, item, by=BY, at=clock.now())


def approved_samples(settings: Settings, order: Order) -> np.ndarray:
    with order.sound.local() as path:
        samples, _ = soundfile.read(path, dtype="int16")
    return np.asarray(samples)


def logged(settings: Settings, database: Database) -> list[tuple[AsRunKind, dict[str, object]]]:
    read_on(settings, database)
    with database.reading() as look:
        return [(entry.kind, entry.details) for entry in as_run(look, look.get_one(Broadcast, 1))]


def test_what_is_played_is_what_was_approved_sample_for_sample_at_the_level_that_is_set(
    settings: Settings, database: Database, order: Order
) -> None:
    with player_of(settings, "file") as player:
        tell_player(settings, order)
        until(player.playing)
        # The desk and the database are gone now: the store as well.
        shutil.move(settings.data / "audio", settings.data / "gone")
        until(lambda: player.playing() is None)
        shutil.move(settings.data / "gone", settings.data / "audio")
    played = settings.lines / "player" / "played" / f"{order.play}.wav"
    heard, rate = soundfile.read(played, dtype="int16")
    given = approved_samples(settings, order)
    assert rate == 48_000
    assert np.array_equal(heard[: len(given)], given)
    assert measured(played).lufs == pytest.approx(settings.play_loudness, abs=0.5)
    (_, begun), (last, over) = logged(settings, database)[-2:]
    assert (last, begun["sound"], over["why"]) == (AsRunKind.SCRIPT_END, order.sha256, "end")
    assert over["seconds"] == pytest.approx(len(given) / rate, abs=0.01)


def test_a_player_that_is_killed_tells_how_far_it_came_once_it_is_back(
    settings: Settings, database: Database, order: Order
) -> None:
    with player_of(settings, "null") as player:
        tell_player(settings, order)
        until(lambda: (player.playing() or {}).get("played", 0) > 1.2)
        player.kill()
        player.start()
        assert player.playing() is None
    over = logged(settings, database)[-1]
    assert (over[0], over[1]["why"]) == (AsRunKind.SCRIPT_END, "killed")
    assert 0.5 < float(str(over[1]["seconds"])) < 3.0


def test_the_stop_key_ends_it_and_the_record_says_so(settings: Settings, database: Database, order: Order) -> None:
    with player_of(settings, "null") as player:
        tell_player(settings, order)
        until(lambda: (player.playing() or {}).get("played", 0) > 0.2)
        stop_player(settings)
        until(lambda: player.playing() is None, within=5)
        until(lambda: "why" in logged(settings, database)[-1][1], within=5)
    assert logged(settings, database)[-1][1]["why"] == "stopped"


@pytest.fixture
def pulse(tmp_path: Path) -> Iterator[Pulse]:
    with sound_server(tmp_path / "pulse", {"siaran": 1}) as running:
        yield running


def capture(pulse: Pulse, file: Path) -> "subprocess.Popen[bytes]":
    command = ["parec", "--device=siaran.monitor", "--rate=48000", "--channels=1", "--format=s16le"]
    with file.open("wb") as out:
        return subprocess.Popen(command, env=pulse.environment, stdout=out)


def test_a_sound_card_plays_what_was_approved(settings: Settings, order: Order, pulse: Pulse, tmp_path: Path) -> None:
    environment = {**os.environ, **pulse.environment, "PULSE_SINK": "siaran"}
    file = tmp_path / "didengar.raw"
    recording = capture(pulse, file)
    with player_of(settings, "pulse", environment) as player:
        until(lambda: file.stat().st_size > 0)
        tell_player(settings, order)
        until(player.playing)
        until(lambda: player.playing() is None)
        until(lambda: len(heard_part(file)) >= len(approved_samples(settings, order)) - 4800, within=10)
    recording.terminate()
    recording.wait(10)
    given, heard = approved_samples(settings, order).astype(float), heard_part(file).astype(float)
    begins = lag(heard, given)
    piece = heard[begins : begins + len(given)]
    alike = np.dot(piece, given[: len(piece)]) / np.linalg.norm(piece) / np.linalg.norm(given)
    assert alike > 0.98
    whole = tmp_path / "didengar.wav"
    soundfile.write(whole, piece.astype("<i2"), 48_000)
    assert measured(whole).lufs == pytest.approx(settings.play_loudness, abs=0.5)


def heard_part(file: Path) -> np.ndarray:
    samples = np.fromfile(file, "<i2")
    loud = np.flatnonzero(np.abs(samples) > 50)
    return samples[max(0, loud[0] - 480) :] if len(loud) else samples[:0]


def lag(heard: np.ndarray, given: np.ndarray) -> int:
    size = 1 << int(np.ceil(np.log2(len(heard) + len(given))))
    product = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(given, size)), size)
    return int(np.argmax(product[: len(heard)]))


def test_an_output_that_is_not_there_is_told_and_nothing_is_lost_for_it(
    settings: Settings, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_output = settings.model_copy(update={"play_output": "tidak ada"})
    monkeypatch.setattr(doctor, "CHECKS", {"player": doctor.CHECKS["player"]})
    [found] = doctor.examine(settings)
    assert found.verdict is Verdict.GOOD
    assert [one.verdict for one in doctor.examine(with_output)] == [Verdict.WARNING, Verdict.BAD]
    assert [one.verdict for one in doctor.examine(settings.model_copy(update={"play_output": "null"}))] == [
        Verdict.WARNING,
        Verdict.GOOD,
    ]
    with player_of(settings, "null"):
        assert [one.verdict for one in doctor.examine(settings.model_copy(update={"play_output": "null"}))] == [
            Verdict.GOOD
        ]


def test_a_station_without_an_output_has_no_player(settings: Settings) -> None:
    assert supervisor.PLAYER not in supervisor.parts_of(settings)
    assert supervisor.PLAYER in supervisor.parts_of(settings.model_copy(update={"play_output": "null"}))


def test_what_is_no_request_is_refused_and_ends_nothing(settings: Settings) -> None:
    with player_of(settings, "null") as player:
        for odd in (
            {"do": "tanz"},
            {"do": "play"},
            {"do": "play", "play": "../x", "sha256": "0" * 64, "facts": {}},
            {"do": "play", "play": "a", "sha256": "../../etc", "facts": {}},
            {"do": "play", "play": "a", "sha256": "0" * 64, "facts": json.loads("[]")},
        ):
            with pytest.raises(PartRefused):
                ask(settings.lines / "player.sock", odd)
        assert player.there()
    assert isinstance(player, RunningPlayer)
