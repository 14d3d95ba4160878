"""Turns whatever a phone, a recorder or a listener sends into PCM, one second at a time.

FFmpeg's libraries (through PyAV) do the decoding, so no external program is needed. Memory stays flat for any length:
nothing here ever holds more than a second of sound. Only containers that carry a listener's sound are opened, never
play lists, which could name other files or addresses.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from radiodesk.core.errors import Unreadable
from radiodesk.core.i18n import why

Samples = NDArray[np.float32]

_CONTAINERS = "wav,w64,aiff,au,caf,flac,mp3,aac,ogg,amr,amrnb,amrwb,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,asf"
_TRUSTED_LENGTH = ("flac", "mov,mp4", "ogg")
_FORMATS = {"int16": "s16", "int32": "s32", "float32": "flt"}
_LAYOUTS = {1: "mono", 2: "stereo"}


class AudioUnreadable(Unreadable):
    """The file holds no sound that can be decoded; the sentence says why."""


@dataclass(frozen=True, slots=True)
class AudioInfo:
    """What a sound file is: ``duration`` in seconds, ``sample_rate`` in Hz, ``bits`` of one sample where it has any."""

    duration: float
    sample_rate: int
    channels: int
    codec: str
    container: str
    bits: int = 16

    @property
    def lossless(self) -> bool:
        """Whether the file keeps every sample as it was captured."""
        return self.codec.startswith("pcm_") or self.codec in {"flac", "alac", "wavpack"}


def probe(path: Path) -> AudioInfo:
    """Read what the file is and how long it lasts, without decoding it; raises ``AudioUnreadable``."""
    with _opened(path) as container:
        stream = container.streams.audio[0]
        context = stream.codec_context
        if not context.sample_rate:
            raise AudioUnreadable("%(name)s is damaged: its sound has no sample rate.", name=path.name)
        return AudioInfo(
            duration=_length(container, stream, path),
            sample_rate=context.sample_rate,
            channels=context.channels,
            codec=context.name,
            container=container.format.name,
            bits=_bits(context),
        )


def decode(
    path: Path, rate: int = 16000, channels: int = 1, *, start: float = 0.0, kind: str = "float32"
) -> Iterator[NDArray[Any]]:
    """Yield the sound in blocks of one second (the last one shorter).

    A block has shape ``(n,)`` for one channel, ``(n, channels)`` for more; ``kind`` is ``float32`` (-1 to 1), ``int16``
    or ``int32``. ``start`` seconds are decoded and left out, so that positions are exact in every format. Damaged
    packets are passed over; raises ``AudioUnreadable`` when nothing at all can be decoded.
    """
    skip = round(start * rate)
    heard = 0
    held: list[NDArray[Any]] = []
    waiting = 0
    for piece in _pieces(path, rate, channels, kind):
        heard += len(piece)
        if skip:
            dropped = min(skip, len(piece))
            skip -= dropped
            if dropped == len(piece):
                continue  # not even an empty view of it is kept, which would keep all of it
            piece = piece[dropped:]
        held.append(piece)
        waiting += len(piece)
        while waiting >= rate:
            joined = np.concatenate(held)
            yield joined[:rate]
            held, waiting = [joined[rate:]], waiting - rate
    if not heard:
        raise AudioUnreadable("%(name)s holds no sound: it is cut off before the first of it.", name=path.name)
    if waiting:
        yield np.concatenate(held)


def read_all(path: Path, rate: int = 16000) -> Samples:
    """The whole file as one mono array: for short files only."""
    return np.concatenate([*decode(path, rate)])


def _pieces(path: Path, rate: int, channels: int, kind: str) -> Iterator[NDArray[Any]]:
    resampler = av.AudioResampler(format=_FORMATS[kind], layout=_LAYOUTS[channels], rate=rate)
    with _opened(path) as container:
        stream = container.streams.audio[0]
        for frame in _frames(container, stream):
            frame.pts = None  # gaps in the clock of a voice note must not become gaps in the samples
            for done in resampler.resample(frame):
                yield _array(done, channels)
        for done in resampler.resample(None):
            yield _array(done, channels)


def _array(frame: Any, channels: int) -> NDArray[Any]:
    samples: NDArray[Any] = frame.to_ndarray().reshape(-1)
    return samples if channels == 1 else samples.reshape(-1, channels)


def _frames(container: Any, stream: Any) -> Iterator[Any]:
    """Every frame that decodes; a damaged packet costs itself alone, a torn end ends the sound."""
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except (StopIteration, av.error.FFmpegError):
            return
        try:
            frames = packet.decode()
        except av.error.FFmpegError:
            continue
        yield from frames


def _opened(path: Path) -> Any:
    try:
        size = path.stat().st_size
    except OSError as error:
        raise AudioUnreadable("%(name)s cannot be opened: %(reason)s.", name=path.name, reason=why(error)) from None
    if size == 0:
        raise AudioUnreadable("%(name)s is empty (0 bytes). Please send it again.", name=path.name)
    try:
        container = av.open(
            str(path), metadata_errors="ignore", options={"format_whitelist": _CONTAINERS, "protocol_whitelist": "file"}
        )
    except (av.error.FFmpegError, OSError, ValueError):
        raise AudioUnreadable(
            "%(name)s is not a sound file that can be read, or it is damaged. "
            "Send WAV, FLAC, MP3, M4A, OGG/Opus or AMR.",
            name=path.name,
        ) from None
    if not container.streams.audio:
        container.close()
        raise AudioUnreadable("%(name)s holds no sound.", name=path.name)
    return container


def _length(container: Any, stream: Any, path: Path) -> float:
    """Seconds of sound: from the header where headers tell the truth, else from the bytes or the packets themselves."""
    name, context = container.format.name, stream.codec_context
    if name.startswith(_TRUSTED_LENGTH) and container.duration:
        return float(container.duration / av.time_base)
    frame_bits = _packed_bits(context) * context.channels
    if frame_bits:
        stated = float(stream.duration * stream.time_base) if stream.duration else float("inf")
        held: float = path.stat().st_size * 8 / frame_bits / context.sample_rate
        return min(stated, held)
    ticks = 0
    try:
        for packet in container.demux(stream):
            ticks += packet.duration or 0
    except av.error.FFmpegError:
        pass
    return float(ticks * stream.time_base)


def _packed_bits(context: Any) -> int:
    """Bits that one sample takes in the file for plain PCM, 0 for what is compressed."""
    name: str = context.name
    if name in {"pcm_mulaw", "pcm_alaw"}:
        return 8
    return int("".join(filter(str.isdigit, name)) or 0) if name.startswith("pcm_") else 0


def _bits(context: Any) -> int:
    """Bits of a sample worth keeping: what decodes from a lossy codec has no more than 16 of them."""
    packed = _packed_bits(context)
    if packed:
        return max(16, min(packed, 24))
    return 24 if context.name in {"flac", "alac"} and context.format.name.startswith("s32") else 16
