"""Which conditions are worth saying at a time, which are the same, and which matter more."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from radiodesk.language.places.nouns import AreaPack, Corridor
from radiodesk.road.bulletin.main_roads import Roads
from radiodesk.road.bulletin.parts import LeftOut, Reason
from radiodesk.road.fusion import EXPIRED
from radiodesk.road.ports import FLOWS, Condition, Flow, Kind

LEAST_CONFIDENCE = 0.35
LEAST_CONFIDENCE_UNPLACED = 0.6
"""A place that the pack doesn't know may still be a local shop front, but then the report must be a good one."""

LEAST_CONFIDENCE_CLEAR = 0.7
"""To call a road clear is a promise, so it takes an officer or two listeners."""

CLEAR_HOLDS = timedelta(minutes=30)
"""How long "terpantau lancar" may be said after somebody saw it, whatever was in the way before."""

FORGOTTEN = timedelta(hours=1)
"""What was over longer ago is not even listed as left out."""

CLEAR: frozenset[Flow] = frozenset({"lancar", "ramai lancar"})
BARE = frozenset({"flow", "other"})
"""Kinds that tell nothing by themselves."""

TOGETHER = 3
"""Most places that one sentence can hold and still be followed by ear."""

FLOW_WEIGHT: dict[Flow | None, float] = {
    "ditutup": 95, "macet": 80, "dialihkan": 75, "tersendat": 62, "padat merayap": 55, "padat": 38, "ramai lancar": 10,
    "lancar": 5, None: 0,
}  # fmt: skip
KIND_WEIGHT: dict[Kind, float] = {
    "closure": 92, "accident": 88, "flood": 84, "tree": 82, "breakdown": 52, "event": 45, "roadwork": 42, "weather": 40,
    "other": 36, "flow": 0,
}  # fmt: skip
"""How much a driver needs to know; between 0 and 100, set by the traffic office's own order of reading."""


@dataclass(frozen=True, slots=True)
class Stop:
    """One place of a sentence: the conditions there (the most important first) and the directions they hold for."""

    conditions: tuple[Condition, ...]
    position: int = 0

    @property
    def first(self) -> Condition:
        return self.conditions[0]

    @property
    def toward(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for condition in self.conditions for name in condition.toward))

    @property
    def flow(self) -> Flow | None:
        """The worst flow that is reported here."""
        flows = [condition.flow for condition in self.conditions if condition.flow]
        return max(flows, key=FLOWS.index, default=None)


@dataclass(frozen=True, slots=True)
class Candidate:
    """What one sentence tells; ``score`` decides whether it fits the slot, ``corridor`` and stops where it is said."""

    stops: tuple[Stop, ...]
    score: float
    corridor: Corridor | None

    @property
    def first(self) -> Condition:
        return self.stops[0].first

    @property
    def conditions(self) -> tuple[Condition, ...]:
        return tuple(condition for stop in self.stops for condition in stop.conditions)

    @property
    def road(self) -> str | None:
        """The id of the main road that it lies on."""
        return self.corridor.id if self.corridor else None

    @property
    def clear(self) -> bool:
        return is_clear(self.first)


def is_clear(condition: Condition) -> bool:
    """Whether there is nothing in the way: free flow, and no obstacle that has not been cleared."""
    if condition.flow not in CLEAR:
        return False
    if condition.reports and condition.reports[0].cleared and all(report.cleared for report in condition.reports):
        return True
    return condition.kind in ("flow", "other") and not condition.obstacle


def score(condition: Condition, at: datetime) -> float:
    """Worst and newest first: what it is, less its age (at most 15), plus how sure and how often confirmed."""
    what = max(FLOW_WEIGHT[condition.flow], KIND_WEIGHT[condition.kind])
    age = min(max((at - condition.last_at).total_seconds() / 60, 0) / 4, 15)
    return what - age + 6 * condition.confidence + min(condition.confirmations, 5)


def why_not(condition: Condition, at: datetime, pack: AreaPack | None) -> Reason | None:
    """The reason not to say a condition at ``at``, or None when it may be said."""
    if condition.first_at > at or (condition.kind != "weather" and _starts_later(condition, at)):
        return "not yet"
    if condition.ended_at is not None and condition.ended_at <= at:
        return "expired" if condition.ended_why == EXPIRED else "ended"
    if condition.expires_at <= at:
        return "expired"
    if not condition.place.strip() or (condition.reports and not any(report.place for report in condition.reports)):
        return "no place"
    if condition.flow is None and condition.kind in ("flow", "other") and not condition.obstacle:
        return "nothing to say"
    if condition.confidence < (LEAST_CONFIDENCE_CLEAR if is_clear(condition) else LEAST_CONFIDENCE):
        return "low confidence"
    if is_clear(condition) and condition.last_at + CLEAR_HOLDS <= at:
        return "expired"
    if pack and not _inside(condition, pack):
        return "outside area"
    return None


def _starts_later(condition: Condition, at: datetime) -> bool:
    return bool(condition.reports) and not any(report.has_begun(at) for report in condition.reports)


def _inside(condition: Condition, pack: AreaPack) -> bool:
    if any(place_id in pack.place_by_id for place_id in condition.place_ids):
        return True
    points = [
        (report.latitude, report.longitude)
        for report in condition.reports
        if report.latitude is not None and report.longitude is not None
    ]
    if points:
        return any(near_area(latitude, longitude, pack) for latitude, longitude in points)
    return condition.confidence >= LEAST_CONFIDENCE_UNPLACED


