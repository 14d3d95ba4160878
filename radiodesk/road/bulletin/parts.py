"""What a bulletin is made of: each sentence with what it rests on, and each thing left out with the reason."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from radiodesk.core.i18n import N_
from radiodesk.language.places.nouns import AreaPack
from radiodesk.road.ports import Alert, Condition, Report

ItemKind = Literal["opening", "warning", "condition", "ended", "clear", "quiet", "appeal", "correction", "closing"]

Reason = Literal[
    "expired", "ended", "not yet", "no room", "said already", "outside area", "low confidence", "no place",
    "nothing to say", "worse on this road", "superseded", "cancelled", "not in Indonesian",
]  # fmt: skip

REASONS: dict[Reason, str] = {
    "expired": N_("It is too old: nobody has confirmed it in time."),
    "ended": N_("It is over."),
    "not yet": N_("It begins later, or was seen after the time of this bulletin."),
    "no room": N_("The slot is too short; more important items came first."),
    "said already": N_("Another item of this bulletin says it."),
    "outside area": N_("The place is not in the station's area, or cannot be placed in it for certain."),
    "low confidence": N_("It rests on too little: one doubtful report."),
    "no place": N_("It does not say where."),
    "nothing to say": N_("It tells neither how traffic flows nor what is in the way."),
    "worse on this road": N_("It is clear here, but something worse is reported on the same road."),
    "superseded": N_("The publisher replaced it with a newer warning."),
    "cancelled": N_("The publisher cancelled it."),
    "not in Indonesian": N_("The warning has no Indonesian words."),
}
"""Message ids for the catalogues."""

OVER: frozenset[Reason] = frozenset({"expired", "ended", "superseded", "cancelled"})
"""Reasons with which a thing cannot be said after all, because it holds no more."""


class SpokenAppeal(Protocol):
    """What a bulletin needs of an appeal: ``text`` in full, ``short`` for a full slot (may be empty)."""

    @property
    def id(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def short(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Identity:
    """How the station names itself on air; empty names are simply not said."""

    station: str = ""
    programme: str = ""
    unit: str = "Satuan Lalu Lintas"
    time_zone: str = "Asia/Jakarta"
    time_zone_name: str = "WIB"

    @classmethod
    def of(cls, pack: AreaPack | None) -> "Identity":
        """A station without a name of its own, on the clock of its area."""
        return cls(time_zone=pack.time_zone, time_zone_name=pack.time_zone_name) if pack else cls()


@dataclass(frozen=True, slots=True)
class Why:
    """Why an item is in the bulletin: a message id of the catalogues with its facts."""

    message: str
    facts: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message % self.facts if self.facts else self.message


@dataclass(frozen=True, slots=True)
class Item:
    """One sentence (or two that belong together), how long it takes to read in seconds, and what it rests on."""

    kind: ItemKind
    sentence: str
    seconds: float
    why: Why
    conditions: tuple[Condition, ...] = ()
    alerts: tuple[Alert, ...] = ()
    appeal_id: str | None = None
    corridor: str | None = None

    @property
    def reports(self) -> tuple[Report, ...]:
        """Every report behind the sentence, in order of observation."""
        return tuple(report for condition in self.conditions for report in condition.reports)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One thing that is not said: in a few words what, and why not."""

    what: str
    reason: Reason
    condition: Condition | None = None
    alert: Alert | None = None
    appeal_id: str | None = None

    @property
    def why(self) -> str:
        return REASONS[self.reason]


@dataclass(frozen=True, slots=True)
class Composition:
    """A bulletin for ``at`` (aware) in a slot of ``slot`` seconds; ``seconds`` is how long it takes to read.

    ``corrects`` is the time of the bulletin that this one takes something back from.
    """

    at: datetime
    slot: float
    seconds: float
    items: tuple[Item, ...]
    left_out: tuple[LeftOut, ...]
    words_per_minute: int
    variation: int
    corrects: datetime | None = None

    @property
    def text(self) -> str:
        """All sentences as paragraphs: opening, body, appeal and closing each on a line of its own."""
        lines: list[str] = []
        last: str | None = None
        for item in self.items:
            part = "body" if item.kind in ("condition", "ended", "clear", "quiet") else item.kind
            if part == last and part == "body":
                lines[-1] += f" {item.sentence}"
            else:
                lines.append(item.sentence)
            last = part
        return "\n".join(lines)
