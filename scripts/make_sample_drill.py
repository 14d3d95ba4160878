#!/usr/bin/env python3
"""Makes the voices of the sample drill: of the wordings, voices and speeds below it keeps what the machine hears best.

Each sentence is spoken by the desk's own voice, with its own pronunciations, sent through the channel of its call (a
wideband telephone, Opus, MP3, AAC) and heard by the desk's own recogniser. A choice is kept when it has the fewest
wrong words; the table at the end is the one of docs/drill.md. ``--measure`` only hears the files that
are there; names of files make those alone.
"""

import re
import sys
import tempfile
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
SPEEDS = (115, 130)
KEPT = 3
"""How many of the voices are tried with all wordings."""
GOOD_ENOUGH = 0.04
"""A share of wrong words at which the search ends."""


@dataclass(frozen=True)
class Part:
    """What one caller says, sentence by sentence: wordings to choose from, and voices that fit the name on the card."""

    voices: tuple[str, ...]
    sentences: tuple[tuple[str, ...], ...]


_GREETING = ("Selamat pagi.", "Halo Pak Polisi.", "Permisi Pak.", "Assalamualaikum.")
_GREETING_TO_HER = ("Selamat pagi.", "Halo Bu Polisi.", "Permisi Bu.", "Assalamualaikum.")
_THANKS = ("Terima kasih.", "Terima kasih banyak.", "Mohon bantuannya. Terima kasih.")

