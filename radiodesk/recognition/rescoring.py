"""Chooses among a recogniser's guesses what was most likely said.

Each guess is read in every way its digits allow, words that nobody knows may become a known word that sounds like
them, and the language model weighs the lines. The right words stand among ten guesses far more often than first.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import exp

from rapidfuzz.distance import Indel

from radiodesk.language.digit_words import DIGIT_WORDS, spoken_ways, tokens
from radiodesk.recognition.confusions import Confusions
from radiodesk.recognition.language_model import LanguageModel, load_counts, load_frequencies

_BEAM = 5
_TRUST = 0.5
_READINGS = 4
_COMMON = 5
_USUAL = 1e-4
_PAIRS = 8
_WRITTEN = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Weights:
    """Natural-log weights: of the language model, a bonus for each word, the price of a changed sound.

    ``reading`` takes the bonus back for the words of a number, so that a long reading gains nothing by its length.
    """

    language: float = 0.7
    word: float = 1.6
    sound: float = 4.0
    reading: float = 1.6


@dataclass(frozen=True, slots=True)
class Guess:
    """One hypothesis: the text as the recogniser wrote it, and its log probability in all."""

    text: str
    log_probability: float


@dataclass(frozen=True, slots=True)
class Choice:
    """What was most likely said: ``words`` in lower case, ``written`` the same words as a page shows them."""

    words: tuple[str, ...]
    written: tuple[str, ...]
    score: float
    guess: Guess
    confidence: tuple[float, ...] = ()


_Way = tuple[tuple[str, ...], tuple[str, ...], float]
_State = tuple[float, tuple[str, ...], tuple[str, ...], tuple[str, ...]]


class Rescorer:
    """Weighs guesses for one language and place."""

    def __init__(self, language: str = "id", local: Iterable[str] = (), weights: Weights | None = None) -> None:
        model, confusions = _of_language(language)
        phrases = tuple(local)
        self._model = model.listening_for(phrases)
        self._weights = weights or Weights()
        names = {word for phrase in phrases for word in phrase.lower().replace("-", " ").split() if word.isalpha()}
        self._confusions = confusions.with_words(sorted(names))
        self._log = lru_cache(maxsize=200_000)(self._model.log_probability)

    def choose(self, guesses: Sequence[Guess]) -> Choice | None:
        """The best line over all guesses and their readings; None when no guess holds a word."""
        found: dict[tuple[str, ...], Choice] = {}
        for choice in filter(None, map(self._best_reading, guesses)):
            if choice.words not in found or choice.score > found[choice.words].score:
                found[choice.words] = choice
        if not found:
            return None
        best = max(found.values(), key=lambda choice: choice.score)
        shares = {line: exp(_TRUST * (choice.score - best.score)) for line, choice in found.items()}
        return replace(best, confidence=agreement(best.words, shares))

    def _best_reading(self, guess: Guess) -> Choice | None:
        """Viterbi search over the readings and sound-alikes of each written token."""
        states: list[_State] = [(guess.log_probability, ("<s>",), (), ())]
        for written in _WRITTEN.findall(guess.text):
            for token, shown in _pieces(written):
                states = self._extended(states, self._ways(token, shown))
        end = self._weights.language
        finished = [(score + end * self._log("</s>", before), words, shown) for score, before, words, shown in states]
        score, said, display = max(finished)
        return Choice(said, display, score, guess) if said else None

    def _extended(self, states: list[_State], ways: list[_Way]) -> list[_State]:
        grown: list[_State] = []
        for score, before, words, shown in states:
            for said, written, price in ways:
                total, context = score - price, before
                for word in said:
                    total += self._weights.language * self._log(word, context) + self._weights.word
                    context = (*context, word)[-2:]
                grown.append((total, context, words + said, shown + written))
        grown.sort(key=lambda state: -state[0])
        kept: dict[tuple[str, ...], _State] = {}
        for state in grown:
            kept.setdefault(state[1], state)
            if len(kept) == _BEAM:
                break
        return list(kept.values())

    def _ways(self, token: str, shown: str) -> list[_Way]:
        """(words said, words shown, price) of everything that the token may stand for."""
        if any(character.isdigit() for character in token):
            readings = [tuple(way.split()) for way in spoken_ways(token)[:_READINGS]]
            return [
                (reading, _ending_like(reading, shown), self._weights.reading * len(reading)) for reading in readings
            ]
        word = token.replace("’", "'")
        ways: list[_Way] = [((word,), (shown,), 0.0)]
        if word in DIGIT_WORDS:
            return ways
        if len(word) > 1 and not self._model.knows(word):
            for said, distance in self._confusions.neighbours(word):
                ways.append((said, _ending_like(said, shown), self._weights.sound * distance))
        return ways


@lru_cache(maxsize=2)
def _of_language(language: str) -> tuple[LanguageModel, Confusions]:
    """What is the same for every place, made once: it takes a second."""
    counts, general = load_counts(language), load_frequencies(language)
    trade, public = counts["trade"], counts["public"]
    known = {run[0] for run in trade if len(run) == 1}
    known |= {run[0] for run, times in public.items() if len(run) == 1 and times >= _COMMON}
    known |= {word for word, share in general.items() if share >= _USUAL}
    pairs = [(run[0], run[1]) for run, times in trade.items() if len(run) == 2 and times >= _PAIRS]
    confusions = Confusions(
        sorted(known - {"<s>", "</s>"}), [pair for pair in pairs if pair[0] != "<s>" and pair[1] != "</s>"]
    )
    return LanguageModel(counts, general=general), confusions


def agreement(best: tuple[str, ...], shares: Mapping[tuple[str, ...], float]) -> tuple[float, ...]:
    """For each word of the best line, the share of all lines (of their weights) that have it in its place."""
    found = [0.0] * len(best)
    for line, share in shares.items():
        for block in Indel.opcodes(line, best).as_matching_blocks():
            for at in range(block.b, block.b + block.size):
                found[at] += share
    return tuple(value / sum(shares.values()) for value in found)


def _pieces(written: str) -> list[tuple[str, str]]:
    """The tokens of one written word ("dua-dua," is two) with the way each is shown; punctuation stays at its word."""
    found = tokens(written)
    if len(found) == 1:
        return [(found[0], written)]
    if not found:
        return []
    tail = re.search(r"[^\w%]+$", written)
    return [(token, token + (tail[0] if tail and at == len(found) - 1 else "")) for at, token in enumerate(found)]


def _ending_like(said: Sequence[str], shown: str) -> tuple[str, ...]:
    """The words with the capital and the punctuation of what they replace."""
    first, last = said[0], said[-1]
    tail = re.search(r"[.,!?;:]+$", shown)
    words = [*said]
    if shown[:1].isupper():
        words[0] = first.capitalize()
        last = words[-1]
    words[-1] = last + (tail[0] if tail else "")
    return tuple(words)
