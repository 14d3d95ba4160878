"""Reads XML from outside: entities and bombs refused, encodings guessed when undeclared, names without
namespaces, because publishers get namespaces wrong more often than element names.
"""

import codecs
import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError  # the types only; parsing goes through defusedxml
from xml.parsers.expat import errors as expat

import defusedxml
from defusedxml.ElementTree import fromstring

from radiodesk.road.feeds.unreadable import FeedUnreadable

DECLARED = re.compile(r"^\s*<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
CONTROLS = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
BROKEN_OFF = {
    expat.codes[message]
    for message in (
        expat.XML_ERROR_NO_ELEMENTS,
        expat.XML_ERROR_UNCLOSED_TOKEN,
        expat.XML_ERROR_UNCLOSED_CDATA_SECTION,
        expat.XML_ERROR_PARTIAL_CHAR,
    )
}


def unmarked_utf_16(data: bytes) -> str | None:
    """The name of the encoding when a document begins with "<" in UTF-16 without a mark, else None."""
    return {b"<\x00": "utf-16-le", b"\x00<": "utf-16-be"}.get(data[:2])


def opening(data: bytes, size: int = 4096) -> str:
    """The start of a document, decoded leniently and in lower case, for sniffing."""
    head = data[:size]
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head.decode("utf-16", errors="ignore").lower()
    if encoding := unmarked_utf_16(head):
        return head.decode(encoding, errors="ignore").lower()
    return head.decode("utf-8", errors="ignore").lstrip("\ufeff").lower()


def root_name(data: bytes) -> str:
    """The local name of the root element in lower case, or empty; cheap, for sniffing."""
    match = re.search(r"<(?:[\w.-]+:)?([a-z][\w.-]*)", re.sub(r"<!--.*?(?:-->|$)", "", opening(data), flags=re.S))
    return match[1] if match else ""


def decode_xml(data: bytes, *, source: str) -> str:
    """The document as text, whatever its encoding says or fails to say.

    Refused: NUL bytes, entity declarations (the start of every XML bomb). Control characters that XML forbids are
    taken out.
    """
    text = _decoded(data)
    if "\x00" in text:
        raise FeedUnreadable("%(source)s holds NUL bytes, so it is not a readable feed.", source=source)
    if "<!ENTITY" in text:
        raise FeedUnreadable(
            "%(source)s declares XML entities, which can be used to attack the reader, so it was refused.",
            source=source,
        )
    return CONTROLS.sub("", text)


def _decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    if encoding := unmarked_utf_16(data):
        return data.decode(encoding, errors="replace")
    declared = DECLARED.match(data[:200].decode("latin-1"))
    for name in ("utf-8-sig", declared[1] if declared else "utf-8-sig"):
        try:
            return data.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("cp1252", errors="replace")


def parse_text(text: str, *, source: str) -> Element:
    """The root element of text from ``decode_xml``; raises ``FeedUnreadable``."""
    try:
        root: Element = fromstring(text.lstrip())
    except ParseError as error:
        line = error.position[0]
        if error.code in BROKEN_OFF:
            raise FeedUnreadable(
                "%(source)s breaks off at line %(line)d before its XML ends; fetch it again.", source=source, line=line
            ) from error
        raise FeedUnreadable(
            "%(source)s is not well-formed XML at line %(line)d; tell the publisher.", source=source, line=line
        ) from error
    except defusedxml.DefusedXmlException as error:
        raise FeedUnreadable(
            "%(source)s declares XML entities, which can be used to attack the reader, so it was refused.",
            source=source,
        ) from error
    return root


def parse_xml(data: bytes, *, source: str) -> Element:
    """The root element of a document; raises ``FeedUnreadable``."""
    return parse_text(decode_xml(data, source=source), source=source)


def local(element: Element) -> str:
    """The element's name without its namespace."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def descendants(element: Element, *names: str) -> Iterator[Element]:
    """All elements below with one of the local names, in document order."""
    return (found for found in element.iter() if found is not element and local(found) in names)


def children(element: Element, name: str) -> Iterator[Element]:
    return (child for child in element if local(child) == name)


def child_text(element: Element, name: str) -> str:
    """The text of the first child of that name, on one line; empty when there is none."""
    for child in children(element, name):
        return " ".join("".join(child.itertext()).split())
    return ""


def text_below(element: Element, *names: str) -> str:
    """The text of the first descendant with one of the names, on one line; empty when there is none."""
    for found in descendants(element, *names):
        text = " ".join("".join(found.itertext()).split())
        if text:
            return text
    return ""
