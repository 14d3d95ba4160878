"""Writing for the ear: what a listener cannot follow and a reader stumbles over, and how a text is said."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from radiodesk.language.sentence_bounds import spans_of
from radiodesk.language.spoken.form import to_spoken
from radiodesk.language.spoken.reading_time import reading_seconds, syllables

LONGEST_SENTENCE = 25
"""Words, as they are said, that a listener keeps together."""
LONGEST_BREATH = 9.0
"""Seconds that a reader speaks without a stop or a comma."""
MOST_SYLLABLES = 6
MOST_NUMBERS = 3
"""Figures in one sentence that a listener keeps."""

_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_NUMBER = re.compile(r"\d[\d.,:/]*")
_CLUSTER = re.compile(r"[bcdfghjklmnpqrstvwxyz]{4,}", re.IGNORECASE)
_SOUNDS = re.compile(r"ng|ny|sy|kh", re.IGNORECASE)
_CAPITALS = re.compile(r"(?<![\w'])[A-Z]{2,}[a-z]?[A-Z]*(?!\w)")
_PHRASE = re.compile(r"[,;:–.?!]+(?=\s|$)")
_CLAUSE = re.compile(r"\byang\b", re.IGNORECASE)
_MOST_YANG = 3
_CLOSED_SIGNS = re.compile(r"[()\[\]{}/&+=*#@%|<>~^]")


_EVERYDAY = frozenset(
    {"SPBU", "STNK", "BPKB", "TNKB", "BPJS", "SKCK", "BBM", "KTP", "RSUD", "HP", "TNI", "DPR", "DPRD"}
)
"""Short forms that everybody spells, in speech too."""


class Trouble(StrEnum):
    """Why a stretch is marked."""

    LONG_SENTENCE = "long_sentence"
    LONG_BREATH = "long_breath"
    NUMBERS = "numbers"
    CHAIN = "chain"
    LONG_WORD = "long_word"
    CLUSTER = "cluster"
    CAPITALS = "capitals"
    SIGN = "sign"


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a line, counted in its signs, and what is wrong with it."""

    start: int
    end: int
    trouble: Trouble


@dataclass(frozen=True, slots=True)
class HeardLine:
    """A line as it is heard; ``said`` is its spoken form (empty: the same), ``seconds`` its reading time."""

    number: int
    text: str
    said: str
    seconds: float
    marks: tuple[Mark, ...]


def heard_lines(text: str, *, words_per_minute: int, lexicon: Mapping[str, str]) -> list[HeardLine]:
    """The lines of a text that hold words, numbered from 0 as they stand; any string is accepted."""
    own = tuple(lexicon.items())
    return [
        HeardLine(number, line.strip(), *_heard(line.strip(), words_per_minute, own))
        for number, line in enumerate(text.splitlines())
        if line.strip()
    ]


# Whoever types changes one line of many.
@lru_cache(maxsize=2000)
def _heard(line: str, pace: int, own: tuple[tuple[str, str], ...]) -> tuple[str, float, tuple[Mark, ...]]:
    lexicon = dict(own)
    said = to_spoken(line, lexicon=lexicon)
    seconds = reading_seconds(line, words_per_minute=pace, lexicon=lexicon)
    marks = tuple(sorted(_marks(line, pace, lexicon), key=lambda mark: (mark.start, mark.end)))
    return "" if _is_same(said, line) else said, round(seconds, 1), marks


@lru_cache(maxsize=200)
def _is_heard(sign: str) -> bool:
    """Whether the spoken form has a word for a sign; the others are left out, and the listener misses them."""
    return bool(to_spoken(f"lima {sign} lima").split()[1:-1])


def _is_same(said: str, line: str) -> bool:
    return said.split() == line.split()


def _marks(line: str, pace: int, lexicon: Mapping[str, str]) -> Iterator[Mark]:
    for start, end in spans_of(line):
        yield from _of_sentence(line, start, end, pace, lexicon)
    for match in _WORD.finditer(line):
        yield from _of_word(match, lexicon)
    for match in _CLOSED_SIGNS.finditer(line):
        if not _is_heard(match[0]):
            yield Mark(*match.span(), Trouble.SIGN)


def _of_sentence(line: str, start: int, end: int, pace: int, lexicon: Mapping[str, str]) -> Iterator[Mark]:
    sentence = line[start:end]
    said = to_spoken(sentence, lexicon=lexicon)
    if len(_WORD.findall(said)) > LONGEST_SENTENCE:
        yield Mark(start, end, Trouble.LONG_SENTENCE)
    if len(_NUMBER.findall(sentence)) > MOST_NUMBERS:
        yield Mark(start, end, Trouble.NUMBERS)
    if len(_CLAUSE.findall(sentence)) > _MOST_YANG:
        yield Mark(start, end, Trouble.CHAIN)
    begins = 0
    for match in [*_PHRASE.finditer(sentence), None]:
        ends = match.start() if match else len(sentence)
        phrase = sentence[begins:ends]
        if reading_seconds(phrase, words_per_minute=pace, lexicon=lexicon) > LONGEST_BREATH:
            yield Mark(start + begins + len(phrase) - len(phrase.lstrip()), start + ends, Trouble.LONG_BREATH)
        begins = match.end() if match else ends


def _of_word(match: "re.Match[str]", lexicon: Mapping[str, str]) -> Iterator[Mark]:
    word = match[0]
    if word in _EVERYDAY:
        return
    if _CAPITALS.fullmatch(word):
        # Short forms that are known are said as words; the others are spelled, letter by letter.
        said = to_spoken(word, lexicon=lexicon)
        spelled = len(said.split()) > 2 and all(len(part) <= 3 for part in said.split())
        if said == word or spelled:
            yield Mark(*match.span(), Trouble.CAPITALS)
        return
    if syllables(word) > MOST_SYLLABLES:
        yield Mark(*match.span(), Trouble.LONG_WORD)
    elif _CLUSTER.search(_SOUNDS.sub("n", word)):
        yield Mark(*match.span(), Trouble.CLUSTER)
