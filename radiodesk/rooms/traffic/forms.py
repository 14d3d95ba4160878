"""What the forms of the traffic pages give: the fields of a report, and the lines of a paste that was looked over."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import get_args
from zoneinfo import ZoneInfo

from flask import request

from radiodesk.core import inputs
from radiodesk.core.errors import Refusal, Unreadable
from radiodesk.http.request import field, now, number, station
from radiodesk.road.ports import FLOWS, Flow, Kind, Report
from radiodesk.road.posts import Posts
from radiodesk.road.reading import read_report, to_reports
from radiodesk.rooms.traffic import learned_words
from radiodesk.rooms.traffic.learned_words import Ears
from radiodesk.rooms.traffic.models import LearnedSense
from radiodesk.rooms.traffic.report_corrections import Fields, Taught
from radiodesk.rooms.traffic.services import LONGEST_PASTE

MOST_LINES = 3000
EDITABLE = 100
"""Lines whose fields are shown; those after them are filed as they were read, or left."""

_LOCAL = "%Y-%m-%dT%H:%M"
WRITTEN_DOWN = 0.8
"""How far a line is believed that nobody but the person at the desk understood."""


def ears() -> Ears:
    """What this station reads posts with; read beside the request's own session, which may be writing."""
    with station().database.reading() as looking:
        return learned_words.ears(looking, station().settings.area)


def flow_field(name: str) -> Flow | None:
    """The flow that was chosen; ``None`` where it is not known."""
    said = field(name, 20)
    found: Flow | None = next((flow for flow in FLOWS if flow == said), None)
    if said and found is None:
        raise Unreadable("This traffic flow is not known.")
    return found


def kind_field(name: str) -> Kind:
    said = field(name, 10) or "flow"
    found: Kind | None = next((kind for kind in get_args(Kind) if kind == said), None)
    if found is None:
        raise Unreadable("This kind of event is not known.")
    return found


def local(at: datetime | None) -> str:
    """A time as a field of the page shows it: on the station's clock."""
    return at.astimezone(station().settings.zone).strftime(_LOCAL) if at else ""


def moment_field(name: str, shown: datetime | None) -> datetime | None:
    """A time on the station's clock, in UTC; the one that was shown where nothing was typed."""
    said = field(name, 20)
    if said == local(shown):
        return shown
    if not said:
        return None
    try:
        return datetime.fromisoformat(said).replace(tzinfo=ZoneInfo(station().settings.timezone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unreadable("This time cannot be read.") from None


def report_fields(shown: Fields, suffix: str = "") -> Fields:
    """The fields of a report as they were typed; ``suffix`` parts several reports of one page."""
    toward = tuple(part.strip() for part in field(f"toward{suffix}", 120).split(",") if part.strip())
    flow, kind = flow_field(f"flow{suffix}"), kind_field(f"kind{suffix}")
    if kind == "flow" and flow is None and shown.flow is None:
        kind = shown.kind if shown.kind in ("flow", "other") else kind
    at = moment_field(f"at{suffix}", shown.at)
    return Fields(
        place=field(f"place{suffix}", 200),
        toward=toward,
        flow=flow,
        kind=kind,
        obstacle=field(f"obstacle{suffix}", 200),
        whom=field(f"whom{suffix}", 80),
        extent=field(f"extent{suffix}", 80),
        detour=field(f"detour{suffix}", 200),
        until=moment_field(f"until{suffix}", shown.until),
        at=min(at, now()) if at else shown.at,
    )


def taught_field(suffix: str = "") -> Taught | None:
    """What the person says of words of the post, if anything."""
    words, sense = field(f"words{suffix}", 120), field(f"sense{suffix}", 10)
    if not words:
        return None
    try:
        return Taught(words, LearnedSense(sense))
    except ValueError:
        raise Unreadable("Please say what these words are.") from None


@dataclass(frozen=True, slots=True)
class PastedLine:
    """One line of a paste before it is filed: the report that was read, and its fields as they stand in the form.

    ``why`` says why a line was read as no report; ``problem`` what is wrong with what was typed.
    """

    number: int
    text: str
    who: str
    seen: datetime
    part: int
    read: Report
    fields: Fields
    why: str = ""
    wanted: bool = True
    problem: Refusal | None = None
    words: str = ""
    sense: str = ""

    @property
    def shown(self) -> bool:
        return self.number < EDITABLE


def _blank(text: str, who: str, seen: datetime) -> Report:
    return Report(text, who, seen, confidence=WRITTEN_DOWN)


def lines_of(posts: Posts, at: datetime) -> list[PastedLine]:
    """The lines of a text that was just read."""
    made: list[PastedLine] = []
    parts: dict[tuple[str, str], int] = {}
    for report, seen in zip(posts.reports, posts.seen, strict=True):
        who = report.source
        part = parts.get((report.text, who), 0)
        parts[report.text, who] = part + 1
        made.append(PastedLine(len(made), report.text, who, seen, part, report, Fields.of(report)))
    for line in posts.refused:
        blank = _blank(line.text, line.source or posts.source, line.at or at)
        fields = replace(Fields.of(blank), kind="flow")
        made.append(
            PastedLine(len(made), line.text, blank.source, line.at or at, 0, blank, fields, line.why, wanted=False)
        )
    return made


def read_lines(ears: Ears) -> Iterator[PastedLine]:
    """The lines of the form, read again: what the page says of them is not believed, only what a person can change."""
    zone = station().settings.timezone
    count = number("count")
    if not 0 <= count <= MOST_LINES:
        raise Unreadable("A field is too long: %(length)s characters, at most %(most)s.", length=count, most=MOST_LINES)
    for index in range(count):
        text, who = field(f"text-{index}", LONGEST_PASTE), field(f"who-{index}", 80)
        if not text:
            continue
        try:
            seen = min(datetime.fromisoformat(field(f"seen-{index}", 40)).astimezone(UTC), now())
            part = int(field(f"part-{index}", 4) or 0)
        except (ValueError, OverflowError):
            raise Unreadable("This time cannot be read.") from None
        reading = read_report(text, now=seen.astimezone(ZoneInfo(zone)), finder=ears.finder, known=ears.known)
        reports = to_reports(reading, source=who, observed_at=seen, zone=zone) if reading.is_traffic else []
        report = reports[part] if 0 <= part < len(reports) else _blank(text, who, seen)
        why = "" if reports else reading.reason or "no traffic"
        wanted = f"wanted-{index}" in request.form
        line = PastedLine(index, text, who, seen, part, report, Fields.of(report), why, wanted)
        if line.shown and f"place-{index}" in request.form:
            line = replace(line, words=field(f"words-{index}", 120), sense=field(f"sense-{index}", 10))
            try:
                line = replace(line, fields=report_fields(line.fields, f"-{index}"))
            except Refusal as problem:
                line = replace(line, problem=problem)
        yield line


def lapsit_numbers() -> tuple[dict[str, int | None], dict[int, tuple[str, int]]]:
    """The numbers of the form by "head/key" (``None`` where one was emptied), and what lines were said to be."""
    numbers: dict[str, int | None] = {}
    lines: dict[int, tuple[str, int]] = {}
    for name in request.form:
        kind, _, rest = name.partition(":")
        if kind == "n" and rest:
            said = field(name, 20).replace(".", "").removeprefix("Rp").strip()
            numbers[rest] = inputs.number(said) if said else None
        elif kind == "as" and rest.isdigit() and field(name, 60):
            lines[inputs.number(rest)] = (field(name, 60), inputs.number(field(f"v:{rest}", 20).replace(".", "")))
    return numbers, lines
