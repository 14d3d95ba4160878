"""Known words that sound like a word that the recogniser wrote.

Telephone bandwidth loses the fricatives s and h and the difference between voiced and unvoiced stops, and
vowels shift ("tikat" for "tiket", "buruh" for "puluh"). The distance here is an edit distance in which such slips cost
less than others. Two words that run together are found too ("perubantuan" for "perlu bantuan").
"""

from collections.abc import Iterable
from copy import copy
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

_SOUNDS = ("aeiou", "bpw", "dt", "gkq", "cjsz", "lr", "mn", "fpv", "bvw", "iy", "uw", "dj")
_NEAR = {(a, b) for sounds in _SOUNDS for a in sounds for b in sounds}
_DROPPED = {"h": 0.35, "a": 0.6, "e": 0.45, "i": 0.6, "o": 0.6, "u": 0.6, "s": 0.7, "l": 0.7, "r": 0.7, "n": 0.7}
_KEY = str.maketrans("bwvfdgqzjclmeiouy", "ppppt" + "kksss" + "rn" + "aaaaa", "h")
_MOST = 6
_REACH = 0.34

Neighbour = tuple[tuple[str, ...], float]


class Confusions:
    """Known words, and known pairs of words written together, that a misheard word may have been."""

    def __init__(self, words: Iterable[str], pairs: Iterable[tuple[str, str]] = ()) -> None:
        self._entries: list[tuple[str, ...]] = [(word,) for word in words if len(word) > 1]
        self._entries += [pair for pair in pairs if min(map(len, pair)) > 1]
        self._spelled = ["".join(entry) for entry in self._entries]
        self._keys = [sound_key(spelled) for spelled in self._spelled]
        self.neighbours = lru_cache(maxsize=20_000)(self._neighbours)

    def with_words(self, words: Iterable[str]) -> "Confusions":
        """These and further words."""
        there = set(self._spelled)
        new = [word for word in words if len(word) > 1 and word not in there]
        other = copy(self)
        other._entries = [*self._entries, *((word,) for word in new)]
        other._spelled = [*self._spelled, *new]
        other._keys = [*self._keys, *map(sound_key, new)]
        other.neighbours = lru_cache(maxsize=20_000)(other._neighbours)
        return other

    def _neighbours(self, word: str) -> tuple[Neighbour, ...]:
        """Up to six (words, distance), nearest first; the word itself is not among them."""
        reach = max(1, round(len(word) * 0.3))
        key = sound_key(word)
        near = process.extract(key, self._keys, scorer=Levenshtein.distance, score_cutoff=reach, limit=60)
        found: list[Neighbour] = []
        for _, _, at in near:
            if self._spelled[at] != word or len(self._entries[at]) > 1:
                distance = sound_distance(word, self._spelled[at])
                if distance <= max(1.0, _REACH * len(word)):
                    found.append((self._entries[at], distance))
        found.sort(key=lambda each: each[1])
        return tuple(found[:_MOST])


def sound_key(spelled: str) -> str:
    """The word with its letters drawn together by kind of sound, for finding candidates quickly."""
    return spelled.translate(_KEY)


def sound_distance(heard: str, meant: str) -> float:
    """Weighted edit distance between two spelled words; 0 for the same, about 1 for one clearly other sound."""
    row = [0.0]
    for letter in meant:
        row.append(row[-1] + _DROPPED.get(letter, 0.85))
    for letter in heard:
        above, row[0] = row[0], row[0] + _DROPPED.get(letter, 0.85)
        for at, other in enumerate(meant, 1):
            swap = above + (0.0 if letter == other else 0.45 if (letter, other) in _NEAR else 1.0)
            above = row[at]
            row[at] = min(swap, row[at] + _DROPPED.get(letter, 0.85), row[at - 1] + _DROPPED.get(other, 0.85))
    return row[-1]
