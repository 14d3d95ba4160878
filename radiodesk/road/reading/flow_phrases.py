"""How the road flows, and what stands in the way, from the phrases of the dictionaries."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from radiodesk.road.ports import Flow, Kind
from radiodesk.road.reading.road_words import Dictionaries
from radiodesk.road.reading.tokens import Post

GAP = 7
"""Words within which what befell a vehicle is named."""

REACH = 9
"""Words within which what changes stands before the change: "volume kendaraan di Jalan Raya Baureno meningkat"."""

_WEAK = frozenset({"antrean"})
"""Says that cars wait; what follows says how badly."""

_VAGUE = frozenset({"gangguan", "ganguan"})

_AGAINST = frozenset({"lawan", "vs", "versus", "kontra"})
_WITH = frozenset({"dan", "dengan", "sama"})

_TOWED = frozenset({"dievakuasi", "evakuasi", "terevakuasi", "diderek", "digeret", "dipinggirkan", "minggir"})

JAMS = frozenset({"padat", "padat merayap", "tersendat", "macet"})


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase with its range of words."""

    label: str
    start: int
    end: int


def find_flows(post: Post, known: Dictionaries) -> list[Found]:
    """Every statement of flow in the order of the text; jams that are denied count as "lancar", averted ones not."""
    found = []
    for start, end, label in known.flows.find(post.words):
        before = post.words[max(0, start - 3) : start]
        if label in JAMS and not known.averted.isdisjoint(before):
            continue
        if before and before[-1] in known.negated and label != "ditutup":
            if label in JAMS or label == "ramai lancar":
                found.append(Found("lancar", start - 1, end))
            elif label == "lancar":
                found.append(Found("tersendat", start - 1, end))
            continue
        found.append(Found(label, start, end))
    return found


def find_changes(post: Post, known: Dictionaries) -> list[tuple[int, int]]:
    """Where it says that traffic grows or eases, or that nobody queues, as ranges of words."""
    words, found = post.words, list[tuple[int, int]]()
    if known.changing.isdisjoint(words) and "antrean" not in words:
        return found
    for index, word in enumerate(words):
        if word in known.changing:
            near = words[max(0, index - REACH) : index + 3]
            behind = words[index + 1 : index + 2]
            eased = word in known.easing and not known.begun.isdisjoint(words[max(0, index - 2) : index])
            # "Petugas mengurai kepadatan" tells what is done against one.
            worked_at = word == "mengurai" and not known.changed.isdisjoint(behind)
            if (eased or not known.changed.isdisjoint(near)) and not worked_at and known.unchanged.isdisjoint(near):
                found.append((index, index + 1))
        elif word == "antrean" and known.unchanged.isdisjoint(words[index + 1 : index + 4]):
            behind = words[index + 1 : index + 2]
            denied = not known.negated.isdisjoint(words[max(0, index - 2) : index])
            if behind == ["habis"] or (denied and known.queued.issuperset(behind)):
                found.append((index, index + 1))
    return found


def find_removals(post: Post, known: Dictionaries) -> list[tuple[int, int]]:
    """Where it says that a vehicle was taken away, whatever befell it: "truk di Jetak sudah dievakuasi"."""
    words = post.words
    if known.vehicles.isdisjoint(words):
        return []
    first = next(index for index, word in enumerate(words) if word in known.vehicles)
    for index in range(first + 1, len(words)):
        if words[index] in known.done and not _TOWED.isdisjoint(words[index + 1 : index + 4]):
            return [(index, index + 1)]
    return []


def choose_flow(flows: list[Found], post: Post, known: Dictionaries) -> Flow | None:
    """The flow that the post is about: what holds now before what was, else the first; closures by noun come last."""
    now = [end for _, end, _ in known.now.find(post.words)]
    if len(flows) > 1 and now and flows[0].end <= now[-1]:
        later = [flow for flow in flows if flow.start >= now[-1]]
        flows = later or flows
    if len(flows) > 1 and post.words[flows[0].end - 1] in _WEAK and flows[1].label in JAMS:
        between = post.words[flows[0].end : flows[1].start]
        if len(between) < GAP and not known.toward.intersection(between) and "," not in between:
            flows = flows[1:]
    for flow in flows:
        return cast(Flow, flow.label)
    for _, _, label in known.flow_nouns.find(post.words):
        return cast(Flow, label)
    return None


@dataclass(frozen=True, slots=True)
class Obstacle:
    """``text`` is the wording of the post; ``kind`` a Kind of the traffic room."""

    text: str
    kind: Kind
    start: int
    end: int


def find_obstacles(post: Post, known: Dictionaries) -> list[Found]:
    """Every obstacle in the order of the text, its kind as label; those denied or averted are none."""
    found = []
    for start, end, kind in known.obstacles.find(post.words):
        before = post.words[max(0, start - 2) : start]
        if known.averted.isdisjoint(before) and known.negated.isdisjoint(before[-1:]):
            found.append(Found(kind, start, end))
    return found or _mishaps(post, known)


def taken(post: Post, found: Iterable[Found], known: Dictionaries) -> set[int]:
    """Positions of words that can be of no place: those found, but not the name in "traffic light Sumbang padam"."""
    indices: set[int] = set()
    for one in found:
        named = one.end - one.start > 2 and post.words[one.start] not in known.vehicles and _has_gap(post, one, known)
        indices.update((one.start, one.end - 1) if named else range(one.start, one.end))
    return indices


def _has_gap(post: Post, found: Found, known: Dictionaries) -> bool:
    return known.obstacles.at(post.words, found.start) is None and known.flows.at(post.words, found.start) is None


def _mishaps(post: Post, known: Dictionaries) -> list[Found]:
    """A thing and what befell it, with other words between: "truk molen B 9001 XY terguling"."""
    for index, word in enumerate(post.words):
        befalls = known.mishaps.get("vehicle" if word in known.vehicles else word)
        if befalls is None:
            continue
        for far in range(index + 1, min(index + GAP, len(post.words))):
            after = post.words[far]
            if after in befalls:
                begin = index - 1 if index and post.words[index - 1] in ("traffic", "lampu") else index
                return [Found(befalls[after], begin, far + 1)]
            if after in known.toward or after in known.vehicles or after in (".", ",", "di", "ke"):
                break
    return []


def parties(post: Post, known: Dictionaries, accident: Obstacle) -> str:
    """Who met in an accident, where the post names both right behind it or one against the other."""
    things = known.parts_of_vehicles
    if not things.isdisjoint(post.words[accident.start : accident.end]):
        return ""
    for index, word in enumerate(post.words):
        first = index
        while first and post.words[first - 1] in things:
            first -= 1
        last = index + 1
        while last < len(post.words) and post.words[last] in things:
            last += 1
        behind = first == accident.end or (first == accident.end + 1 and post.words[accident.end] == "antara")
        if first < index < last - 1 and (word in _AGAINST or (word in _WITH and behind)):
            return f"{' '.join(post.words[first:index])} dan {' '.join(post.words[index + 1 : last])}"
    return ""


def gravest(post: Post, found: list[Found], known: Dictionaries) -> Obstacle | None:
    """Of obstacles the one of the gravest kind, in its first wording."""
    if not found:
        return None
    # "Truk mengalami gangguan pecah ban": the trouble that is named tells more than that there is one.
    one = min(found, key=lambda one: (known.obstacle_order[one.label], post.words[one.end - 1] in _VAGUE))
    return Obstacle(post.surface(one.start, one.end), cast(Kind, one.label), one.start, one.end)