def near_area(latitude: float, longitude: float, pack: AreaPack) -> bool:
    """Within the rectangle of the pack's own places; the boundary itself is not needed for roads that cross it."""
    points = [place.point for place in pack.places if place.kind in ("kecamatan", "desa") and place.point]
    if not points:
        return True
    margin = 0.05
    return (
        min(p[0] for p in points) - margin <= latitude <= max(p[0] for p in points) + margin
        and min(p[1] for p in points) - margin <= longitude <= max(p[1] for p in points) + margin
    )


def choose(
    conditions: Sequence[Condition], at: datetime, pack: AreaPack | None
) -> tuple[list[Candidate], list[LeftOut]]:
    """Candidates for sentences, best first, and what is not one of them with the reason."""
    left_out: list[LeftOut] = []
    kept: list[Condition] = []
    for condition in conditions:
        reason = why_not(condition, at, pack)
        if reason in ("expired", "ended") and min(condition.ended_at or at, condition.expires_at) <= at - FORGOTTEN:
            continue
        if reason:
            left_out.append(LeftOut(brief(condition), reason, condition=condition))
        else:
            kept.append(condition)
    # Scored once: with thousands of reports everything that is done for each of them counts.
    scores = {id(condition): score(condition, at) for condition in kept}
    kept.sort(key=lambda condition: (-scores[id(condition)], -condition.last_at.timestamp(), condition.place))
    groups, repeated = _said_once(kept)
    left_out.extend(repeated)
    candidates = _side_by_side(_placed(_with_their_flow(groups), scores, pack))
    return sorted(candidates, key=lambda one: -one.score), left_out


def candidates_of(conditions: Sequence[Condition], at: datetime, pack: AreaPack | None) -> list[Candidate]:
    """Candidates for these conditions, the best first, where a person decided that they are to be said."""
    said = [one for one in conditions if one.place.strip() and (one.flow or one.obstacle or one.kind not in BARE)]
    scores = {id(condition): score(condition, at) for condition in said}
    said.sort(key=lambda condition: -scores[id(condition)])
    groups, _repeated = _said_once(said)
    return sorted(_side_by_side(_placed(_with_their_flow(groups), scores, pack)), key=lambda one: -one.score)


def brief(condition: Condition) -> str:
    """A condition in a few words for the list of what was left out."""
    words = (condition.flow, condition.obstacle, condition.place, *(f"arah {name}" for name in condition.toward))
    return " · ".join(word for word in words if word)


def where_key(condition: Condition) -> str:
    """One key for one place."""
    return condition.place_ids[0] if condition.place_ids else " ".join(condition.place.casefold().split())


def _same_way(one: Condition, other: Condition) -> bool:
    """Whether two conditions at one place are for the same direction; one without a direction is for all."""
    return not one.toward or not other.toward or set(one.toward) == set(other.toward)


def _said_once(conditions: Iterable[Condition]) -> tuple[list[list[Condition]], list[LeftOut]]:
    """Group what differs only in direction; drop what says the same again. The best comes first in each group."""
    groups: dict[tuple[object, ...], list[Condition]] = defaultdict(list)
    left_out: list[LeftOut] = []
    for condition in conditions:
        what = (condition.kind, condition.flow, (condition.obstacle or "").casefold(), condition.detour)
        group = groups[(where_key(condition), *what)]
        if any(_same_way(condition, known) for known in group):
            left_out.append(LeftOut(brief(condition), "said already", condition=condition))
        else:
            group.append(condition)
    return list(groups.values()), left_out


def _with_their_flow(groups: list[list[Condition]]) -> list[list[Condition]]:
    """Let the jam or the closure at an accident be told in the sentence of the accident."""
    incidents: dict[str, list[list[Condition]]] = defaultdict(list)
    for group in groups:
        if not is_bare(group[0]) and not is_clear(group[0]):
            incidents[where_key(group[0])].append(group)
    kept = []
    for group in groups:
        first = group[0]
        bare = is_bare(first) and not is_clear(first)
        home = next((g for g in incidents[where_key(first)] if _same_way(g[0], first)), None) if bare else None
        if home is None:
            kept.append(group)
        else:
            home.extend(group)
    return kept


def is_bare(condition: Condition) -> bool:
    """Says how it flows, or that a road is closed, and not why."""
    return condition.kind in ("flow", "closure") and not condition.obstacle


def _placed(groups: list[list[Condition]], scores: dict[int, float], pack: AreaPack | None) -> list[Candidate]:
    roads = Roads(pack)
    candidates = []
    for group in groups:
        corridor, position = roads.of(group[0])
        best = max(scores[id(condition)] for condition in group)
        candidates.append(Candidate((Stop(tuple(group), position),), best, corridor))
    return candidates


def _side_by_side(candidates: list[Candidate]) -> list[Candidate]:
    """Join places of one corridor with the same plain flow, so that one sentence tells them in driving order."""
    joined: list[Candidate] = []
    plain: dict[tuple[str | None, Flow | None], list[Candidate]] = defaultdict(list)
    for one in candidates:
        first = one.first
        if first.kind == "flow" and not (first.obstacle or first.detour or one.clear or first.flow == "ditutup"):
            plain[(one.corridor.id if one.corridor else None, first.flow)].append(one)
        else:
            joined.append(one)
    for together in plain.values():
        together.sort(key=lambda one: -one.score)
        for start in range(0, len(together), TOGETHER):
            part = together[start : start + TOGETHER]
            stops = sorted((stop for one in part for stop in one.stops), key=lambda stop: stop.position)
            joined.append(Candidate(tuple(stops), max(one.score for one in part), part[0].corridor))
    return joined