PARTS = {
    "01-lampu-jalan.wav": Part(
        MEN,
        (
            _GREETING,
            ("Saya warga Kapas.", "Ini dari Kapas.", "Nama saya Contohadi dari Kapas.", "Saya tinggal di Kapas."),
            (
                "Lampu jalan di desa kami padam sudah satu minggu.",
                "Lampu di depan rumah kami mati sudah satu minggu.",
                "Sudah satu minggu lampu jalan di sini mati.",
                "Lampu penerangan jalan mati sejak satu minggu yang lalu.",
            ),
            ("Kalau malam gelap sekali.", "Malam hari gelap sekali.", "Kalau malam jalannya gelap."),
            ("Mohon bantuan petugas.", "Tolong segera diperbaiki.", "Mohon bisa diperbaiki.", "Mohon dibantu."),
            _THANKS,
        ),
    ),
    "02-truk-mogok.ogg": Part(
        WOMEN,
        (
            _GREETING,
            (
                "Ada truk mogok di depan pasar Kalitidu.",
                "Di depan pasar Kalitidu ada truk mogok.",
                "Saya melihat truk mogok di depan pasar Kalitidu.",
            ),
            (
                "Lalu lintas macet.",
                "Jalannya macet sampai jauh.",
                "Kendaraan tidak bisa lewat.",
                "Antrean kendaraan panjang sekali.",
            ),
            ("Mohon bantuan petugas.", "Mohon ada petugas yang datang.", "Tolong kirim petugas ke sini."),
            _THANKS,
        ),
    ),
    "03-balap-liar.ogg": Part(
        MEN,
        (
            _GREETING,
            (
                "Setiap malam Minggu ada balap liar di jalan Dander.",
                "Di Dander setiap malam Minggu ada balap liar.",
                "Ada balap liar di Dander setiap malam Minggu.",
            ),
            ("Warga takut.", "Warga menjadi takut.", "Kami semua takut.", "Suaranya sangat mengganggu."),
            ("Mohon ada patroli.", "Mohon ada patroli malam.", "Mohon petugas datang ke sana."),
            (
                "Nomor saya nol delapan satu dua tiga empat lima enam tujuh delapan.",
                "Nomor telepon saya nol delapan satu dua tiga empat lima enam tujuh delapan.",
                "Telepon saya di nomor nol delapan satu dua tiga empat lima enam tujuh delapan.",
            ),
        ),
    ),
    "04-pelayanan-sim.mp3": Part(
        WOMEN,
        (
            _GREETING_TO_HER,
            ("Saya mau bertanya.", "Saya ingin bertanya.", "Mau tanya Bu.", "Saya ada pertanyaan."),
            (
                "Kapan mobil SIM keliling ada di Balen?",
                "Hari apa mobil SIM keliling ada di Balen?",
                "Apakah minggu ini ada mobil SIM keliling di Balen?",
                "Kapan ada layanan SIM keliling di Balen?",
                "Jam berapa SIM keliling buka di Balen?",
            ),
            ("SIM saya hampir habis.", "Saya mau memperpanjang SIM.", "SIM saya sudah hampir mati."),
            _THANKS,
        ),
    ),
    "05-pencurian.m4a": Part(
        MEN,
        (
            _GREETING,
            (
                "Sepeda motor saya hilang di pasar.",
                "Sepeda motor saya hilang di pasar minggu lalu.",
                "Motor saya hilang di pasar Baureno.",
            ),
            ("Saya sudah melapor.", "Saya sudah lapor polisi.", "Saya sudah membuat laporan.", "Sudah saya laporkan."),
            (
                "Belum ada kabar dari polisi.",
                "Sampai sekarang belum ada kabar.",
                "Tetapi belum ada kabar.",
                "Bagaimana kelanjutannya Pak?",
            ),
            _THANKS,
        ),
    ),
    "06-jalan-rusak.flac": Part(
        WOMEN,
        (
            _GREETING,
            (
                "Jalan di Temayang rusak dan berlubang.",
                "Jalan raya di Temayang rusak dan banyak lubang.",
                "Di Temayang jalannya rusak dan berlubang.",
            ),
            (
                "Kalau malam gelap, ada orang jatuh dari sepeda motor.",
                "Kemarin ada orang jatuh dari sepeda motor.",
                "Tadi malam ada yang jatuh dari motor.",
                "Sangat berbahaya pada malam hari.",
            ),
            ("Tolong dipasang rambu.", "Mohon dipasang rambu.", "Mohon segera diperbaiki.", "Mohon perhatiannya."),
            _THANKS,
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
    """50 to 7000 Hz at 16 kHz, as a wideband telephone (VoLTE, G.722) gives it."""
    narrow = soxr.resample(samples, rate, 16000)
    spectrum = np.fft.rfft(narrow)
    pitch = np.fft.rfftfreq(len(narrow), 1 / 16000)
    spectrum[(pitch < 50) | (pitch > 7000)] = 0
    return np.fft.irfft(spectrum, len(narrow)).astype(np.float32), 16000


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


def hear(name: str, voice: str, speed: int, said: str, transcriber: Transcriber, folder: Path) -> Choice:
    """One way to say something, heard through the channel of its call."""
    path = folder / name
    write(path, *speak(voice, speed, said))
    return Choice(voice, speed, said, transcriber.transcribe(path).text, path.read_bytes())


def choose(name: str, part: Part, transcriber: Transcriber, folder: Path) -> Choice:
    """The voice, the speed and the wording of each sentence with the fewest wrong words, heard in one piece.

    The voices that are heard best with the first wordings are kept; then the sentences are gone through one after
    another, and of each the wording stays with which the whole is heard best.
    """
    first = [wordings[0] for wordings in part.sentences]

    def heard(voice: str, speed: int, sentences: list[str]) -> Choice:
        return hear(name, voice, speed, " ".join(sentences), transcriber, folder)

    ranked = sorted(
        (heard(voice, speed, first) for voice, speed in product(part.voices, SPEEDS)), key=lambda one: one.rate
    )
    best = ranked[0]
    for start in ranked[:KEPT]:
        kept, sentences = start, list(first)
        for place, wordings in enumerate(part.sentences):
            for wording in wordings[1:]:
                if kept.rate <= GOOD_ENOUGH:
                    return kept
                tried = [*sentences[:place], wording, *sentences[place + 1 :]]
                choice = heard(kept.voice, kept.speed, tried)
                if choice.rate < kept.rate:
                    kept, sentences = choice, tried
        print(f"{name}: {kept.voice} at {kept.speed}: {kept.rate:.0%} wrong", file=sys.stderr, flush=True)
        best = min(best, kept, key=lambda one: one.rate)
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
    wanted = {name: part for name, part in PARTS.items() if name in sys.argv[1:] or not sys.argv[1:]}
    errors = total = 0
    print("| call | voice | words a minute | wrong words | WER |\n| --- | --- | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as folder:
        for name, part in wanted.items():
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
