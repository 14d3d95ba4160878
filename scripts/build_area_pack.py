"""Builds the generated files of an area pack from a gazetteer folder.

    python scripts/build_area_pack.py ../shared/data/gazetteer bojonegoro radiodesk/language/places/packs/bojonegoro

Reads `wilayah_NAME.tsv` (code, level, name), `roads_NAME.tsv` (name, from, to, length_m, area, kecamatan) with
`roads_NAME.geojson` in the same order, and `boundary_NAME.geojson`; writes places.tsv, roads.tsv, roads.geojson,
junctions.tsv and boundary.geojson. The files that people write (landmarks, corridors, units, aliases) are not touched.
"""

import argparse
import csv
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from math import cos, hypot, radians
from pathlib import Path
from typing import Any

from rapidfuzz import process

Point = tuple[float, float]
"""Longitude, latitude, as GeoJSON has it."""

NOWHERE: Point = (0.0, 0.0)
"""For an end whose position the data do not settle; written as empty cells."""

ROAD_TOLERANCE = 12.0
BOUNDARY_TOLERANCE = 120.0
SAME_SPOT = 150.0
"""Metres. Within these two road ends that carry one name are one junction."""

JUNCTION_KINDS = {
    "pertigaan": "junction", "perempatan": "junction", "simpang": "junction", "tugu": "junction", "jembatan": "bridge",
    "pasar": "market", "waduk": "water", "dam": "water", "polsek": "office", "kantor": "office", "masjid": "worship",
    "batas": "border", "perbatasan": "border", "balai": "office",
}  # fmt: skip


def metres(a: Point, b: Point) -> float:
    scale = 111_320 * cos(radians((a[1] + b[1]) / 2))
    return hypot((a[0] - b[0]) * scale, (a[1] - b[1]) * 110_570)


def simplify(line: list[Point], tolerance: float) -> list[Point]:
    """Douglas and Peucker's line simplification; ``tolerance`` in metres."""
    if len(line) < 3:
        return line
    first, last = line[0], line[-1]
    scale = 111_320 * cos(radians(first[1]))
    dx, dy = (last[0] - first[0]) * scale, (last[1] - first[1]) * 110_570
    length = hypot(dx, dy)

    def away(point: Point) -> float:
        if length == 0:
            return metres(first, point)
        return abs(dx * (point[1] - first[1]) * 110_570 - dy * (point[0] - first[0]) * scale) / length

    far = max(range(1, len(line) - 1), key=lambda index: away(line[index]))
    if away(line[far]) <= tolerance:
        return [first, last]
    return simplify(line[: far + 1], tolerance)[:-1] + simplify(line[far:], tolerance)


def slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def road_name(raw: str) -> str:
    """One spelling of «Jalan A - B»: hyphen spaced, doubled words and remarks about the decree gone."""
    name = re.sub(r"^(?:Jl\.|Jalan)\s*(?:Ruas Jalan\s*)?", "", raw.strip())
    name = re.sub(r"\s*-\s*", " - ", name)
    return "Jalan " + re.sub(r"\s+", " ", name).strip()


def end_name(raw: str) -> str | None:
    """The name of a road's end when people would say it; None for «Jl. X» and «Jalan PUK X»."""
    name = re.sub(r"\([^)]*\)?", " ", raw)
    national = re.match(r"J[NPK]\.?\s*KM\.?\s*[\d.]+\s*(.+)", name.strip(), re.I)
    if national:
        rest = national.group(1).strip().title()
        return "Simpang " + rest if rest.isascii() and not rest.startswith("W.") else None
    name = re.sub(r"\s+", " ", name).strip(" .")
    name = name[:1].upper() + name[1:]
    if re.search(r"\bPUK\b|\bJl\b|Jalan|\bJK\b|^Ds|^Dsn|Kabupaten|^Polsek$|^Tugu Perempatan$|,", name, re.I):
        return None
    return name if slug(name).split("-")[0] in JUNCTION_KINDS else None


def corrected(roads: list[dict[str, str]], path: Path) -> list[dict[str, str]]:
    """The roads with slips of their register put right, as the pack's ``corrections.tsv`` tells (written, right)."""
    slips = {row["written"]: row["right"] for row in read_table(path)} if path.exists() else {}

    def right(cell: str) -> str:
        for written, meant in slips.items():
            cell = cell.replace(written, meant)
        return cell

    return [{name: right(cell or "") for name, cell in road.items()} for road in roads]


