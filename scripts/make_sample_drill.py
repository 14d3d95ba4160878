#!/usr/bin/env python3
"""Makes the voices of the sample drill: of the wordings, voices and speeds below it keeps what the machine hears best.

Each sentence is spoken by the desk's own voice, with its own pronunciations, sent through the channel of its call (a
telephone line, Opus, MP3, AAC) and heard by the desk's own recogniser. A choice is kept when it has the fewest wrong
words; the table at the end is the one of docs/drill.md. ``--measure`` only hears the files that are there.
"""

import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from pathlib import Path

import av
import numpy as np
import soundfile
import soxr
from rapidfuzz.distance import Levenshtein

from radiodesk.language.spoken.numerals import digits
from radiodesk.recognition.loader import load_transcriber
from radiodesk.recognition.ports import Transcriber
from radiodesk.voices.espeak import EspeakVoice

ROOT = Path(__file__).resolve().parents[1]
CALLS = ROOT / "tests" / "drills" / "sample" / "calls"

WOMEN, MEN = ("id+f2", "id+f3", "id+f4", "id+f5"), ("id", "id+m1", "id+m3", "id+m7")
SPEEDS = (115, 130, 145)
GOOD_ENOUGH = 0.02
"""A share of wrong words at which the search ends."""


@dataclass(frozen=True)
class Part:
    """What one caller says: wordings to choose from, and the voices that fit the name on the card."""

    voices: tuple[str, ...]
    wordings: tuple[str, ...]


PARTS = {
    "01-lampu-jalan.wav": Part(
        MEN,
        (
            "Permisi Pak, saya warga Kapas. Lampu jalan di desa kami padam sudah satu minggu. "
            "Kalau malam gelap sekali. Tolong segera diperbaiki, terima kasih.",
            "Halo Pak Polisi. Saya warga Kapas. Lampu penerangan jalan di desa kami padam. "
            "Sudah satu minggu belum diperbaiki. Mohon bantuannya. Terima kasih.",
        ),
    ),
    "02-truk-mogok.ogg": Part(
        WOMEN,
        (
            "Permisi. Ada truk mogok di depan pasar Kalitidu. Lalu lintas macet. Mohon bantuan petugas.",
            "Halo Pak Polisi. Di depan Pasar Kalitidu ada truk mogok, jalannya jadi macet. "
            "Mohon petugas datang membantu.",
        ),
    ),
    "03-balap-liar.ogg": Part(
        MEN,
        (
            "Permisi Pak Polisi. Setiap malam Minggu ada balap liar di jalan Dander. Warga takut. "
            "Mohon ada patroli. Nomor saya nol delapan satu dua tiga empat lima enam tujuh delapan.",
            "Halo Pak Polisi. Setiap malam Minggu ada balap liar di jalan raya Dander, warga jadi takut. "
            "Mohon ada patroli malam. Nomor saya nol delapan satu dua tiga empat lima enam tujuh delapan.",
        ),
    ),
    "04-pelayanan-sim.mp3": Part(
        WOMEN,
        (
            "Permisi Bu. Saya mau bertanya. Kapan mobil SIM keliling datang ke Sumberrejo? Terima kasih.",
            "Halo Bu Polisi, saya mau bertanya, kapan layanan SIM keliling datang lagi ke Sumberrejo. Terima kasih.",
        ),
    ),
    "05-pencurian.m4a": Part(
        MEN,
        (
            "Permisi. Sepeda motor saya hilang di pasar. Saya sudah melapor. Belum ada kabar dari "
            "polisi. Mohon bantuannya Pak.",
            "Halo Pak Polisi. Sepeda motor saya hilang di pasar minggu lalu. Saya sudah lapor ke kantor polisi, "
            "tetapi sampai sekarang belum ada kabar. Mohon bantuannya.",
        ),
    ),
    "06-jalan-rusak.flac": Part(
        WOMEN,
        (
            "Permisi. Jalan di Temayang rusak dan berlubang. Kalau malam gelap, ada orang jatuh dari sepeda "
            "motor. Tolong dipasang rambu.",
            "Halo Pak Polisi. Jalan raya di Temayang rusak dan banyak lubang. Kemarin ada orang jatuh dari sepeda "
            "motor. Mohon segera diperbaiki dan dipasang rambu.",
        ),
    ),
}


