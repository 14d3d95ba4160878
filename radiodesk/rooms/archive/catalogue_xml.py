"""A broadcast in the words of libraries and broadcast archives, as XML: Dublin Core and PBCore 2.1.

What is said comes from whoever describes: a package of its own files, the public record of its public copies.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree import ElementTree

DC = "http://purl.org/dc/elements/1.1/"
OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
PBCORE = "http://www.pbcore.org/PBCore/PBCoreNamespace.html"


@dataclass(frozen=True, slots=True)
class Asset:
    """A broadcast; ``date`` is its day or moment as ISO 8601, ``identifiers`` are pairs of an id and what gave it."""

    date: str
    identifiers: tuple[tuple[str, str], ...]
    programme: str
    title: str
    description: str
    hosts: tuple[str, ...]
    operator: str
    station: str


@dataclass(frozen=True, slots=True)
class Instance:
    """A sound file of a broadcast: its id with what gave it, where it lies, and what it is; seconds of sound."""

    identifier: tuple[str, str]
    media_type: str
    location: str
    bytes: int
    seconds: float
    encoding: str
    channels: int
    created: str | None = None
    sample_rate: int | None = None


def simple_core(said: Iterable[tuple[str, str | None]]) -> ElementTree.Element:
    """Simple Dublin Core in the ``oai_dc`` container; ``said`` are names of elements with their values, if any."""
    root = ElementTree.Element(f"{{{OAI_DC}}}dc")
    for name, value in said:
        if value:
            ElementTree.SubElement(root, f"{{{DC}}}{name}").text = value
    return root


def pbcore_document(asset: Asset, instances: Iterable[Instance]) -> ElementTree.Element:
    """A PBCore 2.1 description document: the broadcast as an asset, each sound file as an instantiation."""
    root = ElementTree.Element(f"{{{PBCORE}}}pbcoreDescriptionDocument")
    _add(root, "pbcoreAssetType", "Episode")
    _add(root, "pbcoreAssetDate", asset.date, dateType="broadcast")
    for identifier, source in asset.identifiers:
        _add(root, "pbcoreIdentifier", identifier, source=source)
    _add(root, "pbcoreTitle", asset.programme, titleType="Series")
    _add(root, "pbcoreTitle", asset.title, titleType="Episode")
    _add(root, "pbcoreDescription", asset.description or asset.programme, descriptionType="Series")
    _add(root, "pbcoreGenre", "Interview", source="PBCore pbcoreGenre")
    creator = _add(root, "pbcoreCreator", None)
    _add(creator, "creator", asset.operator)
    for host in asset.hosts:
        contributor = _add(root, "pbcoreContributor", None)
        _add(contributor, "contributor", host)
        _add(contributor, "contributorRole", "Host")
    publisher = _add(root, "pbcorePublisher", None)
    _add(publisher, "publisher", asset.station)
    for one in instances:
        _instantiation(root, one)
    return root


def _instantiation(root: ElementTree.Element, one: Instance) -> None:
    made = _add(root, "pbcoreInstantiation", None)
    identifier, source = one.identifier
    _add(made, "instantiationIdentifier", identifier, source=source)
    if one.created:
        _add(made, "instantiationDate", one.created, dateType="created")
    _add(made, "instantiationDigital", one.media_type)
    _add(made, "instantiationLocation", one.location)
    _add(made, "instantiationMediaType", "Sound")
    _add(made, "instantiationFileSize", str(one.bytes), unitsOfMeasure="byte")
    _add(made, "instantiationDuration", _clock(one.seconds))
    _add(made, "instantiationChannelConfiguration", str(one.channels))
    track = _add(made, "instantiationEssenceTrack", None)
    _add(track, "essenceTrackType", "Audio")
    _add(track, "essenceTrackEncoding", one.encoding)
    if one.sample_rate:
        _add(track, "essenceTrackSamplingRate", str(one.sample_rate), unitsOfMeasure="Hz")


def _clock(seconds: float) -> str:
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(int(minutes), 60)
    return f"{hours:02}:{minute:02}:{second:06.3f}"


def _add(parent: ElementTree.Element, name: str, text: str | None, **attributes: str) -> ElementTree.Element:
    made = ElementTree.SubElement(parent, f"{{{PBCORE}}}{name}", attributes)
    made.text = text
    return made
