"""What an area is made of: places, roads, corridors and the units that answer for them.

Plain frozen values, read from the files of an area pack; nothing here opens a file or a database. Positions are
degrees of latitude and longitude in WGS 84. An id is unique within its pack and is what other rooms keep.
"""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

Point = tuple[float, float]
"""Latitude, longitude."""

PLACE_KINDS = (
    "kabupaten", "kecamatan", "desa", "road", "corridor", "junction", "market", "terminal", "station", "square",
    "bridge", "hospital", "school", "office", "worship", "fuel", "crossing", "water", "park", "border", "landmark",
    "town",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """Anything a person can name as a where: a village, a road, a junction, a market.

    ``code`` is the official code where one exists (35.22.19), ``parent`` the id of the place that holds it.
    ``aliases`` are other ways to say or mishear the name.
    """

    id: str
    name: str
    kind: str
    code: str | None = None
    aliases: tuple[str, ...] = ()
    parent: str | None = None
    latitude: float | None = None
    longitude: float | None = None

    @property
    def point(self) -> Point | None:
        if self.latitude is None or self.longitude is None:
            return None
        return self.latitude, self.longitude


@dataclass(frozen=True, slots=True)
class Road:
    """A road with its ends; ``length`` is in metres and ``lines`` are simplified to about ten metres."""

    id: str
    name: str
    start: str
    end: str
    length: int
    road_class: str
    kecamatan: tuple[str, ...] = ()
    lines: tuple[tuple[Point, ...], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Corridor:
    """A main road as a driver meets it: ``places`` are ids in order, from the seat of the area outwards."""

    id: str
    name: str
    road_class: str
    places: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    line: tuple[Point, ...] = field(default=(), repr=False)
    main: bool = True


@dataclass(frozen=True, slots=True)
class Unit:
    """Who acts on a matter. ``areas`` are place ids it answers for; empty means the whole area."""

    id: str
    name: str
    short: str
    kind: str
    areas: tuple[str, ...] = ()
    duties: tuple[str, ...] = ()
    phone: str | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An area next door, and on which side of this one it lies."""

    name: str
    kind: str
    code: str
    side: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where facts of the pack came from."""

    title: str
    licence: str
    used_for: str


@dataclass(frozen=True)
class AreaPack:
    """One area, whole. ``places`` also holds every road and corridor as a place, so that all can be found in text."""

    id: str
    name: str
    kind: str
    code: str
    version: str
    time_zone: str
    time_zone_name: str
    language: str
    seat: str
    emergency: dict[str, str]
    neighbours: tuple[Neighbour, ...]
    places: tuple[Place, ...] = field(repr=False)
    roads: tuple[Road, ...] = field(repr=False)
    corridors: tuple[Corridor, ...] = field(repr=False)
    units: tuple[Unit, ...] = field(repr=False)
    spoken: dict[str, str] = field(repr=False)
    sources: tuple[Source, ...] = field(repr=False)
    folder: Path = field(repr=False)
    market_days: tuple[str, ...] = ()
    """Days of the great market, of the Javanese five-day week ("pahing") or of the week; empty when not known."""

    @cached_property
    def place_by_id(self) -> dict[str, Place]:
        return {place.id: place for place in self.places}

    @cached_property
    def road_by_id(self) -> dict[str, Road]:
        return {road.id: road for road in self.roads}

    @cached_property
    def unit_by_id(self) -> dict[str, Unit]:
        return {unit.id: unit for unit in self.units}

    @cached_property
    def corridor_by_id(self) -> dict[str, Corridor]:
        return {corridor.id: corridor for corridor in self.corridors}

    def ancestors(self, place_id: str) -> tuple[str, ...]:
        """Ids from the place itself up to the area, the nearest first."""
        chain: list[str] = []
        current: str | None = place_id
        while current is not None and current in self.place_by_id and current not in chain:
            chain.append(current)
            current = self.place_by_id[current].parent
        return tuple(chain)

    def corridor_position(self, place_ids: tuple[str, ...]) -> tuple[Corridor, int] | None:
        """The first corridor that one of the places lies on, with its position there."""
        for place_id in place_ids:
            for corridor in self.corridors:
                if place_id == corridor.id:
                    return corridor, 0
                if place_id in corridor.places:
                    return corridor, corridor.places.index(place_id)
        return None

    def units_for(self, place_id: str) -> tuple[Unit, ...]:
        """Units that answer for a place by name: those of the place first, then of what holds it."""
        return tuple(unit for holder in self.ancestors(place_id) for unit in self.units if holder in unit.areas)
