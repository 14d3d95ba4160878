"""Triage: what a listener's words are about, whose matter that is and how soon it must be taken up.

A suggestion, never a decision: it names the words that decided, so that a person can accept or correct it with one key.
The rules are tables of terms in ``categories.toml``, ``urgency.toml`` and ``slang.toml``; nothing is learned from data.
"""

import math
from collections.abc import Collection
from dataclasses import dataclass

from radiodesk.language.triage.compiled_rules import Category, categories, found, is_covered, urgencies
from radiodesk.language.triage.plain_words import Finding, Message

__all__ = ["Suggestion", "triage"]

UNKNOWN = "lain"
"""The category of a message in which no term was found."""

_DESK = "spkt"
_SURE, _USUAL, _WEAK, _CONTRARY = 4.0, 2.0, 1.0, -4.0
_HEDGED = 0.4
_REPEATED = 0.35
_EARLY = 1.0
_EARLY_REACH = 120


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What triage makes of one message.

    ``category`` names the matter, ``unit`` who acts on it, ``urgency`` is darurat, segera, biasa, informasi or
    pertanyaan, ``confidence`` 0 to 1 that the category is right, ``why`` the words that decided, as they were written,
    ``route`` how it gets there: satuan (own unit), propam, dinas (another office), lapor (SP4N-LAPOR), 110 or 112.
    """

    category: str
    unit: str
    urgency: str
    confidence: float
    why: tuple[str, ...]
    route: str


@dataclass(frozen=True, slots=True)
class _Scored:
    category: Category
    score: float
    findings: tuple[Finding, ...]


def triage(text: str, *, units: Collection[str] | None = None) -> Suggestion:
    """Suggest category, unit and urgency for a message in Indonesian or Javanese, spoken or typed.

    ``units`` are the ids of the units that the station knows: the suggestion is one of them where a suitable one is
    among them ("dpu" also matches "dpu-bmpr"), and else the category's second choice, "spkt" or "lapor".
    """
    message = Message(text)
    ranked = sorted((_score(message, category) for category in categories()), key=lambda scored: -scored.score)
    best, second = ranked[0], ranked[1]
    if best.score <= 0:
        urgency, why, emergency = _urgency(message, "biasa")
        return Suggestion(UNKNOWN, _known(_DESK, _DESK, units), urgency, 0.1, why, "110" if emergency else "satuan")
    urgency, urgent_words, emergency = _urgency(message, best.category.urgency)
    why = _words(message, [*best.findings]) + tuple(word for word in urgent_words if emergency)
    return Suggestion(
        category=best.category.id,
        unit=_known(best.category.unit, best.category.otherwise, units),
        urgency=urgency,
        confidence=_confidence(best.score, max(second.score, 0.0)),
        why=tuple(dict.fromkeys(why)),
        route=_route(best.category, emergency),
    )


def _score(message: Message, category: Category) -> _Scored:
    """The weight of a category's terms; the same words count fully once, hedged words and repeats count less."""
    contrary = [finding for entry in category.contrary for finding in message.find(entry)]
    total = 0.0
    findings: list[Finding] = []
    for weight, terms in ((_SURE, category.sure), (_USUAL, category.usual), (_WEAK, category.weak)):
        for finding in found(message, terms, contrary):
            value = weight * (_HEDGED if finding.hedged else 1.0)
            if is_covered(finding, findings):
                value *= _REPEATED
            elif finding.start < _EARLY_REACH:
                value += _EARLY * (1 - finding.start / _EARLY_REACH) * (_HEDGED if finding.hedged else 1.0)
            total += value
            findings.append(finding)
    context = sum(not _masks(message, category, finding) for finding in contrary)
    return _Scored(category, total * category.gain + (_CONTRARY * context if findings else 0.0), tuple(findings))


def _masks(message: Message, category: Category, contrary: Finding) -> bool:
    """Whether a contrary term only takes back words of the category ("lampu merah" as a landmark)."""
    terms = (*category.sure, *category.usual, *category.weak)
    return any(is_covered(finding, [contrary]) for entry in terms for finding in message.find(entry))


def _confidence(best: float, second: float) -> float:
    """Grows with the weight of the winner and with its lead over the runner-up."""
    return round((1 - math.exp(-best / 3.0)) * math.sqrt(best / (best + second)), 2)


def _urgency(message: Message, usual: str) -> tuple[str, tuple[str, ...], bool]:
    """Urgency, the words that decided it, and whether it is an emergency now."""
    terms = urgencies()
    emergency = found(message, terms.emergency)
    if emergency and not found(message, terms.not_now):
        return "darurat", _words(message, emergency), True
    question = found(message, terms.question)
    if question or message.text.rstrip().endswith("?"):
        return "pertanyaan", _words(message, question), False
    soon = found(message, terms.soon)
    if soon or emergency:
        return "segera", _words(message, [*soon, *emergency]), False
    information = found(message, terms.information)
    if information and not found(message, terms.not_only):
        return "informasi", _words(message, information), False
    if usual == "pertanyaan":
        return "biasa", (), False
    return ("segera", (), False) if usual == "darurat" else (usual, (), False)


def _words(message: Message, findings: list[Finding]) -> tuple[str, ...]:
    ordered = sorted(findings, key=lambda finding: (finding.start, -finding.end))
    kept: list[Finding] = []
    for finding in ordered:
        if not kept or finding.start >= kept[-1].end:
            kept.append(finding)
    return tuple(message.text[finding.start : finding.end] for finding in kept)


def _route(category: Category, emergency: bool) -> str:
    if not emergency:
        return (
            category.route if category.route not in {"110", "112"} else "satuan" if category.unit == _DESK else "dinas"
        )
    return "112" if category.route in {"112", "dinas", "lapor"} else "110"


def _known(unit: str, otherwise: str, units: Collection[str] | None) -> str:
    if units is None:
        return unit
    for wanted in (unit, otherwise, _DESK, "lapor"):
        for known in sorted(units):
            if known == wanted or known.startswith(f"{wanted}-"):
                return known
    return unit
