#!/usr/bin/env python3
"""Makes the voices of the sample drill with espeak-ng, from sentences written for it; for when one of them changes."""

import subprocess
import sys
import tempfile
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import soundfile
import soxr

CALLS = Path(__file__).resolve().parents[1] / "tests" / "drills" / "sample" / "calls"

SENTENCES = {
    "01-lampu-jalan.wav": (
        "id",
        120,
        "Selamat pagi Pak. Saya warga Kapas. Lampu jalan di desa kami padam. Sudah satu minggu. "
        "Tolong segera diperbaiki. Terima kasih.",
    ),
    "02-truk-mogok.ogg": (
        "id+f3",
        115,
        "Selamat pagi. Ada truk mogok di depan pasar Kalitidu. Lalu lintas macet. Mohon bantuan petugas.",
    ),
    "03-balap-liar.ogg": (
        "id+m3",
        120,
        "Selamat malam Pak Polisi. Setiap malam Minggu ada balap liar di jalan Dander. Warga takut. "
        "Mohon ada patroli. Nomor saya nol delapan satu dua tiga empat lima enam tujuh delapan.",
    ),
    "04-pelayanan-sim.mp3": (
        "id+f2",
        110,
        "Selamat pagi Bu. Saya mau bertanya. Kapan mobil SIM keliling datang ke Sumberrejo? Terima kasih.",
    ),
    "05-pencurian.m4a": (
        "id+m1",
        115,
        "Selamat pagi. Sepeda motor saya hilang di pasar. Saya sudah melapor. Belum ada kabar dari "
        "polisi. Mohon bantuannya Pak.",
    ),
    "06-jalan-rusak.flac": (
        "id+m7",
        120,
        "Jalan di Temayang rusak dan berlubang. Malam hari gelap. Ada orang jatuh dari sepeda "
        "motor. Tolong dipasang rambu.",
    ),
}


def speak(voice: str, speed: int, text: str) -> tuple[np.ndarray, int]:
    """espeak-ng's samples, mono, with half a second of quiet before and after."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "said.wav"
        subprocess.run(["espeak-ng", "-v", voice, "-s", str(speed), "-g", "4", "-w", str(path), text], check=True)
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


def main() -> int:
    CALLS.mkdir(parents=True, exist_ok=True)
    for name, (voice, speed, text) in SENTENCES.items():
        samples, rate = speak(voice, speed, text)
        path = CALLS / name
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
        print(f"{name}: {path.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
