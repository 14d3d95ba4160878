"""Every name of an area pack, ready to be looked up by its letters and by its sound."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz.fuzz import ratio

from radiodesk.language.places.dictionaries import Words
from radiodesk.language.places.nouns import Place
from radiodesk.language.places.sound_keys import near_keys, sound_key

_TOKEN = re.compile(r"[^\W_]+")

ORDER = {"kecamatan": 0, "kabupaten": 1, "corridor": 2, "town": 3, "desa": 5, "road": 6}
"""Of places of one name the lower is meant when nothing else tells; kinds not listed come in between."""

LARGE = frozenset({"kabupaten", "kecamatan", "town", "corridor"})
SHORT = 4
"""Names of so many letters or fewer are never believed alone."""


@dataclass(frozen=True, slots=True)
class Name:
    """One way to say a place. ``weak`` names need support; ``everyday`` and ``person`` say why."""

    place: Place
    words: int
    weak: bool
    everyday: bool
    person: bool
    large: bool


class NameIndex:
    """``exact``: joined forms to names, the likelier place first; ``beginnings`` of these; ``heard_as`` by sound."""

    def __init__(self, places: Iterable[Place], words: Words, seat: str = "") -> None:
        self.words = words
        self.seat = seat
        gathered: dict[str, dict[str, Name]] = defaultdict(dict)
        for place in places:
            for spelling in (place.name, *place.aliases):
                for key, name in self._ways(place, spelling):
                    known = gathered[key].get(place.id)
                    if known is None or known.weak > name.weak:
                        gathered[key][place.id] = name
        self.exact = {key: tuple(sorted(names.values(), key=self._order)) for key, names in gathered.items()}
        self.beginnings = {key[:size] for key in self.exact for size in range(1, len(key))}
        self.by_sound: dict[str, set[str]] = defaultdict(set)
        for key in self.exact:
            if 5 <= len(key) <= 18 and key.isalpha():
                for near in near_keys(sound_key(key)):
                    self.by_sound[near].add(key)

    def _ways(self, place: Place, spelling: str) -> Iterable[tuple[str, Name]]:
        tokens = [match.group().lower() for match in _TOKEN.finditer(spelling)]
        forms = [self.words.same.get(token, token) for token in tokens]
        joined = "".join(forms)
        led = len(forms) > 1 and (forms[0] in self.words.certain or place.kind in ("square", "corridor"))
        everyday = all(token in self.words.everyday or token in self.words.common for token in tokens)
        person = any(token in self.words.given_names for token in tokens)
        weak = not led and (everyday or person or len(joined) <= SHORT)
        yield joined, Name(place, len(forms), weak, everyday, person, place.kind in LARGE)
        if led and place.kind == "road":
            yield from self._road_ways(place, forms)

    def _road_ways(self, place: Place, forms: list[str]) -> Iterable[tuple[str, Name]]:
        """A road as people shorten it: without titles, and ("di Diponegoro") without the word, where a place is due."""
        untitled = [form for form in forms[1:] if form not in self.words.titles]
        for rest in (forms[1:], untitled):
            bare = "".join(rest)
            if len(bare) > SHORT and not self.words.certain.issuperset(rest):
                yield "jalan" + bare, Name(place, len(rest) + 1, False, everyday=False, person=False, large=False)
                yield bare, Name(place, len(rest), True, everyday=True, person=True, large=False)

    def heard_as(self, joined: str) -> tuple[tuple[Name, ...], float]:
        """The names that sound nearest to the joined words, with a likeness of 0 to 1; empty when none is near."""
        best: tuple[float, str] = (0.0, "")
        key = sound_key(joined)
        candidates = {name for near in near_keys(key) for name in self.by_sound.get(near, ())}
        for name in candidates:
            other = sound_key(name)
            likeness = 0.6 * ratio(joined, name) / 100 + 0.4 * ratio(key, other) / 100
            alike = abs(len(joined) - len(name)) <= max(1, len(name) // 5) and joined[0] == name[0]
            if alike or key[:2] == other[:2]:
                best = max(best, (likeness, name))
        return (self.exact[best[1]], best[0]) if best[1] else ((), 0.0)

    def _order(self, name: Name) -> tuple[bool, int, bool, str]:
        place = name.place
        return name.weak, ORDER.get(place.kind, 4), place.parent != self.seat, place.id
