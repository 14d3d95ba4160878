"""The default recogniser on real sound: nothing invented, numbers in words, better than the tool it is built on."""

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from rapidfuzz.distance import Levenshtein

from radiodesk.recognition.engines.whisper import WhisperTranscriber
from radiodesk.recognition.model_registry import list_models
from radiodesk.recognition.ports import Hints
from radiodesk.sound.decoder import read_all
from scripts.bench_speech import Clip, read_clips
from tests.recognition.noises import NOISES
from tests.sound.sounds import write_wav

pytestmark = pytest.mark.slow

MODELS = Path(__file__).parents[2] / "models"
SPEECH = Path(__file__).parents[3] / "shared" / "data" / "speech"


@pytest.fixture(scope="module")
def whisper() -> WhisperTranscriber:
    if not next(state for state in list_models(MODELS) if state.model.name == "base").installed:
        pytest.skip("the speech model is not installed: radiodesk models install base")
    return WhisperTranscriber(MODELS / "whisper-base")


@pytest.fixture(scope="module")
def clips() -> list[Clip]:
    """Every fourteenth of the telephone clips: twenty voices and sentences."""
    if not (SPEECH / "clips.tsv").is_file():
        pytest.skip("the speech set is not here")
    return read_clips(SPEECH, "phone")[::14]


@pytest.mark.parametrize("noise", sorted(NOISES))
@pytest.mark.parametrize("level", [1.0, 0.1])
def test_nothing_is_made_up_of_what_a_line_carries(
    whisper: WhisperTranscriber, tmp_path: Path, noise: str, level: float
) -> None:
    path = write_wav(tmp_path / "line.wav", NOISES[noise](30.0) * level, 16_000)

    assert whisper.transcribe(path).text == ""


def test_telephone_speech_is_understood(whisper: WhisperTranscriber, clips: list[Clip]) -> None:
    wrong = said = 0
    for clip in clips:
        heard = re.findall(r"\w+", whisper.transcribe(clip.path).text.lower())
        wrong += Levenshtein.distance(heard, clip.words)
        said += len(clip.words)
        assert not any(word.isdigit() for word in heard)

    assert wrong / said < 0.25


def test_words_lie_where_they_were_said(whisper: WhisperTranscriber, clips: list[Clip], tmp_path: Path) -> None:
    first, second = (read_all(clip.path) for clip in clips[:2])
    gap = np.zeros(16_000 * 5, np.float32)
    path = write_wav(tmp_path / "two.wav", np.concatenate([first, gap, second]), 16_000)

    words = [word for segment in whisper.transcribe(path).segments for word in segment.words]

    before = [word for word in words if word.end <= len(first) / 16_000 + 0.2]
    after = [word for word in words if word.start >= len(first) / 16_000 + 4.8]
    assert before
    assert after
    assert len(before) + len(after) == len(words)


def test_a_recording_is_heard_on_from_any_piece_without_losing_words(
    whisper: WhisperTranscriber, clips: list[Clip], tmp_path: Path
) -> None:
    gap = np.zeros(16_000, np.float32)
    sound = [part for clip in clips[:10] for part in (read_all(clip.path), gap)]
    path = write_wav(tmp_path / "long.wav", np.concatenate(sound), 16_000)
    pieces = list(whisper.pieces(path))
    words = [word for piece in pieces for segment in piece.segments for word in segment.words]

    for piece in pieces[:-1]:
        rest = [word for word in words if word.start >= piece.until]
        again = [
            w for one in whisper.pieces(path, start=piece.until) for segment in one.segments for w in segment.words
        ]
        assert again[0].start >= piece.until
        assert again[0].start == pytest.approx(rest[0].start, abs=0.5)
        heard, before = ([re.sub(r"\W", "", word.word.lower()) for word in each] for each in (again, rest))
        assert Levenshtein.distance(heard, before) <= 0.2 * len(before)


def test_two_channels_may_be_heard_from_one_file(
    whisper: WhisperTranscriber, clips: list[Clip], tmp_path: Path
) -> None:
    from radiodesk.recognition.speaker_turns import turns
    from radiodesk.sound.encoder import split_channels

    first, second = (read_all(clip.path) for clip in clips[2:4])
    stereo = np.zeros((len(first) + len(second), 2), np.float32)
    stereo[: len(first), 0] = first
    stereo[len(first) :, 1] = second
    source = write_wav(tmp_path / "line.wav", stereo, 16_000)
    split_channels(source, tmp_path / "studio.flac", tmp_path / "caller.flac")

    found = turns({name: whisper.transcribe(tmp_path / f"{name}.flac") for name in ("studio", "caller")})

    assert [turn.speaker for turn in found] == ["studio", "caller"]


def test_names_that_are_listened_for_are_heard(whisper: WhisperTranscriber, tmp_path: Path) -> None:
    if not shutil.which("espeak-ng"):
        pytest.skip("espeak-ng is not installed")
    names = ("Ngraho", "Tambakrejo", "Margomulyo", "Kedewan", "Trucuk", "Gayam")
    heard = 0
    for name in names:
        path = tmp_path / f"{name}.wav"
        text = f"ada kecelakaan di {name}, dua orang luka"
        subprocess.run(["espeak-ng", "-v", "id", "-s", "130", "-w", str(path), text], check=True)
        heard += name.lower() in whisper.transcribe(path, hints=Hints(names)).text.lower()

    assert heard >= 4


def test_more_names_than_the_prompt_holds_do_no_harm(whisper: WhisperTranscriber, clips: list[Clip]) -> None:
    many = Hints(tuple(f"Desa Sumber{number} Rejo" for number in range(800)))

    heard = re.findall(r"\w+", whisper.transcribe(clips[0].path, hints=many).text.lower())

    assert Levenshtein.distance(heard, clips[0].words) <= len(clips[0].words) / 2
