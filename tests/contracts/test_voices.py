"""Every registered voice writes a WAV that holds the text, or says what would mend it."""

import stat
import sys
import wave
from collections.abc import Callable
from pathlib import Path

import pytest

from radiodesk.core.errors import NotFound
from radiodesk.core.settings import Settings
from radiodesk.language.spoken import reading_seconds, to_spoken
from radiodesk.voices.espeak import EspeakVoice
from radiodesk.voices.piper import PiperVoice
from radiodesk.voices.ports import Voice, VoiceSetup
from radiodesk.voices.pronunciation import to_phonemes
from radiodesk.voices.sherpa_voice import SherpaVoice
from radiodesk.voices.voice_failure import VoiceFailed
from radiodesk.voices.voice_loader import load_voice
from tests.contracts import sherpa_stub

BULLETIN = to_spoken(
    "Pukul 06.45 WIB, arus lalu lintas di Jl. Veteran padat merayap. Kurangi kecepatan, maks. 40 km/jam."
)

STUB_PIPER = """#!{python}
import sys, wave, math, array
arguments = dict(zip(sys.argv[1::2], sys.argv[2::2]))
words = len(sys.stdin.read().split())
seconds = words * 0.42 * float(arguments["--length_scale"])
with wave.open(arguments["--output_file"], "wb") as sound:
    sound.setnchannels(1); sound.setsampwidth(2); sound.setframerate(22050)
    tone = (int(8000 * math.sin(i / 20)) for i in range(int(seconds * 22050)))
    sound.writeframes(array.array("h", tone).tobytes())
"""


