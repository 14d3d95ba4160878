"""A store that a station could plug in, and whose troubles a test decides: it keeps everything in memory."""

import hashlib
import io
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import entry_points
from pathlib import Path
from typing import BinaryIO, Self

import pytest

from radiodesk.core import stores
from radiodesk.core.stores.ports import NoSuchObject, Stat, StoreSetup

NAME = "gudang"


class MemoryStore:
    """It is away, full or gives half an object when ``trouble`` says so."""

    name = NAME

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}
        self.asked: list[tuple[str, int, int | None]] = []
        self.trouble: Exception | None = None
        self.gives_half = False
        self._lock = threading.Lock()

    @classmethod
    def set_up(cls, setup: StoreSetup) -> Self:
        if not {"token"} <= setup.options.keys():
            raise ValueError("it needs a token")
        return cls()

    def put(self, key: str, file: Path) -> None:
        self._stumble()
        data = file.read_bytes()
        with self._lock:
            self.held[key] = data

    def open(self, key: str, first: int = 0, length: int | None = None) -> BinaryIO:
        self.asked.append((key, first, length))
        data = self._get(key)
        if self.gives_half:
            data = data[: len(data) // 2]
        return io.BytesIO(data[first : None if length is None else first + length])

    def stat(self, key: str) -> Stat:
        data = self._get(key)
        return Stat(key, len(data), datetime(2026, 11, 24, tzinfo=UTC), hashlib.sha256(data).hexdigest())

    def delete(self, key: str) -> None:
        self._stumble()
        with self._lock:
            self.held.pop(key, None)

    def list(self, prefix: str) -> Iterator[Stat]:
        self._stumble()
        with self._lock:
            keys = sorted(key for key in self.held if key.startswith(f"{prefix}/"))
        for key in keys:
            yield self.stat(key)

    def _get(self, key: str) -> bytes:
        self._stumble()
        with self._lock:
            if key not in self.held:
                raise NoSuchObject(key)
            return self.held[key]

    def _stumble(self) -> None:
        if self.trouble is not None:
            raise self.trouble


class _Point:
    name, value = NAME, f"{__name__}:MemoryStore"


def plug_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Register it as an installed plug-in is."""
    monkeypatch.setattr(stores, "entry_points", lambda **asked: [*entry_points(**asked), _Point()])
