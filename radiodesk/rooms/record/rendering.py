"""Applies what was decided: the words, the seconds to bleep and the seconds to cut of one piece."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from radiodesk.rooms.transcripts.timed_words import PAD, Token, covered, places, said_between, seconds_of
from radiodesk.sound.stretches import Span as Seconds
from radiodesk.sound.stretches import merged, remaining

DUMP = "dump"
PROTECTED = "protected"
CONSENT = "consent"
FINAL = frozenset({DUMP, PROTECTED})
"""Kinds that stay out with no choice about it."""
CUT = FINAL | {CONSENT}
"""Kinds whose seconds leave the recording for good; all others go under a tone."""

Mask = Callable[[str], str]
"""What stands in the text in place of a kind of private matter."""


@dataclass(frozen=True, slots=True)
class Removal:
    """Characters of a text that are taken out; of a kind in ``CUT``, seconds of the recording that are cut.

    Seconds of any other kind go under a tone, whatever words stand there.
    """

    kind: str
    start: int
    end: int
    begins: float | None = None
    ends: float | None = None


@dataclass(frozen=True)
class Rendered:
    """A piece as the public gets it: text, segments with words, seconds under a tone, seconds cut out.

    ``uncut`` are the segments with the times of the original sound.
    """

    text: str
    segments: list[dict[str, Any]] = field(default_factory=list)
    uncut: list[dict[str, Any]] = field(default_factory=list)
    bleeped: list[Seconds] = field(default_factory=list)
    cut: list[Seconds] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ShownWord:
    """A word of a piece as the public gets it, or the mask of some; ``numbers`` are those of the words behind it."""

    text: str
    start: float
    end: float
    segment: int
    numbers: tuple[int, ...]
    masked: bool = False


def render_text(text: str, removals: Sequence[Removal], mask: Mask) -> str:
    """A text without times (a script): each removal replaced by its mask, overlapping ones by the first one's."""
    parts: list[str] = []
    position = 0
    for removal in sorted(removals, key=lambda one: (one.start, -one.end)):
        if removal.end <= position:
            continue
        if removal.start >= position:
            parts += [text[position : removal.start], mask(removal.kind)]
        position = removal.end
    return "".join([*parts, text[position:]])


def render_words(
    tokens: Sequence[Token],
    segments: Sequence[Mapping[str, Any]],
    removals: Sequence[Removal],
    duration: float,
    mask: Mask,
) -> Rendered:
    """Words with times: whole words go, never parts of one; what is cut moves all that follows it forward."""
    cut = _cut(removals)
    bleeped: list[Seconds] = []
    for removal in removals:
        if _is_cut(removal):
            continue
        if removal.begins is not None and removal.ends is not None:
            # Heard in the sound, whatever the words say.
            bleeped.append(Seconds(max(0.0, removal.begins - PAD), removal.ends + PAD))
        if numbers := covered(tokens, removal.start, removal.end):
            bleeped.append(Seconds(*seconds_of(tokens, numbers)))
    kept = remaining(duration, merged(cut))
    words = shown_words(tokens, removals, mask)
    shown = _segments(segments, words, kept)
    uncut = _segments(segments, words, [Seconds(0.0, duration)])
    text = " ".join(segment["text"] for segment in shown)
    return Rendered(text, shown, uncut, merged(bleeped), merged(cut))


def _is_cut(removal: Removal) -> bool:
    return removal.kind in CUT and removal.begins is not None and removal.ends is not None


def _cut(removals: Sequence[Removal]) -> list[Seconds]:
    return [Seconds(one.begins or 0.0, one.ends or 0.0) for one in removals if _is_cut(one)]


def shown_words(tokens: Sequence[Token], removals: Sequence[Removal], mask: Mask) -> list[ShownWord]:
    """The words that are left, and one mask for each run of words that went for the same reason.

    Words in seconds that are cut are in none of them, without a mask.
    """
    gone: dict[int, Removal] = {}
    dumped: set[int] = set()
    for removal in removals:
        if _is_cut(removal):
            dumped.update(said_between(tokens, removal.begins or 0.0, removal.ends or 0.0))
            continue
        for number in covered(tokens, removal.start, removal.end):
            gone.setdefault(number, removal)
    return _words(tokens, gone, dumped, mask)


def _words(tokens: Sequence[Token], gone: dict[int, Removal], dumped: set[int], mask: Mask) -> list[ShownWord]:
    left: list[ShownWord] = []
    last: Removal | None = None
    where = places(tokens)
    for number, token in enumerate(tokens):
        if number in dumped:
            continue
        removal = gone.get(number)
        begins, ends = where[number]
        if removal is None:
            left.append(ShownWord(token.text, token.start, token.end, token.segment, (number,)))
        elif removal is last:
            masked = left.pop()
            text = masked.text.rstrip(_SIGNS) + _signs(token.text[max(0, removal.end - begins) :])
            numbers = (*masked.numbers, number)
            left.append(ShownWord(text, masked.start, max(masked.end, token.end), masked.segment, numbers, masked=True))
        else:
            before = _signs(token.text[: max(0, removal.start - begins)])
            after = _signs(token.text[removal.end - begins :]) if removal.end < ends else ""
            text = f"{before}{mask(removal.kind)}{after}"
            left.append(ShownWord(text, token.start, token.end, token.segment, (number,), masked=True))
        last = removal
    return left


_SIGNS = ".,;:!?\"'()"


def _signs(text: str) -> str:
    """The sentence's signs beside what was taken out stay; a part of a word never does."""
    return text if all(sign in _SIGNS for sign in text) else ""


def _segments(
    segments: Sequence[Mapping[str, Any]], words: Sequence[ShownWord], kept: Sequence[Seconds]
) -> list[dict[str, Any]]:
    found = (_segment(number, segment, words, kept) for number, segment in enumerate(segments))
    return [segment for segment in found if segment["text"]]


def _segment(
    number: int, segment: Mapping[str, Any], words: Sequence[ShownWord], kept: Sequence[Seconds]
) -> dict[str, Any]:
    inside = [word for word in words if word.segment == number]
    return {
        "start": moved(float(segment["start"]), kept),
        "end": moved(float(segment["end"]), kept),
        "speaker": segment.get("speaker"),
        "text": " ".join(word.text for word in inside),
        "words": [
            {"start": moved(word.start, kept), "end": moved(word.end, kept), "word": word.text} for word in inside
        ],
    }


def moved(second: float, kept: Sequence[Seconds]) -> float:
    """Where a second of the original lies once only ``kept`` is left of it."""
    before = 0.0
    for span in kept:
        if second <= span.start:
            break
        before += min(second, span.end) - span.start
    return round(before, 3)
