"""Finds the places of an area pack in what people write and what a recogniser heard.

Exact names are looked up word by word (a split name is joined: "kali tidu"), misheard ones by how they sound. What is
also an everyday word or a person's name is believed only with something beside it that says "place". Of two readings
the longer wins; of two places of one name the one nearer to the others in the text.
"""

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from radiodesk.language.places.dictionaries import Words, load_words
from radiodesk.language.places.name_index import Name, NameIndex
from radiodesk.language.places.nouns import AreaPack, Place

TOKEN = re.compile(r"[^\W_]+")
LONGEST = 7
"""Words of the longest name that is tried."""

LONGEST_HEARD = 17
"""Letters of the longest name that is looked for by its sound; longer ones hold shorter ones."""

LEAST_LED, LEAST_ALONE = 5, 8
"""Letters of the shortest name that is looked for by its sound: behind a word that leads to one, and without."""

MOST_WORDS = 50_000
"""Words that are remembered; a language has fewer, but slips of the keyboard have no end."""

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
    taught: bool = False

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
    """A word as it is looked up. ``role`` says what it makes of the word behind it, ``common`` that it is everyday.

    ``opens``: a name may begin with its letters; ``sounds``: one that was misheard may begin with it; ``left_out``: it
    does not count in some places.
    """

    text: str
    form: str
    role: str
    common: bool
    follows: bool
    capital: bool
    opens: bool
    sounds: bool
    alpha: bool
    left_out: bool


