"""The samples of one file of a log, from one frame to another, whatever it was packed as."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import soundfile
import soxr

from radiodesk.sound.pcm import Pcm
from radiodesk.sound.takes import SAMPLE

OPUS_RATES = (8000, 16000, 24000, 48000)
"""What Opus holds; its files count time in 48 kHz."""

_LEAD = 1.0
"""Seconds before the wanted place at which decoding begins, so that the decoder has found its feet."""


def frames_of(path: Path, first: int, last: int, own_rate: int, rate: int, *, is_raw: bool) -> Iterator[Pcm]:
    """Mono samples ``first`` to ``last`` (frames at the line's own rate), given at ``rate``, a second at once."""
    if is_raw:
        blocks = _raw(path, first, last, own_rate)
    elif path.suffix == ".flac":
        blocks = _flac(path, first, last, own_rate)
    else:
        blocks = _opus(path, first / own_rate, last / own_rate, own_rate)
    yield from blocks if own_rate == rate else _resampled(blocks, own_rate, rate)


def _raw(path: Path, first: int, last: int, block: int) -> Iterator[Pcm]:
    with path.open("rb") as file:
        file.seek(first * SAMPLE)
        while first < last and (data := file.read(min(block, last - first) * SAMPLE)):
            taken = np.frombuffer(data[: len(data) // SAMPLE * SAMPLE], "<i2").astype(np.int16)
            first += len(taken)
            yield taken


def _flac(path: Path, first: int, last: int, block: int) -> Iterator[Pcm]:
    with soundfile.SoundFile(path) as file:
        file.seek(min(first, file.frames))
        while first < last and len(taken := file.read(min(block, last - first), dtype="int16")):
            first += len(taken)
            yield taken


def _opus(path: Path, begins: float, ends: float, rate: int) -> Iterator[Pcm]:
    wanted = round((ends - begins) * rate)
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        if begins > _LEAD:
            container.seek(int((begins - _LEAD) * av.time_base))
        resampler: Any = av.AudioResampler(format="s16", layout="mono", rate=rate)
        place: int | None = None
        for frame in container.decode(stream):
            if place is None:
                place = round((frame.time or 0.0) * rate)
                place -= round(begins * rate)
            for part in resampler.resample(frame):
                block: Pcm = part.to_ndarray().reshape(-1)
                skipped = max(0, min(len(block), -place))
                place += len(block)
                kept = block[skipped : len(block) - max(0, place - wanted)] if place > 0 else block[:0]
                if len(kept):
                    yield kept
            if place >= wanted:
                return


def _resampled(blocks: Iterator[Pcm], own_rate: int, rate: int) -> Iterator[Pcm]:
    stream = soxr.ResampleStream(own_rate, rate, 1, dtype="int16")
    for block in blocks:
        yield stream.resample_chunk(block)
    yield stream.resample_chunk(np.zeros(0, np.int16), last=True)


def pack_flac(raw: Path, target: Path, rate: int) -> None:
    """Write raw samples as FLAC and prove each of them; raises ``ValueError`` where one differs."""
    last = raw.stat().st_size // SAMPLE
    with soundfile.SoundFile(target, "w", rate, 1, "PCM_16", format="FLAC") as out:
        for block in _raw(raw, 0, last, rate):
            out.write(block)
    for one, other in zip(_raw(raw, 0, last, rate), _flac(target, 0, last, rate), strict=True):
        if not np.array_equal(one, other):
            raise ValueError("FLAC differs from what was recorded")


def pack_opus(raw: Path, target: Path, rate: int, kilobits: int = 48) -> None:
    """Write raw samples as Ogg Opus; raises ``ValueError`` where it is not as long as they are."""
    last = raw.stat().st_size // SAMPLE
    coded = rate if rate in OPUS_RATES else 48_000
    with av.open(str(target), "w", format="ogg") as out:
        stream: Any = out.add_stream("libopus", rate=coded, layout="mono")
        stream.bit_rate = kilobits * 1000
        resampler: Any = av.AudioResampler(format="s16", layout="mono", rate=coded, frame_size=coded // 50)
        place = 0
        for block in _raw(raw, 0, last, rate):
            frame = av.AudioFrame.from_ndarray(block.reshape(1, -1), format="s16", layout="mono")
            frame.sample_rate, frame.pts = rate, place
            place += len(block)
            for part in resampler.resample(frame):
                out.mux(stream.encode(part))
        for part in resampler.resample(None):
            out.mux(stream.encode(part))
        out.mux(stream.encode(None))
    held = sum(map(len, _opus(target, 0.0, last / rate, rate)))
    if abs(held - last) > rate // 10:
        raise ValueError("Opus is not as long as what was recorded")
