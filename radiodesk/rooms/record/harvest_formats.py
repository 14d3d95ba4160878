"""The formats in which a published broadcast is harvested: simple Dublin Core, which all must have, and PBCore 2.1."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from radiodesk.rooms.archive.catalogue_xml import DC, OAI_DC, PBCORE, Asset, Instance, pbcore_document, simple_core
from radiodesk.rooms.record.formats import OPUS, Links
from radiodesk.rooms.record.models import PublishedBroadcast, PublishedPiece
from radiodesk.rooms.record.podcast_tags import Series

SCHEMA_LOCATION = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
PREFIXES = {"dc": DC, "oai_dc": OAI_DC, "pbcore": PBCORE}
_PUBLIC = "radiodesk public copy"

Maker = Callable[[PublishedBroadcast, Links, Series], ElementTree.Element]


@dataclass(frozen=True, slots=True)
class Format:
    """A format by its namespace and schema, and what writes it."""

    namespace: str
    schema: str
    make: Maker

    def of(self, broadcast: PublishedBroadcast, links: Links, series: Series) -> ElementTree.Element:
        """What is said of a broadcast, with where its schema is."""
        made = self.make(broadcast, links, series)
        made.set(SCHEMA_LOCATION, f"{self.namespace} {self.schema}")
        return made


def _core(broadcast: PublishedBroadcast, links: Links, series: Series) -> ElementTree.Element:
    return simple_core(
        [
            ("title", broadcast.title),
            ("creator", series.operator),
            *(("contributor", host) for host in broadcast.hosts),
            ("publisher", series.title),
            ("date", _day(broadcast, series)),
            ("type", "Sound"),
            ("format", "audio/mpeg"),
            ("identifier", links.broadcast(broadcast)),
            ("identifier", f"urn:uuid:{broadcast.public_id}"),
            ("language", series.language),
            ("relation", broadcast.programme),
            ("coverage", series.place),
            ("description", broadcast.description or broadcast.programme),
        ]
    )


def _pbcore(broadcast: PublishedBroadcast, links: Links, series: Series) -> ElementTree.Element:
    package = broadcast.ledger_line.get("package")
    asset = Asset(
        date=_day(broadcast, series),
        identifiers=(
            *([(package, "radiodesk package")] if package else []),
            (broadcast.public_id, "radiodesk broadcast"),
            (links.broadcast(broadcast), "radiodesk public page"),
        ),
        programme=broadcast.programme,
        title=broadcast.title,
        description=broadcast.description,
        hosts=tuple(broadcast.hosts),
        operator=series.operator,
        station=series.title,
    )
    return pbcore_document(asset, (file for one in broadcast.pieces for file in _instances(broadcast, one, links)))


def _instances(broadcast: PublishedBroadcast, piece: PublishedPiece, links: Links) -> Iterator[Instance]:
    if piece.audio_key:
        at = links.sound(broadcast, piece)
        yield Instance((at, _PUBLIC), "audio/mpeg", at, piece.audio_bytes, piece.duration, "MP3", channels=1)
    if piece.opus_key:
        at = links.opus(broadcast, piece)
        yield Instance((at, _PUBLIC), OPUS, at, piece.opus_bytes or 0, piece.duration, "Opus", channels=1)


def _day(broadcast: PublishedBroadcast, series: Series) -> str:
    return broadcast.started_at.astimezone(series.zone).date().isoformat()


FORMATS = {
    "oai_dc": Format(OAI_DC, "http://www.openarchives.org/OAI/2.0/oai_dc.xsd", _core),
    "pbcore": Format(PBCORE, "https://raw.githubusercontent.com/WGBH/PBCore_2.1/master/pbcore-2.1.xsd", _pbcore),
}
"""By metadata prefix."""
