"""The daily situation report (Lapsit Kamseltibcarlantas): pasted text in, numbers, a comparison and a script out."""

from radiodesk.traffic.lapsit.comparing import Row, charted, side_by_side
from radiodesk.traffic.lapsit.heads import TITLES
from radiodesk.traffic.lapsit.parsing import parse_lapsit
from radiodesk.traffic.lapsit.telling import spoken
from radiodesk.traffic.lapsit.values import Entry, Lapsit, MarkedLine, Plan

__all__ = [
    "TITLES",
    "Entry",
    "Lapsit",
    "MarkedLine",
    "Plan",
    "Row",
    "charted",
    "parse_lapsit",
    "side_by_side",
    "spoken",
]
