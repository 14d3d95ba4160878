"""From a text to a ``Reading``, and from that to the ``Report`` that the traffic room computes with."""

import re
from dataclasses import replace
from datetime import datetime

from radiodesk.language.places.finder import PlaceFinder
from radiodesk.road.ports import Flow, Kind
from radiodesk.road.reading.about import Verdict, judge
from radiodesk.road.reading.clauses import split
from radiodesk.road.reading.evidence import Evidence
from radiodesk.road.reading.flow_phrases import (
    Found,
    Obstacle,
    choose_flow,
    find_changes,
    find_flows,
    find_gone,
    find_obstacles,
    find_removals,
    gravest,
    parties,
    people_helped,
    taken,
)
from radiodesk.road.reading.linear_model import LinearModel, load_model
from radiodesk.road.reading.reading_result import Reading
from radiodesk.road.reading.road_words import Dictionaries, dictionaries
from radiodesk.road.reading.stated_time import read_time, read_until
from radiodesk.road.reading.tokens import Post, read_post
from radiodesk.road.reading.way_round import find_detour, find_extent, find_whom, is_nameless
from radiodesk.road.reading.where import Where

FREE: frozenset[str] = frozenset({"lancar", "ramai lancar"})
LIKELY, SURE = 0.7, 0.93
"""Scores from which a post that names neither flow nor trouble nor time is one of traffic: with a road, without."""

_TELLING = re.compile(r"\b\d{1,2}[.:]\d{2}\b|\b(?:terpantau|situasi|lintas|arus)\b")
_DETOUR = re.compile(
    r"(?<!tidak )(?<!tdk )(?<!belum )\b(?:dialihkan|pengalihan)\b.{0,30}?"
    r"\b(?:lewat|melalui|ke arah|ke|via)\s+(?P<way>[^.,;!?]{4,60})",
    re.I,
)

_NOT_THERE = re.compile(r"\b(?:jangan|hindari|menghindari|tidak|tdk|dilarang|ojo)\b", re.I)

_BEYOND = re.compile(
    r"\b(?:sampai|sampe|hingga|s/d|sd|karena|krn|akibat|imbas|selama|untuk|mulai|pukul|pkl|jam|sementara|dulu)\b", re.I
)
"""What follows the way round and is no part of it: until when, and why."""


def read_report(
    text: str,
    *,
    now: datetime | None = None,
    finder: PlaceFinder | None = None,
    model: LinearModel | None = None,
    known: Dictionaries | None = None,
) -> Reading:
    """Read one post.

    ``now`` (station time) serves words like "ten minutes ago"; ``finder`` knows the area's places; ``model`` stands in
    for the one that comes with the program, for measuring on posts that it was not trained on.
    """
    known = known or dictionaries()
    post = read_post(text, known)
    if not post.words:
        return Reading(text, False, None, (), None, (), None, None, "other", 0.0)
    flows, obstacles, changes = find_flows(post, known), find_obstacles(post, known), find_changes(post, known)
    removals = [] if flows or obstacles else find_removals(post, known)
    changes += removals
    marks = taken(post, (*flows, *obstacles), known)
    marks.update(index for start, end in changes for index in range(start, end))
    evidence = Evidence(post, known, marks)
    places = tuple(finder.find(text)) if finder is not None else ()
    verdict = judge(post, flows, obstacles, changes, evidence, known, placed=bool(places))
    score = (model or load_model()).score(post)
    is_traffic, confidence = _decide(evidence, verdict, bool(flows or obstacles), score)
    if not is_traffic:
        return Reading(text, False, None, places, None, (), None, None, "other", confidence, reason=verdict.reason)
    flow = choose_flow(flows, post, known)
    obstacle = gravest(post, obstacles, known)
    where = Where(post, known, frozenset(marks))
    at = where.at() or (places[0].name if places else None)
    closed_for, sent = find_whom(post, known)
    detour = _detour(text) or find_detour(post, known, where, marks, [(one.start, one.end) for one in places])
    whole = Reading(
        text=text,
        is_traffic=True,
        time=read_time(text, now),
        places=places,
        at=at,
        beside=where.beside(),
        toward=where.toward(),
        flow=flow,
        obstacle=obstacle.text if obstacle else None,
        kind=_kind(obstacle, flow),
        confidence=confidence,
        cleared=bool(removals) or _is_cleared(post, known, flows, obstacle),
        detour=f"{detour}, khusus {sent}" if detour and sent else detour or None,
        until=read_until(text),
        whom=closed_for or (sent if flow == "dialihkan" and not detour else ""),
        extent=find_extent(post, known),
    )
    parts = split(whole, post, flows, obstacles, marks, known)
    if parts:
        return replace(whole, parts=parts)
    if obstacle is not None and flow is not None and flow not in FREE and find_gone(post, known):
        # "Truk sudah dievakuasi, masih padat": the truck is over and the jam is not.
        return replace(
            whole,
            parts=(replace(whole, flow=None, cleared=True), replace(whole, obstacle=None, kind=_kind(None, flow))),
        )
    met = parties(post, known, obstacle) if obstacle is not None and obstacle.kind == "accident" else ""
    return replace(whole, parties=met) if met else whole


def _decide(evidence: Evidence, verdict: Verdict, said: bool, score: float) -> tuple[bool, float]:
    """Whether it is a report, with the confidence of that answer's being "yes"."""
    if verdict.clean:
        return True, 0.6 + 0.4 * score
    if verdict.reason:
        return False, 0.4 * score
    if said or _TELLING.search(" ".join(evidence.words)):
        return score >= 0.5, score
    return score >= (LIKELY if evidence.of_a_road(0, len(evidence.words)) else SURE), score


def _kind(obstacle: Obstacle | None, flow: Flow | None) -> Kind:
    if obstacle is not None:
        return obstacle.kind
    if flow is None:
        return "other"
    return "closure" if flow in ("ditutup", "dialihkan") else "flow"


def _is_cleared(post: Post, known: Dictionaries, flows: list[Found], obstacle: Obstacle | None) -> bool:
    """A jam or an obstacle that is over: it flows again, or what stood there is gone, and the post says so."""
    if flows and flows[-1].label in FREE:
        helped = people_helped(post, known)
        return any(word in known.steady and index not in helped for index, word in enumerate(post.words))
    if flows or obstacle is None:
        return False
    return bool(find_gone(post, known))


def _detour(text: str) -> str | None:
    match = _DETOUR.search(text)
    if match is None or _NOT_THERE.search(match.group()[: match.start("way") - match.start()]):
        return None
    way = _BEYOND.split(match["way"], maxsplit=1)[0].strip()
    return None if is_nameless(way.lower().split()) else way or None
