"""A small language model of traffic radio and of the area, which ranks the recogniser's hypotheses.

Two trigram models (the project's own sentences and names; public posts), each smoothed as Witten and Bell do (1991),
are mixed with the words of a lexicon and with a letter model for words that none of them knows, so that an invented
word costs more than a rare one and a name of the area costs little. All logarithms are natural. The counts come from
``scripts/build_lm.py``.
"""

import gzip
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from functools import lru_cache
from importlib.resources import files
from math import exp, log

_TRADE, _PUBLIC, _GENERAL, _LOCAL, _LETTERS = 0.56, 0.24, 0.10, 0.02, 0.08
_LETTER_ORDER = 4


class _Trigrams:
    """Interpolated word trigrams with Witten-Bell weights; unknown words get nothing."""

    def __init__(self, counts: dict[tuple[str, ...], int]) -> None:
        self._counts = counts
        self._total = sum(times for run, times in counts.items() if len(run) == 1 and run != ("<s>",))
        followers: Counter[tuple[str, ...]] = Counter()
        sums: Counter[tuple[str, ...]] = Counter()
        for run, times in counts.items():
            if len(run) > 1:
                followers[run[:-1]] += 1
                sums[run[:-1]] += times
        self._followers, self._sums = followers, sums
        self.words = {run[0] for run in counts if len(run) == 1}

    def probability(self, word: str, before: tuple[str, ...]) -> float:
        likely = self._counts.get((word,), 0) / self._total
        for order in range(1, len(before) + 1):
            context = before[-order:]
            seen = self._sums.get(context, 0)
            if seen:
                kinds = self._followers[context]
                likely = (self._counts.get((*context, word), 0) + kinds * likely) / (seen + kinds)
        return likely


class _Letters:
    """How word-like a string of letters is: letter runs of the known words, smoothed the same way."""

    def __init__(self, words: Iterable[str]) -> None:
        self._runs: Counter[str] = Counter()
        self._followers: Counter[str] = Counter()
        self._sums: Counter[str] = Counter()
        for word in words:
            marked = "^" * (_LETTER_ORDER - 1) + word + "$"
            for at in range(_LETTER_ORDER - 1, len(marked)):
                for order in range(_LETTER_ORDER):
                    context = marked[at - order : at]
                    run = context + marked[at]
                    if not self._runs[run]:
                        self._followers[context] += 1
                    self._runs[run] += 1
                    self._sums[context] += 1

    def probability(self, word: str) -> float:
        marked = "^" * (_LETTER_ORDER - 1) + word + "$"
        total = 0.0
        for at in range(_LETTER_ORDER - 1, len(marked)):
            likely = 1 / 40
            for order in range(_LETTER_ORDER):
                context = marked[at - order : at]
                seen = self._sums.get(context, 0)
                if seen:
                    kinds = self._followers[context]
                    likely = (self._runs.get(context + marked[at], 0) + kinds * likely) / (seen + kinds)
            total += log(likely)
        return exp(total)


class LanguageModel:
    """Scores lines of lower-case words; what is listened for (an area's names, tonight's guests) counts as known."""

    def __init__(
        self,
        counts: dict[str, dict[tuple[str, ...], int]],
        general: Mapping[str, float] | None = None,
    ) -> None:
        self._general = general or {}
        self._trade = _Trigrams(counts["trade"])
        self._public = _Trigrams(counts["public"])
        self._letters = _Letters(self._trade.words | self._public.words | set(self._general))
        self._local: frozenset[str] = frozenset()
        self._unknown = lru_cache(maxsize=50_000)(self._letters.probability)

    def listening_for(self, phrases: Iterable[str]) -> "LanguageModel":
        """The same model with the words of these phrases taken as known, in place of other local words."""
        other = copy(self)
        other._local = frozenset(word for phrase in phrases for word in phrase.lower().replace("-", " ").split())
        return other

    def knows(self, word: str) -> bool:
        """Whether the word was ever counted, or is listened for."""
        return word in self._trade.words or word in self._public.words or word in self._local or word in self._general

    def score(self, words: Sequence[str]) -> float:
        """Log probability of the line with its end."""
        before: tuple[str, ...] = ("<s>",)
        total = 0.0
        for word in (*words, "</s>"):
            total += self.log_probability(word, before)
            before = (*before, word)[-2:]
        return total

    def log_probability(self, word: str, before: tuple[str, ...]) -> float:
        """Of ``word`` after the (up to two) words ``before``; ``<s>`` and ``</s>`` stand for the ends of a line."""
        likely = _TRADE * self._trade.probability(word, before) + _PUBLIC * self._public.probability(word, before)
        likely += _GENERAL * self._general.get(word, 0.0)
        if word in self._local:
            likely += _LOCAL / len(self._local)
        if word != "</s>":
            likely += _LETTERS * self._unknown(word)
        return log(max(likely, 1e-30))


@lru_cache(maxsize=4)
def load_counts(language: str = "id") -> dict[str, dict[tuple[str, ...], int]]:
    """The counts that came with the program; raises ``FileNotFoundError`` for a language without any."""
    counts: dict[str, dict[tuple[str, ...], int]] = defaultdict(dict)
    packed = (files("radiodesk.recognition") / "data" / f"{language}.lm.gz").read_bytes()
    for line in gzip.decompress(packed).decode().splitlines():
        part, run, times = line.split("\t")
        counts[part][tuple(run.split(" "))] = int(times)
    return dict(counts)


@lru_cache(maxsize=4)
def load_frequencies(language: str = "id") -> dict[str, float]:
    """How often each word of the lexicon is used, as a share of all words; empty where nobody counted."""
    packed = files("radiodesk.recognition") / "data" / f"{language}.words.gz"
    if not packed.is_file():
        return {}
    lines = gzip.decompress(packed.read_bytes()).decode().splitlines()
    pairs = (line.split("\t") for line in lines if not line.startswith("#"))
    return {word: int(times) / 1e9 for word, times in pairs}


def has_counts(language: str) -> bool:
    """Whether a language model of that language came with the program."""
    return (files("radiodesk.recognition") / "data" / f"{language}.lm.gz").is_file()
