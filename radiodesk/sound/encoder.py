"""Writes what is kept and what is played: lossless FLAC of every original, a small MP3 of it for web pages.

MP3 because every browser and the cheapest phone plays it; the FLAC is the record, the MP3 may be made again. Opus says
as much in two thirds of the bytes, for those who can play it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import chain, pairwise
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
import soundfile
from numpy.typing import NDArray

from radiodesk.core.atomic_files import replacing
from radiodesk.core.text import clean
from radiodesk.sound.audio_facts import AudioInfo
from radiodesk.sound.decoder import decode, probe

_SMALLEST_GAIN = 0.1
CEILING = -1.5

_OPUS_RATES = (8000, 12000, 16000, 24000)
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


def derive_mp3(
    source: Path,
    target: Path,
    *,
    kilobits: int = 48,
    gain: float = 0.0,
    chapters: Sequence[tuple[float, float, str]] = (),
) -> AudioInfo:
    """Write a mono MP3 for listening in a page (48 kbit/s: a ten-minute call is 3.6 MB); raises ``AudioUnreadable``.

    ``gain`` is in decibels; peaks are held below -1 dB. ``chapters`` are start, end and title of each, at most 255, and
    stand in the file as ID3 has them (CTOC and CHAP of the addendum "Chapter Frame" 1.0).
    """
    rate = max((known for known in _MP3_RATES if known <= min(probe(source).sample_rate, 24_000)), default=8000)
    bits = min(kilobits, 64 if rate < 16_000 else 160) * 1000
    with replacing(target) as written, av.open(str(written), "w", format="mp3") as out:
        _encode(out, "libmp3lame", source, rate, bits, gain, chapters)
    return probe(target)


def derive_opus(
    source: Path,
    target: Path,
    *,
    kilobits: int = 32,
    gain: float = 0.0,
    chapters: Sequence[tuple[float, float, str]] = (),
    tags: Mapping[str, str] | None = None,
) -> AudioInfo:
    """Write mono Ogg Opus (RFC 7845), for speech; raises ``AudioUnreadable``.

    ``gain`` and ``chapters`` as for ``derive_mp3``; these and ``tags`` stand in the file as Vorbis comments.
    """
    wanted = min(probe(source).sample_rate, _OPUS_RATES[-1])
    rate = next(known for known in _OPUS_RATES if known >= wanted)
    with replacing(target) as written, av.open(str(written), "w", format="ogg") as out:
        out.metadata.update({name: clean(text) for name, text in (tags or {}).items() if text})
        _encode(out, "libopus", source, rate, kilobits * 1000, gain, chapters, {"application": "voip"})
    return probe(target)


def _encode(
    out: Any,
    codec: str,
    source: Path,
    rate: int,
    bits: int,
    gain: float,
    chapters: Sequence[tuple[float, float, str]],
    options: dict[str, str] | None = None,
) -> None:
    """Write a file's mono mix, a second at a time."""
    stream = out.add_stream(codec, rate=rate, layout="mono", options=options)
    stream.bit_rate = bits
    if chapters:
        out.set_chapters([_chapter(number, *one) for number, one in enumerate(chapters)])
    for frame in levelled(frames_of(source, rate), rate, gain):
        out.mux(stream.encode(frame))
    out.mux(stream.encode(None))


def _chapter(number: int, start: float, end: float, title: str) -> Any:
    return {
        "id": number,
        "start": round(start * 1000),
        "end": round(end * 1000),
        "time_base": Fraction(1, 1000),
        "metadata": {"title": title},
    }


def frames_of(source: Path, rate: int) -> Iterator[av.AudioFrame]:
    """The mono mix of a file as frames, at most a second each."""
    position = 0
    for block in decode(source, rate, kind="int16"):
        frame = av.AudioFrame.from_ndarray(block.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = rate, position, Fraction(1, rate)
        position += len(block)
        yield frame


def levelled(
    frames: Iterable[av.AudioFrame], rate: int, gain: float, *, ceiling: float = CEILING, always: bool = False
) -> Iterator[av.AudioFrame]:
    """The frames made louder by so many decibels, with peaks held down where they would reach beyond ``ceiling``, in
    dBFS. What would hardly change is left as it is, unless its peaks are to be held down ``always``.
    """
    if abs(gain) < _SMALLEST_GAIN and not always:
        yield from frames
        return
    graph = av.filter.Graph()
    steps: list[Any] = [
        graph.add_abuffer(sample_rate=rate, format="s16", layout="mono", time_base=Fraction(1, rate)),
        graph.add("volume", f"volume={gain:.2f}dB:precision=float"),
        # Short of what is allowed: between two samples the sound may reach higher than either.
        graph.add("alimiter", f"limit={10 ** (ceiling / 20):.4f}:attack=5:release=50:level=disabled:latency=1"),
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
