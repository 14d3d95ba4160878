"""Taking reports in, fusing them, and what an officer does to a condition.

Reports are never changed. An officer who confirms, corrects or ends a condition files a report too, with full
confidence, so that a condition is at any time what its reports add up to.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from radiodesk.core import audit
from radiodesk.core.database import keys_of
from radiodesk.core.errors import Conflict, Unreadable
from radiodesk.core.events import announce
from radiodesk.core.ids import public_id
from radiodesk.core.settings import Settings
from radiodesk.core.text import shorten
from radiodesk.language.places.finder import PlaceFinder
from radiodesk.road.fusion import CLOSED, EXPIRED, fuse, spot_of
from radiodesk.road.lapsit import LABELS, Lapsit, parse_lapsit, put_right
from radiodesk.road.lapsit.number_corrections import LARGEST
from radiodesk.road.ports import FLOWS, Alert, Condition, FeedResult, Flow, Kind, Report
from radiodesk.road.posts import Posts, Refused, sort_posts
from radiodesk.road.report_intake import Placed, place
from radiodesk.rooms.traffic.models import AppealUse, RoadCondition, RoadReport, SituationReport, Warned
from radiodesk.rooms.traffic.ports import followers
from radiodesk.rooms.traffic.queries import WINDOW
from radiodesk.rooms.traffic.report_rows import (
    KeptReport,
    alert_of,
    in_words,
    kept_report,
    readable_report,
    report_of,
    to_json,
)

TOPIC = "traffic"
LONGEST_PASTE = 60_000
AT_ONCE = 300
OFFICER = "petugas"
CALLER = "pendengar"
REMEMBERED = timedelta(days=14)
"""How long a warning may hold after it was received and still be ended by another one."""

VERIFIED = 0.8
"""How far a caller is believed whom a screener has heard out: enough for "terpantau", less than an officer."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a paste or a feed; ``left`` counts what was not for this station, by its reason."""

    reports: tuple[RoadReport, ...]
    refused: tuple[Refused, ...] = ()
    warnings: int = 0
    left: Mapping[str, int] = field(default_factory=dict)


def take_posts(
    session: Session,
    text: str,
    *,
    source: str,
    by: str,
    at: datetime,
    finder: PlaceFinder,
    zone: str,
    call_id: int | None = None,
) -> Taken:
    """Read a pasted text and keep its reports; lines that are no reports come back with the reason."""
    posts = sort_posts(text, source=source, at=at, finder=finder, zone=zone)
    return keep_posts(session, posts, by=by, at=at, call_id=call_id)


def keep_posts(session: Session, posts: Posts, *, by: str, at: datetime, call_id: int | None = None) -> Taken:
    """Keep posts that were read before, so that nobody waits for the reading."""
    rows = [keep_report(session, one, source=posts.source, by=by, at=at, call_id=call_id) for one in posts.reports]
    if rows:
        _take_in(session, rows, at=at)
    return Taken(tuple(rows), posts.refused)


def file_reports(
    session: Session, reports: Sequence[Report], *, source: str, by: str, at: datetime
) -> list[RoadReport]:
    """Keep reports that somebody looked over; ``source`` is where the text came from, whoever wrote the posts."""
    rows = [keep_report(session, one, source=source, by=by, at=at) for one in reports]
    if rows:
        _take_in(session, rows, at=at)
    return rows


def take_reports(session: Session, reports: Iterable[Report], *, by: str, at: datetime) -> list[RoadReport]:
    """Keep reports that are values already; one that is known by its id from the same source is not kept twice."""
    rows = [keep_report(session, report, by=by, at=at) for report in reports if not _is_known(session, report)]
    if rows:
        _take_in(session, rows, at=at)
    return rows


def _is_known(session: Session, report: Report) -> bool:
    if report.external_id is None:
        return False
    same = select(RoadReport).where(RoadReport.external_id == report.external_id, RoadReport.source == report.source)
    last = session.scalar(same.order_by(RoadReport.id.desc()).limit(1))
    return last is not None and last.content is not None and report_of(last) == report


