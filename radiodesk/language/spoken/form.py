"""The spoken form: written Indonesian as a newsreader says it.

Rules claim stretches of the written text in order of how sure they are (a telephone number before a plain number, a
clock time before a decimal); what one rule has claimed no other touches, so what is said is never read again as if it
had been written. What nobody claimed stays as it is.
"""

import re
from collections.abc import Mapping
from functools import cache

from radiodesk.language.spoken import signs
from radiodesk.language.spoken.rule import Rule, Say
from radiodesk.language.spoken.short_forms import Words, words_with

_CAPITALS = re.compile(r"(?<![\w'])[A-Z]{2,}(?![^\W\d_A-Z]|\w)")
_SHOUTED_SHARE = 0.7
_SHOUTED_LEAST = 12
_PASSES = 6
"""A second pass finds nothing in ordinary text; garbage can uncover a short form when a sign beside it falls away."""


@cache
def _first() -> tuple[Rule, ...]:
    """The rules for what is more than a word. Late, with their many patterns: most pages say nothing."""
    from radiodesk.language.spoken import clock_times, dates, dialled_numbers, measures, money, ordinals, road_terms

    return (
        *road_terms.RULES,
        *dialled_numbers.RULES,
        *money.RULES,
        *dates.RULES,
        *clock_times.RULES,
        *ordinals.RULES,
        *measures.RULES,
    )


@cache
def _bare() -> Mapping[Rule, Rule]:
    """The rules of clock times, each with the one for minutes alone."""
    from radiodesk.language.spoken import clock_times

    return dict(zip(clock_times.RULES, clock_times.BARE_RULES, strict=True))


def to_spoken(text: str, *, lexicon: Mapping[str, str] | None = None, bare_minutes: bool = False) -> str:
    """``text`` with its numbers, times, amounts and short forms as words; already spoken text comes back unchanged.

    ``lexicon`` maps written forms to what is said (an area pack's own); keys follow ``words.toml``. Any string is
    accepted; signs that have no sound are left out. With ``bare_minutes`` 06.30 is "pukul enam tiga puluh".
    """
    additions = tuple((lexicon or {}).items())
    for _ in range(_PASSES):
        said = _pass(text, additions, bare_minutes=bare_minutes)
        if said == text:
            break
        text = said
    return text


def _pass(text: str, additions: tuple[tuple[str, str], ...], *, bare_minutes: bool) -> str:
    written = signs.unfold(signs.tidy(text))
    words = words_with(additions)
    claims = _Claims(written)
    if additions:
        claims.take(_own_words(additions))
    for rule in _first():
        claims.take(_bare().get(rule, rule) if bare_minutes else rule)
    shouted = _is_shouted(written)
    claims.take(Rule(words.pattern, lambda match: words.say(match[0])))
    claims.take(Rule(_CAPITALS, _capitals(words, shouted)))
    for rule in signs.SIGN_RULES:
        claims.take(rule)
    return signs.silence(claims.said())


def _own_words(additions: tuple[tuple[str, str], ...]) -> Rule:
    """The caller's own words as one rule, ahead of all others."""
    own = words_with(additions)
    keys = {key.removesuffix("?").removesuffix(".").lower() for key, _ in additions}

    def say(match: "re.Match[str]") -> str | None:
        return own.say(match[0]) if match[0].removesuffix(".").lower() in keys else None

    return Rule(own.pattern, say)


def _capitals(words: Words, shouted: bool) -> Say:
    return lambda match: words.capitals(match[0], shouted=shouted)


def _is_shouted(text: str) -> bool:
    cased = [sign for sign in text if sign.isalpha()]
    upper = sum(sign.isupper() for sign in cased)
    return len(cased) >= _SHOUTED_LEAST and upper >= _SHOUTED_SHARE * len(cased)


class _Claims:
    """The stretches of one text that rules have spoken for."""

    def __init__(self, written: str) -> None:
        self._written = written
        self._taken = bytearray(len(written))
        self._said: list[tuple[int, int, str]] = []

    def take(self, rule: Rule) -> None:
        """Let ``rule`` speak for all that it matches and that is still free."""
        for match in rule.pattern.finditer(self._written):
            start, end = match.span()
            if start == end or any(self._taken[start:end]):
                continue
            said = rule.say(match)
            if said is not None:
                self._taken[start:end] = b"\1" * (end - start)
                self._said.append((start, end, said))

    def said(self) -> str:
        """The whole text as it is said."""
        parts: list[str] = []
        done = 0
        for start, end, said in sorted(self._said):
            parts += [self._written[done:start], self._spaced(start, said, end)]
            done = end
        return "".join([*parts, self._written[done:]])

    def _spaced(self, start: int, said: str, end: int) -> str:
        """``said`` with spaces where it would run into a neighbouring word."""
        left = " " if start and self._written[start - 1].isalnum() else ""
        right = " " if end < len(self._written) and self._written[end].isalnum() else ""
        return f"{left}{said}{right}"
