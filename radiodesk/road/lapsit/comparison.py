"""A situation report beside those of earlier days, as one table and as bars."""

from collections.abc import Sequence
from dataclasses import dataclass

from radiodesk.road.lapsit.form_heads import TITLES, Head
from radiodesk.road.lapsit.report_values import Lapsit

CHARTED: tuple[tuple[Head, str], ...] = (
    ("laka", "kejadian"),
    ("laka", "md"),
    ("laka", "lb"),
    ("laka", "lr"),
    ("gakkum", "e_tilang"),
    ("gakkum", "manual"),
    ("gakkum", "teguran"),
)
"""What a chief looks at first."""

WIDTH = 200
"""Length of the longest bar of a row, in the chart's own units."""


@dataclass(frozen=True, slots=True)
class Row:
    """One number of today and of each earlier day; ``None`` where a report does not give it."""

    head: Head
    key: str
    label: str
    values: tuple[int | None, ...]

    @property
    def title(self) -> str:
        return TITLES[self.head]

    @property
    def money(self) -> bool:
        return self.key == "kerugian"

    @property
    def bars(self) -> tuple[int, ...]:
        """Lengths of the bars: each row has its own scale, since tickets outnumber deaths."""
        top = max((value for value in self.values if value), default=0)
        return tuple(round(WIDTH * value / top) if value and top else 0 for value in self.values)


def side_by_side(today: Lapsit, earlier: Sequence[Lapsit]) -> tuple[Row, ...]:
    """Every number that today's report gives, in the order of the form, with those of the earlier days."""
    rows: dict[tuple[Head, str], Row] = {}
    for entry in today.entries:
        where = (entry.head, entry.key)
        if where not in rows:
            values = tuple(day.value(*where) for day in (today, *earlier))
            rows[where] = Row(entry.head, entry.key, entry.label, values)
    return tuple(rows.values())


def charted(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows that are drawn: those that matter most, where any day has a number."""
    return tuple(row for row in rows if (row.head, row.key) in CHARTED and any(row.values))
