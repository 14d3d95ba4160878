"""Putting right what was read wrongly: of one report, or of all that a condition rests on; and what is learned of it.

A report is never changed. The corrected one takes its place and keeps its time, its source and how far it is believed;
who put it right stands in ``by``.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core import audit
from radiodesk.core.errors import Conflict, Refusal, Unreadable
from radiodesk.core.events import announce
from radiodesk.core.settings import Settings
from radiodesk.language.places.finder import PlaceFinder
from radiodesk.road.ports import Flow, Kind, Report
from radiodesk.rooms.traffic import learned_words
from radiodesk.rooms.traffic.models import LearnedSense, RoadCondition, RoadReport
from radiodesk.rooms.traffic.report_rows import in_words, readable_report
from radiodesk.rooms.traffic.services import TOPIC, keep_report, refresh, tell_followers

CORRECTED = "corrected"
"""Why a condition is over of which nothing is left: its reports were put right and tell of another place now."""


@dataclass(frozen=True, slots=True)
class Fields:
    """What a report says, field by field, as a person sees and changes it. Empty is not known; times are aware."""

    place: str = ""
    toward: tuple[str, ...] = ()
    flow: Flow | None = None
    kind: Kind = "flow"
    obstacle: str = ""
    whom: str = ""
    extent: str = ""
    detour: str = ""
    until: datetime | None = None
    at: datetime | None = None

    @classmethod
    def of(cls, report: Report) -> "Fields":
        return cls(
            report.place or "",
            tuple(report.toward),
            report.flow,
            report.kind,
            report.obstacle or "",
            report.whom or "",
            report.extent or "",
            report.detour or "",
            report.last_until,
            report.observed_at,
        )

    @classmethod
    def of_condition(cls, row: RoadCondition) -> "Fields":
        """What the board shows of a condition."""
        stated = [readable_report(report).last_until for report in row.reports]
        until = max(filter(None, stated), default=None)
        return cls(
            row.place, tuple(row.toward), row.flow, row.kind, row.obstacle or "", row.whom or "", row.extent or "",
            row.detour or "", until, row.last_at,
        )  # fmt: skip

    def changes(self, shown: "Fields") -> dict[str, Any]:
        """The fields that differ from those that were shown."""
        return {
            one.name: getattr(self, one.name)
            for one in fields(self)
            if getattr(self, one.name) != getattr(shown, one.name)
        }


_NAMES = {"obstacle": "obstacle", "whom": "whom", "extent": "extent", "detour": "detour"}


def corrected(report: Report, changes: dict[str, Any], finder: PlaceFinder) -> Report:
    """A report with some fields as a person put them."""
    made: dict[str, Any] = {name: changes[name] or None for name in _NAMES if name in changes}
    made |= {name: changes[name] for name in ("flow", "kind", "toward") if name in changes}
    if "place" in changes:
        place = changes["place"]
        if not place:
            raise Unreadable("Please say where it is.")
        found = finder.find(place) or finder.find(f"di {place}")
        point = found[0].place.point if found else None
        ids = tuple(dict.fromkeys(one.place.id for one in found))
        made |= {"place": place, "place_ids": ids, "unnamed": False}
        made |= {"latitude": point[0] if point else None, "longitude": point[1] if point else None}
    if "until" in changes:
        made |= {"expires_at": changes["until"], "periods": ()}
    if changes.get("at") is not None:
        made["observed_at"] = changes["at"]
    fixed = replace(report, **made)
    silent = fixed.flow is None and fixed.kind in ("flow", "other") and not fixed.obstacle and not fixed.cleared
    if changes and silent:
        raise Unreadable("Please say how the traffic flows, or what is in the way.")
    if report.text == in_words(report.place or "", report.flow, report.toward):
        # Of a guarded caller no more is kept than this, which must not go on telling the old.
        fixed = replace(fixed, text=in_words(fixed.place or "", fixed.flow, fixed.toward))
    # A feed that says the same again is known by the report that it gave, not by what became of it here.
    return replace(fixed, external_id=None)


def correct_report(
    session: Session, row: RoadReport, wanted: Fields, *, settings: Settings, by: str, at: datetime, finder: PlaceFinder
) -> RoadReport:
    """Put one report right; the one that takes its place, or the row itself where nothing was changed."""
    report = readable_report(row)
    _check(row)
    changes = wanted.changes(Fields.of(report))
    if not changes:
        return row
    return _take_places(session, [(row, corrected(report, changes, finder))], settings=settings, by=by, at=at)[0]


def correct_condition(
    session: Session,
    row: RoadCondition,
    wanted: Fields,
    *,
    settings: Settings,
    by: str,
    at: datetime,
    finder: PlaceFinder,
) -> list[RoadReport]:
    """Put right what the board shows: each changed field in all reports that say what was shown.

    The time is that of the last report alone.
    """
    shown = Fields.of_condition(row)
    changes = wanted.changes(shown)
    reports = list(row.reports)
    if row.ended_at is not None and row.ended_at <= at:
        raise Conflict("This condition is over already. Report it anew if it has come back.")
    if not changes or not reports:
        return []
    pairs = []
    for number, held in enumerate(reports):
        report = readable_report(held)
        own, last = Fields.of(report), number == len(reports) - 1
        here = {name: value for name, value in changes.items() if _concerns(name, own, shown, last=last)}
        if here:
            pairs.append((held, corrected(report, here, finder)))
    return _take_places(session, pairs, settings=settings, by=by, at=at)


def _concerns(name: str, own: Fields, shown: Fields, *, last: bool) -> bool:
    """Whether a report says what was shown and is put right; places and directions are those of all."""
    if name == "place":
        return True
    if name == "at":
        return last
    return last or getattr(own, name) == getattr(shown, name)


def _check(row: RoadReport) -> None:
    if row.replaced_by_id is not None:
        raise Conflict("Somebody put this report right meanwhile. Open the board again to see what it says now.")


def _take_places(
    session: Session, pairs: Sequence[tuple[RoadReport, Report]], *, settings: Settings, by: str, at: datetime
) -> list[RoadReport]:
    made: list[RoadReport] = []
    spots: set[str] = set()
    touched: set[int] = set()
    for row, report in pairs:
        _check(row)
        kept = keep_report(session, report, source=row.source, by=by, at=at, call_id=row.call_id)
        row.replaced_by_id, kept.condition_id = kept.id, row.condition_id
        spots |= {row.spot, kept.spot}
        touched |= {row.condition_id} if row.condition_id is not None else set()
        made.append(kept)
        audit.record(session, at, by, "report corrected", f"report {row.public_id}", by_report=kept.public_id)
    session.flush()
    refresh(session, sorted(spots), at=at)
    touched |= {kept.condition_id for kept in made if kept.condition_id is not None}
    conditions = list(session.scalars(select(RoadCondition).where(RoadCondition.id.in_(touched))))
    for condition in conditions:
        session.expire(condition, ["reports", "replaced"])
        if not condition.reports and condition.ended_at is None:
            condition.ended_at, condition.ended_why = at, CORRECTED
    session.flush()
    for condition in conditions:
        announce(session, at, TOPIC, "conditions", condition.public_id)
    tell_followers(session, conditions, settings=settings, by=by, at=at)
    return made


@dataclass(frozen=True, slots=True)
class Taught:
    """What a person says of words of a post: ``words`` as they stand there, and what they are."""

    words: str
    sense: LearnedSense


def learn_from(
    session: Session,
    row: RoadReport | None,
    text: str,
    read: Fields,
    right: Fields,
    taught: Taught | None,
    *,
    by: str,
    at: datetime,
    finder: PlaceFinder,
) -> list[str]:
    """Learn from a correction of a post; the words that were learned. Of what a caller said nothing is."""
    if row is not None and row.call_id is not None:
        return []
    lessons = list(_lessons(text, read, right, finder)) if taught is None else [_asked(text, right, taught, finder)]
    found = []
    for words, sense, meaning in lessons:
        try:
            learned = learned_words.learn(session, words, sense, meaning, example=text, by=by, at=at)
        except Refusal:
            if taught is not None:
                raise
            continue
        found.append(learned.words)
    return found


def _asked(text: str, right: Fields, taught: Taught, finder: PlaceFinder) -> tuple[str, LearnedSense, str]:
    if not taught.words or learned_words.plain(taught.words) not in " ".join(text.casefold().split()):
        raise Unreadable("These words do not stand in the post: %(words)s", words=taught.words)
    if taught.sense is LearnedSense.FLOW:
        if right.flow is None:
            raise Unreadable("Please say how the traffic flows.")
        return taught.words, taught.sense, right.flow
    if taught.sense is LearnedSense.CAUSE:
        return taught.words, taught.sense, right.kind
    if taught.sense is LearnedSense.END:
        return taught.words, taught.sense, ""
    place = _place_of(right.place, finder)
    if place is None:
        raise Unreadable("The place %(place)s is not in the area pack, so nothing can mean it.", place=right.place)
    return taught.words, taught.sense, place


def _place_of(name: str, finder: PlaceFinder) -> str | None:
    same = [place for place in finder.pack.places if place.name.casefold() == name.casefold()]
    if same:
        return same[0].id
    found = finder.find(name)
    return found[0].place.id if len(found) == 1 else None


def _lessons(text: str, read: Fields, right: Fields, finder: PlaceFinder) -> list[tuple[str, LearnedSense, str]]:
    """What the corrected place teaches: that a name was too long, or that a wording means another place.

    A person may also have moved the report, since whoever wrote it was wrong about where it is. So a wording that names
    a place of its own, or that says nothing that is not said of many places, teaches nothing by itself.
    """
    before, after = learned_words.plain(read.place), learned_words.plain(right.place)
    if not before or not after or before == after or before not in " ".join(text.casefold().split()):
        return []
    if before.startswith(f"{after} "):
        first = before[len(after) :].split()[0]
        # A word in capitals within the name may be part of one.
        written = re.search(rf"\b{re.escape(first)}\b", text, re.IGNORECASE)
        small = written is not None and written.group().islower()
        ends = first.isalpha() and small and not learned_words.of_a_name(first, finder.pack)
        return [(first, LearnedSense.END, "")] if ends else []
    place = _place_of(right.place, finder)
    if place is None or finder.find(read.place) or not learned_words.own_name(before, after):
        return []
    return [(before, LearnedSense.PLACE, place)]
