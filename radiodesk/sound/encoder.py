"""Writes what is kept and what is played: lossless FLAC of every original, a small MP3 of it for web pages.

MP3 because every browser and the cheapest phone plays it; the FLAC is the record, the MP3 may be made again.
"""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import chain, pairwise
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
import soundfile
from numpy.typing import NDArray

from radiodesk.core.atomic_files import replacing
from radiodesk.sound.audio_facts import AudioInfo
from radiodesk.sound.decoder import decode, probe
from radiodesk.sound.loudness import gain_to

_SMALLEST_GAIN = 0.1
_CEILING = 10 ** (-1.5 / 20)

_MP3_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)


def to_flac(source: Path, target: Path, *, rate: int | None = None, channels: int | None = None) -> AudioInfo:
    """Write ``source`` as FLAC and return what ``target`` is; raises ``AudioUnreadable``.

    Without ``rate`` and ``channels`` every sample of PCM up to 24 bits, of G.711 and of FLAC is kept as it is; what
    came lossy is kept as it decodes. More than two channels are mixed to two.
    """
    info = probe(source)
    rate = rate or info.kept_rate
    channels = channels or info.kept_channels
    deep = info.bits > 16
    blocks = decode(source, rate, channels, kind="int32" if deep else "int16")
    with replacing(target) as written:
        write_blocks(written, blocks, rate, channels, "PCM_24" if deep else "PCM_16")
    return probe(target)


def derive_mp3(source: Path, target: Path, *, kilobits: int = 48, lufs: float | None = None) -> AudioInfo:
    """Write a mono MP3 for listening in a page (48 kbit/s: a ten-minute call is 3.6 MB); raises ``AudioUnreadable``.

    With ``lufs`` it gets that integrated loudness (EBU R 128), peaks held below -1 dB; what is silent stays as it is.
    """
    info = probe(source)
    gain = gain_to(lufs, source) if lufs is not None else 0.0
    rate = max((known for known in _MP3_RATES if known <= min(info.sample_rate, 24_000)), default=8000)
    with replacing(target) as written, av.open(str(written), "w", format="mp3") as out:
        stream: Any = out.add_stream("libmp3lame", rate=rate, layout="mono")
        stream.bit_rate = min(kilobits, 64 if rate < 16_000 else 160) * 1000
        for frame in _levelled(_frames(source, rate), rate, gain):
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return probe(target)


def _frames(source: Path, rate: int) -> Iterator[av.AudioFrame]:
    position = 0
    for block in decode(source, rate, kind="int16"):
        frame = av.AudioFrame.from_ndarray(block.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = rate, position, Fraction(1, rate)
        position += len(block)
        yield frame


def _levelled(frames: Iterable[av.AudioFrame], rate: int, gain: float) -> Iterator[av.AudioFrame]:
    """The frames made louder by so many decibels, with peaks held down where they would reach beyond the limit."""
    if abs(gain) < _SMALLEST_GAIN:
        yield from frames
        return
    graph = av.filter.Graph()
    steps: list[Any] = [
        graph.add_abuffer(sample_rate=rate, format="s16", layout="mono", time_base=Fraction(1, rate)),
        graph.add("volume", f"volume={gain:.2f}dB:precision=float"),
        # Short of the ceiling: between two samples the sound may reach higher than either.
        graph.add("alimiter", f"limit={_CEILING:.4f}:attack=5:release=50:level=disabled:latency=1"),
        graph.add("aformat", f"sample_fmts=s16:channel_layouts=mono:sample_rates={rate}"),
        graph.add("abuffersink"),
    ]
    for one, following in pairwise(steps):
        one.link_to(following)
    graph.configure()
    for frame in chain(frames, [None]):
        graph.push(frame)
        while True:
            try:
                yield cast(av.AudioFrame, graph.pull())
            except (av.BlockingIOError, av.EOFError):
                break


def concatenate(
    paths: Iterable[Path], target: Path, *, gap_seconds: float = 0.5, rate: int = 48_000, channels: int = 1
) -> list[float]:
    """Join pieces into one FLAC with a pause between them; returns the second at which each one starts."""
    starts: list[float] = []
    position = 0

    def blocks() -> Iterator[NDArray[Any]]:
        nonlocal position
        for path in paths:
            if starts:
                pause = round(gap_seconds * rate)
                position += pause
                yield np.zeros(pause if channels == 1 else (pause, channels), np.int16)
            starts.append(position / rate)
            for block in decode(path, rate, channels, kind="int16"):
                position += len(block)
                yield block

    with replacing(target) as written:
        write_blocks(written, blocks(), rate, channels, "PCM_16")
    return starts


def lay_out(placed: Iterable[tuple[float, Path]], target: Path, *, rate: int = 48_000, until: float = 0.0) -> None:
    """Put mono pieces at their seconds into one FLAC; one that would begin before the end of the last follows it.

    Silence follows the last one up to the second ``until``.
    """

    def blocks() -> Iterator[NDArray[Any]]:
        position = 0

        def silence(second: float) -> Iterator[NDArray[Any]]:
            nonlocal position
            while (pause := min(rate, round(second * rate) - position)) > 0:
                position += pause
                yield np.zeros(pause, np.int16)

        for second, path in placed:
            yield from silence(second)
            for block in decode(path, rate, kind="int16"):
                position += len(block)
                yield block
        yield from silence(until)

    with replacing(target) as written:
        write_blocks(written, blocks(), rate, 1, "PCM_16")


def split_channels(source: Path, left: Path, right: Path) -> None:
    """Write the two channels of a stereo recording (studio and caller) into a mono FLAC each."""
    info = probe(source)
    rate = info.kept_rate
    with (
        replacing(left) as first,
        replacing(right) as second,
        soundfile.SoundFile(first, "w", rate, 1, "PCM_16", format="FLAC") as one,
        soundfile.SoundFile(second, "w", rate, 1, "PCM_16", format="FLAC") as two,
    ):
        for block in decode(source, rate, 2, kind="int16"):
            one.write(block[:, 0])
            two.write(block[:, 1])


def write_blocks(path: Path, blocks: Iterable[NDArray[Any]], rate: int, channels: int, subtype: str) -> None:
    """Write blocks of samples into a FLAC file, holding one of them at a time."""
    with soundfile.SoundFile(path, "w", rate, channels, subtype, format="FLAC") as out:
        for block in blocks:
            out.write(block)