def speak(voice: str, speed: int, text: str) -> tuple[np.ndarray, int]:
    """The samples of the desk's voice, mono, with half a second of quiet before and after."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "said.wav"
        EspeakVoice().speak(text, path, voice=voice, words_per_minute=speed)
        samples, rate = soundfile.read(path, dtype="float32")
    quiet = np.zeros(rate // 2, dtype=np.float32)
    return np.concatenate([quiet, samples, quiet]), rate


def telephone(samples: np.ndarray, rate: int) -> tuple[np.ndarray, int]:
    """300 to 3400 Hz at 8 kHz, as an analogue line gives it."""
    narrow = soxr.resample(samples, rate, 8000)
    spectrum = np.fft.rfft(narrow)
    pitch = np.fft.rfftfreq(len(narrow), 1 / 8000)
    spectrum[(pitch < 300) | (pitch > 3400)] = 0
    return np.fft.irfft(spectrum, len(narrow)).astype(np.float32), 8000


def encode(path: Path, samples: np.ndarray, rate: int, codec: str, to_rate: int, bit_rate: int) -> None:
    """Write through PyAV."""
    resampled = soxr.resample(samples, rate, to_rate).astype(np.float32)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=to_rate, layout="mono")
        if not isinstance(stream, av.AudioStream):
            raise TypeError(codec)
        stream.bit_rate = bit_rate
        frame = av.AudioFrame.from_ndarray(resampled[np.newaxis, :], format="fltp", layout="mono")
        frame.sample_rate, frame.time_base, frame.pts = to_rate, Fraction(1, to_rate), 0
        resampler = av.AudioResampler(stream.format, "mono", to_rate, frame_size=stream.codec_context.frame_size)
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))


def write(path: Path, samples: np.ndarray, rate: int) -> None:
    """Send the samples through the channel that the name's ending stands for."""
    if path.suffix == ".wav":
        samples, rate = telephone(samples, rate)
        soundfile.write(path, samples, rate, subtype="ULAW")
    elif path.suffix == ".flac":
        soundfile.write(path, soxr.resample(samples, rate, 16000), 16000)
    else:
        codec, to_rate, bit_rate = {
            ".ogg": ("libopus", 48000, 16000),
            ".mp3": ("libmp3lame", 22050, 32000),
            ".m4a": ("aac", 22050, 32000),
        }[path.suffix]
        encode(path, samples, rate, codec, to_rate, bit_rate)


def words(text: str) -> list[str]:
    """Words without case and signs, digits as they are said."""
    spelled = re.sub(r"\d[\d -]*\d", lambda found: " " + digits(re.sub(r"\D", "", found[0])) + " ", text)
    return re.findall(r"[a-z]+", spelled.lower())


def wrong(heard: str, said: str) -> int:
    """How many words differ."""
    return int(Levenshtein.distance(words(heard), words(said)))


@dataclass(frozen=True)
class Choice:
    """One way to say a part, and what the machine heard of it."""

    voice: str
    speed: int
    said: str
    heard: str
    sound: bytes

    @property
    def wrong(self) -> int:
        return wrong(self.heard, self.said)

    @property
    def rate(self) -> float:
        return self.wrong / len(words(self.said))


def choices(name: str, part: Part, transcriber: Transcriber, folder: Path) -> Iterator[Choice]:
    """Every way to say the part, heard."""
    for said, speed, voice in product(part.wordings, SPEEDS, part.voices):
        path = folder / name
        write(path, *speak(voice, speed, said))
        yield Choice(voice, speed, said, transcriber.transcribe(path).text, path.read_bytes())


def choose(name: str, part: Part, transcriber: Transcriber, folder: Path) -> Choice:
    """The way with the fewest wrong words; the first that is good enough ends the search."""
    best: Choice | None = None
    for tried, choice in enumerate(choices(name, part, transcriber, folder), 1):
        if best is None or choice.rate < best.rate:
            best = choice
        print(f"\r{name}: {tried} tried, {best.rate:.0%} wrong", end="", file=sys.stderr, flush=True)
        if best.rate <= GOOD_ENOUGH:
            break
    print(file=sys.stderr)
    if best is None:
        raise ValueError(name)
    return best


def measure(transcriber: Transcriber) -> int:
    """Hear the files that are there and print how many words were wrong."""
    errors = total = 0
    for path in sorted(CALLS.glob("*.said.txt")):
        said = path.read_text(encoding="utf-8")
        [sound] = [each for each in CALLS.glob(f"{path.name.removesuffix('.said.txt')}.*") if each != path]
        count = wrong(transcriber.transcribe(sound).text, said)
        errors, total = errors + count, total + len(words(said))
        print(f"{sound.name}: {count} of {len(words(said))}")
    print(f"{errors} of {total} words wrong, {errors / total:.1%}")
    return 0


def main() -> int:
    CALLS.mkdir(parents=True, exist_ok=True)
    transcriber = load_transcriber("whisper", ROOT / "models", "base")
    if "--measure" in sys.argv[1:]:
        return measure(transcriber)
    errors = total = 0
    print("| call | voice | words a minute | wrong words | WER |\n| --- | --- | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as folder:
        for name, part in PARTS.items():
            best = choose(name, part, transcriber, Path(folder))
            (CALLS / name).write_bytes(best.sound)
            (CALLS / name).with_suffix(".said.txt").write_text(best.said + "\n", encoding="utf-8")
            errors, total = errors + best.wrong, total + len(words(best.said))
            count = len(words(best.said))
            print(f"| {name} | {best.voice} | {best.speed} | {best.wrong} of {count} | {best.rate:.1%} |", flush=True)
            print(f"  said:  {best.said}\n  heard: {best.heard}", file=sys.stderr)
    print(f"| all | | | {errors} of {total} | {errors / total:.1%} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
