"""Reads Indonesian posts as officers and listeners write them: is it about traffic now, when, where, how, why.

Rules over dictionaries that people edit (``dictionaries/``) come first; a small linear model decides for posts that
say little. Nothing here knows a place: a place finder for the station's area may be given.
"""

from radiodesk.road.reading.reader import read_report
from radiodesk.road.reading.reading_result import Reading, to_report, to_reports

__all__ = ["Reading", "read_report", "to_report", "to_reports"]