def junctions(roads: list[dict[str, str]], ends: list[tuple[Point, Point]]) -> dict[str, Point]:
    """Positions of named road ends.

    The data do not say which end of a line is which. Two roads that share an end name and a spot fix both; a road
    with one end fixed gives the other end's name its other point.
    """
    names = [(end_name(road["from"]), end_name(road["to"])) for road in roads]
    spots: dict[str, list[Point]] = defaultdict(list)
    for index, pair in enumerate(names):
        for name in pair:
            if name:
                spots[name] += ends[index]
    fixed: dict[str, Point] = {}
    for name, points in spots.items():
        close = [
            p
            for i, p in enumerate(points)
            for j, q in enumerate(points)
            if i // 2 != j // 2 and metres(p, q) < SAME_SPOT
        ]
        if close:
            fixed[name] = Counter(close).most_common(1)[0][0]
    for _ in range(3):
        for (start, end), (a, b) in zip(names, ends, strict=True):
            for here, there in ((start, end), (end, start)):
                if here in fixed and there and there not in fixed:
                    fixed[there] = b if metres(fixed[here], a) < metres(fixed[here], b) else a
    return fixed | {name: NOWHERE for name in spots if name not in fixed}


def kecamatan_of(cell: str, by_name: dict[str, str]) -> list[str]:
    """Codes of the kecamatan named in a cell, through its misspellings («Kasima», «Tamayang»)."""
    found = []
    for word in (part.strip() for part in cell.split(",") if part.strip()):
        best = process.extractOne(word, list(by_name), score_cutoff=80)
        if best is None:
            raise SystemExit(f"«{word}» is no kecamatan of the gazetteer; correct roads.tsv or add it to wilayah.tsv.")
        found.append(by_name[best[0]])
    return found


