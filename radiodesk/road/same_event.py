"""Whether two posts tell of one event: the same thing at the same place in the same direction at about the same time.

Reposts are told by their wording; all else by comparing what the posts say: names of places by spelling and sound,
kilometre, direction (toward and whence), kind of trouble, flow, and the time. One clear contradiction is enough to
part them; without any, the shared names decide.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.fuzz import ratio

from radiodesk.language.places.sound_keys import sound_key
from radiodesk.road.event_parts import Told, tell
from radiodesk.road.ports import Kind
from radiodesk.road.reading.road_words import comparing

REPOST = timedelta(hours=26)
"""A post that states its time is passed on for about a day."""

THRESHOLD = 0.5

LONG = 9
"""A wording of so many words is not found twice by chance, so it may be passed on without a time."""


Moment = datetime | str | None
"""A time, or one as ``radiodesk pipe same`` takes it; see ``read_moment``."""


class Same(NamedTuple):
    """The answer, with how sure it is on a scale of 0 to 1 (0.5 parts the two)."""

    same: bool
    score: float


def same_event(a: str, time_a: Moment, b: str, time_b: Moment) -> Same:
    """Whether posts ``a`` and ``b``, seen at these times, tell of one event. ``ValueError`` for a time that is none."""
    seen_a, seen_b = read_moment(time_a), read_moment(time_b)
    first, second = tell(a), tell(b)
    repost = _repost(first, second)
    if repost and _repost_in_time(first, second, seen_a, seen_b):
        return Same(True, round(repost, 4))
    score = _likeness(first, second) * _together(first, second, _apart(first, seen_a, second, seen_b))
    return Same(score >= THRESHOLD, round(score, 4))


def read_moment(value: Moment) -> datetime | None:
    """ISO 8601 with or without zone, or "HH:MM" on a day of no matter; empty and null are no time.

    Without a zone station time is meant; only differences count, so UTC is put in its place.
    """
    if not value:
        return None
    if isinstance(value, str):
        if clock := re.fullmatch(r"(\d{1,2})[.:](\d{2})(?:\s*wib)?", value.strip(), re.IGNORECASE):
            return datetime(2000, 1, 1, int(clock[1]), int(clock[2]), tzinfo=UTC)
        value = datetime.fromisoformat(value.strip())
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _repost_in_time(a: Told, b: Told, time_a: datetime | None, time_b: datetime | None) -> bool:
    if a.clock and b.clock and a.clock != b.clock:
        return False
    if time_a is None or time_b is None:
        return True
    lasting = (a.clock and b.clock) or a.passed_on or b.passed_on or min(len(a.words), len(b.words)) >= LONG
    longer = 2 if a.words == b.words and len(a.words) >= 6 and not a.troubles else 1
    return abs(time_a - time_b) <= (REPOST if lasting else max(a.window, b.window) * longer)


def _repost(a: Told, b: Told) -> float:
    """Likeness of wordings, that of one cut off to the beginning of the other; 0 when they differ in a name."""
    short, long = sorted((a, b), key=lambda told: len(told.words))
    if (a.free and b.jammed) or (a.jammed and b.free) or _are_opposed(a, b):
        return 0.0
    if len(short.words) < 3 or a.numbers != b.numbers or a.sides != b.sides or a.kilometre != b.kilometre:
        return 0.0
    beginning = long.words[: len(short.words)] if short.cut_off else long.words
    likeness = ratio(" ".join(short.words), " ".join(beginning)) / 100
    if likeness < 0.82:
        return 0.0
    names = {*a.names, *b.names, *a.kinds_of_place, *b.kinds_of_place, *a.toward, *b.toward, *a.whence, *b.whence}
    differing = (set(short.words) ^ set(beginning)) & names
    common = set(a.words) & set(b.words)
    for word in sorted(differing):
        if not any(alike(word, other) for other in common | (differing - {word})):
            return 0.0
    return likeness


def _apart(a: Told, time_a: datetime | None, b: Told, time_b: datetime | None) -> timedelta | None:
    """How far the events are apart, by the times that the posts state, else by when they were seen."""
    first, second = _event_time(a, time_a), _event_time(b, time_b)
    if first is not None and second is not None:
        return abs(first - second)
    if a.clock and b.clock:
        minutes = [int(clock[:2]) * 60 + int(clock[3:]) for clock in (a.clock, b.clock)]
        return timedelta(minutes=abs(minutes[0] - minutes[1]))
    return None


def _event_time(told: Told, seen: datetime | None) -> datetime | None:
    if seen is None or told.clock is None:
        return seen
    stated = seen.replace(hour=int(told.clock[:2]), minute=int(told.clock[3:]), second=0, microsecond=0)
    if stated - seen > timedelta(hours=12):
        stated -= timedelta(days=1)
    elif seen - stated > timedelta(hours=12):
        stated += timedelta(days=1)
    return stated


def _together(a: Told, b: Told, apart: timedelta | None) -> float:
    """How well time, direction, kilometre, kind and flow go together; 0 at a clear contradiction."""
    if apart is not None and apart > max(a.window, b.window):
        return 0.0
    if a.kilometre is not None and b.kilometre is not None and abs(a.kilometre - b.kilometre) > 1.0:
        return 0.0
    if _are_opposed(a, b):
        return 0.0
    value = 1.0
    if a.numbers and b.numbers and a.numbers.isdisjoint(b.numbers):
        value *= 0.3
    if a.sides and b.sides and a.sides.isdisjoint(b.sides):
        value *= 0.3
    if (a.free and b.jammed) or (a.jammed and b.free):
        value *= 0.2
    if a.kinds_of_place and b.kinds_of_place and a.kinds_of_place.isdisjoint(b.kinds_of_place):
        value *= 0.49
    if not _agree(a.troubles, b.troubles):
        value *= 0.4
    if a.vehicles and b.vehicles and a.vehicles.isdisjoint(b.vehicles):
        value *= 0.75
    return value


_COUSINS: tuple[frozenset[Kind], ...] = (
    frozenset({"accident", "breakdown"}),
    frozenset({"weather", "flood", "tree"}),
    frozenset({"weather", "accident", "breakdown"}),
)
"""Troubles that people take for one another or name together."""

_VAGUE: frozenset[Kind] = frozenset({"closure"})


def _agree(a: frozenset[Kind], b: frozenset[Kind]) -> bool:
    """A jam goes with any cause, a closure with any reason; of two causes only cousins."""
    a, b = a - _VAGUE, b - _VAGUE
    if not a or not b or not a.isdisjoint(b):
        return True
    return any(not cousins.isdisjoint(a) and not cousins.isdisjoint(b) for cousins in _COUSINS)


def _are_opposed(a: Told, b: Told) -> bool:
    """Directions that exclude one another: other goals, other origins, or one's goal is the other's origin."""
    if a.both_ways or b.both_ways:
        return False
    if a.toward and b.toward:
        return not _meet(a.toward, b.toward)
    if a.whence and b.whence:
        return not _meet(a.whence, b.whence)
    return bool(_meet(a.toward, b.whence) or _meet(a.whence, b.toward))


def _meet(left: Iterable[str], right: Iterable[str]) -> int:
    """How many of the names on the left have their like on the right."""
    others = tuple(right)
    return sum(any(alike(name, other) for other in others) for name in left)


@lru_cache(maxsize=50_000)
def alike(name: str, other: str) -> bool:
    """Whether two words are one name: same letters, same sound, or Javanese «mb-», «nd-», «ng-» put before."""
    if name == other:
        return True
    if min(len(name), len(other)) < 4:
        return False
    key, other_key = (sound_key(_JAVANESE.sub("", word)) for word in (name, other))
    return (key == other_key and ratio(name, other) >= 60) or ratio(name, other) >= 88


_JAVANESE = re.compile(r"^(?:m(?=b)|n(?=[dj])|ng(?=[aeiou]))")


def _likeness(a: Told, b: Told) -> float:
    """How far the names of places agree: those shared against those that each has alone, by their weights."""
    broad = comparing().broad
    here, there = _joined(a, b), _joined(b, a)
    directed_a, directed_b = a.toward | a.whence, b.toward | b.whence
    sharp_a = _sharp(here, directed_a, a.kinds_of_place, broad)
    sharp_b = _sharp(there, directed_b, b.kinds_of_place, broad)
    shared = _meet(sharp_a, sharp_b)
    if not shared:
        beside = _meet(sharp_a, directed_b) or _meet(sharp_b, directed_a)
        return 0.6 if beside and not (here and there) else 0.1
    alone_a = sum(weight for name, weight in sharp_a.items() if not _meet((name,), {*there, *directed_b, *sharp_b}))
    alone_b = sum(weight for name, weight in sharp_b.items() if not _meet((name,), {*here, *directed_a, *sharp_a}))
    # "Banjarejo Bojonegoro" and "Banjarejo Padangan": the wide name stands against the narrow one.
    alone_a = max(alone_a, 0.9 * bool((here.keys() & broad) - there.keys()))
    alone_b = max(alone_b, 0.9 * bool((there.keys() & broad) - here.keys()))
    both = 0.75 if min(alone_a, alone_b) >= 0.9 else 1.0
    return both * shared / (shared + min(alone_a, alone_b) + 0.15 * max(alone_a, alone_b))


def _sharp(
    names: dict[str, float], directed: frozenset[str], kinds: frozenset[str], broad: frozenset[str]
) -> dict[str, float]:
    """The names that tell where; those of directions, or kinds of places, when there are no others."""
    for candidates in (names, dict.fromkeys(directed, 1.0)):
        if sharp := {name: weight for name, weight in candidates.items() if name not in broad}:
            return sharp
    return dict.fromkeys(kinds, 1.0)


def _joined(here: Told, other: Told) -> dict[str, float]:
    """Names of a post, with two words written as one where the other post writes them so ("kali ketek")."""
    found = dict(here.names)
    for name in other.names:
        for pair, parts in here.pairs.items():
            if len(name) >= 7 and name not in found and alike(pair, name):
                for part in parts:
                    found.pop(part, None)
                found[pair] = 1.0
    return found
