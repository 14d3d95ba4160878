"""What must agree between the files of an area pack; every disagreement is one sentence."""

from collections import Counter
from collections.abc import Iterator, KeysView
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from radiodesk.language.places.nouns import PLACE_KINDS, AreaPack

EMERGENCY = ("police", "all")


def disagreements(pack: AreaPack) -> Iterator[str]:
    """Problems across files: doubled ids, parents and corridors that point nowhere, odd kinds, positions far away."""
    yield from _heading(pack)
    yield from _ids(pack)
    yield from _places(pack)
    known = pack.place_by_id.keys()
    for road in pack.roads:
        yield from _unknown(road.kecamatan, known, f"roads.tsv: {road.id} passes")
    for corridor in pack.corridors:
        yield from _unknown(corridor.places, known, f"corridors.toml: {corridor.id} meets")
        if len(corridor.line) < 2:
            yield f"corridors.toml: {corridor.id} needs a line of two points or more."
    for unit in pack.units:
        yield from _unknown(unit.areas, known, f"units.toml: {unit.id} answers for")
        if not unit.duties:
            yield f"units.toml: {unit.id} has no duties, so nothing can be sent to it."


def _heading(pack: AreaPack) -> Iterator[str]:
    try:
        ZoneInfo(pack.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        yield f"pack.toml: {pack.time_zone} is not a time zone of the IANA database."
    for key in EMERGENCY:
        if not pack.emergency.get(key, "").isdigit():
            yield f"pack.toml: the emergency number «{key}» is missing or not a number."
    if pack.code not in pack.place_by_id:
        yield f"pack.toml: the area's own code {pack.code} is not in places.tsv."
    if pack.seat not in pack.place_by_id:
        yield f"pack.toml: the seat {pack.seat} is not a place of the pack."
    if not pack.sources:
        yield "pack.toml names no source; say where each kind of fact came from."


def _ids(pack: AreaPack) -> Iterator[str]:
    counts = Counter(place.id for place in pack.places) + Counter(unit.id for unit in pack.units)
    for identity, count in counts.items():
        if count > 1:
            yield f"The id {identity} is used {count} times; each id must be its own."


def _places(pack: AreaPack) -> Iterator[str]:
    seat = pack.place_by_id.get(pack.seat)
    for place in pack.places:
        if place.kind not in PLACE_KINDS:
            yield f"{place.id} ({place.name}) has the unknown kind «{place.kind}»; known are {', '.join(PLACE_KINDS)}."
        if place.parent is not None and place.parent not in pack.place_by_id:
            yield f"{place.id} ({place.name}) lies in {place.parent}, which is not in the pack."
        if place.kind == "town" or place.point is None or seat is None or seat.point is None:
            continue
        # Swapped latitude and longitude is the usual slip, and puts a place hundreds of kilometres away.
        if max(abs(here - there) for here, there in zip(place.point, seat.point, strict=True)) > 1.5:
            yield f"{place.id} ({place.name}) lies more than 150 km from the seat; are latitude and longitude swapped?"


def _unknown(ids: tuple[str, ...], known: KeysView[str], where: str) -> Iterator[str]:
    for identity in ids:
        if identity not in known:
            yield f"{where} {identity}, which is not in the pack."
