"""Writes a recording anew with other voices in some stretches of it; what lies between them stays bit for bit.

A stretch is worked on in portions, each led over into the next, so that memory stays small however long it is. Where a
portion cannot be disguised there is a tone: nothing is ever left as it was.
"""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray

from radiodesk.core.atomic_files import replacing
from radiodesk.sound.audio_facts import AudioInfo
from radiodesk.sound.cuts import quantised, tone
from radiodesk.sound.decoder import decode, probe
from radiodesk.sound.encoder import write_blocks
from radiodesk.sound.stretches import Span, merged
from radiodesk.sound.voice_disguise import Voice, disguise
from radiodesk.sound.voice_parts import RATE

log = logging.getLogger(__name__)

PORTION = 20.0
"""Seconds that are disguised at a time."""
OVERLAP = 0.5
"""Seconds that portions have in common."""
EDGE = 0.01
"""Seconds outside of a stretch over which the sound is led into it and out of it."""


@dataclass(frozen=True, slots=True)
class Role:
    """A stretch of a recording and the voice in which it is to be heard."""

    span: Span
    voice: Voice


def change_voices(source: Path, target: Path, roles: Iterable[Role]) -> list[Span]:
    """Write ``source`` as FLAC with another voice in each stretch; returns the stretches that got a tone instead.

    As long as the source to the sample. Of stretches that overlap the first one has what they share. All channels of a
    stretch get the same voice. Raises ``AudioUnreadable``.
    """
    info = probe(source)
    failed: list[Span] = []
    with replacing(target) as written:
        blocks = _Changer(source, info, failed).blocks(ordered := apart(roles))
        write_blocks(written, blocks, info.kept_rate, info.kept_channels, "PCM_16")
    # What leads into a stretch and out of it is not told of.
    within = [Span(max(lost.start, one.span.start), min(lost.end, one.span.end)) for lost in failed for one in ordered]
    return merged(one for one in within if one.end > one.start)


def apart(roles: Iterable[Role]) -> list[Role]:
    """The same stretches in order, none into another, none before zero, empty ones left out."""
    found: list[Role] = []
    end = 0.0
    for role in sorted(roles, key=lambda one: one.span.start):
        start = max(role.span.start, end)
        if role.span.end > start:
            found.append(Role(Span(start, role.span.end), role.voice))
            end = role.span.end
    return found


class _Changer:
    """Goes once through a recording."""

    def __init__(self, source: Path, info: AudioInfo, failed: list[Span]) -> None:
        self._rate, self._channels = info.kept_rate, info.kept_channels
        self._decoded = decode(source, self._rate, self._channels)
        self._held = np.zeros((0, self._channels), np.float32)
        self._failed = failed
        self._position = 0

    def blocks(self, roles: list[Role]) -> Iterator[NDArray[Any]]:
        starts = [round(role.span.start * self._rate) for role in roles]
        edge = round(EDGE * self._rate)
        for role, first, following in zip(roles, starts, [*starts[1:], None], strict=True):
            while (wanted := min(self._rate, first - edge - self._position)) > 0:
                if not len(block := self._take(wanted)):
                    return
                yield quantised(block)
            last = round(role.span.end * self._rate)
            # What leads out of a stretch must not reach into the next one.
            end = last + edge if following is None else min(last + edge, following)
            for at, portion, made in self._portions(end, role.voice):
                weight = _presence(at, len(made), first, last, edge)
                yield quantised(portion * (1 - weight) + made * weight)
        while len(block := self._take(self._rate)):
            yield quantised(block)

    def _take(self, count: int) -> NDArray[np.float32]:
        """The next samples; fewer at the end."""
        held = [self._held]
        waiting = len(self._held)
        while waiting < count and (block := next(self._decoded, None)) is not None:
            held.append(block.reshape(-1, self._channels))
            waiting += len(held[-1])
        joined = np.concatenate(held)
        taken, self._held = joined[:count], joined[count:].copy()
        self._position += len(taken)
        return taken

    def _portions(self, end: int, voice: Voice) -> Iterator[tuple[int, NDArray[Any], NDArray[Any]]]:
        """The number of its first sample, the sound as it was, and in another voice, of portion after portion."""
        shared, longest = round(OVERLAP * self._rate), round(PORTION * self._rate)
        slope = ((np.arange(shared) + 0.5) / shared)[:, None]
        at = self._position
        portion = self._take(min(longest, end - self._position))
        tail = np.zeros((0, 1))
        while len(portion):
            made = self._in_another_voice(portion, at, voice)
            if len(tail):
                made[:shared] = tail * (1 - slope) + made[:shared] * slope
            more = self._take(min(longest - shared, end - self._position))
            keep = len(made) - shared if len(more) else len(made)
            yield at, portion[:keep], made[:keep]
            tail = made[keep:]
            portion, at = np.concatenate([portion[keep:], more]) if len(more) else portion[:0], at + keep

    def _in_another_voice(self, portion: NDArray[Any], at: int, voice: Voice) -> NDArray[np.float64]:
        """One column in another voice, or a tone."""
        try:
            there = soxr.resample(portion.mean(axis=1).astype(np.float64), self._rate, RATE)
            back = soxr.resample(disguise(there, voice), RATE, self._rate)[: len(portion)]
            if not np.isfinite(back).all():
                raise ValueError("The disguised sound holds what is no number")
            made = np.pad(back, (0, len(portion) - len(back)))
            loudest = float(np.abs(made).max(initial=0.0))
            return np.asarray(made * min(1.0, 0.98 / max(loudest, 1e-9)))[:, None]
        except Exception:
            log.exception("A stretch could not be disguised; a tone stands there")
            self._failed.append(Span(at / self._rate, (at + len(portion)) / self._rate))
            return tone(at, len(portion), self._rate)[:, None].astype(np.float64)


def _presence(at: int, count: int, first: int, last: int, edge: int) -> NDArray[np.float64]:
    """1 from ``first`` to before ``last``, with slopes *outside* of it: nothing inside is ever heard as it was."""
    numbers = at + np.arange(count)
    outside = np.maximum(first - numbers, numbers - last + 1)
    return np.asarray(np.clip(1 - outside / max(edge, 1), 0, 1))[:, None]
