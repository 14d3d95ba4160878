"""From a text to a ``Reading``, and from that to the ``Report`` that the traffic room computes with."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, cast
from zoneinfo import ZoneInfo

from radiodesk.area.finding import FoundPlace, PlaceFinder
from radiodesk.traffic.ports import Flow, Kind, Report
from radiodesk.traffic.reading.about import Verdict, judge
from radiodesk.traffic.reading.clock import read_time
from radiodesk.traffic.reading.evidence import Evidence
from radiodesk.traffic.reading.flow import (
    Found,
    Obstacle,
    choose_flow,
    find_flows,
    find_obstacles,
    gravest,
    taken,
)
from radiodesk.traffic.reading.model import LinearModel, load_model
from radiodesk.traffic.reading.tokens import Post, read_post
from radiodesk.traffic.reading.where import Where
from radiodesk.traffic.reading.words import Dictionaries, dictionaries

FREE: frozenset[str] = frozenset({"lancar", "ramai lancar"})
LIKELY, SURE = 0.7, 0.93
"""Scores from which a post that names neither flow nor trouble nor time is one of traffic: with a road, without."""

_TELLING = re.compile(r"\b\d{1,2}[.:]\d{2}\b|\b(?:terpantau|situasi|lintas|arus)\b")
_PARTING = frozenset({",", ".", ";", "sedangkan", "namun", "tapi", "sementara", "sdgkan"})
_DETOUR = re.compile(
    r"\b(?:dialihkan|pengalihan)\b.{0,30}?\b(?:lewat|melalui|ke arah|ke|via)\s+(?P<way>[^.,;!?]{4,60})", re.I
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one post says. ``time`` is station time as "HH:MM"; ``at`` and ``toward`` are the post's own wording.

    ``ways`` parts a post that tells of two directions: each with its flow, the first stated first; empty otherwise.
    ``reason`` says why a text with traffic words is no report (question, history, appeal, announcement, figure).
    """

    text: str
    is_traffic: bool
    time: str | None
    places: tuple[FoundPlace, ...]
    at: str | None
    toward: tuple[str, ...]
    flow: Flow | None
    obstacle: str | None
    kind: Kind
    confidence: float
    cleared: bool = False
    detour: str | None = None
    reason: str = ""
    ways: tuple[tuple[tuple[str, ...], Flow], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The object that ``radiodesk pipe reports`` prints."""
        return {
            "text": self.text,
            "is_traffic": self.is_traffic,
            "time": self.time,
            "places": [place.as_json() for place in self.places],
            "at": self.at,
            "toward": list(self.toward),
            "flow": self.flow,
            "obstacle": self.obstacle,
            "kind": self.kind,
            "confidence": round(self.confidence, 3),
        }


def read_report(
    text: str, *, now: datetime | None = None, finder: PlaceFinder | None = None, model: LinearModel | None = None
) -> Reading:
    """Read one post.

    ``now`` (station time) serves words like "ten minutes ago"; ``finder`` knows the area's places; ``model`` stands in
    for the one that comes with the program, for measuring on posts that it was not trained on.
    """
    known = dictionaries()
    post = read_post(text, known)
    if not post.words:
        return Reading(text, False, None, (), None, (), None, None, "other", 0.0)
    flows, obstacles = find_flows(post, known), find_obstacles(post, known)
    marks = taken(post, (*flows, *obstacles), known)
    evidence = Evidence(post, known, marks)
    places = tuple(finder.find(text)) if finder is not None else ()
    verdict = judge(post, flows, obstacles, evidence, known, placed=bool(places))
    score = (model or load_model()).score(post)
    is_traffic, confidence = _decide(evidence, verdict, bool(flows or obstacles), score)
    if not is_traffic:
        return Reading(text, False, None, places, None, (), None, None, "other", confidence, reason=verdict.reason)
    flow = choose_flow(flows, post, known)
    obstacle = gravest(post, obstacles, known)
    where = Where(post, known, frozenset(marks))
    at = where.at() or (places[0].name if places else None)
    return Reading(
        text=text,
        is_traffic=True,
        time=read_time(text, now),
        places=places,
        at=at,
        toward=where.toward(),
        flow=flow,
        obstacle=obstacle.text if obstacle else None,
        kind=_kind(obstacle, flow),
        confidence=confidence,
        cleared=_cleared(post, known, flows, obstacle),
        detour=_detour(text),
        ways=_ways(post, flows, where),
    )


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


def _cleared(post: Post, known: Dictionaries, flows: list[Found], obstacle: Obstacle | None) -> bool:
    """A jam or an obstacle that is over: it flows again, or what stood there is gone, and the post says so."""
    if flows and flows[-1].label in FREE:
        return not known.steady.isdisjoint(post.words)
    if flows or obstacle is None:
        return False
    done = (index for index, word in enumerate(post.words) if word in known.done)
    return any(not known.removed.isdisjoint(post.words[index + 1 : index + 4]) for index in done)


def _ways(post: Post, flows: list[Found], where: Where) -> tuple[tuple[tuple[str, ...], Flow], ...]:
    """Directions with their flows, where a post tells of several: "arah A padat, sedangkan arah B lancar"."""
    bounds = [0]
    for one, other in pairwise(flows):
        parts = (index for index in range(one.end, other.start) if post.words[index] in _PARTING)
        bounds.append(next(parts, one.end))
    bounds.append(len(post.words))
    found = []
    for flow, (begin, stop) in zip(flows, pairwise(bounds), strict=True) if flows else ():
        toward = where.toward(begin, stop)
        if toward and "sebaliknya" not in post.words[begin:stop]:
            found.append((toward, cast(Flow, flow.label)))
    return tuple(found) if len(found) > 1 else ()


def _detour(text: str) -> str | None:
    match = _DETOUR.search(text)
    return match["way"].strip() if match else None


def to_reports(reading: Reading, *, source: str, observed_at: datetime, zone: str = "Asia/Jakarta") -> list[Report]:
    """A ``Report`` for each direction that the post tells of by itself; one for most posts. See ``to_report``."""
    first = to_report(reading, source=source, observed_at=observed_at, zone=zone)
    return [replace(first, toward=toward, flow=flow) for toward, flow in reading.ways] or [first]


def to_report(reading: Reading, *, source: str, observed_at: datetime, zone: str = "Asia/Jakarta") -> Report:
    """A ``Report`` at the time that the post states, else when it was seen; ``observed_at`` is aware.

    Of a post that tells of several directions only the first, since its flow is not that of the others.
    A stated time in the future by more than an hour is yesterday's: a post of 23.50 read after midnight.
    """
    local = observed_at.astimezone(ZoneInfo(zone))
    at = local
    if reading.time is not None:
        hour, minute = (int(part) for part in reading.time.split(":"))
        at = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
        if at > local + timedelta(hours=1):
            at -= timedelta(days=1)
    here, ids = _place(reading)
    return Report(
        text=reading.text,
        source=source,
        observed_at=at.astimezone(UTC),
        place=reading.at or (here.name if here else None),
        place_ids=ids,
        toward=reading.ways[0][0] if reading.ways else reading.toward,
        flow=reading.flow,
        obstacle=reading.obstacle,
        kind=reading.kind,
        confidence=reading.confidence,
        cleared=reading.cleared,
        detour=reading.detour,
        latitude=here.place.latitude if here else None,
        longitude=here.place.longitude if here else None,
    )


def _place(reading: Reading) -> tuple[FoundPlace | None, tuple[str, ...]]:
    """The found places within the wording of ``at``, the most specific first; without any, all but directions.

    Where ``at`` names no more than a road to another town or a kecamatan, a narrower place beside it counts too:
    "jalan raya Bojonegoro-Cepu, tepatnya di desa Sumengko".
    """
    at = (reading.at or "").lower()
    elsewhere = " ".join((*reading.toward, reading.detour or "")).lower()
    wording = [(place, reading.text[place.start : place.end].lower()) for place in reading.places]
    others = [place for place, words in wording if words not in at and words not in elsewhere]
    here = [place for place, words in wording if words in at] or others
    if all(_SPECIFIC.get(place.kind, 0) >= WIDE for place in here):
        here += [place for place in others if place not in here and _SPECIFIC.get(place.kind, 0) < WIDE]
    ranked = sorted(here, key=lambda place: _SPECIFIC.get(place.kind, 0))
    return (ranked[0] if ranked else None), tuple(dict.fromkeys(place.place.id for place in ranked))


WIDE = 3
_SPECIFIC = {"road": 1, "desa": 2, "corridor": 3, "kecamatan": 4, "town": 5, "kabupaten": 6}
