"""The tables of categories and urgency as compiled rules."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from radiodesk.language.triage.plain_words import Finding, Message, load, term

Terms = tuple["re.Pattern[str]", ...]


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of matter: who acts on it, by which route, how soon by itself, and the terms that give it away.

    ``gain`` above 1 lets a narrow matter (a stolen motorcycle) win over the wide one that it is part of (theft).
    """

    id: str
    unit: str
    otherwise: str
    route: str
    urgency: str
    sure: Terms
    usual: Terms
    weak: Terms
    contrary: Terms
    gain: float


@dataclass(frozen=True, slots=True)
class Urgencies:
    """Terms of each urgency, and those that take it back."""

    emergency: Terms
    not_now: Terms
    soon: Terms
    question: Terms
    information: Terms
    not_only: Terms


def _terms(written: Iterable[str]) -> Terms:
    return tuple(term(entry) for entry in written)


@lru_cache(maxsize=1)
def categories() -> tuple[Category, ...]:
    """Every category of ``categories.toml``, in its order."""
    table = cast(dict[str, Any], load("categories.toml"))
    return tuple(
        Category(
            id=entry["id"],
            unit=entry["unit"],
            otherwise=entry.get("otherwise", entry["unit"]),
            route=entry["route"],
            urgency=entry["urgency"],
            sure=_terms(entry["sure"]),
            usual=_terms(entry.get("usual", ())),
            weak=_terms(entry.get("weak", ())),
            contrary=_terms(entry.get("contrary", ())),
            gain=entry.get("gain", 1.0),
        )
        for entry in table["category"]
    )


@lru_cache(maxsize=1)
def urgencies() -> Urgencies:
    """The terms of ``urgency.toml``."""
    table = cast(dict[str, Any], load("urgency.toml"))
    return Urgencies(
        emergency=_terms(table["darurat"]["sure"]),
        not_now=_terms(table["darurat"]["not_now"]),
        soon=_terms(table["segera"]["sure"]),
        question=_terms(table["pertanyaan"]["sure"]),
        information=_terms(table["informasi"]["sure"]),
        not_only=_terms(table["informasi"]["not_only"]),
    )


def found(message: Message, terms: Terms, masked: Sequence[Finding] = ()) -> list[Finding]:
    """Where each of ``terms`` first stands in ``message`` outside of ``masked`` places."""
    firsts = (next((one for one in message.find(entry) if not is_covered(one, masked)), None) for entry in terms)
    return [finding for finding in firsts if finding is not None]


def is_covered(finding: Finding, others: Iterable[Finding]) -> bool:
    """Whether ``finding`` shares words with any of ``others``."""
    return any(finding.start < other.end and other.start < finding.end for other in others)
