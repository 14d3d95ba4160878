"""Kamseltibcarlantas appeals: a library by pillar, and the picker that finds the one for the moment."""

from radiodesk.road.appeals.library import PILLARS, Appeal, check_appeals, load_appeals
from radiodesk.road.appeals.moments import Moment, moment_of, pasaran, weather_words
from radiodesk.road.appeals.picker import REST, fits, pick_appeal, resting

__all__ = [
    "PILLARS",
    "REST",
    "Appeal",
    "Moment",
    "check_appeals",
    "fits",
    "load_appeals",
    "moment_of",
    "pasaran",
    "pick_appeal",
    "resting",
    "weather_words",
]
