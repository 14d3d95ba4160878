"""Finds in a text what the station knows of a caller: the own name and the own number, however they are written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from radiodesk.language.places.dictionaries import load_words
from radiodesk.language.redaction.plain_text import plain

SHORTEST_NAME = 4
SHORTEST_NUMBER = 7
_BETWEEN = r"(?:[^\w\n]|_){0,3}"


@dataclass(frozen=True, slots=True)
class Known:
    """A place in a text where something known of the caller stands; ``kind`` is ``name`` or ``phone``."""

    start: int
    end: int
    kind: str


def known_of(text: str, name: str | None, phone: str | None) -> list[Known]:
    """Where the caller's name (whole, or a part that is no everyday word) or number stands in a text."""
    read = plain(text)
    found = [*_names(read.text, name or ""), *_numbers(read.text, phone or "")]
    original = [replace(one, start=read.origins[one.start], end=read.ends[one.end - 1]) for one in found]
    return sorted(original, key=lambda one: (one.start, -one.end))


def _names(text: str, name: str) -> Iterator[Known]:
    parts = [part for part in re.split(r"[^\w']+", name) if part]
    if not parts:
        return
    yield from _matches(text, r"\W+".join(map(re.escape, parts)), "name")
    words = load_words()
    everyday = words.common | words.everyday | words.titles
    for part in parts:
        if len(parts) > 1 and len(part) >= SHORTEST_NAME and part.casefold() not in everyday:
            yield from _matches(text, re.escape(part), "name")


def _numbers(text: str, phone: str) -> Iterator[Known]:
    digits = re.sub(r"\D", "", phone)
    national = re.sub(r"^(62|0)", "", digits)
    if len(national) >= SHORTEST_NUMBER:
        yield from _matches(text, rf"(?:\+?62|0)?{_BETWEEN}" + _BETWEEN.join(national), "phone")


def _matches(text: str, pattern: str, kind: str) -> Iterator[Known]:
    for match in re.finditer(rf"(?<!\w){pattern}(?!\w)", text, flags=re.IGNORECASE):
        yield Known(match.start(), match.end(), kind)
