"""Drills: a whole show on disk, played through the real services; demonstration, end-to-end test and benchmark."""

from radiodesk.operations.drill.play import play
from radiodesk.operations.drill.show import Show, load_show

__all__ = ["Show", "load_show", "play"]
