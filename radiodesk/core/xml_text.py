"""Writes XML without the control characters that XML forbids, and with the prefixes that its readers know."""

import threading
from collections.abc import Mapping
from xml.etree import ElementTree

from radiodesk.core.text import clean

_WRITING = threading.Lock()


def document(root: ElementTree.Element, prefixes: Mapping[str, str]) -> bytes:
    """The tree as UTF-8 with a declaration, without the signs that XML does not know; ``prefixes`` of its namespaces,
    an empty one for the default.
    """
    for element in root.iter():
        element.text = clean(element.text) if element.text else element.text
        element.tail = clean(element.tail) if element.tail else element.tail
        for name, value in element.attrib.items():
            element.set(name, clean(value))
    # ElementTree knows one set of prefixes for the whole process, and others write at the same time.
    with _WRITING:
        for prefix, namespace in prefixes.items():
            ElementTree.register_namespace(prefix, namespace)
        text: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return text
