"""Gives the words of an edited transcript their times back.

The new words are aligned with the old ones (Levenshtein, over whole words): what stayed keeps its time and confidence,
what was put in the place of something shares all of its time by the length of the words, what was added has the pause
that it is put in, or the first seconds of a long one. So text can be retyped, split and joined freely, and a tone over
a word covers all that may have been said of it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from rapidfuzz.distance import Levenshtein

from radiodesk.core.text import tidy

TimedWord = dict[str, Any]
"""``{start, end, word, confidence}``, times in seconds."""

_BARE = re.compile(r"[^\w]+")
_SHORTEST = 0.04
_LONGEST_PAUSE = 5.0
"""Seconds of a pause that added words may stand for: nobody heard where in it they were said."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A stretch of edited text with who speaks in it."""

    text: str
    speaker: str | None = None


def realign(words: Sequence[TimedWord], paragraphs: Iterable[Paragraph], duration: float) -> list[dict[str, Any]]:
    """Segments ``{start, end, text, speaker, words}`` of the edited text, with times from the old ``words``.

    Empty paragraphs are left out. Times never run backwards and never leave the recording.
    """
    held = [(paragraph.speaker or None, tidy(paragraph.text).split()) for paragraph in paragraphs]
    held = [(speaker, tokens) for speaker, tokens in held if tokens]
    timed = _timed(words, [token for _, tokens in held for token in tokens], duration)
    segments, position = [], 0
    for speaker, tokens in held:
        mine = timed[position : position + len(tokens)]
        position += len(tokens)
        segments.append(
            {
                "start": mine[0]["start"],
                "end": mine[-1]["end"],
                "text": " ".join(tokens),
                "speaker": speaker,
                "words": mine,
            }
        )
    return segments


def _timed(old: Sequence[TimedWord], new: list[str], duration: float) -> list[TimedWord]:
    before, after = [_bare(str(word["word"])) for word in old], [_bare(token) for token in new]
    found: list[TimedWord] = []
    steps = groupby(Levenshtein.opcodes(before, after), key=lambda step: step.tag == "equal")
    for same, run in steps:
        # What was changed side by side shares one stretch of time.
        parts = list(run)
        first, last = parts[0].src_start, parts[-1].src_end
        tokens = new[parts[0].dest_start : parts[-1].dest_end]
        if same:
            found += [{**word, "word": token} for word, token in zip(old[first:last], tokens, strict=True)]
        elif tokens:
            found += _shared(tokens, *_room(old, first, last, duration, sum(map(len, tokens))))
    return _forward(found, duration)


def _bare(word: str) -> str:
    """A word for comparing: letters and digits alone (the sign itself, where it is nothing else)."""
    return _BARE.sub("", word).casefold() or word


def _room(old: Sequence[TimedWord], first: int, last: int, duration: float, letters: int) -> tuple[float, float]:
    """The time that the replaced words had, or that of the pause in which ``letters`` new ones were put."""
    if first < last:
        return float(old[first]["start"]), float(old[last - 1]["end"])
    start = float(old[first - 1]["end"]) if first else 0.0
    end = float(old[first]["start"]) if first < len(old) else duration
    return start, max(start, min(end, start + max(_LONGEST_PAUSE, 0.12 * letters)))


def _shared(tokens: list[str], start: float, end: float) -> list[TimedWord]:
    """Words over a stretch of time, each by its length; what a person typed is certain."""
    total = sum(len(token) for token in tokens)
    found, at = [], start
    for token in tokens:
        until = at + (end - start) * len(token) / total
        found.append({"start": round(at, 3), "end": round(until, 3), "word": token, "confidence": 1.0})
        at = until
    return found


def _forward(words: list[TimedWord], duration: float) -> list[TimedWord]:
    """Every word begins no sooner than the one before it, and lasts a moment where there is room for one."""
    last = 0.0
    for index, word in enumerate(words):
        start = max(last, float(word["start"]))
        following = float(words[index + 1]["start"]) if index + 1 < len(words) else duration
        end = max(start, float(word["end"]), min(start + _SHORTEST, max(following, start)))
        word["start"], word["end"] = round(start, 3), round(end, 3)
        last = start
    return words
