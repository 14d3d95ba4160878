"""Tickets that may be about the same matter: a suggestion with a score, for a person to look at and join.

Within a category, and more so at the same place, fewer words in common will do. A place alone says nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from radiodesk.language import likeness
from radiodesk.language.likeness import Likely
from radiodesk.rooms.tickets.models import Ticket

WITHIN = timedelta(days=60)
_SAME_CATEGORY = 6.0
_SAME_PLACE = 10.0
_SHORTEST = 12


@dataclass(frozen=True, slots=True)
class Matter:
    """What a ticket, or one that is being written, is about."""

    text: str
    category: str | None
    place: str | None
    place_id: str | None


def alike(matter: Matter, others: Iterable[Ticket]) -> list[tuple[Ticket, int]]:
    """Other tickets that sound like this matter, with 0 to 100, the likeliest first, at most three."""
    ordered = sorted(others, key=lambda other: other.id)
    compared = [Likely(other, other.text, _beside(matter, other)) for other in ordered]
    return likeness.alike(matter.text, compared, shortest=_SHORTEST)


def _beside(matter: Matter, other: Ticket) -> float:
    if not matter.category or matter.category != other.category:
        return 0.0
    return _SAME_CATEGORY + (_SAME_PLACE if _same_place(matter, other) else 0.0)


def _same_place(matter: Matter, other: Ticket) -> bool:
    if matter.place_id and matter.place_id == other.place_id:
        return True
    return bool(matter.place and other.place and matter.place.casefold() == other.place.casefold())
