"""Numbers that somebody dictates digit by digit: several readings of the same sound vote for the digits.

A sentence is weighed by how words follow each other; digits follow each other in any order, so a language model only
harms there. Each reading (the recogniser's guesses under one prompt) has one vote, shared among its guesses; what
sounds like a digit counts as that digit ("nam" is enam, "dapan" is delapan), which lets guesses agree that are spelled
differently.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp

from radiodesk.language.digit_words import DIGIT_WORDS, DIGITS, NUMBER_WORDS, tokens
from radiodesk.recognition.confusions import sound_distance
from radiodesk.recognition.hallucination_guard import is_recited
from radiodesk.recognition.rescoring import Choice, Guess, agreement

_LEAST = 2
_SHARE = 0.75
_NEAR = 0.3
_DIGITS_A_SECOND = 5.0
_TRUST = 0.5
_DIGIT = 0.5
_OTHER = -3.0
_AROUND = frozenset(["nomor", "telepon", "telpon", "tempat", "itu", "dia", "ada", "sudah", "jadi", "tadi", "saya"])
"""Words that are said around numbers, some of which sound like digits."""


def is_dictated(words: Sequence[str]) -> bool:
    """Whether most of it is digits or sounds like them, as when somebody gives a telephone number."""
    digits = sum(word in DIGIT_WORDS for word in words)
    alike = sum(nearest_digit(word) is not None for word in words)
    return digits >= _LEAST and alike >= _SHARE * len(words)


@dataclass(frozen=True, slots=True)
class Reading:
    """A recogniser's guesses about a sound, and the words of the prompt that it was shown."""

    guesses: tuple[Guess, ...]
    prompt: tuple[str, ...] = ()


def voted(readings: Sequence[Reading], seconds: float) -> Choice | None:
    """The line that most of the votes are for; None when no guess holds a word.

    Guesses that recite their prompt, and those with more digits than anybody says in ``seconds``, have no vote. Little
    sways the votes: of the two weights, one tells guesses apart within a reading, the other makes up for digits that a
    guess left out.
    """
    votes: dict[tuple[str, ...], float] = defaultdict(float)
    source: dict[tuple[str, ...], Guess] = {}
    for reading in readings:
        scores: dict[tuple[str, ...], float] = {}
        for guess in reading.guesses:
            line = as_digits(guess.text)
            if not line or len(line) > 2 + _DIGITS_A_SECOND * seconds or is_recited(line, reading.prompt):
                continue
            score = guess.log_probability + sum(_DIGIT if word in DIGIT_WORDS else _OTHER for word in line)
            scores[line] = max(score, scores.get(line, score))
            if line not in source or guess.log_probability > source[line].log_probability:
                source[line] = guess
        best = max(scores.values(), default=0.0)
        shares = {line: exp(_TRUST * (score - best)) for line, score in scores.items()}
        for line, share in shares.items():
            votes[line] += share / sum(shares.values())
    if not votes:
        return None
    winner = max(votes, key=lambda line: votes[line])
    return Choice(winner, winner, votes[winner], source[winner], agreement(winner, votes))


def as_digits(text: str) -> tuple[str, ...]:
    """The words of a guess, written digits and what sounds like one as digit words."""
    line: list[str] = []
    for token in tokens(text):
        figures = [DIGITS[int(sign)] for sign in token if sign.isdecimal()]
        line += figures or [nearest_digit(token) or token]
    return tuple(line)


@lru_cache(maxsize=10_000)
def nearest_digit(word: str) -> str | None:
    """The digit that the word sounds like, itself for a digit; None for any other word."""
    if word in DIGIT_WORDS:
        return word
    if word in NUMBER_WORDS or word in _AROUND:
        return None
    distance, digit = min((sound_distance(word, digit) / len(digit), digit) for digit in DIGIT_WORDS)
    return digit if distance <= _NEAR else None
