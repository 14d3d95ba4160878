"""Sound files of every kind that phones send, made on the spot: a tone, so that what was decoded can be recognised."""

import struct
from pathlib import Path
from typing import Any

import av
import numpy as np
import soundfile
from numpy.typing import NDArray

CODECS = {
    "mp3": ("libmp3lame", "mp3", 44100),
    "m4a": ("aac", "ipod", 44100),
    "opus.ogg": ("libopus", "ogg", 48000),
    "amr": ("libopencore_amrnb", "amr", 8000),
    "3gp": ("libopencore_amrnb", "3gp", 8000),
    "webm": ("libopus", "webm", 48000),
}


def tone(seconds: float, rate: int = 16000, hz: float = 440.0, level: float = 0.5) -> NDArray[np.float32]:
    return (level * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def write_wav(path: Path, samples: NDArray[Any], rate: int = 16000, subtype: str = "PCM_16") -> Path:
    soundfile.write(path, samples, rate, subtype=subtype)
    return path


def write_encoded(path: Path, kind: str, seconds: float = 2.0, hz: float = 440.0) -> Path:
    codec, container, rate = CODECS[kind]
    samples = (tone(seconds, rate, hz) * 32767).astype(np.int16)
    with av.open(str(path), "w", format=container) as out:
        stream: Any = out.add_stream(codec, rate=rate, layout="mono")
        if codec == "libopencore_amrnb":
            stream.bit_rate = 12200
        for at in range(0, len(samples), rate // 10):
            block = samples[at : at + rate // 10].reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(block, format="s16", layout="mono")
            frame.sample_rate = rate
            frame.pts = at
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def write_amr_wideband(path: Path, seconds: float = 2.0) -> Path:
    """AMR-WB has no free encoder here: frames of mode 0 with fixed bits decode to some noise, which is enough."""
    frame = bytes([0x04]) + bytes((index * 37 + 11) % 256 for index in range(17))
    path.write_bytes(b"#!AMR-WB\n" + frame * round(seconds * 50))
    return path


def announce_two_gigabytes(path: Path, samples: NDArray[np.int16]) -> Path:
    """A WAV whose header promises 2 GB and whose body holds a second."""
    body = samples.tobytes()
    fmt = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 16000, 32000, 2, 16)
    path.write_bytes(
        b"RIFF" + struct.pack("<I", 2**31 - 9) + b"WAVE" + fmt + b"data" + struct.pack("<I", 2**31 - 64) + body
    )
    return path


def pitch(samples: NDArray[np.float32], rate: int) -> float:
    """The strongest frequency, in Hz."""
    spectrum = np.abs(np.fft.rfft(samples))
    return float(np.fft.rfftfreq(len(samples), 1 / rate)[int(spectrum.argmax())])