def take_feed(session: Session, result: FeedResult, *, by: str, at: datetime, finder: PlaceFinder, zone: str) -> Taken:
    """Keep of a feed document every warning, and the reports that are for this station."""
    placed = place(result.reports, at=at, finder=finder, zone=zone)
    return keep_feed(session, result.alerts, placed, by=by, at=at)


def keep_feed(session: Session, alerts: Sequence[Alert], placed: Placed, *, by: str, at: datetime) -> Taken:
    """Keep what was read and placed before, so that nobody waits for the reading."""
    warnings = _keep_warnings(session, alerts, at=at)
    rows = take_reports(session, placed.reports, by=by, at=at)
    if warnings:
        announce(session, at, TOPIC, "warnings")
    return Taken(tuple(rows), warnings=warnings, left={str(why): count for why, count in placed.left.items()})


def keep_report(
    session: Session, report: Report, *, source: str = "", by: str, at: datetime, call_id: int | None = None
) -> RoadReport:
    """Keep one report, which counts from the next ``refresh`` on.

    ``source`` stands in the clear in place of the report's own, which may be a person's name or number."""
    observed = min(report.observed_at or at, at)
    report = replace(report, observed_at=observed)
    row = RoadReport(
        public_id=public_id(at),
        received_at=at,
        observed_at=observed,
        source=shorten(source or report.source, 80),
        by=by,
        call_id=call_id,
        external_id=report.external_id[:200] if report.external_id else None,
        text=report.text,
        spot=_spot(session, report),
        content=to_json(report),
        expires_at=report.last_until,
    )
    session.add(row)
    session.flush()
    return row


def _spot(session: Session, report: Report) -> str:
    """Key of the place: an id of the area pack or a rounded position; of anything that somebody said, a keyed hash."""
    spot = spot_of(report)
    return spot[:200] if report.place_ids or report.unnamed else keys_of(session).lookup(f"spot {spot}")


def _take_in(session: Session, rows: Sequence[RoadReport], *, at: datetime) -> None:
    """Let new reports count, some hundred spots at a time, since a database takes only so many in one question."""
    spots = sorted({row.spot for row in rows})
    for start in range(0, len(spots), AT_ONCE):
        refresh(session, spots[start : start + AT_ONCE], at=at)
    announce(session, at, TOPIC, "reports")


def _keep_warnings(session: Session, alerts: Sequence[Alert], *, at: datetime) -> int:
    """Keep what is new of a document's warnings, and let end what they, or older ones, take back; returns how many."""
    kept = 0
    seen: Counter[str] = Counter()
    for alert in alerts:
        # One CAP file may warn of several things under its one identifier.
        key = f"{alert.identifier[:290]}#{seen[alert.identifier]}" if seen[alert.identifier] else alert.identifier[:300]
        seen[alert.identifier] += 1
        kept += _keep_warning(session, key, alert, at=at)
    if kept:
        _end_replaced(session, at=at)
    return kept


def _keep_warning(session: Session, key: str, alert: Alert, *, at: datetime) -> bool:
    known = session.scalar(select(Warned).where(Warned.identifier == key))
    if known is not None:
        # A news feed announces what the CAP file then says in full.
        if not alert.polygons or known.content.get("polygons"):
            return False
        known.content, known.expires_at = to_json(alert), alert.expires
        return True
    session.add(Warned(identifier=key, received_at=at, expires_at=alert.expires, content=to_json(alert)))
    session.flush()
    return True


def _end_replaced(session: Session, *, at: datetime) -> None:
    """Let no warning outlive the one that took it back, in whatever order they came and whichever expires first."""
    remembered = Warned.received_at > at - REMEMBERED
    refer = select(Warned).where(remembered, Warned.content["references"].as_string().is_not(None))
    told = [alert for alert in (alert_of(row.content) for row in session.scalars(refer)) if alert.replaces]
    gone = {reference for alert in told if alert.is_said_by(at) for reference in alert.references}
    lasting = or_(Warned.expires_at.is_(None), Warned.expires_at > at)
    ended = update(Warned).where(remembered, lasting, Warned.content["identifier"].as_string().in_(gone))
    session.execute(ended.values(expires_at=at))


