"""The daily situation report (Lapsit Kamseltibcarlantas): pasted text in, numbers, a comparison and a script out."""

from radiodesk.road.lapsit.comparison import Row, charted, side_by_side
from radiodesk.road.lapsit.form_heads import TITLES
from radiodesk.road.lapsit.form_parser import parse_lapsit
from radiodesk.road.lapsit.number_corrections import LABELS, put_right
from radiodesk.road.lapsit.report_script import spoken
from radiodesk.road.lapsit.report_values import Entry, Lapsit, MarkedLine, Plan

__all__ = [
    "LABELS",
    "TITLES",
    "Entry",
    "Lapsit",
    "MarkedLine",
    "Plan",
    "Row",
    "charted",
    "parse_lapsit",
    "put_right",
    "side_by_side",
    "spoken",
]
