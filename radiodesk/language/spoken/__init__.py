"""Spoken form: what is written becomes what an Indonesian newsreader says, and how long that takes."""

from radiodesk.language.spoken.form import to_spoken
from radiodesk.language.spoken.reading_time import reading_seconds

__all__ = ["reading_seconds", "to_spoken"]
