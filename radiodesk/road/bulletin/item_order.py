"""The order in which the items of a bulletin are read."""

from collections import defaultdict
from collections.abc import Sequence

from radiodesk.road.bulletin.parts import Item
from radiodesk.road.bulletin.selection import Candidate

GRAVE_WARNING_SCORE = 200
"""Above every condition: a warning of danger to life is never crowded out and comes first."""

Chosen = tuple[float, Item, Candidate | None]
"""A score, the item, and the candidate that it tells of, if it is about the road."""

RANKS = {"quiet": 1, "ended": 2, "clear": 3, "warning": 4, "appeal": 5}


def in_order(chosen: Sequence[Chosen]) -> list[Chosen]:
    """Grave warnings, the roads with the worst first, what is over, clear roads, other warnings, the appeal."""
    worst: dict[str | None, float] = defaultdict(float)
    for score, _, candidate in chosen:
        if candidate is not None:
            worst[candidate.road] = max(worst[candidate.road], score)

    def key(one: Chosen) -> tuple[float, ...]:
        score, item, candidate = one
        if candidate is not None:
            # Without a road there is no order of driving: the worst first.
            return (1, -worst[candidate.road], candidate.stops[0].position if candidate.road else -score)
        return (0 if score == GRAVE_WARNING_SCORE else RANKS[item.kind], -score, 0)

    return sorted(chosen, key=key)
