"""Tables as CSV that people open in a spreadsheet; one way to write them for desk, public site and packages."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from radiodesk.core.text import clean

_BEGINS_A_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a public table: its name in the head, its type by Frictionless Table Schema, and what it means as a
    message id. What is not ``required`` may be empty.
    """

    name: str
    meaning: str
    type: Literal["string", "integer", "number", "datetime"] = "string"
    required: bool = True


def csv_text(head: Sequence[str], rows: Iterable[Iterable[object]], *, newline: str = "\r\n") -> str:
    """The table as text; ``None`` is an empty cell."""
    return "".join(csv_rows(head, rows, newline=newline))


def csv_rows(head: Sequence[str], rows: Iterable[Iterable[object]], *, newline: str = "\r\n") -> Iterator[str]:
    """The same row by row, for tables that are sent while they are read."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator=newline)
    for row in chain([head], rows):
        table.writerow([safe_cell("" if cell is None else str(cell)) for cell in row])
        yield clean(out.getvalue())
        out.seek(0)
        out.truncate()


def safe_cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: what looks like one gets an apostrophe, numbers stay."""
    formula = text.startswith(_BEGINS_A_FORMULA) and not _NUMBER.fullmatch(text)
    return f"'{text}" if formula else text
