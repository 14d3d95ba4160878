"""How a name sounds, roughly: one key for spellings that a listener or a recogniser mixes up.

A folding in the manner of Soundex, for Indonesian and Javanese: old spellings (oe, dj, tj), doubled letters, voiced
ends (-d/-t, -b/-p, -g/-k), lost h, Javanese a/o and e/i/a all fall together, so that "ngumpak dalam" and
"Ngumpakdalem", "bojonagara" and "Bojonegoro" share a key.
"""

import re
from functools import lru_cache

_DIGRAPHS = (("oe", "u"), ("dj", "j"), ("tj", "c"), ("ch", "c"), ("sj", "s"), ("sy", "s"))
_LETTERS = str.maketrans(
    {"v": "p", "f": "p", "z": "s", "q": "k", "x": "ks", "y": "a", "e": "a", "i": "a", "o": "a", "u": "a"}
)
_SILENT = re.compile(r"(?<=[bdgkt])h|h(?![a])")
_DOUBLED = re.compile(r"(.)\1+")
_ENDS = {"d": "t", "b": "p"}


@lru_cache(maxsize=20_000)
def sound_key(word: str) -> str:
    """The key of a lower-case word without spaces; vowels are written "a"."""
    for old, new in _DIGRAPHS:
        if old in word:
            word = word.replace(old, new)
    key = _DOUBLED.sub(r"\1", _SILENT.sub("", word.translate(_LETTERS)))
    if key[-1:] == "g" and key[-2:] != "ng":
        return key[:-1] + "k"
    return key[:-1] + _ENDS.get(key[-1:], key[-1:])


def near_keys(key: str) -> list[str]:
    """The key and what is left when one of its sounds is dropped (Garbe's symmetric deletion, at distance one)."""
    return [key, *[key[:index] + key[index + 1 :] for index in range(len(key))]]
