"""Every registered voice writes a WAV that holds the text, or says what would mend it."""

import stat
import sys
import wave
from collections.abc import Callable
from pathlib import Path

import pytest

from radiodesk.speech.ports import Voice
from radiodesk.speech.spoken import reading_seconds, to_spoken
from radiodesk.speech.voices.espeak import EspeakVoice
from radiodesk.speech.voices.failure import VoiceFailed
from radiodesk.speech.voices.piper import PiperVoice

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


VOICES = [pytest.param(espeak, marks=pytest.mark.slow, id="espeak"), pytest.param(piper, id="piper")]


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
