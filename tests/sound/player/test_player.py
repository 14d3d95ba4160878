"""What the player makes of wishes: one thing at a time, faded, and told truly, whatever breaks it off."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import soundfile

from radiodesk.core.errors import Unreadable
from radiodesk.sound.line_journal import Entry, Journal, read
from radiodesk.sound.player.piece import NotReady, Piece, load_piece
from radiodesk.sound.player.player_engine import FADE, NoSound, Player, Playing
from radiodesk.sound.player.ready_files import RATE

BLOCK = RATE // 50
SECOND = 50
"""Blocks."""


class Bench:
    """A player whose output and clock the test drives."""

    def __init__(self, folder: Path) -> None:
        self.at = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
        self.journal = folder / "player.jsonl"
        self.kept = folder / "playing.json"
        self.player = self.begun()
        self.player.find_output()

    def begun(self) -> Player:
        return Player(Journal(self.journal), self.kept, lambda: self.at, lambda: self.at.timestamp())

    def hear(self, blocks: int) -> np.ndarray:
        heard = []
        for _ in range(blocks):
            heard.append(self.player.fill(BLOCK))
            self.at += timedelta(seconds=BLOCK / RATE)
            self.player.tick()
        return np.concatenate(heard)

    def told(self, event: str) -> list[Entry]:
        return [entry for entry, _ in read(self.journal) if entry.event == event]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def piece(seconds: float, level: int = 1000, key: str = "satu", *, alone: bool = False) -> Piece:
    return Piece(key, np.full(round(seconds * RATE), level, np.int16), {"by": "penyiar"}, alone)


def test_what_is_played_goes_out_sample_for_sample_and_is_told_with_its_times(bench: Bench) -> None:
    given = Piece("satu", np.arange(-24_000, 24_000, dtype=np.int16), {"by": "penyiar"})
    bench.player.play(given)
    heard = bench.hear(SECOND + 5)
    assert np.array_equal(heard[:RATE], given.samples)
    assert not heard[RATE:].any()
    [began], [ended] = bench.told("began"), bench.told("ended")
    assert began.facts == {"play": "satu", "by": "penyiar"}
    assert (ended.at - began.at).total_seconds() == pytest.approx(1.0, abs=0.05)
    assert (ended.facts["why"], ended.facts["seconds"], ended.facts["of"]) == ("end", 1.0, 1.0)
    assert not bench.kept.exists()


def test_the_stop_key_fades_out(bench: Bench) -> None:
    bench.player.play(piece(10))
    bench.hear(SECOND)
    assert bench.player.stop()
    assert bench.player.state()["playing"]["left"] == pytest.approx(FADE)
    fading = bench.hear(SECOND)[: round(FADE * RATE)]
    assert np.all(np.diff(fading.astype(int)) <= 0)
    assert (fading[0], fading[-1]) == (1000, pytest.approx(0, abs=2))
    [ended] = bench.told("ended")
    assert (ended.facts["why"], ended.facts["seconds"]) == ("stopped", pytest.approx(1 + FADE, abs=0.03))
    assert not bench.player.stop()


def test_another_sound_pushes_the_one_that_plays_out_but_no_voice_in_reserve(bench: Bench) -> None:
    bench.player.play(piece(5))
    bench.hear(5)
    bench.player.play(piece(1, 500, "dua", alone=True))
    bench.hear(20)
    assert [one.facts["why"] for one in bench.told("ended")] == ["pushed out"]
    with pytest.raises(Playing):
        bench.player.play(piece(1, key="tiga"))
    bench.player.play(piece(1, key="dua"))
    bench.hear(2 * SECOND)
    assert [one.facts["play"] for one in bench.told("ended")] == ["satu", "dua"]


def test_a_lost_output_breaks_off_and_takes_nothing_until_it_is_back(bench: Bench) -> None:
    bench.player.play(piece(5))
    bench.hear(10)
    bench.player.lose_output("absent")
    bench.player.tick()
    assert bench.told("ended")[0].facts["why"] == "device lost"
    assert bench.told("device_lost")
    with pytest.raises(NoSound):
        bench.player.play(piece(1))
    bench.player.find_output()
    bench.player.play(piece(1))
    assert bench.told("device_back")


def test_what_a_killed_player_played_gets_its_end_from_the_next_one(bench: Bench) -> None:
    bench.player.play(piece(10))
    bench.hear(2 * SECOND)
    bench.begun().recover()
    [ended] = bench.told("ended")
    assert (ended.facts["why"], ended.facts["by"]) == ("killed", "penyiar")
    assert ended.facts["seconds"] == pytest.approx(2.0, abs=0.6)
    bench.begun().recover()
    assert len(bench.told("ended")) == 1


def test_a_kept_state_that_is_no_object_is_passed_over(bench: Bench) -> None:
    for odd in ("", "[]", "{}", '{"at": 5}', json.dumps({"at": "gestern"})):
        bench.kept.write_text(odd)
        bench.begun().recover()
    assert bench.told("ended") == []


def test_only_the_very_file_that_was_approved_is_played(tmp_path: Path) -> None:
    path = tmp_path / "siap.flac"
    soundfile.write(path, np.zeros(RATE, np.int16), RATE)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert load_piece(path, digest, "a", {}, alone=False).seconds == 1.0
    with pytest.raises(NotReady):
        load_piece(path, "0" * 64, "a", {}, alone=False)
    with pytest.raises(NotReady):
        load_piece(tmp_path / "lain.flac", digest, "a", {}, alone=False)
    soundfile.write(path, np.zeros((8000, 2), np.int16), 8000)
    with pytest.raises(Unreadable):
        load_piece(path, hashlib.sha256(path.read_bytes()).hexdigest(), "a", {}, alone=False)
