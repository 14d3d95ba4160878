"""Describes a package in the words of libraries and broadcast archives: Dublin Core and PBCore 2.1."""

from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

from radiodesk.core.xml_text import document
from radiodesk.rooms.archive.catalogue_xml import DC, OAI_DC, PBCORE, Asset, Instance, pbcore_document, simple_core
from radiodesk.rooms.archive.gathered_show import Gathered, Sound

_MEDIA_TYPES = {
    ".flac": "audio/flac", ".wav": "audio/vnd.wave", ".mp3": "audio/mpeg", ".ogg": "audio/ogg", ".oga": "audio/ogg",
    ".opus": "audio/ogg", ".m4a": "audio/mp4", ".mp4": "audio/mp4", ".aac": "audio/aac", ".amr": "audio/AMR",
}  # fmt: skip


def dublin_core(gathered: Gathered, package: str, operator: str, station: str) -> bytes:
    """Simple Dublin Core in the ``oai_dc`` container."""
    facts = gathered.broadcast
    return _document(
        simple_core(
            [
                ("title", facts["title"]),
                ("creator", operator),
                *(("contributor", host) for host in facts["hosts"]),
                ("publisher", station),
                ("date", _date(facts)),
                ("type", "Sound"),
                ("identifier", f"urn:uuid:{package}"),
                ("source", f"urn:uuid:{facts['broadcast']}"),
                ("language", "id"),
                ("relation", facts["programme"]),
                ("description", facts["description"] or facts["programme"]),
            ]
        ),
        {"dc": DC, "oai_dc": OAI_DC},
    )


def pbcore(gathered: Gathered, package: str, operator: str, station: str) -> bytes:
    """A PBCore 2.1 description document: the broadcast as an asset, each sound file as an instantiation."""
    facts = gathered.broadcast
    asset = Asset(
        date=_date(facts),
        identifiers=((package, "radiodesk package"), (facts["broadcast"], "radiodesk broadcast")),
        programme=facts["programme"],
        title=facts["title"],
        description=facts["description"],
        hosts=tuple(facts["hosts"]),
        operator=operator,
        station=station,
    )
    made = pbcore_document(asset, (_instance(one) for one in gathered.sounds if not one.guarded))
    return _document(made, {"": PBCORE})


def restricted_path(sound: Sound) -> str:
    """Where a sound lies inside ``data/``: an encrypted one in the restricted part."""
    return f"restricted/{sound.path}.age" if sound.restricted else sound.path


def _instance(sound: Sound) -> Instance:
    facts = sound.facts
    return Instance(
        identifier=(facts["recording"], "radiodesk recording"),
        media_type=_MEDIA_TYPES.get(sound.path[sound.path.rfind(".") :], "application/octet-stream"),
        location=f"data/{restricted_path(sound)}",
        bytes=facts["bytes"],
        seconds=facts["duration"],
        encoding=facts["codec"],
        channels=facts["channels"],
        created=facts["started_at"],
        sample_rate=facts["sample_rate"],
    )


def _date(facts: dict[str, Any]) -> str:
    return str(facts["on_air_at"] or facts["planned_start"])[:10]


def _document(root: ElementTree.Element, prefixes: Mapping[str, str]) -> bytes:
    ElementTree.indent(root)
    return document(root, prefixes) + b"\n"
