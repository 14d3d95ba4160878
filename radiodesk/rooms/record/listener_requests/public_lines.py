"""A line of the public words: what listeners see of it, what it stands for at the desk, and a correction put into it.

What was taken out of a line stands there as a mask, or, where seconds were cut, not at all. Neither can be corrected
from outside: the words behind it stay where they are, with their times.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from typing import Any

from radiodesk.core import i18n
from radiodesk.core.errors import Unreadable
from radiodesk.core.text import tidy
from radiodesk.rooms.record.masks import KIND_NAMES, mask
from radiodesk.rooms.record.models import Piece
from radiodesk.rooms.record.rendering import Removal, ShownWord, shown_words
from radiodesk.rooms.transcripts.timed_words import tokens_in

TimedWord = dict[str, Any]
"""``{start, end, word, confidence}``, times in seconds."""

_SIGNS = r"[.,;:!?\"'()]*"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a piece: ``number`` counts the desk's segments from 0, ``numbers`` are all its words at the desk,
    ``words`` what the public gets of them; times are those of the original sound.
    """

    number: int
    start: float
    end: float
    numbers: tuple[int, ...]
    words: tuple[ShownWord, ...]

    @property
    def text(self) -> str:
        """The line as the public reads it."""
        return " ".join(word.text for word in self.words)


def lines_of(piece: Piece, language: str) -> list[Line]:
    """The lines of a piece of which the public gets anything, with what was decided until now taken out."""
    removals = [Removal(one.kind, one.start, one.end, one.begins, one.ends) for one in piece.spans if one.taken_out]
    tokens = tokens_in(piece.tokens)
    shown: dict[int, list[ShownWord]] = {}
    for word in shown_words(tokens, removals, lambda kind: mask(kind, language)):
        shown.setdefault(word.segment, []).append(word)
    own: dict[int, list[int]] = {}
    for number, token in enumerate(tokens):
        own.setdefault(token.segment, []).append(number)
    return [
        Line(
            number,
            float(piece.segments[number]["start"]),
            float(piece.segments[number]["end"]),
            tuple(own[number]),
            tuple(words),
        )
        for number, words in sorted(shown.items())
    ]


def masks_in(text: str) -> list[str]:
    """The masks of a text, in their order."""
    return [found for found in (_mask_of(unit) for unit in _units(text)) if found]


def require_masks(before: str, after: str) -> None:
    """Refuse a correction that touches what was taken out; raises ``Unreadable``."""
    if masks_in(before) != masks_in(after):
        raise Unreadable(
            "Words in square brackets stand for something private. Please leave each as it is, in its place."
        )


def put_in(line: Line, own: Sequence[TimedWord], proposed: str) -> list[TimedWord]:
    """The words of a line at the desk, ``own``, with the public ones among them as a listener would have them.

    Words that stay keep their times, as do all that the public does not get; what is new has the time of what it takes
    the place of, or of the pause that it is put in. Raises ``Unreadable`` where the proposal touches a mask.
    """
    require_masks(line.text, proposed)
    words = _Words(line, own)
    found = words.left_before()
    gaps = list(_gaps(_units(tidy(proposed))))
    first = 0
    for fresh in gaps:
        last = next((at for at in range(first, len(line.words)) if line.words[at].masked), len(line.words))
        found += _changed(words, first, last, fresh, found)
        if last < len(line.words):
            found += words.kept(last)
        first = last + 1
    return found


def _changed(words: "_Words", first: int, last: int, fresh: list[str], before: Sequence[TimedWord]) -> list[TimedWord]:
    """The words ``first`` to ``last`` of the public line, with ``fresh`` in their place."""
    found: list[TimedWord] = []
    old = [word.text for word in words.line.words[first:last]]
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, old, fresh, autojunk=False).get_opcodes():
        held = range(first + i1, first + i2)
        if kind == "equal":
            found += [one for at in held for one in words.kept(at)]
            continue
        gone = [one for at in held for one in words.after(at)]
        if i2 > i1:
            begins = words.line.words[held[0]].start
            ends = min([words.line.words[held[-1]].end, *(float(one["start"]) for one in gone)])
        else:
            so_far = [*before, *found]
            begins = float(so_far[-1]["end"]) if so_far else words.line.start
            ends = words.begin_of(first + i1)
        found += _spread(fresh[j1:j2], begins, max(begins, ends)) + gone
    return found


class _Words:
    """The words of a line at the desk, by the public word that they stand for or behind which they are missing."""

    def __init__(self, line: Line, own: Sequence[TimedWord]) -> None:
        self.line = line
        held: Mapping[int, TimedWord] = dict(zip(line.numbers, own, strict=True))
        behind = {number: at for at, word in enumerate(line.words) for number in word.numbers}
        self._kept: dict[int, list[TimedWord]] = {}
        self._after: dict[int, list[TimedWord]] = {}
        at = -1
        for number in line.numbers:
            at = behind.get(number, at)
            self._kept.setdefault(at, []).append(held[number])
            if number not in behind:
                self._after.setdefault(at, []).append(held[number])

    def left_before(self) -> list[TimedWord]:
        """What is missing before the first public word."""
        return list(self._kept.get(-1, []))

    def kept(self, at: int) -> list[TimedWord]:
        """A public word as the desk has it, and what is missing behind it."""
        return list(self._kept.get(at, []))

    def after(self, at: int) -> list[TimedWord]:
        """What is missing behind a public word, or within a mask."""
        return list(self._after.get(at, []))

    def begin_of(self, at: int) -> float:
        """When a public word begins, or the line ends."""
        return self.line.words[at].start if at < len(self.line.words) else self.line.end


def _spread(words: Sequence[str], start: float, end: float) -> list[TimedWord]:
    """New words over a stretch of time, each by its length."""
    total = sum(map(len, words))
    found, at = [], start
    for word in words:
        until = at + (end - start) * len(word) / total
        found.append({"start": round(at, 3), "end": round(until, 3), "word": word, "confidence": 1.0})
        at = until
    return found


def _gaps(units: Sequence[str]) -> Iterator[list[str]]:
    """The words between the masks."""
    found: list[str] = []
    for unit in units:
        if _mask_of(unit):
            yield found
            found = []
        else:
            found.append(unit)
    yield found


@cache
def _pattern() -> re.Pattern[str]:
    known = {mask(kind, language) for kind in KIND_NAMES for language in i18n.LANGUAGES}
    return re.compile(rf"{_SIGNS}(?P<mask>{'|'.join(map(re.escape, sorted(known)))}){_SIGNS}")


def _units(text: str) -> list[str]:
    """Words, and masks with the signs at them as one."""
    found, at = [], 0
    for one in _pattern().finditer(text):
        found += [*text[at : one.start()].split(), one.group()]
        at = one.end()
    return [*found, *text[at:].split()]


def _mask_of(unit: str) -> str | None:
    found = _pattern().fullmatch(unit)
    return found["mask"] if found else None
