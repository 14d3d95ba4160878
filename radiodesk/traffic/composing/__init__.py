"""Bulletins: what the road says, put into words that an officer can read in the seconds that there are."""

from radiodesk.traffic.composing.bulletin import compose
from radiodesk.traffic.composing.corrections import correct
from radiodesk.traffic.composing.endings import told_of
from radiodesk.traffic.composing.values import Composition, Identity, Item, LeftOut, SpokenAppeal, Why

__all__ = ["Composition", "Identity", "Item", "LeftOut", "SpokenAppeal", "Why", "compose", "correct", "told_of"]
