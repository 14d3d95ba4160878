"""Documents that are written at the same time keep the prefixes that their readers know."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from xml.etree.ElementTree import Element, SubElement

import pytest

from radiodesk.core.xml_text import document

NAMES = ("urn:one", "urn:two", "urn:three", "urn:four")


@pytest.fixture
def restless() -> Iterator[None]:
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def written(namespace: str) -> bytes:
    root = Element(f"{{{namespace}}}feed")
    for _ in range(20):
        SubElement(root, f"{{{namespace}}}entry").text = "x"
    return document(root, {"": namespace})


@pytest.mark.usefixtures("restless")
def test_documents_that_are_written_at_once_keep_their_own_default_namespace() -> None:
    with ThreadPoolExecutor(len(NAMES)) as pool:
        made = list(pool.map(written, NAMES * 100))
    for namespace, text in zip(NAMES * 100, made, strict=True):
        assert f'<feed xmlns="{namespace}"><entry>'.encode() in text
