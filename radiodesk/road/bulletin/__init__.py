"""Bulletins: road conditions as text that an officer can read within a given number of seconds."""

from radiodesk.road.bulletin.bulletin_json import Before, as_data, read_back, read_items, told_data
from radiodesk.road.bulletin.composer import compose
from radiodesk.road.bulletin.corrections import correct
from radiodesk.road.bulletin.endings import told_of
from radiodesk.road.bulletin.one_sentence import retold, warned
from radiodesk.road.bulletin.parts import OVER, Composition, Identity, Item, LeftOut, SpokenAppeal, Why

__all__ = [
    "OVER",
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
    "retold",
    "told_data",
    "told_of",
    "warned",
]
