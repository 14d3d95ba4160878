"""What reading one post gives, and the ``Report`` that the traffic room computes with."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from radiodesk.language.places.finder import FoundPlace
from radiodesk.road.ports import Flow, Kind, Report


@dataclass(frozen=True, slots=True)
class Reading:
    """What one post says. ``time`` is station time as "HH:MM"; ``at`` and ``toward`` are the post's own wording.

    ``beside`` is how it lies to ``at`` ("depan"), ``parties`` who met in an accident ("motor dan truk"),
    ``until`` the time at which it says that something ends, ``whom`` those whom a closure concerns ("kendaraan besar"),
    ``extent`` how much of the road is taken ("total", "menutup separuh jalan").
    ``parts`` are readings of their own where a post tells of several places or directions, the first stated first.
    ``reason`` says why a text with traffic words is no report (question, history, appeal,
    announcement, chat, figure).
    """

    text: str
    is_traffic: bool
    time: str | None
    places: tuple[FoundPlace, ...]
    at: str | None
    toward: tuple[str, ...]
    flow: Flow | None
    obstacle: str | None
    kind: Kind
    confidence: float
    cleared: bool = False
    detour: str | None = None
    reason: str = ""
    until: str | None = None
    beside: str = ""
    parties: str = ""
    whom: str = ""
    extent: str = ""
    parts: tuple["Reading", ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The object that ``radiodesk pipe reports`` prints."""
        return {
            "text": self.text,
            "is_traffic": self.is_traffic,
            "time": self.time,
            "places": [place.as_json() for place in self.places],
            "at": self.at,
            "toward": list(self.toward),
            "flow": self.flow,
            "obstacle": self.obstacle,
            "kind": self.kind,
            "confidence": round(self.confidence, 3),
        }


def to_reports(reading: Reading, *, source: str, observed_at: datetime, zone: str = "Asia/Jakarta") -> list[Report]:
    """A ``Report`` for each place and direction that the post tells of; one for most posts. See ``to_report``."""
    return [to_report(part, source=source, observed_at=observed_at, zone=zone) for part in reading.parts or (reading,)]


def to_report(reading: Reading, *, source: str, observed_at: datetime, zone: str = "Asia/Jakarta") -> Report:
    """A ``Report`` at the time that the post states, else when it was seen; ``observed_at`` is aware.

    Of a post that tells of several places or directions only the first, since its flow is not that of the others.
    A stated time in the future by more than an hour is yesterday's: a post of 23.50 read after midnight.
    """
    reading = reading.parts[0] if reading.parts else reading
    local = observed_at.astimezone(ZoneInfo(zone))
    at = local
    if reading.time is not None:
        at = _on(local, reading.time)
        if at > local + timedelta(hours=1):
            at -= timedelta(days=1)
    until = _until(reading, local)
    here, ids = _place(reading)
    at_place = _as_called(reading)
    return Report(
        text=reading.text,
        source=source,
        observed_at=at.astimezone(UTC),
        # Reports of a place that is known meet by its id, all others by the wording, so that must stay one.
        place=f"{reading.beside if ids else ''} {at_place}".strip() if at_place else here.name if here else None,
        place_ids=ids,
        toward=reading.toward,
        flow=reading.flow,
        obstacle=f"{reading.obstacle} antara {reading.parties}" if reading.parties else reading.obstacle,
        kind=reading.kind,
        confidence=reading.confidence,
        cleared=reading.cleared,
        detour=reading.detour,
        latitude=here.place.latitude if here else None,
        longitude=here.place.longitude if here else None,
        expires_at=until.astimezone(UTC) if until else None,
        whom=reading.whom or None,
        extent=reading.extent or None,
    )


def _as_called(reading: Reading) -> str | None:
    """The wording of the place, with a name that the station was taught as the place is really called."""
    at = reading.at
    for found in reading.places:
        wording = reading.text[found.start : found.end]
        if at and found.taught and wording in at:
            at = at.replace(wording, found.name)
    return at


def _on(day: datetime, time: str) -> datetime:
    hour, minute = (int(part) for part in time.split(":"))
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0)


LASTING: frozenset[Kind] = frozenset({"roadwork", "closure", "event"})
"""Kinds whose stated end is planned. When a jam will be over nobody knows."""


def _until(reading: Reading, local: datetime) -> datetime | None:
    """The stated end of works, closures and events; one that is past already is tomorrow's, if it is near."""
    if reading.until is None or not (reading.kind in LASTING or reading.flow in ("ditutup", "dialihkan")):
        return None
    end = _on(local, reading.until)
    if end <= local:
        end += timedelta(days=1)
    return end if end - local <= timedelta(hours=18) else None


def _place(reading: Reading) -> tuple[FoundPlace | None, tuple[str, ...]]:
    """The found places within the wording of ``at``, the most specific first; without any, all but directions.

    Where ``at`` names no more than a road to another town or a kecamatan, a narrower place beside it counts too:
    "jalan raya Bojonegoro-Cepu, tepatnya di desa Sumengko".
    """
    at = (reading.at or "").lower()
    elsewhere = " ".join((*reading.toward, reading.detour or "")).lower()
    wording = [(place, reading.text[place.start : place.end].lower()) for place in reading.places]
    others = [place for place, words in wording if words not in at and words not in elsewhere]
    here = [place for place, words in wording if words in at] or others
    if all(_SPECIFIC.get(place.kind, 0) >= WIDE for place in here):
        here += [place for place in others if place not in here and _SPECIFIC.get(place.kind, 0) < WIDE]
    ranked = sorted(here, key=lambda place: _SPECIFIC.get(place.kind, 0))
    return (ranked[0] if ranked else None), tuple(dict.fromkeys(place.place.id for place in ranked))


WIDE = 3
_SPECIFIC = {"road": 1, "desa": 2, "corridor": 3, "kecamatan": 4, "town": 5, "kabupaten": 6}
