"""Lets people's corrections improve the next suggestion: what was decided about words like these before counts more.

Triage itself learns nothing; this looks among the station's own decided tickets for one whose words are nearly the same
and says which, so that the person sees why.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from rapidfuzz import fuzz, process
from sqlalchemy.orm import Session

from radiodesk.core.text import tidy
from radiodesk.language.triage import Suggestion, triage
from radiodesk.rooms.tickets.queries import corrected_since
from radiodesk.rooms.tickets.station_rules import Rules

REMEMBERED = timedelta(days=365)
ALIKE = 82.0
"""Least likeness, of 100, of two texts by their words in any order; below it people rarely meant the same matter."""
FEWEST_WORDS = 4
CERTAIN = 0.9


class Earlier(NamedTuple):
    """What a person decided about a text."""

    number: str
    text: str
    category: str
    unit_id: str


def suggest(session: Session, rules: Rules, text: str, now: datetime) -> Suggestion:
    """Triage of a text, corrected by what a person decided about nearly the same words."""
    made = triage(text, units=rules.unit_by_id.keys())
    earlier = [
        Earlier(number, tidy(words).lower(), category, unit)
        for number, words, category, unit in corrected_since(session, now - REMEMBERED)
    ]
    return corrected(made, text, earlier)


def corrected(made: Suggestion, text: str, earlier: list[Earlier]) -> Suggestion:
    """The suggestion with category and unit of the most alike earlier decision, when there is one."""
    words = tidy(text).lower()
    if len(words.split()) < FEWEST_WORDS:
        return made
    best = process.extractOne(words, [e.text for e in earlier], scorer=fuzz.token_sort_ratio, score_cutoff=ALIKE)
    if best is None:
        return made
    found = earlier[best[2]]
    if (found.category, found.unit_id) == (made.category, made.unit):
        return made
    return replace(
        made,
        category=found.category,
        unit=found.unit_id,
        confidence=max(made.confidence, round(CERTAIN * best[1] / 100, 2)),
        why=(f"≈ {found.number}", *made.why),
    )
