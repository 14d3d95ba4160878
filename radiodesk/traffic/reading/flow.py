"""How the road flows, and what stands in the way, from the phrases of the dictionaries."""

from dataclasses import dataclass
from typing import cast

from radiodesk.traffic.ports import Flow, Kind
from radiodesk.traffic.reading.tokens import Post
from radiodesk.traffic.reading.words import Dictionaries

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


def choose_flow(flows: list[Found], post: Post, known: Dictionaries) -> Flow | None:
    """The flow that the post is about: what holds now before what was, else the first; closures by noun come last."""
    now = [end for _, end, _ in known.now.find(post.words)]
    if len(flows) > 1 and now and flows[0].end <= now[-1]:
        later = [flow for flow in flows if flow.start >= now[-1]]
        flows = later or flows
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
    return found


def find_obstacle(post: Post, known: Dictionaries) -> Obstacle | None:
    """The obstacle of the gravest kind, its first wording in the text."""
    found = find_obstacles(post, known)
    if not found:
        return None
    gravest = min(found, key=lambda one: known.obstacle_order[one.label])
    return Obstacle(post.surface(gravest.start, gravest.end), cast(Kind, gravest.label), gravest.start, gravest.end)
