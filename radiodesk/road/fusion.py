"""Fuses reports into conditions: what is believed about each place now, from whom, since when, until when.

Pure computation over the values of ``ports``. A report joins a condition that is open at its place in its direction; a
newer one that says the opposite ends it; one that nobody confirms expires by its kind. Nothing is averaged: the newest
word on how it flows holds, and confidence grows with the number of separate sources (noisy-or).
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType

from radiodesk.road.ports import FLOWS, Condition, Flow, Kind, Report
from radiodesk.road.reading.road_words import dictionaries

EXPIRY: Mapping[Kind, timedelta] = MappingProxyType(
    {
        "flow": timedelta(minutes=30),
        "accident": timedelta(minutes=90),
        "breakdown": timedelta(minutes=60),
        "roadwork": timedelta(hours=12),
        "closure": timedelta(hours=6),
        "event": timedelta(hours=4),
        "flood": timedelta(hours=4),
        "tree": timedelta(hours=3),
        "weather": timedelta(minutes=60),
        "other": timedelta(minutes=60),
    }
)
"""How long a kind is believed after its last report when the report states no end."""

TOTAL = "total"
"""The extent of a closure that takes the whole road; what lies on a road has its own words for it."""

EXPIRED, CLEARED, CONTRADICTED = "expired", "cleared", "contradicted"
"""Why a condition ended, as ``Condition.ended_why`` has it."""

FREE: frozenset[Flow] = frozenset({"lancar", "ramai lancar"})
CLOSED: frozenset[Flow] = frozenset({"ditutup", "dialihkan"})
SAME_SPOT_KM = 1.0

_KILOMETRE = re.compile(r"\bkm\.?\s*(\d{1,3})(?:\s*[.,+]\s*(\d{1,3}))?", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
_BOTH_WAYS = frozenset({"sebaliknya", "kedua", "dua", "semua", "setiap"})


@dataclass(slots=True)
class _Open:
    """A condition while reports still come in."""

    key: str
    toward: frozenset[str]
    kilometre: float | None
    kind: Kind
    flow: Flow | None
    reports: list[Report]
    expires_at: datetime
    ended_at: datetime | None = None
    ended_why: str | None = None
    doubts: dict[str, float] = field(default_factory=dict)

    def last_at(self) -> datetime:
        return _time(self.reports[-1])


def fuse(
    reports: Iterable[Report],
    at: datetime,
    *,
    expiry: Mapping[Kind, timedelta] = EXPIRY,
    include_ended: bool = False,
) -> list[Condition]:
    """Conditions at the moment ``at`` (aware), the worst flow first, then the newest.

    Reports of after ``at``, for a time that has not begun, without a time, or that say nothing of the road are left
    out; the order of the rest does not matter. With ``include_ended`` those that expired or were ended come too, with
    ``ended_at`` and ``ended_why``.
    """
    by_place: dict[str, list[_Open]] = defaultdict(list)
    closed: list[_Open] = []
    for report in sorted(filter(_says_something, reports), key=_time):
        if _time(report) > at or not report.has_begun(at):
            continue
        here = by_place[spot_of(report)]
        _drop_expired(here, _time(report), closed)
        _take_in(here, report, expiry, closed, report.spell(at)[1])
    for here in by_place.values():
        _drop_expired(here, at, closed)
    live = [_condition(entry) for here in by_place.values() for entry in here]
    ended = [_condition(entry) for entry in closed] if include_ended else []
    return sorted(live, key=_urgency) + sorted(ended, key=_urgency)


def _time(report: Report) -> datetime:
    assert report.observed_at is not None  # noqa: S101 — filtered by _says_something; tells the type checker
    return report.observed_at


def _says_something(report: Report) -> bool:
    if report.observed_at is None:
        return False
    return (
        report.cleared or report.flow is not None or report.obstacle is not None or report.kind not in ("other", "flow")
    )


def spot_of(report: Report) -> str:
    """One key for wordings of one place: the most specific id, else the wording in standard spelling.

    What has a position alone is told apart by that, to a kilometre: a district is no spot. Reports of different spots
    never meet in a condition.
    """
    if report.unnamed and report.latitude is not None and report.longitude is not None:
        return f"{report.latitude:.2f} {report.longitude:.2f}"
    return report.place_ids[0] if report.place_ids else " ".join(standard_words(report.place or report.text[:40]))


def standard_words(wording: str) -> list[str]:
    """Lower-case words in standard spelling, kilometres left out."""
    spelling = dictionaries().spelling
    words = _WORD.findall(_KILOMETRE.sub(" ", wording.lower()))
    return [part for word in words for part in spelling.get(word, word).split() if part not in ("di", "raya")]


def kilometre_of(wording: str) -> float | None:
    """The kilometre named in a wording ("KM 12+400" is 12.4)."""
    match = _KILOMETRE.search(wording)
    return float(f"{match[1]}.{match[2] or 0}") if match else None


def _direction(report: Report) -> frozenset[str]:
    if not report.toward:
        return frozenset()
    words = frozenset(" ".join(standard_words(wording)) for wording in report.toward)
    return frozenset() if any(_BOTH_WAYS.intersection(word.split()) for word in words) else words


def _take_in(
    here: list[_Open],
    report: Report,
    expiry: Mapping[Kind, timedelta],
    closed: list[_Open],
    until: datetime | None,
) -> None:
    toward, kilometre = _direction(report), kilometre_of(report.place or "")
    touched = [entry for entry in here if _same_spot(entry, toward, kilometre)]
    told = False
    for entry in touched:
        if report.cleared and _concerns(entry, report):
            _end(here, entry, report, CLEARED, closed)
            if report.flow is None and not told:
                # It says nothing but that this is over, so it belongs to the history of what it ended.
                entry.reports.append(report)
                told = True
        elif _contradicts(entry, report):
            _end(here, entry, report, CONTRADICTED, closed)
    if told:
        return
    joined = _joined([entry for entry in touched if entry.ended_at is None], report)
    if joined is None:
        if report.cleared and report.flow is None:
            return
        joined = _Open(spot_of(report), toward, kilometre, _kind_of(report), report.flow, [], _time(report))
        here.append(joined)
    _join(joined, report, toward, until, expiry)


def _contradicts(entry: _Open, report: Report) -> bool:
    """A jam or a closure that flows again, or a free road that does not; an accident may stand while traffic flows."""
    if entry.flow is None or report.flow is None or (entry.flow in FREE) == (report.flow in FREE):
        return False
    return entry.kind == "flow" or (entry.kind == "closure" and report.flow in FREE)


def _concerns(entry: _Open, report: Report) -> bool:
    """Whether "cleared" is said of this condition: of its kind, or of the road as a whole."""
    if entry.kind == "flow" and entry.flow in FREE:
        return False
    of_the_road = report.kind in ("flow", "closure") or (report.kind == "other" and not report.obstacle)
    return of_the_road or report.kind == entry.kind


def _same_spot(entry: _Open, toward: frozenset[str], kilometre: float | None) -> bool:
    if entry.kilometre is not None and kilometre is not None and abs(entry.kilometre - kilometre) > SAME_SPOT_KM:
        return False
    return not entry.toward or not toward or not entry.toward.isdisjoint(toward)


def _joined(standing: list[_Open], report: Report) -> _Open | None:
    """The condition that the report speaks of: of its kind first; a jam and its cause at one spot are one."""
    for entry in standing:
        if entry.kind == report.kind:
            return entry
    if report.kind == "flow":
        return next((entry for entry in standing if entry.kind not in ("roadwork", "weather")), None)
    if report.kind == "weather":
        return None
    return next((entry for entry in standing if entry.kind == "flow" and entry.flow not in FREE), None)


def _join(
    entry: _Open,
    report: Report,
    toward: frozenset[str],
    stated: datetime | None,
    expiry: Mapping[Kind, timedelta],
) -> None:
    if entry.kind == "flow":
        entry.kind = _kind_of(report)
    entry.flow = report.flow or entry.flow
    entry.toward = entry.toward or toward
    entry.reports.append(report)
    until = stated or _time(report) + expiry[entry.kind]
    entry.expires_at = until if stated else max(entry.expires_at, until)
    entry.doubts[report.source] = min(entry.doubts.get(report.source, 1.0), 1.0 - min(report.confidence, 0.99))


def _kind_of(report: Report) -> Kind:
    """What a report leaves to tell: of a thing that is gone, no more than how it flows."""
    return "flow" if report.cleared and report.flow is not None else report.kind


def _end(here: list[_Open], entry: _Open, report: Report, why: str, closed: list[_Open]) -> None:
    entry.ended_at, entry.ended_why = _time(report), why
    here.remove(entry)
    closed.append(entry)


def _drop_expired(here: list[_Open], at: datetime, closed: list[_Open]) -> None:
    for entry in [entry for entry in here if entry.expires_at <= at]:
        entry.ended_at, entry.ended_why = entry.expires_at, EXPIRED
        here.remove(entry)
        closed.append(entry)


def _condition(entry: _Open) -> Condition:
    doubt = 1.0
    for value in entry.doubts.values():
        doubt *= value
    newest = next((report for report in reversed(entry.reports) if report.place), entry.reports[-1])
    with_ids = next((report for report in reversed(entry.reports) if report.place_ids), newest)
    toward = next((report.toward for report in reversed(entry.reports) if report.toward), ())
    closing = _closing(entry)
    return Condition(
        place=newest.place or newest.text,
        place_ids=with_ids.place_ids,
        toward=toward,
        flow=entry.flow,
        obstacle=next((one.obstacle for one in reversed(entry.reports) if one.obstacle and not one.cleared), None),
        kind=entry.kind,
        first_at=_time(entry.reports[0]),
        last_at=entry.last_at(),
        expires_at=entry.expires_at,
        confidence=round(1.0 - doubt, 4),
        sources=tuple(entry.doubts),
        confirmations=len(entry.doubts) - 1,
        reports=tuple(entry.reports),
        detour=next((report.detour for report in reversed(entry.reports) if report.detour), None),
        ended_at=entry.ended_at,
        ended_why=entry.ended_why,
        whom=closing.whom or None if closing else None,
        extent=_extent(entry, closing),
    )


def _closing(entry: _Open) -> Report | None:
    """The newest report that states a closure, which alone says whom it concerns; none once the road is open.

    A closure stays one while people queue at it.
    """
    for one in reversed(entry.reports):
        if _states_closure(one):
            return one
        if one.flow is not None and entry.kind != "closure":
            break
    return None


def _states_closure(report: Report) -> bool:
    return not report.cleared and (report.flow in CLOSED or report.kind == "closure" or bool(report.whom))


def _extent(entry: _Open, closing: Report | None) -> str | None:
    """How much of the road is taken: as the newest closure says, else as what lies there does."""
    if closing is not None and closing.extent:
        return closing.extent
    of_things = [one for one in entry.reports if one.extent and one.extent != TOTAL]
    if closing is None and entry.flow is not None:
        of_things = [one for one in of_things if one.flow not in CLOSED]
    return of_things[-1].extent if of_things else None


def _urgency(condition: Condition) -> tuple[int, float]:
    rank = FLOWS.index(condition.flow) if condition.flow else FLOWS.index("padat")
    return -rank, -condition.last_at.timestamp()
