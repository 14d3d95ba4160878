"""A bulletin as JSON values, and what the next one must know of it.

The same values are printed by ``radiodesk bulletin --json``, lie beside a script in the database, and are read back
when the next bulletin is compiled or this one is corrected.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

from radiodesk.core.errors import Unreadable
from radiodesk.road.bulletin.endings import Told
from radiodesk.road.bulletin.parts import Composition, Item, ItemKind, Why


def as_data(composed: Composition) -> dict[str, Any]:
    """A bulletin as JSON values: text, items with their sources and why, what was left out and why."""
    return {
        "text": composed.text,
        "seconds": round(composed.seconds, 1),
        "at": composed.at.isoformat(),
        "slot": composed.slot,
        "variation": composed.variation,
        "corrects": composed.corrects.isoformat() if composed.corrects else None,
        "items": [_item_data(item) for item in composed.items],
        "left_out": [{"what": one.what, "why": one.why} for one in composed.left_out],
    }


def _item_data(item: Item) -> dict[str, Any]:
    return {
        "kind": item.kind,
        "sentence": item.sentence,
        "seconds": round(item.seconds, 1),
        "why": str(item.why),
        "corridor": item.corridor,
        "told": told_data(item),
        "sources": [
            {
                "source": report.source,
                "observed_at": report.observed_at.isoformat() if report.observed_at else None,
                "text": report.text,
            }
            for report in item.reports
        ],
        "alerts": [alert.identifier for alert in item.alerts],
        "appeal": item.appeal_id,
    }


def told_data(item: Item) -> list[list[str]]:
    """The conditions that a sentence tells of as going on: place and first report of each."""
    return [[one.place, one.first_at.isoformat()] for one in item.conditions] if item.kind == "condition" else []


@dataclass(frozen=True, slots=True)
class Before:
    """What was said in an earlier bulletin: its sentences, the conditions that it told of, its appeals."""

    at: datetime
    items: tuple[Item, ...] = ()
    told: tuple[Told, ...] = ()
    variation: int = 0
    appeals: tuple[str, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        return tuple(item.sentence for item in self.items)


def read_items(items: Iterable[Mapping[str, Any]], *, at: datetime, variation: int = 0) -> Before:
    """What the items of a kept bulletin say; raises ``Unreadable`` when they are not such items."""
    try:
        found = [dict(item) for item in items]
        return Before(
            at=at,
            items=tuple(_item(item) for item in found),
            told=tuple(
                (str(place), datetime.fromisoformat(first)) for item in found for place, first in item.get("told", ())
            ),
            variation=variation,
            appeals=tuple(str(item["appeal"]) for item in found if item.get("appeal")),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Unreadable("This is not a bulletin as `radiodesk bulletin --json` writes it.") from None


def _item(data: dict[str, Any]) -> Item:
    kind = next((kind for kind in get_args(ItemKind) if kind == data["kind"]), None)
    if kind is None:
        raise ValueError(data["kind"])
    return Item(kind, str(data["sentence"]), float(data.get("seconds") or 0.0), Why(str(data.get("why", ""))))


def read_back(data: Any) -> Before:
    """A whole bulletin that ``as_data`` wrote; raises ``Unreadable`` for anything else."""
    try:
        at = datetime.fromisoformat(data["at"])
        items, variation = data["items"], int(data.get("variation", 0))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Unreadable("This is not a bulletin as `radiodesk bulletin --json` writes it.") from None
    if at.tzinfo is None:
        raise Unreadable("This is not a bulletin as `radiodesk bulletin --json` writes it.")
    return read_items(items, at=at, variation=variation)
