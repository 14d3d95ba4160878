"""Removes seconds from the public sound: replaced by a tone, or cut. The source is not changed.

The sound under a bleep is replaced, not covered, so that nothing of it can be recovered; both ends are faded over a few
milliseconds, so that nothing clicks.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from radiodesk.core.atomic_files import replacing
from radiodesk.sound.audio_facts import AudioInfo
from radiodesk.sound.decoder import decode, probe
from radiodesk.sound.encoder import write_blocks
from radiodesk.sound.stretches import Span, merged, remaining

_FADE_SECONDS = 0.005
_TONE_LEVEL = 0.1  # -20 dBFS: heard, and no shock in headphones


def bleep(source: Path, target: Path, spans: Iterable[Span], *, tone_hz: int = 1000) -> AudioInfo:
    """Write ``source`` as FLAC with a tone in place of each span; raises ``AudioUnreadable``.

    Spans may overlap, touch or reach beyond the end.
    """
    info = probe(source)
    wanted = merged(spans)
    with replacing(target) as written:
        write_blocks(written, _bleeped(source, info, wanted, tone_hz), *_shape(info), "PCM_16")
    return probe(target)


def cut(source: Path, target: Path, spans: Iterable[Span]) -> list[Span]:
    """Write ``source`` as FLAC without the spans; returns the spans of ``source`` that were kept, in order.

    Raises ``AudioUnreadable`` for a file that cannot be read and ``ValueError`` when nothing would be left.
    """
    info = probe(source)
    kept = remaining(info.duration, merged(spans))
    if not kept:
        raise ValueError("The spans leave nothing of the recording")
    with replacing(target) as written:
        write_blocks(written, _kept(source, info, kept), *_shape(info), "PCM_16")
    return kept


def _shape(info: AudioInfo) -> tuple[int, int]:
    return info.kept_rate, info.kept_channels


def _located(source: Path, info: AudioInfo) -> Iterator[tuple[int, NDArray[Any]]]:
    """Blocks as float columns, each with the number of its first sample."""
    rate, channels = _shape(info)
    position = 0
    for block in decode(source, rate, channels):
        yield position, block.reshape(-1, channels)
        position += len(block)


def _presence(position: int, count: int, rate: int, spans: list[Span]) -> NDArray[np.float32]:
    """1 inside a span, 0 outside, with a short slope just *outside* of each end: nothing inside is ever heard."""
    at = (position + np.arange(count)) / rate
    weight = np.zeros(count, np.float32)
    for span in spans:
        if span.end + _FADE_SECONDS < at[0] or span.start - _FADE_SECONDS > at[-1]:
            continue
        outside = np.maximum(span.start - at, at - span.end)
        weight = np.maximum(weight, np.clip(1 - outside / _FADE_SECONDS, 0, 1)).astype(np.float32)
    return weight


def _bleeped(source: Path, info: AudioInfo, spans: list[Span], tone_hz: int) -> Iterator[NDArray[Any]]:
    rate = info.kept_rate
    for position, block in _located(source, info):
        weight = _presence(position, len(block), rate, spans)[:, None]
        yield quantised(block * (1 - weight) + tone(position, len(block), rate, tone_hz)[:, None] * weight)


def tone(position: int, count: int, rate: int, hertz: int = 1000) -> NDArray[np.float32]:
    """Samples of the tone that stands for what was taken out, from the one with the number ``position`` on."""
    phase = 2 * np.pi * hertz * (position + np.arange(count)) / rate
    return (_TONE_LEVEL * np.sin(phase)).astype(np.float32)


def _kept(source: Path, info: AudioInfo, kept: list[Span]) -> Iterator[NDArray[Any]]:
    rate = info.kept_rate
    taken = remaining(info.duration + 1, kept)
    for position, block in _located(source, info):
        weight = _presence(position, len(block), rate, taken)
        numbers = position + np.arange(len(block))
        keep = np.zeros(len(block), bool)
        for span in kept:
            keep |= (numbers >= round(span.start * rate)) & (numbers < round(span.end * rate))
        yield quantised((block * (1 - weight[:, None]))[keep])


def quantised(block: NDArray[Any]) -> NDArray[np.int16]:
    """16-bit samples; what came from 16 bits and was not touched comes out bit for bit."""
    rounded: NDArray[np.int16] = np.clip(np.rint(block * 32768), -32768, 32767).astype(np.int16)
    return rounded
