"""What must be remembered of a source between two fetches, and the rules for fetching it."""

import zlib
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from radiodesk.road.feeds import MAX_BYTES

MOMENTS = ("last_attempt", "last_success", "next_at", "last_good_at")
PLAIN = ("url", "etag", "last_modified", "failures", "problem", "problem_facts")


@dataclass(frozen=True, slots=True)
class FetchPolicy:
    """How a source may be fetched. ``hosts`` are allowed besides the source's own; times in seconds."""

    hosts: frozenset[str] = frozenset()
    allow_private: bool = False
    connect_seconds: float = 5.0
    read_seconds: float = 10.0
    whole_seconds: float = 30.0
    max_bytes: int = MAX_BYTES
    max_redirects: int = 3
    every: timedelta = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class FetchState:
    """What is known of a source. ``last_good`` are the bytes of the last document that could be read."""

    url: str
    etag: str | None = None
    last_modified: str | None = None
    last_attempt: datetime | None = None
    last_success: datetime | None = None
    next_at: datetime | None = None
    failures: int = 0
    problem: str | None = None
    problem_facts: dict[str, Any] = field(default_factory=dict)
    last_good: bytes | None = field(default=None, repr=False)
    last_good_at: datetime | None = None

    def due(self, now: datetime) -> bool:
        return self.next_at is None or now >= self.next_at

    def age(self, now: datetime) -> timedelta | None:
        """How old the newest knowledge is: an unchanged answer counts as new; None before the first success."""
        return now - self.last_success if self.last_success else None

    def to_json(self) -> dict[str, Any]:
        """For a JSON column; the document is packed."""
        kept: dict[str, Any] = {name: getattr(self, name) for name in PLAIN}
        kept |= {name: moment.isoformat() if (moment := getattr(self, name)) else None for name in MOMENTS}
        packed = b64encode(zlib.compress(self.last_good)).decode() if self.last_good is not None else None
        return kept | {"last_good": packed}

    @classmethod
    def from_json(cls, kept: dict[str, Any], *, url: str) -> "FetchState":
        """The state of ``url``; what was kept for another address is forgotten, and so is what cannot be read."""
        if kept.get("url") != url:
            return cls(url)
        try:
            return cls._kept(kept)
        except (ValueError, TypeError, zlib.error):
            return cls(url)

    @classmethod
    def _kept(cls, kept: dict[str, Any]) -> "FetchState":
        plain: dict[str, Any] = {name: kept[name] for name in PLAIN if kept.get(name) is not None}
        moments: dict[str, Any] = {name: datetime.fromisoformat(kept[name]) for name in MOMENTS if kept.get(name)}
        packed = kept.get("last_good")
        return cls(**plain, **moments, last_good=zlib.decompress(b64decode(packed)) if packed else None)
