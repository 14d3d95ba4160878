"""An open-government report as files for programs, and as lines for people: page and paper show the same ones."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from radiodesk.core.csv_tables import Column, csv_text
from radiodesk.core.i18n import N_, gettext
from radiodesk.rooms.record.formats import as_json, moment
from radiodesk.rooms.record.open_report import CLOSED, Figures, Report, as_figures, digest
from radiodesk.rooms.record.removal_register import ground_of
from radiodesk.rooms.record.small_groups import LEAST

COLUMNS = (
    Column("measure", N_("What is counted, by its name in the JSON")),
    Column("group", N_("Topic, place, legal ground, broadcast or quarter; empty for the whole"), required=False),
    Column("value", N_("How many, or how much; empty where it is not told"), "number", required=False),
)
SIMPLE = (
    "broadcasts",
    "seconds",
    "withdrawn",
    "calls_taken",
    "callers_on_air",
    "questions",
    "answered",
    "median_hours",
    "promises_due",
    "promises_kept",
    "corrections",
    "packages_sealed",
    "head_size",
)
SHORT = 2 * 3600
"""Seconds on air below which they are told in minutes."""
OF_PART = ("broadcasts", "calls_taken", "callers_on_air", "questions", "answered")


def report_as_csv(report: Report) -> str:
    """A row a figure."""
    return csv_text([column.name for column in COLUMNS], _rows(report.figures))


def _rows(figures: Figures) -> Iterator[tuple[str, str, object]]:
    for name in SIMPLE:
        yield name, "", getattr(figures, name)
    for name, groups in (("topics", figures.topics), ("places", figures.places)):
        yield from ((name, group, count) for group, count in groups.named)
        yield f"{name}_others", "", groups.others
    for one in figures.removals:
        yield "removed_things", one.ground, one.things
        yield "removed_broadcasts", one.ground, one.broadcasts
    for part in figures.parts:
        yield from ((f"part_{name}", part.id, getattr(part, name)) for name in OF_PART)


def report_as_json(report: Report, *, about: dict[str, Any]) -> str:
    """The whole report; ``about`` says of what, and where it stands. ``digest`` is what the log has of a closed one."""
    figures = as_figures(report.figures)
    closed = report.closed_at
    return as_json(
        {
            **about,
            "period": report.period.key if report.period else None,
            "at": moment(report.at),
            "closed_at": moment(closed) if closed else None,
            "least_group": LEAST,
            "figures": figures,
            "digest": digest(figures) if closed else None,
        }
    )


@dataclass(frozen=True, slots=True)
class Line:
    """A figure for people: its name, what it is, where what it counts stands, and a word of explanation."""

    name: str
    value: str
    address: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Places:
    """Where that stands which a report counts, for its lines."""

    broadcasts: str
    calls: str
    questions: Callable[[str], str]
    """The list of complaints: all for an empty text, else ``dijawab`` or ``janji``."""
    corrections: str
    log: str


def lines_of(figures: Figures, places: Places) -> list[Line]:
    """The figures in the order in which they are read, in the reader's language."""
    if figures.seconds < SHORT:
        air = gettext("%(minutes)s minutes on air", minutes=round(figures.seconds / 60))
    else:
        air = gettext("%(hours)s hours on air", hours=round(figures.seconds / 3600))
    unknown = gettext("not counted")
    few = gettext("told from %(least)s answers on", least=LEAST)
    kept = gettext("%(kept)s of %(due)s", kept=figures.promises_kept, due=figures.promises_due)
    share = f"{round(100 * figures.promises_kept / figures.promises_due)} %" if figures.promises_due else ""
    lines = [
        Line(gettext("Published broadcasts"), str(figures.broadcasts), places.broadcasts, air),
        Line(
            gettext("Calls and messages taken"),
            unknown if figures.calls_taken is None else str(figures.calls_taken),
            places.calls,
            gettext("by a person at the desk, on any channel"),
        ),
        Line(gettext("Callers heard on air"), str(figures.callers_on_air), places.calls),
        Line(
            gettext("Questions and complaints"),
            str(figures.questions),
            places.questions(""),
            gettext("those in the open list: accepted, and not confidential"),
        ),
        Line(gettext("Questions answered"), str(figures.answered), places.questions("dijawab")),
        Line(
            gettext("Median time to an answer"),
            "–" if figures.median_hours is None else _time(figures.median_hours),
            places.questions("dijawab"),
            few if figures.median_hours is None else gettext("half were answered sooner"),
        ),
        Line(
            gettext("Promised times kept"),
            kept if figures.promises_due else "–",
            places.questions("janji"),
            share or gettext("none was due yet"),
        ),
        Line(gettext("Corrections"), str(figures.corrections), places.broadcasts, gettext("put beside the record")),
    ]
    if figures.withdrawn:
        lines.append(Line(gettext("Withdrawn broadcasts"), str(figures.withdrawn), places.log))
    return lines


def _time(hours: float) -> str:
    if hours < 48:
        return gettext("%(hours)s hours", hours=round(hours))
    return gettext("%(days)s days", days=round(hours / 24))


def ground_text(ground: str) -> str:
    """A legal ground in the reader's language."""
    return gettext(ground_of(ground))


def removal_lines(figures: Figures) -> list[tuple[str, str, str]]:
    """What was taken out: ground, how many things, of how many broadcasts."""
    return [
        (ground_text(one.ground), "–" if one.ground == CLOSED else str(one.things), str(one.broadcasts))
        for one in figures.removals
    ]
