"""Words as they are said on this radio, for benchmarks: sentences of callers and desk, names of places, and a long tail.

Sentences are those of `scripts/lm_text` with one of their ways picked and their slots filled; places of the area pack,
given names and the words of the redaction's dictionary are drawn as words of a language are, the n-th most frequent one
n times as seldom as the first (Zipf). The same seed gives the same words.
"""

import itertools
import random
import re
from pathlib import Path

from radiodesk.language.places.station_area import area_pack
from radiodesk.language.redaction.name_lexicon import given_names

TEXTS = Path(__file__).parent / "lm_text"
TAIL = Path(__file__).parents[1] / "radiodesk" / "language" / "redaction" / "common_words.txt"
_CHOICE = re.compile(r"\(([^()]*)\)")
_SLOT = re.compile(r"\{(\w+)\}")


class Drawn:
    """Draws from a list, its first entries most often."""

    def __init__(self, words: list[str], dice: random.Random) -> None:
        self.words, self._dice = words, dice
        self._weights = list(itertools.accumulate(1 / rank for rank in range(1, len(words) + 1)))

    def __call__(self) -> str:
        return self._dice.choices(self.words, cum_weights=self._weights)[0]


class RadioWords:
    """Says one segment after the other."""

    def __init__(self, seed: int = 1, area: str = "bojonegoro") -> None:
        self._dice = random.Random(seed)  # noqa: S311 - for figures, not for secrets
        lines = [line for path in sorted(TEXTS.glob("*.txt")) for line in path.read_text("utf-8").splitlines()]
        self._sentences = [line for line in lines if line and not line.startswith("#")]
        tail = [line for line in TAIL.read_text("utf-8").splitlines() if line and not line.startswith("#")]
        places, names = sorted({place.name for place in area_pack(area).places}), sorted(given_names())
        for words in (tail, places, names):
            self._dice.shuffle(words)
        self.places, self.tail = Drawn(places, self._dice), Drawn(tail, self._dice)
        self._names = Drawn(names, self._dice)

    def segment(self) -> str:
        """Some ten to twenty words."""
        line = self._dice.choice(self._sentences)
        while "(" in line:
            line = _CHOICE.sub(lambda found: self._dice.choice(found[1].split("|")), line)
        said = _SLOT.sub(self._fill, line)
        return " ".join([*said.split(), *(self.tail() for _ in range(self._dice.randint(2, 8)))])

    def _fill(self, slot: re.Match[str]) -> str:
        if slot[1] == "name":
            return self._names()
        if slot[1] in ("number", "clock", "km"):
            return str(self._dice.randint(1, 60))
        return self.places()
