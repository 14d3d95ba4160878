"""Words with the times at which they were said, also where a person corrected the text after the machine timed it.

What is taken out of a text must be taken out of the sound as well, so every word needs a time. A word that a person
typed gets the whole gap between the nearest words that the machine heard: rather a little too much than too little.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

PAD = 0.15
"""Seconds around a word that go with it: recognisers' word times are off by about that much."""

_SIGNS = re.compile(r"\W+")


@dataclass(frozen=True, slots=True)
class Token:
    """A word as it is shown, the seconds of the recording in which it is said, and the segment that it stands in."""

    text: str
    start: float
    end: float
    segment: int


def tokens_of(segments: Sequence[Mapping[str, Any]], words: Sequence[Mapping[str, Any]]) -> list[Token]:
    """The words of a transcript's segments in order, timed by ``words`` where these are the same."""
    found: list[Token] = []
    for number, segment in enumerate(segments):
        begins, ends = float(segment["start"]), float(segment["end"])
        heard = [word for word in words if begins <= (float(word["start"]) + float(word["end"])) / 2 <= ends]
        found.extend(_timed(str(segment["text"]).split(), heard, begins, ends, number))
    return found


def tokens_of_heard(words: Sequence[Mapping[str, Any]]) -> list[Token]:
    """The words of a transcript as the machine heard them, whatever a person made of its segments."""
    return [Token(str(word["word"]).strip(), float(word["start"]), float(word["end"]), 0) for word in words]


def tokens_in(kept: Iterable[Mapping[str, Any]]) -> list[Token]:
    """The words of a piece as they were kept."""
    return [Token(**token) for token in kept]


def _timed(
    texts: list[str], heard: list[Mapping[str, Any]], begins: float, ends: float, number: int
) -> Iterator[Token]:
    same = dict(_same(texts, heard))
    for place, text in enumerate(texts):
        if place in same:
            word = heard[same[place]]
            yield Token(text, float(word["start"]), float(word["end"]), number)
            continue
        before = max((at for at in same if at < place), default=None)
        after = min((at for at in same if at > place), default=None)
        start = begins if before is None else float(heard[same[before]]["end"])
        end = ends if after is None else float(heard[same[after]]["start"])
        yield Token(text, min(start, end), max(start, end), number)


def _same(texts: list[str], heard: list[Mapping[str, Any]]) -> Iterator[tuple[int, int]]:
    shown = [_bare(text) for text in texts]
    said = [_bare(str(word["word"])) for word in heard]
    if shown == said:
        yield from enumerate(range(len(shown)))
        return
    for block in SequenceMatcher(None, shown, said, autojunk=False).get_matching_blocks():
        for step in range(block.size):
            yield block.a + step, block.b + step


def _bare(text: str) -> str:
    return _SIGNS.sub("", text).casefold()


def joined(tokens: Sequence[Token]) -> str:
    """The words with one blank between: the text in which private matter is looked for."""
    return " ".join(token.text for token in tokens)


def places(tokens: Sequence[Token]) -> list[tuple[int, int]]:
    """The characters of ``joined`` that each word takes."""
    found, position = [], 0
    for token in tokens:
        found.append((position, position + len(token.text)))
        position += len(token.text) + 1
    return found


def covered(tokens: Sequence[Token], start: int, end: int) -> list[int]:
    """Numbers of the words that a stretch of characters touches."""
    return [
        number
        for number, (begins, ends) in enumerate(places(tokens))
        if begins < end and start < ends and ends > begins
    ]


def seconds_of(tokens: Sequence[Token], numbers: Sequence[int]) -> tuple[float, float]:
    """The seconds in which some words are said, with the pad; the words must be at least one."""
    begins = min(tokens[number].start for number in numbers)
    ends = max(tokens[number].end for number in numbers)
    return max(0.0, begins - PAD), ends + PAD


def said_between(tokens: Sequence[Token], begins: float, ends: float) -> list[int]:
    """Numbers of the words of which something is said between two seconds."""
    return [number for number, token in enumerate(tokens) if token.start < ends and token.end > begins]