def refresh(session: Session, spots: Collection[str], *, at: datetime) -> list[RoadCondition]:
    """Fuse the reports of these spots anew and bring the kept conditions up to date; returns their live ones.

    A condition keeps its row as long as most of its reports are the same, so that its history can be followed. What
    merely expired elsewhere is marked as over.
    """
    over = update(RoadCondition).where(RoadCondition.ended_at.is_(None), RoadCondition.expires_at <= at)
    session.execute(over.values(ended_at=RoadCondition.expires_at, ended_why=EXPIRED))
    lasting = or_(RoadReport.observed_at > at - WINDOW, RoadReport.expires_at > at)
    recent = select(RoadReport).where(lasting, RoadReport.spot.in_(spots), RoadReport.replaced_by_id.is_(None))
    recent = recent.order_by(RoadReport.observed_at, RoadReport.id)
    rows = {row.id: row for row in session.scalars(recent) if row.content is not None}
    values = [kept_report(row.content, row.id, row.condition_id) for row in rows.values()]
    kept: list[RoadCondition] = []
    used: set[int] = set()
    for condition in fuse(values, at, include_ended=True):
        members = [rows[report.row] for report in condition.reports if isinstance(report, KeptReport)]
        row = _row_for(session, members, used)
        _fill(row, condition, members)
        if row.id is None:
            row.public_id = public_id(at)
            session.add(row)
            session.flush()
        used.add(row.id)
        for member in members:
            member.condition_id = row.id
        kept.append(row)
    session.flush()
    # The reports of a row are a view over condition_id; what was loaded before the change must not be shown.
    for row in kept:
        session.expire(row, ["reports", "replaced"])
    return [row for row in kept if row.ended_at is None and row.expires_at > at]


def let_begin(session: Session, *, at: datetime) -> None:
    """Let reports count whose time has begun since they were taken in: tomorrow's closure, the next night's work."""
    over = or_(RoadCondition.id.is_(None), RoadCondition.ended_at.is_not(None), RoadCondition.expires_at <= at)
    wanted = select(RoadReport).outerjoin(RoadCondition, RoadReport.condition_id == RoadCondition.id)
    wanted = wanted.where(RoadReport.replaced_by_id.is_(None))
    rows = session.scalars(wanted.where(RoadReport.expires_at > at, RoadReport.observed_at <= at, over))
    said = [(row.spot, report_of(row)) for row in rows if row.content is not None]
    begun = sorted({spot for spot, report in said if report.spell(at)[0] is not None and report.has_begun(at)})
    for start in range(0, len(begun), AT_ONCE):
        refresh(session, begun[start : start + AT_ONCE], at=at)


def _row_for(session: Session, members: Sequence[RoadReport], used: set[int]) -> RoadCondition:
    counts: dict[int, int] = {}
    for member in members:
        if member.condition_id is not None and member.condition_id not in used:
            counts[member.condition_id] = counts.get(member.condition_id, 0) + 1
    if counts:
        return session.get_one(RoadCondition, max(counts, key=lambda key: counts[key]))
    return RoadCondition()


def _fill(row: RoadCondition, condition: Condition, members: Sequence[RoadReport]) -> None:
    # Where no place was read, a condition is called by the words of its last report, which lie encrypted there alone.
    named = any(report.place for report in condition.reports)
    row.place, row.place_ids = shorten(condition.place, 200) if named else "", list(condition.place_ids)
    row.toward, row.flow, row.kind = list(condition.toward), condition.flow, condition.kind
    row.obstacle = shorten(condition.obstacle, 200) if condition.obstacle else None
    row.first_at, row.last_at, row.expires_at = condition.first_at, condition.last_at, condition.expires_at
    row.confidence, row.sources = condition.confidence, list(dict.fromkeys(member.source for member in members))
    row.confirmations = condition.confirmations
    row.detour = shorten(condition.detour, 300) if condition.detour else None
    row.whom = shorten(condition.whom, 80) if condition.whom else None
    row.extent = shorten(condition.extent, 80) if condition.extent else None
    row.ended_at, row.ended_why = condition.ended_at, condition.ended_why


