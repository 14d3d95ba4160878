"""The daily situation report (Lapsit Kamseltibcarlantas): pasted text in, numbers and a script out."""

from radiodesk.traffic.lapsit.heads import TITLES
from radiodesk.traffic.lapsit.parsing import parse_lapsit
from radiodesk.traffic.lapsit.telling import compare, spoken
from radiodesk.traffic.lapsit.values import Change, Entry, Lapsit, MarkedLine, Plan

__all__ = ["TITLES", "Change", "Entry", "Lapsit", "MarkedLine", "Plan", "compare", "parse_lapsit", "spoken"]
