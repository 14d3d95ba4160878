"""Masks the words of callers for the host's screen, with the means that keep the public record clean."""

from collections.abc import Sequence
from functools import lru_cache

from flask import Flask

from radiodesk.core.settings import Settings
from radiodesk.language.redaction import Span, redact
from radiodesk.language.redaction.identities import known_of
from radiodesk.rooms.calls.screen_ports import connections
from radiodesk.rooms.record.masks import KIND_NAMES, mask
from radiodesk.rooms.record.private_finder import Finder, finder

KINDS = frozenset(KIND_NAMES) - {"name", "age", "school", "location"}
"""What is masked wherever it is found. Names of people are not: the host must understand whom a caller speaks of."""


class OnAirMasker:
    """A ``calls.screen_ports.Masker``: numbers, addresses and the like, and the names that it is given.

    All open screens ask for the same words at the same moment, so the last answers are kept.
    """

    def __init__(self, find: Finder, language: str) -> None:
        self._find = find
        self._masked = lru_cache(maxsize=16)(self._mask)
        self._labels = {kind: mask(kind, language).strip("[]") for kind in KIND_NAMES}

    def __call__(self, text: str, names: Sequence[str]) -> str:
        return self._masked(text, tuple(names))

    def _mask(self, text: str, names: tuple[str, ...]) -> str:
        spans = [span for span in self._find(text) if span.kind in KINDS]
        spans += [
            Span(known.start, known.end, known.kind, "", 1.0) for name in names for known in known_of(text, name, None)
        ]
        return redact(text, spans, labels=self._labels)[0]


def connect(app: Flask, settings: Settings) -> None:
    """Lend the masks to an application's studio screens."""
    connections(app).masker = OnAirMasker(finder(settings), settings.language)
