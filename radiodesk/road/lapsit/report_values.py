"""A situation report as read: what was counted, what is planned, and which lines nobody understood."""

from dataclasses import dataclass
from datetime import date

from radiodesk.road.lapsit.form_heads import Head


@dataclass(frozen=True, slots=True)
class Entry:
    """One counted thing; ``line`` is its line number in the pasted text, from 1.

    ``known`` is false where the head was understood and the label was not: the number is kept under the label as sent.
    """

    head: Head
    key: str
    label: str
    value: int
    line: int
    known: bool = True


@dataclass(frozen=True, slots=True)
class MarkedLine:
    """A line kept as it came, with its number from 1."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a unit means to do tomorrow; ``unit`` is empty where none is named."""

    unit: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Lapsit:
    """One day's report. ``notable`` is the outstanding event in the unit's words; empty together with
    ``nothing_notable`` when the report says "nihil", empty alone when it says nothing about it. ``around`` are the
    lines before and after the form (addressee, greeting, signature).
    """

    text: str
    day: date | None
    unit: str
    entries: tuple[Entry, ...]
    notable: tuple[MarkedLine, ...]
    nothing_notable: bool
    plans: tuple[Plan, ...]
    around: tuple[MarkedLine, ...]
    not_understood: tuple[MarkedLine, ...]
    traffic: tuple[Plan, ...] = ()
    """How it flows, place by place: the place as ``unit``, the flow as ``text``."""
    hours: int | None = None
    """How many hours the report covers, where it says so."""
    period: tuple[str, str] | None = None
    """From when to when, as "06.00", where it says so."""

    def value(self, head: Head, key: str) -> int | None:
        """The number given, or None when the report does not give it (which is not the same as nil)."""
        values = [entry.value for entry in self.entries if entry.head == head and entry.key == key]
        return sum(values) if values else None