def write_table(path: Path, header: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    lines = ["\t".join(header), *("\t".join(str(cell) for cell in row) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_features(path: Path, features: list[dict[str, Any]]) -> None:
    """GeoJSON with a feature a line, so that a change shows as the line of the road it concerns."""
    body = ",\n".join(json.dumps(feature, ensure_ascii=False, separators=(",", ":")) for feature in features)
    path.write_text('{"type":"FeatureCollection","features":[\n' + body + "\n]}\n", encoding="utf-8")


def feature(geometry_type: str, coordinates: object, **properties: object) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": geometry_type, "coordinates": coordinates},
    }


def read_table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t"))


def rounded(line: list[list[float]]) -> list[Point]:
    """Heights and the like, which some maps add behind longitude and latitude, are left away."""
    return [(round(point[0], 5), round(point[1], 5)) for point in line]


def lines_of(shape: dict[str, Any], number: int) -> list[list[Point]]:
    """The lines of one road, whether it is drawn in one piece or in several."""
    geometry = shape.get("geometry") or {}
    parts = [geometry["coordinates"]] if geometry.get("type") == "LineString" else geometry.get("coordinates", [])
    if geometry.get("type") not in ("LineString", "MultiLineString") or not all(len(part) > 1 for part in parts):
        raise SystemExit(f"Road {number} of the road map is no line; draw it, or take it out of both files.")
    return [rounded(part) for part in parts]


def build(source: Path, name: str, target: Path) -> None:
    wilayah = read_table(source / f"wilayah_{name}.tsv")
    roads = corrected(read_table(source / f"roads_{name}.tsv"), target / "corrections.tsv")
    shapes = json.loads((source / f"roads_{name}.geojson").read_text(encoding="utf-8"))["features"]
    if len(shapes) != len(roads):
        raise SystemExit(
            f"{len(roads)} roads are listed and {len(shapes)} are drawn; both files need the same, in one order."
        )
    lines = [lines_of(shape, number) for number, shape in enumerate(shapes, start=1)]
    by_name = {row["name"]: row["code"] for row in wilayah if row["level"] == "kecamatan"}
    points = junctions(roads, [(line[0][0], line[-1][-1]) for line in lines])
    ids = _road_ids(roads)
    villages: dict[str, set[str]] = defaultdict(set)
    for row in wilayah:
        villages[row["code"][:8]].add(row["name"])
    inside: dict[str, list[str]] = {code: [] for code in by_name.values()}
    spread: dict[str, list[Point]] = defaultdict(list)
    rows = []
    for identity, road, line in zip(ids, roads, lines, strict=True):
        codes = kecamatan_of(road["kecamatan"], by_name)
        if len(codes) == 1:
            spread[codes[0]] += [point for part in line for point in part]
        for end in (end_name(road["from"]), end_name(road["to"])):
            for code in codes if end else ():
                # A road through three kecamatan ends in the one that has a village of the end's name.
                if len(codes) == 1 or villages[code] & set(str(end).split()):
                    inside[code].append(str(end))
        kind = "provinsi" if road["area"] == "Provinsi" else "kabupaten"
        rows.append(
            (identity, road_name(road["name"]), road["from"], road["to"], road["length_m"], kind, "|".join(codes))
        )
    target.mkdir(parents=True, exist_ok=True)
    write_table(target / "roads.tsv", ("id", "name", "start", "end", "length_m", "class", "kecamatan"), rows)
    write_features(
        target / "roads.geojson",
        [
            feature("MultiLineString", [simplify(part, ROAD_TOLERANCE) for part in line], id=row[0], name=row[1])
            for row, line in zip(rows, lines, strict=True)
        ],
    )
    _write_places(target, wilayah, points, inside, spread)
    _write_junctions(target, points, inside)
    _write_boundary(target, source / f"boundary_{name}.geojson")


def _road_ids(roads: list[dict[str, str]]) -> list[str]:
    seen: Counter[str] = Counter()
    ids = []
    for road in roads:
        base = "road:" + slug(road_name(road["name"]).removeprefix("Jalan "))
        seen[base] += 1
        ids.append(base if seen[base] == 1 else f"{base}-{seen[base]}")
    return ids


PLACE_HEADER = ("id", "name", "kind", "code", "aliases", "parent", "latitude", "longitude")


def _write_places(
    target: Path,
    wilayah: list[dict[str, str]],
    points: dict[str, Point],
    inside: dict[str, list[str]],
    spread: dict[str, list[Point]],
) -> None:
    rows = []
    for row in wilayah:
        code = row["code"]
        named = [end for end in inside.get(code[:8], ()) if row["name"] in end.split() and points[end] != NOWHERE]
        spot = points[named[0]] if named else _middle(spread[code]) if spread.get(code) else NOWHERE
        where = (spot[1], spot[0]) if spot != NOWHERE else ("", "")
        name = row["name"].removeprefix("Kabupaten ")
        rows.append((code, name, row["level"], code, "", code.rpartition(".")[0] if "." in code[3:] else "", *where))
    write_table(target / "places.tsv", PLACE_HEADER, rows)


def _middle(points: list[Point]) -> Point:
    """The point of the cloud nearest its mean, so that it lies on a road."""
    mean = (sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points))
    return min(points, key=lambda point: metres(point, mean))


def _write_junctions(target: Path, points: dict[str, Point], inside: dict[str, list[str]]) -> None:
    parent = {end: code for code, ends in reversed(inside.items()) for end in ends}
    rows = []
    for name, (longitude, latitude) in sorted(points.items()):
        kind = JUNCTION_KINDS[slug(name).split("-")[0]]
        where = (latitude, longitude) if longitude else ("", "")
        rows.append((f"{kind}:{slug(name)}", name, kind, "", "", parent.get(name, ""), *where))
    write_table(target / "junctions.tsv", PLACE_HEADER, rows)


def _write_boundary(target: Path, source: Path) -> None:
    # The public map serves the geometry as a script's value, with a semicolon behind it.
    shape = json.JSONDecoder().raw_decode(source.read_text(encoding="utf-8"))[0]
    while shape["type"] in ("FeatureCollection", "Feature", "GeometryCollection"):
        inner = {"FeatureCollection": "features", "Feature": "geometry", "GeometryCollection": "geometries"}
        held = shape[inner[shape["type"]]]
        shape = held[0] if isinstance(held, list) else held
    parts = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
    rings = [[simplify(rounded(ring), BOUNDARY_TOLERANCE) for ring in part] for part in parts]
    write_features(target / "boundary.geojson", [feature("MultiPolygon", rings)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, help="folder with the gazetteer's files")
    parser.add_argument("name", help="the area's name in those files' names")
    parser.add_argument("target", type=Path, help="folder of the pack")
    given = parser.parse_args()
    build(given.source, given.name, given.target)


if __name__ == "__main__":
    main()
