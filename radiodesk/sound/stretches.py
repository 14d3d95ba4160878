"""Stretches of a recording in seconds: joined, and what they leave of it."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a recording in seconds, ``start`` before ``end``."""

    start: float
    end: float


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same spans in order, joined where they overlap or touch, none before zero, empty ones left out."""
    joined: list[Span] = []
    for span in sorted(spans, key=lambda each: each.start):
        start, end = max(span.start, 0.0), span.end
        if end <= start:
            continue
        if joined and start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(end, joined[-1].end))
        else:
            joined.append(Span(start, end))
    return joined


def remaining(duration: float, taken: Iterable[Span]) -> list[Span]:
    """What is left of ``duration`` seconds once ``taken`` (merged spans) are out."""
    left: list[Span] = []
    position = 0.0
    for span in taken:
        if span.start >= duration:
            break
        if span.start > position:
            left.append(Span(position, span.start))
        position = span.end
    if position < duration:
        left.append(Span(position, duration))
    return left
