"""Waze's GeoRSS edition in the shape of its JSON, so that one reader serves both."""

import codecs
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element  # the type only; parsing goes through defusedxml

from radiodesk.road.feeds.feed_times import parse_time
from radiodesk.road.feeds.feed_xml import descendants, local, unmarked_utf_16

FIELDS = ("uuid", "id", "type", "subtype", "street", "city", "reliability", "reportDescription", "level", "delay",
          "endNode", "jamLevel", "severity")  # fmt: skip
DATES = ("pubDate", "published", "updated", "pubMillis", "updateDate", "detectionDate")
LISTS = {"jam": "jams", "irregularity": "irregularities"}


def as_bytes(data: bytes) -> bytes:
    """A document in an encoding that is a superset of ASCII, for sniffing."""
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    encoding = "utf-16" if marked else unmarked_utf_16(data)
    return data.decode(encoding, errors="ignore").encode(errors="ignore") if encoding else data


def from_xml(root: Element) -> dict[str, list[dict[str, Any]]]:
    """Alerts, jams and irregularities; what says neither is an alert, whose type then decides."""
    found: dict[str, list[dict[str, Any]]] = {"alerts": [], "jams": [], "irregularities": []}
    for element in descendants(root, "item", "entry"):
        fields = {local(child): " ".join("".join(child.itertext()).split()) for child in element}
        item: dict[str, Any] = {name: text for name, text in fields.items() if name in FIELDS}
        moments = (fields[name] for name in fields if name in DATES)
        moment = next(filter(None, map(parse_time, moments)), None)
        item["pubMillis"] = moment.timestamp() * 1000 if moment else None
        item["line"] = list(_positions(element, fields))
        item["location"] = item["line"][0] if item["line"] else {}
        found[_list_of(fields, item)].append(item)
    return found


def _list_of(fields: dict[str, str], item: dict[str, Any]) -> str:
    if item.get("type", "").upper().startswith("POLICE") or item.get("subtype", "").upper().startswith("POLICE"):
        return "alerts"  # whatever its title says, so that it is left out
    title = fields.get("title", "").lower()
    named = next((name for word, name in LISTS.items() if title.startswith(word)), None)
    bare = "level" in item and "subtype" not in item and not title.startswith("alert")
    return named or ("jams" if bare else "alerts")


def _positions(element: Element, fields: dict[str, str]) -> Iterator[dict[str, str]]:
    """Positions of GeoRSS (simple or GML) or of W3C's geo, in the order of the document."""
    for found in descendants(element, "point", "line", "polygon", "pos", "posList"):
        numbers = (found.text or "").replace(",", " ").split()
        yield from ({"y": north, "x": east} for north, east in zip(numbers[::2], numbers[1::2], strict=False))
    if "lat" in fields and ("long" in fields or "lon" in fields):
        yield {"y": fields["lat"], "x": fields.get("long") or fields["lon"]}
