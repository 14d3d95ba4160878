"""A text as it is shown and as it is said: written words, lines and sentences, and the spoken words behind each.

Written words are what stands between blanks (``text.split()``), so that a page may number them in the same way. What a
reader says for them comes from the spoken form; where the two differ (a number, a time, a short form) the differing
written words are one unit, with every usual way to say it.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property, lru_cache
from itertools import islice, product
from typing import Protocol

from radiodesk.language.digit_words import spoken_ways, tokens
from radiodesk.language.spoken import to_spoken

_STOP = re.compile(r"[.?!…][\"'”’)\]]*$")
_SHORT = re.compile(r"^(?:[^\W\d_]{1,3}\.)+$")
_SIGNS = re.compile(r"[^\w'’]+|_")
_WORDS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+")
_MOST_WAYS = 24
_LONGEST_UNIT = 24
"""Spoken words of a unit up to which other ways to say it are looked at."""


class HeardWord(Protocol):
    """A word as a recogniser gives it: seconds of start and end, and confidence 0 to 1."""

    @property
    def start(self) -> float: ...
    @property
    def end(self) -> float: ...
    @property
    def word(self) -> str: ...
    @property
    def confidence(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Unit:
    """Written words ``written`` to ``written_end`` and the spoken words ``spoken`` to ``spoken_end`` that are said for
    them (ends not included); ``ways`` are all ways to say it, as plain spoken words, the usual one first."""

    written: int
    written_end: int
    spoken: int
    spoken_end: int
    ways: tuple[tuple[str, ...], ...]


@lru_cache(maxsize=50_000)
def plain(word: str) -> str:
    """A word by its letters and digits alone, in lower case, old spellings as new ones, doubled letters once."""
    text = unicodedata.normalize("NFKD", word.casefold())
    text = "".join(sign for sign in text if sign.isalnum())
    for old, new in (
        ("oe", "u"),
        ("dj", "j"),
        ("tj", "c"),
        ("sy", "s"),
        ("kh", "h"),
        ("v", "f"),
        ("z", "s"),
        ("q", "k"),
    ):
        text = text.replace(old, new)
    return re.sub(r"([^\W\d])\1+", r"\1", text)


def said_words(text: str) -> list[str]:
    """The words of a spoken form, as ``plain`` writes them; what has no sound is left out."""
    return [word for found in _WORDS.findall(text) if (word := plain(found))]


def heard_tokens(word: str) -> list[str]:
    """One heard word as spoken words: digits that a recogniser wrote are said out ("30" is "tiga puluh")."""
    if not any(sign.isdigit() for sign in word):
        joined = plain(_SIGNS.sub("", word))
        return [joined] if joined else []
    said: list[str] = []
    for token in tokens(word):
        said += _ways(token)[0]
    return said or said_words(word)


class ScriptText:
    """A text to be read; ``lexicon`` holds the area's own spoken forms, as for ``to_spoken``. Any string will do.

    ``words`` are the written words; ``lines`` and ``sentences`` tell of each in which line of the text (empty ones not
    counted) and in which sentence it stands; ``spoken`` are the words that are said, ``written_of`` tells of each to
    which written word it belongs.
    """

    def __init__(self, text: str, *, lexicon: Mapping[str, str] | None = None) -> None:
        self.words: list[str] = []
        self.lines: list[int] = []
        self.sentences: list[int] = []
        self.spoken: list[str] = []
        self.written_of: list[int] = []
        self.units: list[Unit] = []
        sentence = 0
        line = 0
        for written in text.splitlines():
            if not written.split():
                continue
            for part in _sentences(written.split()):
                self._take(part, lexicon)
                self.lines += [line] * len(part)
                self.sentences += [sentence] * len(part)
                sentence += 1
            line += 1

    @cached_property
    def unit_of(self) -> list[int]:
        """Of each spoken word, the number of its unit."""
        return [number for number, unit in enumerate(self.units) for _ in range(unit.spoken, unit.spoken_end)]

    def _take(self, words: Sequence[str], lexicon: Mapping[str, str] | None) -> None:
        """Add the words of one sentence."""
        said = said_words(to_spoken(" ".join(words), lexicon=lexicon))
        begins = len(self.words)
        self.words += words
        own = [plain(_SIGNS.sub("", word)) for word in words]
        for tag, one, end, other, other_end in SequenceMatcher(None, own, said, autojunk=False).get_opcodes():
            if tag == "equal":
                for step in range(end - one):
                    self._add(begins + one + step, begins + one + step + 1, [said[other + step]], lexicon)
            else:
                self._add(begins + one, begins + end, said[other:other_end], lexicon)

    def _add(self, written: int, end: int, said: Sequence[str], lexicon: Mapping[str, str] | None) -> None:
        spoken = len(self.spoken)
        count = max(1, end - written)
        for number, word in enumerate(said):
            self.spoken.append(word)
            place = written + number * count // len(said)
            self.written_of.append(min(place, max(written, end - 1), len(self.words) - 1))
        ways = _all_ways(self.words[written:end], tuple(said), lexicon) if said else ((),)
        self.units.append(Unit(written, end, spoken, len(self.spoken), ways))


def _sentences(words: Sequence[str]) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for number, word in enumerate(words):
        parts[-1].append(word)
        following = words[number + 1] if number + 1 < len(words) else ""
        # "Jl." and "s.d." end no sentence, nor does what goes on with a small letter or a digit.
        if _STOP.search(word) and not _SHORT.match(word) and following[:1].isupper():
            parts.append([])
    return [part for part in parts if part]


def _all_ways(
    words: Sequence[str], said: tuple[str, ...], lexicon: Mapping[str, str] | None
) -> tuple[tuple[str, ...], ...]:
    """Every usual way to say these written words."""
    if tuple(plain(_SIGNS.sub("", word)) for word in words) == said or len(said) > _LONGEST_UNIT:
        return (said,)
    found = [said]
    bare = tuple(said_words(to_spoken(" ".join(words), lexicon=lexicon, bare_minutes=True)))
    found += [bare, tuple(said_words(" ".join(words)))]
    if len(words) <= 6:
        each = [_ways(token) for word in words for token in tokens(word)]
        found += [tuple(word for way in line for word in way) for line in islice(product(*each), _MOST_WAYS)]
    return tuple(dict.fromkeys(way for way in found if way))


@lru_cache(maxsize=20_000)
def _ways(token: str) -> tuple[tuple[str, ...], ...]:
    try:
        ways = spoken_ways(token)
    except (ValueError, IndexError):
        ways = (token,)  # digits of another script, or signs that are no number
    return tuple(dict.fromkeys(tuple(said_words(way)) or (plain(token),) for way in ways)) or ((plain(token),),)
