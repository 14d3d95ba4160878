"""One rule of the spoken form: a pattern and what is said for a match of it."""

import re
from collections.abc import Callable
from dataclasses import dataclass

Say = Callable[["re.Match[str]"], str | None]
"""What is said for a match; None leaves the text to the rules that follow."""


@dataclass(frozen=True, slots=True)
class Rule:
    """``pattern`` finds candidates in the written text, ``say`` decides from the match and its surroundings."""

    pattern: re.Pattern[str]
    say: Say


def rule(pattern: str, say: Say, flags: int = re.IGNORECASE) -> Rule:
    """A rule over ``pattern``, matching upper and lower case alike unless ``flags`` says otherwise."""
    return Rule(re.compile(pattern, flags), say)


def before(match: "re.Match[str]", length: int = 40) -> str:
    """The text in front of a match, at most ``length`` characters."""
    return match.string[max(0, match.start() - length) : match.start()]


def after(match: "re.Match[str]", length: int = 40) -> str:
    """The text behind a match, at most ``length`` characters."""
    return match.string[match.end() : match.end() + length]
