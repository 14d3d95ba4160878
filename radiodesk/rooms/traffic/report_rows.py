"""Reports and warnings between the frozen values that the room computes with and the rows that it keeps."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from radiodesk.core.keys import KeyMissing
from radiodesk.core.text import shorten
from radiodesk.road.ports import Alert, Condition, Flow, Report
from radiodesk.rooms.traffic.models import RoadCondition, RoadReport


@dataclass(frozen=True, slots=True)
class KeptReport(Report):
    """A report with the keys of its row and of the condition that the row counts for, which fusing carries along."""

    row: int = field(default=0, compare=False)
    condition: int | None = field(default=None, compare=False)


_TIMES = frozenset({"observed_at", "starts_at", "expires_at", "onset", "expires", "sent"})
_KNOWN = {kind: frozenset(field.name for field in fields(kind)) for kind in (Report, Alert)}


def to_json(value: Report | Alert) -> dict[str, Any]:
    """All fields as JSON values; times as ISO 8601 in UTC."""
    return {name: _plain(held) for name, held in asdict(value).items() if held not in (None, ())}


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, datetime) else value


def _tuples(value: Any) -> Any:
    return tuple(_tuples(one) for one in value) if isinstance(value, list) else value


def _given(kind: type[Report] | type[Alert], content: dict[str, Any]) -> dict[str, Any]:
    # A field that a later release dropped, or does not know yet, must not make an old row unreadable.
    known = _KNOWN[kind]
    return {name: _typed(name, value) for name, value in content.items() if name in known}


def _typed(name: str, value: Any) -> Any:
    if name in _TIMES:
        return datetime.fromisoformat(value)
    if name == "periods":
        return tuple((datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in value)
    return _tuples(value) if isinstance(value, list) else value


def in_words(place: str, flow: Flow | None, toward: Iterable[str]) -> str:
    """Place, direction and flow alone: all that is shown of a report whose words are private."""
    directions = ", ".join(toward)
    return " ".join(part for part in (place, f"arah {directions}" if directions else "", flow or "") if part)


def without_words(report: KeptReport) -> KeptReport:
    """The report without the words in which it came."""
    return replace(report, text=in_words(report.place or "", report.flow, report.toward))


def report_of(row: RoadReport) -> Report:
    """The value that a row keeps."""
    return report_from(row.content)


def readable_report(row: RoadReport) -> Report:
    """The value that a row keeps, where it is to be acted upon; raises ``KeyMissing`` where no key here opens it."""
    if row.content is None:
        raise KeyMissing("A private field does not match the key file. Restore the keys.json it was made with.")
    return report_of(row)


def report_from(content: dict[str, Any]) -> Report:
    """The report that was kept as JSON."""
    return Report(**_given(Report, content))


def kept_report(content: dict[str, Any], row: int, condition: int | None) -> KeptReport:
    """The report that a row keeps as JSON, with the keys of the row and of its condition."""
    return KeptReport(**_given(Report, content), row=row, condition=condition)


def condition_key(condition: Condition) -> int | None:
    """The key of the row that keeps a condition, where its reports were read from rows that count for one."""
    first = next(iter(condition.reports), None)
    return first.condition if isinstance(first, KeptReport) else None


def alert_of(content: dict[str, Any]) -> Alert:
    """The warning that was kept as JSON."""
    return Alert(**_given(Alert, content))


def condition_of(row: RoadCondition, *, untold: Collection[int]) -> Condition:
    """A kept condition with its reports; of those that came from the ``untold`` calls (by key) without their words."""
    reports = tuple(
        without_words(report) if one.call_id in untold else report
        for one in row.reports
        if one.content is not None
        for report in (kept_report(one.content, one.id, row.id),)
    )
    return Condition(
        # Where no place was read it is called by the words of its last report, which may be nobody's to read.
        place=row.place or (shorten(reports[-1].text, 80) if reports else ""),
        place_ids=tuple(row.place_ids),
        toward=tuple(row.toward),
        flow=row.flow,
        obstacle=row.obstacle,
        kind=row.kind,
        first_at=row.first_at,
        last_at=row.last_at,
        expires_at=row.expires_at,
        confidence=row.confidence,
        sources=tuple(row.sources),
        confirmations=row.confirmations,
        reports=reports,
        detour=row.detour,
        ended_at=row.ended_at,
        ended_why=row.ended_why,
        whom=row.whom,
        extent=row.extent,
    )
