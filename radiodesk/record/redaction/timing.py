"""From spans of a text to seconds of the sound, so that what is hidden in one is silenced in the other."""

from collections.abc import Sequence

from radiodesk.speech.ports import Word

from .spans import Span


def spans_to_seconds(
    words: Sequence[Word], text: str, spans: Sequence[Span], *, margin: float = 0.08, bridge: float = 0.3
) -> list[tuple[float, float]]:
    """The stretches (start, end) in seconds in which ``spans`` of ``text`` are said, in order, without overlaps.

    ``words`` are the timed words that ``text`` was written from, in order. A word of the text without a timed word (it
    was corrected by hand) is taken to lie between its neighbours, so that too much is silenced rather than too little.
    ``margin`` seconds are added on both sides; gaps of at most ``bridge`` seconds are closed.
    """
    places = _places(words, text)
    found: list[tuple[float, float]] = []
    for span in spans:
        touched = [word for word, start, end in places if start < span.end and span.start < end]
        before = max((word.end for word, _, end in places if end <= span.start), default=0.0)
        following = min((word.start for word, start, _ in places if start >= span.end), default=None)
        start = touched[0].start if touched and _covers_edge(places, span.start) else before
        end = touched[-1].end if touched and _covers_edge(places, span.end - 1) else following
        if end is None:
            end = touched[-1].end if touched else max((word.end for word in words), default=0.0)
        if end > start:
            found.append((max(0.0, start - margin), end + margin))
    return _joined(sorted(found), bridge)


def _places(words: Sequence[Word], text: str) -> list[tuple[Word, int, int]]:
    """Where each timed word stands in the text; words that are not found there are left out."""
    lowered = text.lower()
    placed: list[tuple[Word, int, int]] = []
    cursor = 0
    for word in words:
        written = word.word.strip().lower()
        at = lowered.find(written, cursor) if written else -1
        if at < 0 or at - cursor > _FURTHEST:
            continue
        placed.append((word, at, at + len(written)))
        cursor = at + len(written)
    return placed


_FURTHEST = 80
"""Characters that a timed word may lie ahead: further off it is another occurrence of the same word."""


def _covers_edge(places: Sequence[tuple[Word, int, int]], offset: int) -> bool:
    return any(start <= offset < end for _, start, end in places)


def _joined(stretches: Sequence[tuple[float, float]], bridge: float) -> list[tuple[float, float]]:
    joined: list[tuple[float, float]] = []
    for start, end in stretches:
        if joined and start - joined[-1][1] <= bridge:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined
