"""What the previous bulletin told of and what has ended since, to be announced."""

from collections.abc import Collection, Sequence
from datetime import datetime

from radiodesk.road.bulletin.parts import Composition
from radiodesk.road.bulletin.selection import TOGETHER, is_bare, where_key
from radiodesk.road.fusion import EXPIRED
from radiodesk.road.ports import Condition

MOST = 3
"""Sentences about what is over, so that they never crowd out what is not."""

Told = tuple[str, datetime]
"""A condition that was told of, by its place and its first report: what a database keeps of it."""


def told_of(composition: Composition) -> list[Told]:
    """What a bulletin told as going on, for the next one to know."""
    return [
        (one.place, one.first_at) for item in composition.items if item.kind == "condition" for one in item.conditions
    ]


def over_since(told: Collection[Told], conditions: Sequence[Condition], at: datetime) -> list[tuple[Condition, ...]]:
    """Conditions for one sentence each: every obstacle by itself, then plain jams up to three together."""
    known = frozenset(told)
    over = [
        one
        for one in conditions
        if one.ended_at is not None
        and one.ended_at <= at
        and one.ended_why != EXPIRED
        and (one.place, one.first_at) in known
    ]
    obstacles = [one for one in over if not is_bare(one)]
    there = {where_key(one) for one in obstacles}
    rest = [one for one in over if is_bare(one) and where_key(one) not in there]
    single = [(one,) for one in (*obstacles, *(one for one in rest if one.kind != "flow"))]
    jams = [one for one in rest if one.kind == "flow"]
    together = [tuple(jams[start : start + TOGETHER]) for start in range(0, len(jams), TOGETHER)]
    return [*single, *together][:MOST]
