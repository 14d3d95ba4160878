"""Reads the plain files of an area pack and says in sentences what is wrong with them.

Two uses share one reading: loading (any problem refuses the pack) and checking (every problem is listed).
"""

import csv
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from radiodesk.language.places.nouns import Corridor, Neighbour, Place, Point, Road, Source, Unit

FILES = ("pack.toml", "places.tsv", "landmarks.tsv", "roads.tsv", "roads.geojson", "corridors.toml", "units.toml")
"""Without these a folder is not a pack. Optional: junctions.tsv, aliases.tsv, spoken.tsv, boundary.geojson."""

PLACE_COLUMNS = ("id", "name", "kind", "code", "aliases", "parent", "latitude", "longitude")
ROAD_COLUMNS = ("id", "name", "start", "end", "length_m", "class", "kecamatan")


class PackReader:
    """Reads one folder; what cannot be read is left out and named in ``problems``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[str] = []

    def missing(self) -> list[str]:
        return [f"{name} is missing; every pack needs it." for name in FILES if not (self.folder / name).is_file()]

    def toml(self, name: str) -> dict[str, Any]:
        try:
            return tomllib.loads((self.folder / name).read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            self.problems.append(f"{name} cannot be read as TOML: {error}.")
            return {}

    def rows(self, name: str, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
        """Rows of a tab-separated file with their line numbers; lines that start with # are remarks."""
        path = self.folder / name
        if not path.is_file():
            return
        header: list[str] | None = None
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if not line.strip() or line.startswith("#"):
                continue
            cells = next(csv.reader([line], delimiter="\t", quoting=csv.QUOTE_NONE))
            if header is None:
                header = cells
                if lacking := [column for column in columns if column not in cells]:
                    self.problems.append(f"{name} line {number}: the heading lacks {', '.join(lacking)}.")
                    return
                continue
            if len(cells) > len(header):
                self.problems.append(f"{name} line {number}: {len(cells)} cells where the heading has {len(header)}.")
                continue
            yield number, dict(zip(header, cells + [""] * (len(header) - len(cells)), strict=True))

    def places(self, name: str) -> list[Place]:
        found = []
        for number, row in self.rows(name, PLACE_COLUMNS):
            if not row["id"] or not row["name"]:
                self.problems.append(f"{name} line {number}: a place needs an id and a name.")
                continue
            latitude, longitude = (self._degrees(row[key], f"{name} line {number}") for key in PLACE_COLUMNS[-2:])
            found.append(
                Place(
                    id=row["id"],
                    name=row["name"],
                    kind=row["kind"],
                    code=row["code"] or None,
                    aliases=_split(row["aliases"]),
                    parent=row["parent"] or None,
                    latitude=latitude,
                    longitude=longitude,
                )
            )
        return found

    def _degrees(self, cell: str, where: str) -> float | None:
        if not cell:
            return None
        try:
            return float(cell)
        except ValueError:
            self.problems.append(f"{where}: «{cell}» is not a number of degrees.")
            return None

    def roads(self) -> list[Road]:
        lines = self._road_lines()
        found = []
        for number, row in self.rows("roads.tsv", ROAD_COLUMNS):
            if not row["length_m"].isdigit():
                self.problems.append(f"roads.tsv line {number}: the length «{row['length_m']}» is not whole metres.")
                continue
            if row["id"] not in lines:
                self.problems.append(f"roads.tsv line {number}: {row['id']} has no line in roads.geojson.")
            found.append(
                Road(
                    id=row["id"],
                    name=row["name"],
                    start=row["start"],
                    end=row["end"],
                    length=int(row["length_m"]),
                    road_class=row["class"],
                    kecamatan=_split(row["kecamatan"]),
                    lines=lines.get(row["id"], ()),
                )
            )
        return found

    def _road_lines(self) -> dict[str, tuple[tuple[Point, ...], ...]]:
        try:
            features = json.loads((self.folder / "roads.geojson").read_text(encoding="utf-8"))["features"]
            return {
                feature["properties"]["id"]: tuple(
                    tuple((latitude, longitude) for longitude, latitude in line)
                    for line in feature["geometry"]["coordinates"]
                )
                for feature in features
            }
        except (ValueError, KeyError, TypeError) as error:
            self.problems.append(
                f"roads.geojson is not a collection of MultiLineString features with an id each ({error})."
            )
            return {}

    def corridors(self) -> list[Corridor]:
        found = []
        for number, entry in enumerate(self.toml("corridors.toml").get("corridor", []), start=1):
            try:
                found.append(
                    Corridor(
                        id=entry["id"],
                        name=entry["name"],
                        road_class=entry["class"],
                        places=tuple(entry["places"]),
                        aliases=tuple(entry.get("aliases", ())),
                        line=tuple((float(latitude), float(longitude)) for latitude, longitude in entry["line"]),
                        main=bool(entry.get("main", True)),
                    )
                )
            except (KeyError, TypeError, ValueError) as error:
                self.problems.append(f"corridors.toml: corridor number {number} is not complete ({error}).")
        return found

    def units(self) -> list[Unit]:
        found = []
        for number, entry in enumerate(self.toml("units.toml").get("unit", []), start=1):
            try:
                found.append(
                    Unit(
                        id=entry["id"],
                        name=entry["name"],
                        short=entry["short"],
                        kind=entry["kind"],
                        areas=tuple(entry.get("areas", ())),
                        duties=tuple(entry.get("duties", ())),
                        phone=entry.get("phone"),
                        aliases=tuple(entry.get("aliases", ())),
                    )
                )
            except KeyError as error:
                self.problems.append(f"units.toml: unit number {number} lacks {error}.")
        return found

    def aliases(self) -> dict[str, tuple[str, ...]]:
        """Further ways to say a name, by place id; kept apart so that generated files stay generated."""
        return {row["id"]: _split(row["aliases"]) for _, row in self.rows("aliases.tsv", ("id", "aliases"))}

    def spoken(self) -> dict[str, str]:
        return {row["written"]: row["said"] for _, row in self.rows("spoken.tsv", ("written", "said"))}


def neighbours(entries: list[dict[str, Any]]) -> tuple[Neighbour, ...]:
    return tuple(Neighbour(entry["name"], entry["kind"], entry["code"], entry["side"]) for entry in entries)


def sources(entries: list[dict[str, Any]]) -> tuple[Source, ...]:
    return tuple(Source(entry["title"], entry["licence"], entry["used_for"]) for entry in entries)


def _split(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split("|") if part.strip())