Span = tuple[int, int]
"""Character offsets of a word."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """One possible reading of a run of words."""

    first: int
    last: int
    score: float
    names: tuple[Name, ...]


class _Known(dict[str, _Word]):
    """Words that were looked up before; begun anew when they become too many."""

    def __init__(self, look_up: Callable[[str], _Word]) -> None:
        super().__init__()
        self._look_up = look_up

    def __missing__(self, raw: str) -> _Word:
        if len(self) >= MOST_WORDS:
            self.clear()
        word = self[raw] = self._look_up(raw)
        return word


def _as_written(names: tuple[Name, ...], wording: str) -> tuple[Name, ...]:
    """Of names that count as one ("Simpang", "Pertigaan Purwosari") those first that are written like this."""
    if len(names) < 2:
        return names
    letters = "".join(TOKEN.findall(wording.lower()))
    return tuple(sorted(names, key=lambda name: "".join(TOKEN.findall(name.place.name.lower())) != letters))


class PlaceFinder:
    """Looks for the places of one pack. Made once (about 0.1 s), then used for any number of texts."""

    def __init__(self, pack: AreaPack, words: Words | None = None, *, taught: frozenset[str] = frozenset()) -> None:
        """``taught`` are names in small letters that the station was taught; on air the place's own is said."""
        self.pack = pack
        self.taught = taught
        self.words = words or load_words()
        self.index = NameIndex(pack.places, self.words, pack.seat)
        self._heard = lru_cache(maxsize=50_000)(self.index.heard_as)
        self._words = _Known(self._look_up)

    def find(self, text: str) -> list[FoundPlace]:
        """All places in the text, in order, without overlaps."""
        words, kept_words = self._tokens(text)
        readings = self._readings(words)
        if not readings:
            return []
        # Most posts name no place of the area, so offsets are looked for only now.
        spans = [match.span() for match in TOKEN.finditer(text)]
        if kept_words is not None:
            spans = [spans[index] for index in kept_words]
        readings.sort(key=lambda reading: (reading.first - reading.last, -reading.score, reading.first))
        taken: set[int] = set()
        kept: list[_Reading] = []
        for reading in readings:
            span = range(reading.first, reading.last)
            if taken.isdisjoint(span):
                kept.append(reading)
                taken.update(span)
        kept.sort(key=lambda reading: reading.first)
        return self._settle(text, words, spans, kept)

    def _look_up(self, raw: str) -> _Word:
        text = raw.lower()
        form = self.words.same.get(text, text)
        roles = (
            ("certain", form in self.words.certain),
            ("person", text in self.words.person),
            ("likely", text in self.words.likely),
        )
        role = next((role for role, holds in roles if holds), "")
        opens = any(part in self.index.exact or part in self.index.beginnings for part in (text, form))
        return _Word(
            text=text,
            form=form,
            role=role,
            common=text in self.words.common or text in self.words.everyday,
            follows=text in self.words.follows,
            capital=raw[0].isupper(),
            opens=opens,
            sounds=not role and text.isalpha(),
            alpha=text.isalpha(),
            left_out=text == "raya" or text in NUMBERED,
        )

    def _tokens(self, text: str) -> tuple[list[_Word], list[int] | None]:
        """The words of a text; the positions of those that were kept when some were left out."""
        words = list(map(self._words.__getitem__, TOKEN.findall(text)))
        if not any(word.left_out for word in words):
            return words, None
        kept: list[int] = []
        found: list[_Word] = []
        for index, word in enumerate(words):
            if found and word.text == "raya" and found[-1].form == "jalan":
                continue
            if found and found[-1].text in NUMBERED and self._is_number_alone(found, word.text):
                found.pop()
                kept.pop()
            found.append(word)
            kept.append(index)
        return found, kept

    def _is_number_alone(self, words: list[_Word], follows: str) -> bool:
        """Whether the last word tells how many roads meet ("simpang empat Jetak"), as "Simpang Lima" does not."""
        if len(words) < 2 or words[-2].form != "simpang":
            return False
        joined = f"simpang{words[-1].text}"
        longer = joined + follows
        index = self.index
        return joined not in index.exact and longer not in index.exact and longer not in index.beginnings

    def _readings(self, words: list[_Word]) -> list[_Reading]:
        """Readings at each word: exact before heard, longest first. The one loop that runs for every word of a post."""
        found: list[_Reading] = []
        lead = ""
        for first, word in enumerate(words):
            reading = self._exactly(words, first) if word.opens else None
            if reading is None and word.sounds and lead != "person":
                reading = self._sounding(words, first, lead)
            if reading is not None:
                found.append(reading)
            lead = word.role
        return found

    def _exactly(self, words: list[_Word], first: int) -> _Reading | None:
        """The longest reading by letters that is to be believed."""
        exact, beginnings = self.index.exact, self.index.beginnings
        joined = forms = ""
        found: list[tuple[int, tuple[Name, ...]]] = []
        for last in range(first, min(first + LONGEST, len(words))):
            joined += words[last].text
            forms += words[last].form
            if names := exact.get(forms) or exact.get(joined):
                found.append((last + 1, names))
            if forms not in beginnings and joined not in beginnings:
                break
        for last, names in reversed(found):
            score = self._belief(words, first, last, names)
            if score > 0:
                return _Reading(first, last, score, names)
        return None

    def _sounding(self, words: list[_Word], first: int, lead: str) -> _Reading | None:
        """The longest reading by sound. A name that was misheard begins with no word that leads to one."""
        size = len(words)
        if not lead:
            # Without a lead everyday words are no name, unless what follows speaks for it.
            for index in range(first, min(first + 3, size)):
                if not words[index].common:
                    break
            else:
                if not any(word.follows for word in words[first + 2 : first + 4]):
                    return None
        last = min(first + 3, size)
        letters = sum([len(word.text) for word in words[first:last]])
        while last > first:
            support = lead or ("likely" if last < size and words[last].follows else "")
            if not support and last - first == 1:
                break
            if (LEAST_LED if support else LEAST_ALONE) <= letters <= LONGEST_HEARD:
                reading = self._misheard(words, first, last, support)
                if reading is not None:
                    return reading
            last -= 1
            letters -= len(words[last].text)
        return None

    def _belief(self, words: list[_Word], first: int, last: int, names: tuple[Name, ...]) -> float:
        """How far an exact match is to be believed; 0 when it should be dropped."""
        lead = words[first - 1].role if first else ""
        if not lead and last < len(words) and words[last].follows:
            lead = "likely"
        name = names[0]
        if lead == "certain":
            return 1.0
        if not name.weak:
            parts = words[first:last]
            if last - first > name.words and (all(word.common for word in parts) or parts[0].role == "likely"):
                return 0.75 if lead == "likely" else 0.0
            return 0.55 if lead == "person" and name.words == 1 else 0.95
        if lead == "person":
            return 0.0
        capital = all(word.capital for word in words[first:last]) and not self._is_shouted(words)
        if lead == "likely":
            return 0.85 if capital or name.large else 0.6 if not name.everyday else 0.3
        if capital and first > 0 and not name.person:
            return 0.6 if name.large else 0.3
        return 0.3 if name.large and not name.everyday else 0.0

    @staticmethod
    def _is_shouted(words: list[_Word]) -> bool:
        return all(word.capital for word in words[:12])

    def _misheard(self, words: list[_Word], first: int, last: int, lead: str) -> _Reading | None:
        """What the words from ``first`` to ``last`` sound like; ``lead`` is what stands beside them."""
        joined, everyday = "", True
        for index in range(first, last):
            word = words[index]
            if not word.alpha:
                return None
            joined += word.text
            everyday = everyday and word.common
        if everyday and (lead != "certain" if last - first == 1 else not lead):
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

    def _settle(self, text: str, words: list[_Word], spans: list[Span], readings: list[_Reading]) -> list[FoundPlace]:
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
            lead = words[reading.first - 1].form if reading.first else ""
            others = {holder for holder, indices in sure.items() if indices - {index}}
            start, end = spans[reading.first][0], spans[reading.last - 1][1]
            place, near = self._nearest(reading.names, lead, others, text[start:end])
            score = min(1.0, reading.score + 0.35) if near or index in beside else reading.score
            if score < 0.5:
                continue
            kilometre = None
            if match := _KILOMETRE.match(text, end):
                kilometre, end = float(match.group(1).replace(",", ".").replace("+", ".")), match.end()
            taught = bool(self.taught) and text[start:end].casefold() in self.taught
            found.append(FoundPlace(place, place.name, place.kind, place.code, start, end, score, kilometre, taught))
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

    def _nearest(self, names: tuple[Name, ...], lead: str, sure: set[str], wording: str) -> tuple[Place, bool]:
        """The place of these that shares a kecamatan with a sure one, else the first; and whether it shares."""
        called = _as_written(self._called(names, lead), wording)
        for name in called:
            if sure.intersection(self.pack.ancestors(name.place.id)):
                return name.place, True
        return called[0].place, False
