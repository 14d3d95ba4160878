"""Which e is said how: Indonesian writes two sounds with one letter, and espeak-ng guesses from the stress alone.

Word lists mark the schwa (*e pepet*) as ``ê`` and the full vowel (*e taling*) as ``é``, as dictionaries do. A listed
word, or one that affixes make of a listed word, is handed to espeak-ng as phonemes; every other word stays as it is
written.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable

_UNMARK = str.maketrans({"ê": "e", "é": "e"})
_WORD = re.compile(r"[^\W\d_]+")

_PREFIXES = (
    *(
        "memper",
        "diper",
        "keber",
        "keter",
        "seper",
        "berke",
        "menge",
        "penge",
        "mengke",
        "meng",
        "meny",
        "peng",
        "peny",
    ),
    *("mem", "men", "pem", "pen", "ber", "ter", "per", "me", "be", "te", "pe", "ke", "se", "di"),
)
"""Longest first, so that "meng-" is tried before "me-"."""

_SUFFIXES = ("kannya", "annya", "inya", "kan", "nya", "lah", "kah", "an", "i")
_NASAL = {"mem": "p", "pem": "p", "men": "t", "pen": "t", "meng": "k", "peng": "k", "meny": "s", "peny": "s"}
_SHORTEST_ROOT = 3
_SHORTEST_UNLISTED_ROOT = 4

_LETTERS = {
    "a": "a", "b": "b", "c": "tS", "d": "d", "e": "E", "é": "E", "ê": "@", "f": "f", "g": "g", "h": "h", "i": "i",
    "j": "dZ", "k": "k", "l": "l", "m": "m", "n": "n", "o": "o", "p": "p", "q": "k", "r": "R", "s": "s", "t": "t",
    "u": "u", "v": "f", "w": "w", "x": "ks", "y": "j", "z": "z", "ng": "N", "ny": "n^", "sy": "S", "kh": "x",
}  # fmt: skip
_SPLIT = re.compile(r"ng|ny|sy|kh|ai(?=\Z)|au(?=\Z)|.")
_VOWELS = "aeéêiou"
_DIPHTHONGS = {"ai": "aI", "au": "aU"}


class Pronunciations:
    """Words in dictionary spelling, found by how they are usually written."""

    def __init__(self, words: Iterable[str]) -> None:
        self._marked: dict[str, str] = {}
        for word in words:
            self.add(word)

    def add(self, word: str) -> None:
        """Know ``word``, given in dictionary spelling."""
        self._marked[word.lower().translate(_UNMARK)] = word.lower()

    @classmethod
    def shipped(cls, additions: Iterable[str] = ()) -> "Pronunciations":
        """The lists that come with the product; ``additions`` (an area pack's names) win over them."""
        return cls([*_shipped_words(), *additions])

    def marked(self, word: str) -> str | None:
        """``word`` in lower case with every e marked, or None where the lists say nothing about it."""
        written = word.lower()
        if written in self._marked:
            return self._marked[written]
        if "e" not in written:
            return None
        return self._derived(written)

    def _derived(self, written: str) -> str | None:
        for prefix in ("", *_PREFIXES):
            if not written.startswith(prefix):
                continue
            for suffix in (*_SUFFIXES, ""):
                if not written.endswith(suffix) or not (prefix or suffix):
                    continue
                root = self._root(written[len(prefix) : len(written) - len(suffix)], prefix)
                if root is not None:
                    return f"{prefix.replace('e', 'ê')}{root}{suffix}"
        return None

    def _root(self, stem: str, prefix: str) -> str | None:
        """What is left between the affixes, marked; a nasal prefix may have swallowed the first letter of it."""
        if len(stem) < _SHORTEST_ROOT:
            return None
        if stem in self._marked:
            return self._marked[stem]
        swallowed = _NASAL.get(prefix)
        if swallowed and swallowed + stem in self._marked:
            return self._marked[swallowed + stem][1:]
        if prefix and "e" not in stem and len(stem) >= _SHORTEST_UNLISTED_ROOT and _syllables(stem) > 1:
            return stem
        return None

    def phonemes(self, word: str) -> str | None:
        """``word`` in espeak-ng's phoneme mnemonics with its stress, or None where espeak-ng may read it itself."""
        marked = self.marked(word)
        return None if marked is None else to_phonemes(marked)

    def apply(self, text: str) -> str:
        """``text`` with listed words as ``[[phonemes]]``; square brackets of the text itself are taken out."""
        plain = text.replace("[", " ").replace("]", " ")
        return _WORD.sub(lambda match: self._replacement(match[0]), plain)

    def _replacement(self, word: str) -> str:
        phonemes = self.phonemes(word)
        return word if phonemes is None else f"[[{phonemes}]]"


def to_phonemes(marked: str) -> str:
    """A word in dictionary spelling as espeak-ng mnemonics: "têpat" → "t@p'at".

    The stress is on the last vowel but one, or on the last where that one is a schwa.
    """
    units = _SPLIT.findall(marked)
    vowels = [place for place, unit in enumerate(units) if unit[0] in _VOWELS]
    stressed = None
    if vowels:
        stressed = vowels[-2] if len(vowels) > 1 and units[vowels[-2]] != "ê" else vowels[-1]
    last = len(units) - 1
    return "".join(
        ("'" if place == stressed else "") + _phoneme(unit, place == last) for place, unit in enumerate(units)
    )


def _phoneme(unit: str, final: bool) -> str:
    if unit == "k" and final:
        return "?"
    return _DIPHTHONGS.get(unit) or _LETTERS.get(unit, "")


def _syllables(stem: str) -> int:
    return sum(sign in _VOWELS for sign in stem)


def words_in(lines: Iterable[str]) -> list[str]:
    """The words of a list: one or more a line, ``#`` begins a comment."""
    return [word for line in lines for word in line.partition("#")[0].split()]


@lru_cache(maxsize=1)
def _shipped_words() -> tuple[str, ...]:
    folder = resources.files(__package__) / "pronunciations"
    return (*_read(folder / "general.txt"), *_read(folder / "trade.txt"))


def _read(file: Traversable) -> list[str]:
    return words_in(file.read_text(encoding="utf-8").splitlines())