@dataclass(frozen=True, slots=True)
class Heard:
    """The words of a caller whom somebody at the desk has spoken to; of a ``guarded`` one they are not kept here."""

    call_id: int
    words: str
    at: datetime
    guarded: bool = False


def quick_report(
    session: Session,
    where: str,
    flow: Flow | None,
    kind: Kind,
    *,
    by: str,
    at: datetime,
    finder: PlaceFinder,
    toward: str = "",
    detour: str = "",
    heard: Heard | None = None,
) -> RoadReport:
    """An officer's own report from the quick form, or what a screener made of a caller's words (``heard``)."""
    if not where.strip():
        raise Unreadable("Please say where it is.").of("place")
    if flow is None and kind == "flow":
        raise Unreadable("Please say how the traffic flows.")
    found = finder.find(where)
    heading = (toward.strip(),) if toward.strip() else ()
    report = Report(
        text=heard.words if heard and not heard.guarded else in_words(where.strip(), flow, heading),
        source=CALLER if heard else OFFICER,
        observed_at=heard.at if heard else at,
        place=where.strip(),
        place_ids=tuple(one.place.id for one in found),
        toward=heading,
        flow=flow,
        kind=kind,
        obstacle=None,
        confidence=VERIFIED if heard else 1.0,
        detour=detour.strip() or None,
        latitude=found[0].place.latitude if found else None,
        longitude=found[0].place.longitude if found else None,
    )
    row = keep_report(session, report, by=by, at=at, call_id=heard.call_id if heard else None)
    _take_in(session, [row], at=at)
    audit.record(session, at, by, "road reported", f"report {row.public_id}", flow=flow, kind=kind)
    return row


def _officers_word(
    session: Session, row: RoadCondition, *, by: str, at: datetime, action: str, **changes: object
) -> None:
    """File what an officer says of a condition as a report of his own.

    What was closed for whom stays as it was told, unless ``changes`` say otherwise: the last report need not say it.
    """
    if row.ended_at is not None or row.expires_at <= at:
        raise Conflict("This condition is over already. Report it anew if it has come back.")
    reports = [readable_report(report) for report in row.reports]
    last = replace(reports[-1], source=OFFICER, observed_at=at, confidence=1.0, external_id=None, url=None)
    # Of work on many nights the officer speaks of this one.
    work = next((report for report in reversed(reports) if report.periods), None)
    said = replace(last, starts_at=None, expires_at=work.spell(at)[1] if work else None, periods=())
    closed = row.flow in CLOSED and changes.get("flow") in CLOSED
    said = replace(said, whom=row.whom if closed else None, extent=row.extent if closed else said.extent)
    said = replace(said, **changes)  # type: ignore[arg-type]
    said = replace(said, text=in_words(row.called, said.flow, said.toward))
    kept = keep_report(session, said, by=by, at=at)
    refresh(session, [kept.spot], at=at)
    audit.record(session, at, by, action, f"condition {row.public_id}", flow=said.flow)
    announce(session, at, TOPIC, "conditions", row.public_id)


def confirm(session: Session, row: RoadCondition, *, by: str, at: datetime) -> None:
    """It is still so."""
    _officers_word(session, row, by=by, at=at, action="condition confirmed", flow=row.flow, kind=row.kind)


