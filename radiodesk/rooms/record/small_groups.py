"""Groups that are told by name only where they are large enough, and where no difference tells a smaller one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

LEAST = 5
"""The smallest group that is told by its name, and the fewest of which a median is told.

It is no setting: two reports with two limits could be held against each other.
"""


@dataclass(frozen=True, slots=True)
class Groups:
    """What is told of counts by name: those that stand, largest first, and how many are in all others together:
    ``None`` where these are some, but fewer than ``LEAST``.
    """

    named: tuple[tuple[str, int], ...]
    others: int | None


def told_groups(counts: Mapping[str, int], parts: Iterable[Mapping[str, int]] = ()) -> Groups:
    """The groups that may be told by name; ``parts`` are what is told elsewhere of parts of the same whole.

    A group stands where it has ``LEAST`` or more, and so has whatever is left of it when all that its parts tell is
    taken away, unless nothing is left.
    """
    told: dict[str, int] = {}
    for part in parts:
        for name, count in part.items():
            told[name] = told.get(name, 0) + count
    named = {
        name: count for name, count in counts.items() if count >= LEAST and not 0 < count - told.get(name, 0) < LEAST
    }
    others = sum(counts.values()) - sum(named.values())
    ordered = tuple(sorted(named.items(), key=lambda one: (-one[1], one[0])))
    return Groups(ordered, None if 0 < others < LEAST else others)
