"""Short forms from ``words.toml``, the caller's lexicon, and how unknown capitals are said."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from radiodesk.language.spoken.numerals import letters

_VOWEL = re.compile(r"[AEIOU]")
_HARD_START = re.compile(r"(?!TR|PR|KR|BR|DR|GR|PL|KL|BL|GL|SY|NY|NG|SW|ST)[BCDFGHJKLMNPQRSTVWXYZ]{2}")
_HARD_CLUSTER = re.compile(r"[BCDFGHJKLMNPQRSTVWXYZ]{4}")
_LONGEST_SPELLED = 7
_SHORTEST_WORD = 4


@dataclass(frozen=True, slots=True)
class Words:
    """What is said for written short forms: ``said`` by key in canonical writing, ``pattern`` finds them in text.

    ``spelled`` and ``as_words`` settle tokens in capitals that no key covers.
    """

    said: Mapping[str, str]
    pattern: "re.Pattern[str]"
    spelled: frozenset[str]
    as_words: frozenset[str]

    def say(self, written: str) -> str | None:
        """What is said for one short form that ``pattern`` found."""
        canonical = " ".join(written.split())
        for key in (canonical, canonical.lower(), canonical.removesuffix("."), canonical.lower().removesuffix(".")):
            if key in self.said:
                return self.said[key]
        return None

    def capitals(self, written: str, *, shouted: bool) -> str:
        """An all-capitals token as it is said: spelled out, or as the word that it is.

        ``shouted`` tells that the whole text is in capitals, where short tokens are words too.
        """
        if written in self.spelled:
            return letters(written)
        if written in self.as_words:
            return _cased(written)
        speakable = _VOWEL.search(written) and not _HARD_START.match(written) and not _HARD_CLUSTER.search(written)
        if len(written) > _LONGEST_SPELLED or (speakable and (shouted or len(written) >= _SHORTEST_WORD)):
            return _cased(written)
        return letters(written)


def _cased(written: str) -> str:
    return written[:1] + written[1:].lower()


def _canonical(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Keys without their ``.?``: with and without the full stop where it may be missing."""
    said: dict[str, str] = {}
    for key, spoken in pairs:
        bare = key.removesuffix("?")
        said[bare] = spoken
        if key.endswith(".?"):
            said[bare.removesuffix(".")] = spoken
    return said


def _key(key: str) -> str:
    """One key as a pattern that ends where the written form ends."""
    optional = key.endswith(".?")
    bare = key.removesuffix("?").removesuffix(".")
    body = re.escape(bare).replace(r"\ ", r"\s+")
    if optional:
        return rf"{body}(?:\.|(?![\w-]))"
    return rf"{body}\." if key.endswith(".") else rf"{body}(?!\w|-\w)"


def _pattern(keys: Iterable[str]) -> "re.Pattern[str]":
    """Finds any key, longest first, where it does not continue a word; keys in lower case match any case."""
    ordered = sorted(keys, key=len, reverse=True)
    exact = "|".join(_key(key) for key in ordered if key != key.lower()) or r"(?!)"
    loose = "|".join(_key(key) for key in ordered if key == key.lower()) or r"(?!)"
    return re.compile(rf"(?<![\w'-])(?:{exact}|(?i:{loose}))")


def _words(pairs: Iterable[tuple[str, str]], spelled: frozenset[str], as_words: frozenset[str]) -> Words:
    kept = dict(pair for pair in pairs if pair[0].strip(" .?"))
    return Words(_canonical(kept.items()), _pattern(kept), spelled, as_words - spelled)


@lru_cache(maxsize=1)
def _table() -> tuple[tuple[tuple[str, str], ...], frozenset[str], frozenset[str]]:
    table = tomllib.loads(resources.files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))
    typed = ((short, letters(short)) for short in table["lower_case"]["said"].split())
    pairs = (*typed, *table["expanded"].items(), *table["respelled"].items())
    return pairs, frozenset(table["spelled"]["said"].split()), frozenset(table["words"]["said"].split())


@lru_cache(maxsize=16)
def words_with(additions: tuple[tuple[str, str], ...] = ()) -> Words:
    """The words that come with the product and ``additions`` (written, spoken), which win."""
    pairs, spelled, as_words = _table()
    added = {key for key, _ in additions}
    return _words((*pairs, *additions), spelled - added, as_words - added)
