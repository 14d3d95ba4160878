"""Describes a package in the words of libraries and broadcast archives: Dublin Core and PBCore 2.1."""

from typing import Any
from xml.etree import ElementTree

from radiodesk.core.xml_text import document
from radiodesk.rooms.archive.gathered_show import Gathered, Sound

DC = "http://purl.org/dc/elements/1.1/"
OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
PBCORE = "http://www.pbcore.org/PBCore/PBCoreNamespace.html"

_MEDIA_TYPES = {
    ".flac": "audio/flac", ".wav": "audio/vnd.wave", ".mp3": "audio/mpeg", ".ogg": "audio/ogg", ".oga": "audio/ogg",
    ".opus": "audio/ogg", ".m4a": "audio/mp4", ".mp4": "audio/mp4", ".aac": "audio/aac", ".amr": "audio/AMR",
}  # fmt: skip


def dublin_core(gathered: Gathered, package: str, operator: str, station: str) -> bytes:
    """Simple Dublin Core in the ``oai_dc`` container."""
    ElementTree.register_namespace("dc", DC)
    ElementTree.register_namespace("oai_dc", OAI_DC)
    root = ElementTree.Element(f"{{{OAI_DC}}}dc")
    facts = gathered.broadcast

    def say(name: str, value: str | None) -> None:
        if value:
            ElementTree.SubElement(root, f"{{{DC}}}{name}").text = value

    say("title", facts["title"])
    say("creator", operator)
    for host in facts["hosts"]:
        say("contributor", host)
    say("publisher", station)
    say("date", _date(facts))
    say("type", "Sound")
    say("identifier", f"urn:uuid:{package}")
    say("source", f"urn:uuid:{facts['broadcast']}")
    say("language", "id")
    say("relation", facts["programme"])
    say("description", facts["description"] or facts["programme"])
    return _document(root)


def pbcore(gathered: Gathered, package: str, operator: str, station: str) -> bytes:
    """A PBCore 2.1 description document: the broadcast as an asset, each sound file as an instantiation."""
    ElementTree.register_namespace("", PBCORE)
    root = ElementTree.Element(f"{{{PBCORE}}}pbcoreDescriptionDocument")
    facts = gathered.broadcast
    _add(root, "pbcoreAssetType", "Episode")
    _add(root, "pbcoreAssetDate", _date(facts), dateType="broadcast")
    _add(root, "pbcoreIdentifier", package, source="radiodesk package")
    _add(root, "pbcoreIdentifier", facts["broadcast"], source="radiodesk broadcast")
    _add(root, "pbcoreTitle", facts["programme"], titleType="Series")
    _add(root, "pbcoreTitle", facts["title"], titleType="Episode")
    _add(root, "pbcoreDescription", facts["description"] or facts["programme"], descriptionType="Series")
    _add(root, "pbcoreGenre", "Interview", source="PBCore pbcoreGenre")
    creator = _add(root, "pbcoreCreator", None)
    _add(creator, "creator", operator)
    for host in facts["hosts"]:
        contributor = _add(root, "pbcoreContributor", None)
        _add(contributor, "contributor", host)
        _add(contributor, "contributorRole", "Host")
    publisher = _add(root, "pbcorePublisher", None)
    _add(publisher, "publisher", station)
    for sound in gathered.sounds:
        if sound.guarded:
            continue
        _instantiation(root, sound, restricted_path(sound))
    return _document(root)


def restricted_path(sound: Sound) -> str:
    """Where a sound lies inside ``data/``: an encrypted one in the restricted part."""
    return f"restricted/{sound.path}.enc" if sound.restricted else sound.path


def _instantiation(root: ElementTree.Element, sound: Sound, path: str) -> None:
    facts = sound.facts
    suffix = sound.path[sound.path.rfind(".") :]
    made = _add(root, "pbcoreInstantiation", None)
    _add(made, "instantiationIdentifier", facts["recording"], source="radiodesk recording")
    if facts["started_at"]:
        _add(made, "instantiationDate", facts["started_at"], dateType="created")
    _add(made, "instantiationDigital", _MEDIA_TYPES.get(suffix, "application/octet-stream"))
    _add(made, "instantiationLocation", f"data/{path}")
    _add(made, "instantiationMediaType", "Sound")
    _add(made, "instantiationFileSize", str(facts["bytes"]), unitsOfMeasure="byte")
    _add(made, "instantiationDuration", _clock(facts["duration"]))
    _add(made, "instantiationChannelConfiguration", str(facts["channels"]))
    track = _add(made, "instantiationEssenceTrack", None)
    _add(track, "essenceTrackType", "Audio")
    _add(track, "essenceTrackEncoding", facts["codec"])
    _add(track, "essenceTrackSamplingRate", str(facts["sample_rate"]), unitsOfMeasure="Hz")


def _clock(seconds: float) -> str:
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(int(minutes), 60)
    return f"{hours:02}:{minute:02}:{second:06.3f}"


def _add(parent: ElementTree.Element, name: str, text: str | None, **attributes: str) -> ElementTree.Element:
    made = ElementTree.SubElement(parent, f"{{{PBCORE}}}{name}", attributes)
    made.text = text
    return made


def _date(facts: dict[str, Any]) -> str:
    return str(facts["on_air_at"] or facts["planned_start"])[:10]


def _document(root: ElementTree.Element) -> bytes:
    ElementTree.indent(root)
    return document(root) + b"\n"
