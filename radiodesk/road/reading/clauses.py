"""Posts that tell of several places or directions: "Jetak arah A padat, arah B lancar, Proliman Kapas macet"."""

from dataclasses import replace
from itertools import pairwise
from typing import cast

from radiodesk.road.ports import Flow, Kind
from radiodesk.road.reading.flow_phrases import Found, gravest
from radiodesk.road.reading.reading_result import Reading
from radiodesk.road.reading.road_words import Dictionaries
from radiodesk.road.reading.tokens import Post
from radiodesk.road.reading.where import Where

PARTING = frozenset({",", ".", ";", "sedangkan", "namun", "tapi", "sementara"})


def split(
    whole: Reading, post: Post, flows: list[Found], obstacles: list[Found], marks: set[int], known: Dictionaries
) -> tuple[Reading, ...]:
    """A reading for each flow that has a place or a direction of its own; empty when fewer than two have."""
    if len(flows) < 2:
        return ()
    parts: list[Reading] = []
    for flow, (begin, stop) in zip(flows, _ranges(post, flows), strict=True):
        # "Sebaliknya" names no direction, and a detour is no place of its own.
        if "sebaliknya" in post.words[begin:stop] or (parts and flow.label == "dialihkan"):
            continue
        where = Where(post.part(begin, stop), known, frozenset(mark - begin for mark in marks))
        toward, at = where.toward(), where.at()
        directed = " ".join(toward).lower()
        start, end = post.starts[begin], post.ends[stop - 1]
        places = tuple(place for place in whole.places if start <= place.start and place.end <= end)
        named = any(whole.text[place.start : place.end].lower() not in directed for place in places)
        own = named or (where.by_kind(at) and (at or "").lower() not in directed)
        if not toward and not own:
            continue
        within = [one for one in obstacles if begin <= one.start < stop]
        obstacle = gravest(post, within, known)
        before = parts[-1] if parts else whole
        # Nobody is sent round a place by the place itself.
        detour = None if own and at and whole.detour and at.lower() in whole.detour.lower() else whole.detour
        parts.append(
            replace(
                whole,
                at=at if own else before.at,
                beside=where.beside() if own else before.beside,
                places=places if own else (*before.places, *places),
                toward=toward,
                detour=detour,
                flow=cast(Flow, flow.label),
                obstacle=obstacle.text if obstacle else None,
                kind=obstacle.kind if obstacle else _kind(flow),
            )
        )
    told = {(part.at, part.toward) for part in parts}
    return tuple(parts) if len(told) > 1 else ()


def _kind(flow: Found) -> Kind:
    return "closure" if flow.label in ("ditutup", "dialihkan") else "flow"


def _ranges(post: Post, flows: list[Found]) -> list[tuple[int, int]]:
    """The range of words that belongs to each flow: up to a mark or a word that parts it from the next."""
    bounds = [0]
    for one, other in pairwise(flows):
        marks = (index for index in range(one.end, other.start) if post.words[index] in PARTING)
        bounds.append(next(marks, one.end))
    return list(pairwise([*bounds, len(post.words)]))
