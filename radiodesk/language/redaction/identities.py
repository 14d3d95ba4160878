"""Finds in a text what the station knows of a caller: name and number, however they are written or said.

Of a caller of whom nothing may be told more is looked for, since others speak of them: a name that the recogniser
misheard, a few digits of a number, the place, the matter.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from rapidfuzz import fuzz

from radiodesk.language.places.dictionaries import load_words
from radiodesk.language.redaction.name_lexicon import is_common
from radiodesk.language.redaction.plain_text import plain
from radiodesk.language.spoken.heard_digits import heard_digits, tokens

SHORTEST_NAME = 4
SHORTEST_NUMBER = 7
SHORTEST_PART = 4
"""Digits of a number that tell whose it is when others say them."""
LIKE_ENOUGH = 80.0
"""How alike (0 to 100) a misheard name is to the name; at 75 the words of ordinary talk begin to be taken for names."""
_BETWEEN = r"(?:[^\w\n]|_){0,3}"


@dataclass(frozen=True, slots=True)
class Identity:
    """What is known of one caller. With ``guarded`` all of it is looked for, misheard and in parts too.

    ``digits`` are further numbers that the caller gave, as runs of digits. A place alone tells of nobody: it counts
    beside something else that tells of the caller, and by itself with ``place_alone`` (where people talk of the call).
    """

    name: str = ""
    phone: str = ""
    guarded: bool = False
    place: str = ""
    place_alone: bool = False
    topic: str = ""
    digits: frozenset[str] = field(default_factory=frozenset)

    @property
    def empty(self) -> bool:
        return not (self.name or self.phone or self.place or self.topic or self.digits)


@dataclass(frozen=True, slots=True)
class Known:
    """A place in a text where something known stands; ``kind`` is ``name``, ``phone``, ``location`` or ``other``."""

    start: int
    end: int
    kind: str


def known_of(text: str, name: str | None, phone: str | None) -> list[Known]:
    """Where the caller's name (whole, or a part that is no everyday word) or number stands in a text."""
    return known_about(text, Identity(name or "", phone or ""))


def known_about(text: str, who: Identity) -> list[Known]:
    """Where something that is known of the caller stands in a text."""
    read = plain(text)
    found = [*_names(read.text, who.name), *_numbers(read.text, who.phone)]
    if who.guarded:
        found += [*_misheard(read.text, who.name), *_digits(read.text, who), *_topic(read.text, who.topic)]
        if found or who.place_alone:
            found += _phrase(read.text, who.place, "location")
    original = [replace(one, start=read.origins[one.start], end=read.ends[one.end - 1]) for one in found]
    return sorted(dict.fromkeys(original), key=lambda one: (one.start, -one.end))


def _parts(name: str) -> list[str]:
    return [part for part in re.split(r"[^\w']+", name) if part]


@lru_cache(maxsize=1)
def _everyday() -> frozenset[str]:
    words = load_words()
    return frozenset(words.common | words.everyday | words.titles)


def _telling(name: str) -> list[str]:
    """The parts of a name that are no everyday words; a name of one part is always telling."""
    parts = _parts(name)
    return [
        part for part in parts if len(parts) == 1 or (len(part) >= SHORTEST_NAME and part.casefold() not in _everyday())
    ]


def _names(text: str, name: str) -> Iterator[Known]:
    parts = _parts(name)
    if not parts:
        return
    yield from _matches(text, r"\W+".join(map(re.escape, parts)), "name")
    for part in _telling(name) if len(parts) > 1 else ():
        yield from _matches(text, re.escape(part), "name")


def _misheard(text: str, name: str) -> Iterator[Known]:
    """Words, and pairs of them, that sound like a part of the name and are no words by themselves."""
    parts = [part.casefold() for part in _telling(name) if len(part) > SHORTEST_NAME]
    words = tokens(text) if parts else []
    for place, token in enumerate(words):
        following = words[place + 1] if place + 1 < len(words) else None
        strange = token.word.isalpha() and not is_common(token.word)
        for part in parts:
            if strange and abs(len(token.word) - len(part)) < 4 and fuzz.ratio(token.word, part) >= LIKE_ENOUGH:
                yield Known(token.start, token.end, "name")
            elif following is not None and f"{token.word}{following.word}" == part:
                yield Known(token.start, following.end, "name")


def _numbers(text: str, phone: str) -> Iterator[Known]:
    digits = re.sub(r"\D", "", phone)
    national = re.sub(r"^(62|0)", "", digits)
    if len(national) >= SHORTEST_NUMBER:
        yield from _matches(text, rf"(?:\+?62|0)?{_BETWEEN}" + _BETWEEN.join(national), "phone")


def _digits(text: str, who: Identity) -> Iterator[Known]:
    """Runs of digits, said or written, that are a part of a number of the caller, or hold it."""
    own = {re.sub(r"^(62|0)", "", re.sub(r"\D", "", who.phone)), *who.digits}
    own = {one for one in own if len(one) >= SHORTEST_PART}
    for run in heard_digits(text, at_least=SHORTEST_PART, corrected=True) if own else ():
        if any(run.digits in one or one in run.digits for one in own):
            yield Known(run.start, run.end, "phone")


def _topic(text: str, topic: str) -> Iterator[Known]:
    # A topic of one word ("lampu") is what others call about too.
    if len(_parts(topic)) > 1:
        yield from _phrase(text, topic, "other")


def _phrase(text: str, words: str, kind: str) -> Iterator[Known]:
    if parts := _parts(words):
        yield from _matches(text, r"\W+".join(map(re.escape, parts)), kind)


def _matches(text: str, pattern: str, kind: str) -> Iterator[Known]:
    for match in re.finditer(rf"(?<!\w){pattern}(?!\w)", text, flags=re.IGNORECASE):
        yield Known(match.start(), match.end(), kind)
