"""``radiodesk transcribe``, ``models`` and ``sms-received`` as a person runs them."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from radiodesk.core.database import Database
from radiodesk.core.errors import NotFound
from radiodesk.core.settings import Settings
from radiodesk.recognition import cli
from radiodesk.recognition.ports import Hints, Segment, Transcription, Word
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.messages.cli import sms_received
from tests.factories import calls as make

REGISTRY = """
[tiny]
title = "A model of the test"
engine = "whisper"
folder = "tiny"
licence = "MIT"
languages = ["id"]
source = "https://example.org"

[tiny.files."model.bin"]
sha256 = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"
size = 3
"""


class Told:
    """Hears one word in everything."""

    def transcribe(self, path: Path, *, hints: Hints, progress: Any = None) -> Transcription:
        if progress:
            progress(1.0, 1.0)
        said = hints.phrases[0] if hints.phrases else "halo"
        return Transcription("told", "tiny", "id", 1.0, 0.1, (Segment(0.0, 1.0, said, (Word(0.0, 1.0, said, 0.9),)),))


@pytest.fixture
def station(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The environment of a station with one installed model."""
    models = tmp_path / "models"
    (models / "tiny").mkdir(parents=True)
    (models / "registry.toml").write_text(REGISTRY)
    (models / "tiny" / "model.bin").write_bytes(b"foo")
    monkeypatch.setenv("RADIODESK_DATA", str(settings.data))
    monkeypatch.setenv("RADIODESK_MODELS", str(models))
    monkeypatch.setattr(cli, "load_transcriber", lambda *_, **__: Told())
    return tmp_path


def test_files_become_json_lines_and_a_bad_one_costs_itself_alone(station: Path) -> None:
    good = make.sound_file(station)
    outcome = CliRunner().invoke(cli.transcribe, [str(good), str(station / "tidak-ada.wav"), "--phrase", "Kapas"])
    [line] = outcome.stdout.splitlines()
    found = json.loads(line)
    assert (found["file"], found["text"], found["engine"]) == (str(good), "Kapas", "told")
    assert found["segments"][0]["words"] == [{"start": 0.0, "end": 1.0, "word": "Kapas", "confidence": 0.9}]
    assert "tidak-ada.wav" in outcome.stderr
    assert outcome.exit_code == 1


def test_all_good_files_end_well(station: Path) -> None:
    assert CliRunner().invoke(cli.transcribe, [str(make.sound_file(station))]).exit_code == 0


def test_models_are_listed_with_what_is_installed(station: Path) -> None:
    assert CliRunner().invoke(cli.models, ["list"]).stdout.startswith("* tiny")
    [line] = CliRunner().invoke(cli.models, ["list", "--json"]).stdout.splitlines()
    assert json.loads(line)["installed"] is True


def test_a_model_is_verified_byte_by_byte(station: Path) -> None:
    assert CliRunner().invoke(cli.models, ["verify", "tiny"]).stdout == "ok\n"
    assert CliRunner().invoke(cli.models, ["install", "tiny"]).exit_code == 0
    (station / "models" / "tiny" / "model.bin").write_bytes(b"bar")
    outcome = CliRunner().invoke(cli.models, ["verify", "tiny"])
    assert outcome.exit_code == 1
    assert "model.bin" in outcome.stdout


def test_an_unknown_model_is_named(station: Path) -> None:
    outcome = CliRunner().invoke(cli.models, ["verify", "raksasa"])
    assert isinstance(outcome.exception, NotFound)


def test_gammu_hands_an_sms_to_the_queue(station: Path, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"SMS_MESSAGES": "1", "SMS_1_NUMBER": "+6281200000001", "SMS_1_TEXT": "Macet"}.items():
        monkeypatch.setenv(name, value)
    assert CliRunner().invoke(sms_received, ["17"]).exit_code == 0
    assert CliRunner().invoke(sms_received, ["17"]).stdout == "-\n"
    with database.reading() as session:
        assert [call.message for call in session.scalars(select(Call))] == ["Macet"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["kosong.wav", "arsip.wav", "teks.wav"])
def test_a_bad_file_ends_with_one_sentence_and_no_traceback(tmp_path: Path, name: str) -> None:
    bad = tmp_path / name
    bad.write_bytes({"kosong.wav": b"", "arsip.wav": b"PK\x03\x04" * 100, "teks.wav": b"halo\0dunia"}[name])
    command = [sys.executable, "-m", "radiodesk", "transcribe", str(bad)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, timeout=120)
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