def script(path: Path, text: str) -> str:
    path.write_text(text.replace("{python}", sys.executable), encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def espeak(folder: Path) -> Voice:
    return EspeakVoice()


def piper(folder: Path) -> Voice:
    model = folder / "id_voice.onnx"
    model.write_bytes(b"model")
    return PiperVoice(model, program=script(folder / "piper", STUB_PIPER))


def sherpa(folder: Path) -> Voice:
    for name in sherpa_stub.VOICE_FILES:
        (folder / name).write_bytes(b"")
    return SherpaVoice(folder)


@pytest.fixture(autouse=True)
def _sherpa_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sherpa_onnx", sherpa_stub.library())


VOICES = [
    pytest.param(espeak, marks=pytest.mark.slow, id="espeak"),
    pytest.param(piper, id="piper"),
    pytest.param(sherpa, id="sherpa"),
]


@pytest.mark.parametrize("made", VOICES)
class TestAVoice:
    def test_writes_a_mono_wav_of_plausible_length(self, made: Callable[[Path], Voice], tmp_path: Path) -> None:
        target = tmp_path / "bulletin.wav"
        seconds = made(tmp_path).speak(BULLETIN, target, words_per_minute=140)
        with wave.open(str(target)) as sound:
            assert (sound.getnchannels(), sound.getsampwidth()) == (1, 2)
            assert sound.getnframes() / sound.getframerate() == pytest.approx(seconds)
        assert seconds == pytest.approx(reading_seconds(BULLETIN), rel=0.5)

    def test_speaks_faster_when_asked(self, made: Callable[[Path], Voice], tmp_path: Path) -> None:
        voice = made(tmp_path)
        slow = voice.speak(BULLETIN, tmp_path / "slow.wav", words_per_minute=110)
        fast = voice.speak(BULLETIN, tmp_path / "fast.wav", words_per_minute=180)
        assert fast < slow

    def test_refuses_a_text_without_words_and_leaves_no_file(
        self, made: Callable[[Path], Voice], tmp_path: Path
    ) -> None:
        with pytest.raises(VoiceFailed, match="nothing to say"):
            made(tmp_path).speak(" … ! ", tmp_path / "none.wav")
        assert not (tmp_path / "none.wav").exists()

    def test_names_at_least_one_indonesian_voice(self, made: Callable[[Path], Voice], tmp_path: Path) -> None:
        assert [voice.language for voice in made(tmp_path).voices()][:1] == ["id"]


def test_the_settings_choose_the_voice_and_its_model(settings: Settings, tmp_path: Path) -> None:
    model = tmp_path / "id_voice.onnx"
    model.write_bytes(b"model")
    program = script(tmp_path / "piper", STUB_PIPER)
    chosen = settings.model_copy(update={"voice": "piper", "voice_model": model, "voice_program": program})
    assert load_voice(chosen).speak("Arus padat merayap", tmp_path / "a.wav") > 0

    sherpa(tmp_path)
    chosen = settings.model_copy(update={"voice": "sherpa", "voice_model": tmp_path})
    assert len(list(load_voice(chosen).voices())) == 10


@pytest.mark.parametrize("name", ["piper", "sherpa"])
def test_a_voice_that_needs_a_model_says_which_setting_names_it(settings: Settings, name: str) -> None:
    with pytest.raises(VoiceFailed, match="voice_model"):
        load_voice(settings.model_copy(update={"voice": name}))


def test_an_unknown_voice_is_refused_with_the_names_there_are(settings: Settings) -> None:
    with pytest.raises(NotFound, match="espeak, piper, sherpa"):
        load_voice(settings.model_copy(update={"voice": "robot"}))


def test_the_names_of_the_area_are_said_as_its_pack_tells(settings: Settings, tmp_path: Path) -> None:
    said = tmp_path / "said.txt"
    program = script(
        tmp_path / "espeak", f"#!{{python}}\nimport sys\nopen({str(said)!r}, 'w').write(sys.stdin.read())\n"
    )
    voice = load_voice(settings.model_copy(update={"voice_program": program}))
    assert isinstance(voice, EspeakVoice)
    silent = EspeakVoice.set_up(VoiceSetup(program=program))
    heard = []
    for each in (voice, silent):
        each.attempts = 0
        with pytest.raises(VoiceFailed):
            each.speak("Sumbertlaseh", tmp_path / "a.wav")
        heard.append(said.read_text())
    assert heard[0] == f"[[{to_phonemes('sumbêrtlasêh')}]]"
    assert heard[1] != heard[0]


def test_a_missing_program_says_what_to_install(tmp_path: Path) -> None:
    voice = EspeakVoice(program="no-such-espeak", attempts=0)
    with pytest.raises(VoiceFailed, match="apt install espeak-ng"):
        voice.speak("Macet total", tmp_path / "a.wav")


def test_a_missing_piper_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(VoiceFailed, match="id_voice"):
        PiperVoice(tmp_path / "id_voice.onnx").speak("Macet", tmp_path / "a.wav")


SILENT = """#!{python}
import sys, wave
with wave.open(sys.argv[sys.argv.index("-w") + 1], "wb") as sound:
    sound.setnchannels(1); sound.setsampwidth(2); sound.setframerate(22050)
    sound.writeframes(bytes(44100 * 3))
"""


@pytest.mark.parametrize(
    ("program", "reason"),
    [(SILENT, "silent"), ("#!{python}\n", "no file"), ("#!{python}\nraise SystemExit('no data')\n", "no data")],
)
def test_a_silent_or_missing_file_is_never_passed_on(program: str, reason: str, tmp_path: Path) -> None:
    voice = EspeakVoice(program=script(tmp_path / "espeak", program), attempts=0)
    with pytest.raises(VoiceFailed, match=reason):
        voice.speak("Arus lalu lintas padat merayap", tmp_path / "a.wav")
    assert not (tmp_path / "a.wav").exists()


@pytest.mark.slow
def test_espeak_itself_speaks_when_pyttsx3_does_not(tmp_path: Path) -> None:
    deaf = script(tmp_path / "python", "#!{python}\n")
    seconds = EspeakVoice(python=deaf).speak(BULLETIN, tmp_path / "a.wav")
    assert seconds > 5
