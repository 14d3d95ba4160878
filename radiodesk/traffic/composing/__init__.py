"""Bulletins: what the road says, put into words that an officer can read in the seconds that there are."""

from radiodesk.traffic.composing.bulletin import compose
from radiodesk.traffic.composing.corrections import correct
from radiodesk.traffic.composing.endings import told_of
from radiodesk.traffic.composing.keeping import Before, as_data, read_back, read_items, told_data
from radiodesk.traffic.composing.values import Composition, Identity, Item, LeftOut, SpokenAppeal, Why

__all__ = [
    "Before",
    "Composition",
    "Identity",
    "Item",
    "LeftOut",
    "SpokenAppeal",
    "Why",
    "as_data",
    "compose",
    "correct",
    "read_back",
    "read_items",
    "told_data",
    "told_of",
]
