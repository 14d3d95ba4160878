"""Finds the places of an area pack in what people write and what a recogniser heard.

Exact names are looked up word by word (a split name is joined: "kali tidu"), misheard ones by how they sound. What is
also an everyday word or a person's name is believed only with something beside it that says "place". Of two readings
the longer wins; of two places of one name the one nearer to the others in the text.
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from radiodesk.area.index import Name, NameIndex
from radiodesk.area.nouns import AreaPack, Place
from radiodesk.area.words import Words, load_words

TOKEN = re.compile(r"[^\W_]+")
LONGEST = 7
"""Words of the longest name that is tried."""

LONGEST_HEARD = 17
"""Letters of the longest name that is looked for by its sound; longer ones hold shorter ones."""

_KILOMETRE = re.compile(r"\W{0,3}\b(?:km|kilometer|kilo meter)\b\.?\s*(\d{1,3}(?:[.,+]\d{1,3})?)", re.I)


NUMBERED = frozenset({"tiga", "empat", "lima", "3", "4", "5"})


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """A place in a text: ``start`` and ``end`` are character offsets of its wording, ``score`` is 0 to 1."""

    place: Place
    name: str
    kind: str
    code: str | None
    start: int
    end: int
    score: float
    kilometre: float | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "kind": self.kind,
            "code": self.code,
            "start": self.start,
            "end": self.end,
            "score": round(self.score, 3),
        }


@dataclass(frozen=True, slots=True)
class _Word:
    """A word as it is looked up. ``role`` says what it makes of the word behind it, ``common`` that it is everyday."""

    text: str
    form: str
    role: str
    common: bool
    follows: bool
    capital: bool


@dataclass(frozen=True, slots=True)
class _Token:
    word: _Word
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Reading:
    """One possible reading of a run of words."""

    first: int
    last: int
    score: float
    names: tuple[Name, ...]


class PlaceFinder:
    """Looks for the places of one pack. Made once (about 0.1 s), then used for any number of texts."""

    def __init__(self, pack: AreaPack, words: Words | None = None) -> None:
        self.pack = pack
        self.words = words or load_words()
        self.index = NameIndex(pack.places, self.words, pack.seat)
        self._heard = lru_cache(maxsize=50_000)(self.index.heard_as)
        self._word = lru_cache(maxsize=50_000)(self._look_up)

    def find(self, text: str) -> list[FoundPlace]:
        """All places in the text, in order, without overlaps."""
        tokens = self._tokens(text)
        readings = [reading for first in range(len(tokens)) for reading in self._readings(tokens, first)]
        readings.sort(key=lambda reading: (reading.first - reading.last, -reading.score, reading.first))
        taken: set[int] = set()
        kept: list[_Reading] = []
        for reading in readings:
            span = range(reading.first, reading.last)
            if taken.isdisjoint(span):
                kept.append(reading)
                taken.update(span)
        kept.sort(key=lambda reading: reading.first)
        return self._settle(text, tokens, kept)

    def _look_up(self, raw: str) -> _Word:
        text = raw.lower()
        form = self.words.same.get(text, text)
        roles = (
            ("certain", form in self.words.certain),
            ("person", text in self.words.person),
            ("likely", text in self.words.likely),
        )
        return _Word(
            text=text,
            form=form,
            role=next((role for role, holds in roles if holds), ""),
            common=text in self.words.common or text in self.words.everyday,
            follows=text in self.words.follows,
            capital=raw[0].isupper(),
        )

    def _tokens(self, text: str) -> list[_Token]:
        found: list[_Token] = []
        for match in TOKEN.finditer(text):
            word = self._word(match.group())
            if word.text == "raya" and found and found[-1].word.form == "jalan":
                continue
            if len(found) > 1 and found[-1].word.text in NUMBERED and found[-2].word.form == "simpang":
                self._without_number(found, word.text)
            found.append(_Token(word, match.start(), match.end()))
        return found

    def _without_number(self, tokens: list[_Token], follows: str) -> None:
        """Drop the number of "simpang empat Jetak", which tells how many roads meet, but not of "Simpang Lima"."""
        joined = f"simpang{tokens[-1].word.text}"
        longer = joined + follows
        if joined not in self.index.exact and longer not in self.index.exact and longer not in self.index.beginnings:
            tokens.pop()

    def _readings(self, tokens: list[_Token], first: int) -> list[_Reading]:
        """Readings of the words from ``first`` on, exact before heard, longest first."""
        exact, beginnings = self.index.exact, self.index.beginnings
        joined = forms = ""
        found: list[tuple[int, tuple[Name, ...]]] = []
        for last in range(first, min(first + LONGEST, len(tokens))):
            joined += tokens[last].word.text
            forms += tokens[last].word.form
            if names := exact.get(forms) or exact.get(joined):
                found.append((last + 1, names))
            if forms not in beginnings and joined not in beginnings:
                break
        for last, names in reversed(found):
            score = self._belief(tokens, first, last, names)
            if score > 0:
                return [_Reading(first, last, score, names)]
        return self._sounding(tokens, first)

    def _sounding(self, tokens: list[_Token], first: int) -> list[_Reading]:
        """The longest reading by sound. A name that was misheard begins with no word that leads to one."""
        begins = tokens[first].word
        lead = tokens[first - 1].word.role if first else ""
        if begins.role or lead == "person" or not begins.text.isalpha():
            return []
        if not lead and all(token.word.common for token in tokens[first : first + 3]):
            followed = any(token.word.follows for token in tokens[first + 2 : first + 4])
            if not followed:
                return []
        for last in range(min(first + 3, len(tokens)), first, -1):
            if reading := self._misheard(tokens, first, last):
                return [reading]
        return []

    def _support(self, tokens: list[_Token], first: int, last: int) -> str:
        """What stands before the words, or else behind them: "certain", "likely", "person" or ""."""
        lead = tokens[first - 1].word.role if first else ""
        if not lead and last < len(tokens) and tokens[last].word.follows:
            return "likely"
        return lead

    def _belief(self, tokens: list[_Token], first: int, last: int, names: tuple[Name, ...]) -> float:
        """How far an exact match is to be believed; 0 when it should be dropped."""
        lead = self._support(tokens, first, last)
        name = names[0]
        if lead == "certain":
            return 1.0
        if not name.weak:
            parts = [token.word for token in tokens[first:last]]
            if last - first > name.words and (all(word.common for word in parts) or parts[0].role == "likely"):
                return 0.75 if lead == "likely" else 0.0
            return 0.55 if lead == "person" and name.words == 1 else 0.95
        if lead == "person":
            return 0.0
        capital = all(token.word.capital for token in tokens[first:last]) and not self._shouted(tokens)
        if lead == "likely":
            return 0.85 if capital or name.large else 0.6 if not name.everyday else 0.3
        if capital and first > 0 and not name.person:
            return 0.6 if name.large else 0.3
        return 0.3 if name.large and not name.everyday else 0.0

    @staticmethod
    def _shouted(tokens: list[_Token]) -> bool:
        return all(token.word.capital for token in tokens[:12])

    def _misheard(self, tokens: list[_Token], first: int, last: int) -> _Reading | None:
        lead = self._support(tokens, first, last)
        single = last - first == 1
        if lead == "person" or (single and not lead):
            return None
        words = [token.word for token in tokens[first:last]]
        everyday = all(word.common for word in words)
        if everyday and (lead != "certain" if single else not lead):
            return None
        joined = "".join(word.text for word in words)
        if not (5 if lead else 8) <= len(joined) <= LONGEST_HEARD or not joined.isalpha():
            return None
        names, likeness = self._heard(joined)
        if not names:
            return None
        # A lead makes up for letters that differ; without one only long names that sound the same are believed.
        needed = 0.95 if everyday else 0.84 if lead == "certain" else 0.85 if lead == "likely" else 0.88
        if likeness < needed:
            return None
        if names[0].weak and lead != "certain" and not names[0].large:
            return None
        return _Reading(first, last, 0.9 * likeness, names)

    def _settle(self, text: str, tokens: list[_Token], readings: list[_Reading]) -> list[FoundPlace]:
        """Choose among places of one name, drop what stayed doubtful, and add kilometres."""
        beside = self._beside(readings)
        sure: dict[str, set[int]] = defaultdict(set)
        for index, reading in enumerate(readings):
            certain = len(reading.names) == 1 or reading.names[0].place.kind == "kecamatan"
            if certain and (index in beside or reading.score >= 0.6):
                for holder in self.pack.ancestors(reading.names[0].place.id):
                    if holder != self.pack.code:
                        sure[holder].add(index)
        found = []
        for index, reading in enumerate(readings):
            lead = tokens[reading.first - 1].word.form if reading.first else ""
            others = {holder for holder, indices in sure.items() if indices - {index}}
            place, near = self._nearest(reading.names, lead, others)
            score = min(1.0, reading.score + 0.35) if near or index in beside else reading.score
            if score < 0.5:
                continue
            start, end = tokens[reading.first].start, tokens[reading.last - 1].end
            kilometre = None
            if match := _KILOMETRE.match(text, end):
                kilometre, end = float(match.group(1).replace(",", ".").replace("+", ".")), match.end()
            found.append(FoundPlace(place, place.name, place.kind, place.code, start, end, score, kilometre))
        return found

    def _beside(self, readings: list[_Reading]) -> set[int]:
        """Readings that follow a place which lies in them ("Sukorejo Malo"): each makes the other believable."""
        return {
            index
            for index, (inner, outer) in enumerate(pairwise(readings), start=1)
            if inner.last == outer.first
            and outer.names[0].place.kind == "kecamatan"
            and any(name.place.parent == outer.names[0].place.id for name in inner.names)
        }

    @staticmethod
    def _called(names: tuple[Name, ...], lead: str) -> tuple[Name, ...]:
        """Those of the kind that the word before names ("desa Ngraho"), or else of the likeliest kind."""
        named = tuple(name for name in names if name.place.kind == lead) or names
        return tuple(name for name in named if name.place.kind == named[0].place.kind)

    def _nearest(self, names: tuple[Name, ...], lead: str, sure: set[str]) -> tuple[Place, bool]:
        """The place of these that shares a kecamatan with a sure one, else the first; and whether it shares."""
        called = self._called(names, lead)
        for name in called:
            if sure.intersection(self.pack.ancestors(name.place.id)):
                return name.place, True
        return called[0].place, False
