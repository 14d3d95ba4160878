"""Answers of OAI-PMH 2.0 as XML: the frame around each, headers and records, sets and formats, errors."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement

from radiodesk.core.xml_text import document
from radiodesk.rooms.record import harvest_formats
from radiodesk.rooms.record.harvest_formats import SCHEMA_LOCATION, Format

OAI = "http://www.openarchives.org/OAI/2.0/"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_SCHEMA = "http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd"
_GRANULARITY = "YYYY-MM-DDThh:mm:ssZ"


def second(at: datetime) -> str:
    """A moment as the protocol has it: UTC, to the second."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def whole(body: Element, *, base: str, asked: Mapping[str, str], at: datetime) -> bytes:
    """The whole answer; ``asked`` are verb and arguments as they were given, none where they were wrong."""
    root = Element(f"{{{OAI}}}OAI-PMH", {SCHEMA_LOCATION: f"{OAI} {_SCHEMA}"})
    say(root, "responseDate", second(at))
    SubElement(root, f"{{{OAI}}}request", dict(asked)).text = base
    root.append(body)
    return document(root, {"": OAI, "xsi": _XSI, **harvest_formats.PREFIXES})


def error(code: str, sentence: str) -> Element:
    """One of the protocol's errors."""
    made = Element(f"{{{OAI}}}error", code=code)
    made.text = sentence
    return made


def identity(name: str, base: str, email: str, earliest: datetime) -> Element:
    """Who the repository is, and what it can; what was withdrawn it tells of forever."""
    made = Element(f"{{{OAI}}}Identify")
    said = {
        "repositoryName": name,
        "baseURL": base,
        "protocolVersion": "2.0",
        "adminEmail": email,
        "earliestDatestamp": second(earliest),
        "deletedRecord": "persistent",
        "granularity": _GRANULARITY,
    }
    for tag, text in said.items():
        say(made, tag, text)
    return made


def formats(found: Mapping[str, Format]) -> Element:
    """The formats, by their prefixes."""
    made = Element(f"{{{OAI}}}ListMetadataFormats")
    for prefix, one in found.items():
        entry = SubElement(made, f"{{{OAI}}}metadataFormat")
        say(entry, "metadataPrefix", prefix)
        say(entry, "schema", one.schema)
        say(entry, "metadataNamespace", one.namespace)
    return made


def sets(found: Mapping[str, str]) -> Element:
    """The sets with their names."""
    made = Element(f"{{{OAI}}}ListSets")
    for spec, name in found.items():
        entry = SubElement(made, f"{{{OAI}}}set")
        say(entry, "setSpec", spec)
        say(entry, "setName", name)
    return made


def header(identifier: str, changed_at: datetime, specs: Iterable[str], *, deleted: bool) -> Element:
    """The header of a record; of a deleted one there is nothing but that."""
    made = Element(f"{{{OAI}}}header", {"status": "deleted"} if deleted else {})
    say(made, "identifier", identifier)
    say(made, "datestamp", second(changed_at))
    for spec in specs:
        say(made, "setSpec", spec)
    return made


def record(head: Element, metadata: Element | None) -> Element:
    """A record; a deleted one has no metadata."""
    made = Element(f"{{{OAI}}}record")
    made.append(head)
    if metadata is not None:
        SubElement(made, f"{{{OAI}}}metadata").append(metadata)
    return made


def listing(verb: str, entries: Iterable[Element]) -> Element:
    """What a verb gives, of headers or records."""
    made = Element(f"{{{OAI}}}{verb}")
    made.extend(entries)
    return made


def add_token(made: Element, token: str, *, total: int, sent: int) -> None:
    """Say how a list goes on; an empty token ends one that had pages. ``sent`` were given before this page."""
    at = {"completeListSize": str(total), "cursor": str(sent)}
    SubElement(made, f"{{{OAI}}}resumptionToken", at).text = token or None


def say(parent: Element, name: str, text: str) -> None:
    """Add an element of the protocol."""
    SubElement(parent, f"{{{OAI}}}{name}").text = text
