"""How much a heard word sounds like a word of a text, 0 to 1: edit distance of letters and of what remains by sound."""

from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from radiodesk.language.digit_words import NUMBER_WORDS

_SOUNDS = str.maketrans("bvfdgqzjcmeiouyw", "pppt" + "kksss" + "n" + "aaaaaa")
SAME = 0.6
"""From here on a heard word may be the written one."""
_NUMBERS = NUMBER_WORDS | {"setengah", "seperempat", "koma"}
_SHORT = 3
_MOST = 24


@lru_cache(maxsize=50_000)
def _by_sound(word: str) -> str:
    return word.translate(_SOUNDS).replace("h", "")


@lru_cache(maxsize=200_000)
def likeness(one: str, other: str) -> float:
    """Of two words as ``script_text.plain`` writes them; short words are alike only when they are the same, nearly."""
    if one == other:
        return 1.0
    if one in _NUMBERS and other in _NUMBERS:
        return 0.0  # "puluh" is not "tujuh", however much they sound alike
    letters = Levenshtein.normalized_similarity(one, other)
    sound = Levenshtein.normalized_similarity(_by_sound(one), _by_sound(other))
    score = 0.6 * letters + 0.4 * sound
    if min(len(one), len(other)) <= _SHORT:
        return score * 0.75
    return score


class Vocabulary:
    """The words of one text, to find those that a heard word may be."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = list(dict.fromkeys(words))
        self.near = lru_cache(maxsize=20_000)(self._near)

    def _near(self, heard: str) -> tuple[tuple[str, float], ...]:
        """Words and their likeness, at least ``SAME``, the likest first, at most two dozen."""
        # A first sieve by letters alone, written in C; what passes is weighed by sound as well.
        found = process.extract(
            heard, self._words, scorer=Levenshtein.normalized_similarity, score_cutoff=0.4, limit=_MOST
        )
        scored = [(word, likeness(heard, word)) for word, _, _ in found]
        return tuple(sorted(((word, score) for word, score in scored if score >= SAME), key=lambda pair: -pair[1]))
