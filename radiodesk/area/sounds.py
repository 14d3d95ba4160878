"""How a name sounds, roughly: one key for spellings that a listener or a recogniser mixes up.

A folding in the manner of Soundex, for Indonesian and Javanese: old spellings (oe, dj, tj), doubled letters, voiced
ends (-d/-t, -b/-p, -g/-k), lost h, Javanese a/o and e/i/a all fall together, so that "ngumpak dalam" and
"Ngumpakdalem", "bojonagara" and "Bojonegoro" share a key.
"""

import re
from functools import lru_cache

_SPELLINGS = (
    (re.compile(r"oe"), "u"),
    (re.compile(r"dj"), "j"),
    (re.compile(r"tj|ch"), "c"),
    (re.compile(r"sj|sy"), "s"),
    (re.compile(r"([bdgkt])h"), r"\1"),
    (re.compile(r"[vp]|f"), "p"),
    (re.compile(r"z"), "s"),
    (re.compile(r"q"), "k"),
    (re.compile(r"x"), "ks"),
    (re.compile(r"y"), "i"),
    (re.compile(r"h(?=[^aeiou]|$)"), ""),
    (re.compile(r"[aeiou]+"), "a"),
    (re.compile(r"(.)\1+"), r"\1"),
    (re.compile(r"d$"), "t"),
    (re.compile(r"b$"), "p"),
    (re.compile(r"(?<!n)g$"), "k"),
)


@lru_cache(maxsize=20_000)
def sound_key(word: str) -> str:
    """The key of a lower-case word without spaces; vowels are written "a"."""
    for pattern, replacement in _SPELLINGS:
        word = pattern.sub(replacement, word)
    return word


def near_keys(key: str) -> set[str]:
    """The key and what is left when one of its sounds is dropped (Garbe's symmetric deletion, at distance one)."""
    return {key, *(key[:index] + key[index + 1 :] for index in range(len(key)))}
