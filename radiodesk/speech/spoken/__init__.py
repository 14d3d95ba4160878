"""Spoken form: what is written becomes what an Indonesian newsreader says, and how long that takes."""

from .form import to_spoken
from .reading import reading_seconds

__all__ = ["reading_seconds", "to_spoken"]