def correct(session: Session, row: RoadCondition, flow: Flow, *, settings: Settings, by: str, at: datetime) -> None:
    """It is otherwise: the officer's word replaces the flow."""
    changed = flow != row.flow
    _officers_word(session, row, by=by, at=at, action="condition corrected", flow=flow, kind=row.kind)
    if changed:
        tell_followers(session, [row], settings=settings, by=by, at=at)


def tell_followers(
    session: Session, conditions: Sequence[RoadCondition], *, settings: Settings, by: str, at: datetime
) -> None:
    """Mark conditions as put right, so that what tells of them can follow."""
    for condition in conditions:
        condition.corrected_at = at
    session.flush()
    for follow in followers(session):
        follow(session, conditions, settings=settings, by=by, at=at)


def end(session: Session, row: RoadCondition, *, settings: Settings, by: str, at: datetime) -> None:
    """It is over. What was announced for longer stays over: the word counts as long as the announcement would."""
    reports = [readable_report(report) for report in row.reports]
    announced = [report.expires_at for report in reports if report.expires_at is not None and not report.periods]
    until = max(announced, default=at)
    if until > at + WINDOW:
        changes: dict[str, object] = {"flow": None, "kind": row.kind, "cleared": True, "expires_at": until}
    else:
        changes = {"flow": FLOWS[0], "cleared": True}
    _officers_word(session, row, by=by, at=at, action="condition ended", **changes)
    tell_followers(session, [row], settings=settings, by=by, at=at)


def use_appeal(session: Session, appeal: str, *, at: datetime) -> None:
    """Remember that an appeal went into a script."""
    session.add(AppealUse(appeal=appeal, at=at))


def understood(row: SituationReport) -> Lapsit:
    """What a situation report says, with the numbers that somebody put right."""
    return put_right(parse_lapsit(row.text), row.corrections)


def correct_lapsit(
    session: Session,
    row: SituationReport,
    numbers: Mapping[str, int | None],
    lines: Mapping[int, tuple[str, int]],
    *,
    by: str,
    at: datetime,
) -> None:
    """Put numbers right, by "head/key", and say what lines are that were not understood; the text stays as sent."""
    read = understood(row)
    known = {f"{entry.head}/{entry.key}" for entry in read.entries} | LABELS.keys()
    said = {**numbers, **dict(lines.values())}
    for name, value in said.items():
        if name not in known:
            raise Unreadable("This number is not one of the form.")
        if value is not None and not 0 <= value <= LARGEST:
            raise Unreadable("A number must lie between 0 and %(most)s.", most=LARGEST)
    before = row.corrections or {}
    here = {name: read.value(*name.split("/", 1)) for name in said}  # type: ignore[arg-type]
    changed = {name: value for name, value in said.items() if here[name] != value}
    if not changed and not lines:
        return
    row.corrections = {
        "numbers": {**(before.get("numbers") or {}), **changed},
        "lines": sorted({*(before.get("lines") or ()), *lines}),
    }
    session.flush()
    audit.record(session, at, by, "situation report corrected", f"lapsit {row.public_id}", count=len(changed))
    announce(session, at, TOPIC, "lapsit", row.public_id)


def file_lapsit(session: Session, text: str, *, by: str, at: datetime, zone: str) -> tuple[SituationReport, Lapsit]:
    """Keep a pasted situation report with the day and unit that it states; when it states none, today in ``zone``."""
    if not text.strip():
        raise Unreadable("Please paste the situation report.").of("text")
    if len(text) > LONGEST_PASTE:
        raise Unreadable("The text is too long: at most %(most)s characters at a time.", most=LONGEST_PASTE).of("text")
    lapsit = parse_lapsit(text)
    row = SituationReport(
        public_id=public_id(at),
        day=lapsit.day or at.astimezone(ZoneInfo(zone)).date(),
        unit=shorten(lapsit.unit, 120),
        text=text,
        received_at=at,
        by=by,
    )
    session.add(row)
    session.flush()
    audit.record(session, at, by, "situation report filed", f"lapsit {row.public_id}")
    announce(session, at, TOPIC, "lapsit", row.public_id)
    return row, lapsit
