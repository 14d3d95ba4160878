"""Area packs: everything that is true of one district and of no other, as a folder of plain files.

The code says no place name; a pack does. ``docs/area-packs.md`` tells how another district makes its own.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from radiodesk.core.errors import NotFound, Unreadable
from radiodesk.language.places.nouns import AreaPack, Corridor, Neighbour, Place, Point, Road, Source, Unit
from radiodesk.language.places.pack_checks import disagreements
from radiodesk.language.places.pack_files import PackReader, neighbours, sources

__all__ = [
    "AreaPack",
    "Corridor",
    "Neighbour",
    "Place",
    "Point",
    "Road",
    "Source",
    "Unit",
    "built_in_packs",
    "check_pack",
    "load_pack",
]

BUILT_IN = Path(__file__).parent / "packs"
HEADINGS = ("id", "name", "kind", "code", "version", "time_zone", "time_zone_name", "language", "seat", "emergency")


def built_in_packs() -> list[str]:
    """Names of the packs that come with the program."""
    return sorted(path.parent.name for path in BUILT_IN.glob("*/pack.toml"))


def load_pack(path_or_name: str | Path) -> AreaPack:
    """Read a pack from a folder, or one that comes with the program by its name.

    Raises ``NotFound`` when there is no such folder and ``Unreadable`` with the first problem when it is not whole.
    """
    pack, problems = _read(_folder(path_or_name))
    if pack is None or problems:
        raise Unreadable(
            "The area pack %(name)s cannot be used: %(problem)s There are %(count)s problems in all; check the pack.",
            name=str(path_or_name),
            problem=problems[0],
            count=len(problems),
        )
    return pack


def check_pack(path: str | Path) -> list[str]:
    """Every problem of a pack as a sentence that names the file and the thing; empty when it is good."""
    return _read(_folder(path))[1]


def _folder(path_or_name: str | Path) -> Path:
    for folder in (BUILT_IN / str(path_or_name), Path(path_or_name)):
        if folder.is_dir():
            return folder
    raise NotFound(
        "There is no area pack %(name)s: name a folder, or one of %(known)s.",
        name=str(path_or_name),
        known=", ".join(built_in_packs()),
    )


def _read(folder: Path) -> tuple[AreaPack | None, list[str]]:
    reader = PackReader(folder)
    if missing := reader.missing():
        return None, missing
    head = reader.toml("pack.toml")
    if lacking := [key for key in HEADINGS if key not in head]:
        return None, [*reader.problems, f"pack.toml lacks {', '.join(lacking)}."]
    roads, corridors = reader.roads(), reader.corridors()
    places = [place for name in ("places.tsv", "junctions.tsv", "landmarks.tsv") for place in reader.places(name)]
    places += [_road_place(road, head["code"]) for road in roads]
    places += [Place(way.id, way.name, "corridor", aliases=way.aliases, parent=head["code"]) for way in corridors]
    pack = AreaPack(
        **{key: head[key] for key in HEADINGS},
        neighbours=neighbours(head.get("neighbour", [])),
        places=tuple(_with_aliases(places, reader)),
        roads=tuple(roads),
        corridors=tuple(corridors),
        units=tuple(reader.units()),
        spoken=reader.spoken(),
        sources=sources(head.get("source", [])),
        folder=folder,
        market_days=tuple(head.get("market_days", ())),
    )
    return pack, [*reader.problems, *disagreements(pack)]


def _road_place(road: Road, area: str) -> Place:
    """A road as a place: in its kecamatan when it has only one, standing for its middle point."""
    points = [point for line in road.lines for point in line]
    latitude, longitude = points[len(points) // 2] if points else (None, None)
    parent = road.kecamatan[0] if len(road.kecamatan) == 1 else area
    return Place(road.id, road.name, "road", parent=parent, latitude=latitude, longitude=longitude)


def _with_aliases(places: list[Place], reader: PackReader) -> Iterator[Place]:
    further = reader.aliases()
    reader.problems += [
        f"aliases.tsv names {identity}, which is not in the pack."
        for identity in further.keys() - {place.id for place in places}
    ]
    for place in places:
        yield replace(place, aliases=place.aliases + further[place.id]) if place.id in further else place
