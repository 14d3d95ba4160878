"""Words as they are said on this radio, for benchmarks: sentences of callers and desk, names of places, a long tail.

Sentences are those of `scripts/lm_text` as `build_lm` fills them; places of the area pack and the words of the
redaction's dictionary are drawn as words of a language are, the n-th one n times as seldom as the first (Zipf). The
same seed says the same.
"""

import itertools
import random
from pathlib import Path

from radiodesk.language.places.station_area import area_pack
from scripts.build_lm import TEXT, Filler

TAIL = Path(__file__).parents[1] / "radiodesk" / "language" / "redaction" / "common_words.txt"


class Drawn:
    """Draws from a list, its first entries most often."""

    def __init__(self, words: list[str], chance: random.Random) -> None:
        self.words, self._chance = words, chance
        self._weights = list(itertools.accumulate(1 / rank for rank in range(1, len(words) + 1)))

    def __call__(self) -> str:
        return self._chance.choices(self.words, cum_weights=self._weights)[0]


class RadioWords(Filler):
    """Says one segment after the other."""

    def __init__(self, seed: int = 1, area: str = "bojonegoro") -> None:
        super().__init__(random.Random(seed), [])  # noqa: S311 - for figures, not for secrets
        lines = [line for path in sorted(TEXT.glob("*.txt")) for line in path.read_text("utf-8").splitlines()]
        self.sentences = [line for line in lines if line and not line.startswith("#")]
        tail = [line for line in TAIL.read_text("utf-8").splitlines() if line and not line.startswith("#")]
        places = sorted({place.name for place in area_pack(area).places})
        for words in (tail, places):
            self.chance.shuffle(words)
        self.drawn_place, self.drawn_word = Drawn(places, self.chance), Drawn(tail, self.chance)

    def place(self) -> str:
        return self.drawn_place()

    def segment(self) -> str:
        """Some ten words."""
        rest = (self.drawn_word() for _ in range(self.chance.randint(2, 6)))
        return " ".join([self(self.chance.choice(self.sentences)), *rest])
