"""Drills: the sample show from end to end, real speech and real feeds, and folders with broken things in them."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import bagit
import numpy as np
import pytest
import soundfile

from radiodesk.core.settings import CHECKOUT, Settings
from radiodesk.operations.drill import load_show, play
from radiodesk.operations.drill.show import DrillUnreadable
from radiodesk.recognition.loader import load_transcriber
from radiodesk.rooms.record.public_sound import public_copies
from scripts import make_sample_drill as voices

SAMPLE = CHECKOUT / "tests" / "drills" / "sample"
MODELS = CHECKOUT / "models"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def model() -> None:
    if not (MODELS / "whisper-base" / "model.bin").exists():
        pytest.skip("the speech model is not installed: radiodesk models install base")


def heard_share(data: Path) -> float:
    """How much of the recording of the programme is not silence, in windows of a second."""
    [path] = (path for path in (data / "audio").rglob("*.flac") if soundfile.info(path).duration > 240)
    samples, rate = soundfile.read(path, dtype="float32")
    windows = samples[: len(samples) // rate * rate].reshape(-1, rate)
    return float((np.abs(windows).max(axis=1) > 0.01).mean())


def listened(data: Path, keys: list[str]) -> str:
    """What the machine hears in the longest of these public sound files, in small letters."""
    copies = public_copies(Settings(data=data, models=MODELS))
    longest = max(keys, key=lambda key: copies.object(key).stat().size)
    with copies.object(longest).local() as sound:
        return load_transcriber("whisper", MODELS, "base").transcribe(sound).text.lower()


def played(folder: Path, data: Path) -> dict[str, Any]:
    result = play(load_show(folder), Settings(data=data, models=MODELS))
    json.dumps(result)
    return result


def test_the_sample_show_loses_nothing_and_verifies(tmp_path: Path) -> None:
    result = played(SAMPLE, tmp_path / "station")
    assert result["out"]["calls"] == result["in"]["calls"] == 6
    assert result["out"]["transcribed"] == 6
    assert all(call["transcript"]["words"] > 3 for call in result["calls"])
    assert result["out"]["filed"] == 6
    assert {"satlantas", "satreskrim"} <= {ticket["unit"] for ticket in result["tickets"]}
    assert [one["why"] for one in result["refused_posts"]] == ["question"]
    assert "BMKG" in result["bulletin"]["text"]
    assert result["bulletin"]["seconds"] <= 61
    assert result["package"]["verified"]
    assert bagit.Bag(result["package"]["path"]).validate()
    assert result["state"] == "published"
    assert result["problems"] == []
    assert result["failed_jobs"] == []
    assert result["audit_chain_whole"]
    # The published sound is as long as the show without its protected caller, and mostly of voices.
    programme = next(piece for piece in result["public"]["pieces"] if piece["kind"] == "programme")
    shown = next(entry["offset"] for entry in result["as_run"] if entry["kind"] == "end")
    assert 0.8 * shown < programme["seconds"] <= shown
    assert heard_share(tmp_path / "station") > 0.6
    heard = listened(tmp_path / "station", result["public"]["files"])
    assert "kalitidu" in heard
    # Neither the victim nor the number that a caller dictated can be heard.
    assert "motor saya" not in heard and "penyidik" not in heard
    assert not re.search(r"8[\s.-]*1[\s.-]*2[\s.-]*3[\s.-]*4|delapan,? satu,? dua,? tiga,? empat", heard)
    words = json.dumps(result["public"])
    assert "0812" not in words
    # What was answered to the victim is as private as the call; what was read stands as it is on paper.
    assert "penyidik" not in words and "menghubungi" not in words
    assert "turunkan anak di sisi jalan yang sama dengan gerbang" in programme["text"]
    # The call of a victim never becomes public, nor does the number of its complaint.
    assert not any("Sepeda motor" in piece["title"] for piece in result["public"]["pieces"])
    assert [p["kind"] for p in result["public"]["pieces"]].count("programme") == 1  # and with its words


def test_the_voices_of_the_sample_are_understood() -> None:
    transcriber, errors, total = load_transcriber("whisper", MODELS, "base"), 0, 0
    for words in sorted((SAMPLE / "calls").glob("*.said.txt")):
        said = words.read_text(encoding="utf-8")
        [sound] = set((SAMPLE / "calls").glob(f"{words.name.removesuffix('.said.txt')}.*")) - {words}
        errors += voices.wrong(transcriber.transcribe(sound).text, said)
        total += len(voices.words(said))
    assert total > 100
    assert errors <= 0.1 * total


def test_what_is_broken_in_a_folder_is_named_and_the_rest_is_done(tmp_path: Path) -> None:
    folder = tmp_path / "show"
    shutil.copytree(SAMPLE, folder)
    (folder / "calls" / "01-lampu-jalan.wav").write_bytes(b"")
    (folder / "calls" / "03-balap-liar.ogg").write_bytes(b"PK\x03\x04 not sound at all")
    (folder / "calls" / "05-pencurian.m4a").unlink()
    (folder / "feeds" / "rusak.xml").write_bytes(b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "a">]><x>&a;</x>')
    (folder / "scripts" / "pembuka.txt").unlink()
    result = played(folder, tmp_path / "station")
    problems = "\n".join(result["problems"])
    for name in ("01-lampu-jalan", "03-balap-liar", "05-pencurian", "rusak.xml", "pembuka.txt"):
        assert name in problems
    assert result["out"]["transcribed"] == 3
    assert result["package"]["verified"]
    assert result["state"] == "published"


def test_a_folder_without_a_show_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(DrillUnreadable):
        load_show(tmp_path)
    (tmp_path / "show.toml").write_text("programme = [", encoding="utf-8")
    with pytest.raises(DrillUnreadable):
        load_show(tmp_path)


def test_real_voices_feeds_and_posts_go_through_the_same_show(tmp_path: Path, shared: Path) -> None:
    folder = tmp_path / "real"
    (folder / "calls").mkdir(parents=True)
    (folder / "feeds").mkdir()
    rows = (shared / "speech" / "clips.tsv").read_text(encoding="utf-8").splitlines()[1:]
    clips = [row.split("\t")[1] for row in rows[::70]]
    for name in clips:
        shutil.copy(shared / "speech" / name, folder / "calls" / name)
    for name in ("bmkg/cap_jateng.xml", "bmkg/rss_active.xml", "waze/louisville_20190220.json"):
        shutil.copy(shared / "feeds" / name, folder / "feeds" / Path(name).name)
    posts = (shared / "reports" / "tmc_structured.jsonl").read_text(encoding="utf-8").splitlines()[:40]
    (folder / "reports.txt").write_text("\n".join(json.loads(line)["text"] for line in posts), encoding="utf-8")
    calls = "".join(f'[[call]]\nfile = "calls/{name}"\nminute = {n}\ntopic = "Uji"\n' for n, name in enumerate(clips))
    head = 'programme = "Suara nyata"\nstart = 2026-11-23T07:00:00+07:00\n'
    items = '[[rundown]]\nkind = "script"\ntitle = "Buletin"\nseconds = 60\ntext = "bulletin"\n'
    items += '[[rundown]]\nkind = "calls"\ntitle = "Telepon"\nseconds = 600\n'
    (folder / "show.toml").write_text(head + items + calls, encoding="utf-8")
    result = played(folder, tmp_path / "station")
    assert result["out"]["transcribed"] == len(clips)
    assert sum(call["transcript"]["words"] for call in result["calls"]) >= 2 * len(clips)
    assert result["out"]["reports"] >= 30
    # The weather warnings count; jams of another continent are left, and said to be.
    assert result["out"]["feed_items"] >= 3
    assert result["out"]["feed_items_left"]["old"] + result["out"]["feed_items_left"].get("elsewhere", 0) > 10
    assert result["package"]["verified"]
    assert result["state"] == "published"
