"""Writes XML without the control characters that XML forbids."""

from xml.etree import ElementTree

from radiodesk.core.text import clean


def document(root: ElementTree.Element) -> bytes:
    """The tree as UTF-8 with a declaration, without the signs that XML does not know."""
    for element in root.iter():
        element.text = clean(element.text) if element.text else element.text
        element.tail = clean(element.tail) if element.tail else element.tail
        for name, value in element.attrib.items():
            element.set(name, clean(value))
    text: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return text
