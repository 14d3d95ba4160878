"""Parts of an object by a signed link, for servers whose answer to a ``Range`` obstore does not take.

``rclone serve s3`` sends the part with its ``Content-Range``, but with status 200 instead of 206 (RFC 9110, section
15.3.7). obstore refuses that; the bytes are right.
"""

import re
import time
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import urlsplit

from radiodesk.core.stores.ports import NoSuchObject

_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes of an object whose size is ``size``; ``tag`` tells one put from the next, ``sum`` is its SHA-256."""

    data: bytes
    size: int
    tag: str | None
    sum: str | None


def part_by_link(
    link: str, key: str, first: int, length: int, tag: str | None, sum_name: str, seconds: float
) -> Part | None:
    """Ask for a part; ``None`` where there are no such bytes.

    Raises ``NoSuchObject``, ``OSError`` and ``HTTPException``, and never with the link, which opens the object.
    """
    parts = urlsplit(link)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.netloc, timeout=seconds)
    headers = {"Range": f"bytes={first}-{first + length - 1}", **({"If-Match": tag} if tag else {})}
    until = time.monotonic() + seconds
    try:
        connection.request("GET", f"{parts.path}?{parts.query}", headers=headers)
        answer = connection.getresponse()
        if answer.status == 404:
            raise NoSuchObject(key)
        if answer.status == 416:
            return None
        if answer.status not in (200, 206):
            raise HTTPException(f"status code: {answer.status}")
        sent = _RANGE.fullmatch(answer.getheader("Content-Range", ""))
        if sent is None:
            # An object of no bytes has no parts.
            if answer.getheader("Content-Length") == "0":
                return None
            raise HTTPException("the server knows no parts")
        if int(sent[1]) != first:
            raise HTTPException("the server sent another part")
        return Part(
            _all(answer, until), int(sent[3]), answer.getheader("ETag"), answer.getheader(f"x-amz-meta-{sum_name}")
        )
    finally:
        connection.close()


def _all(answer: HTTPResponse, until: float) -> bytes:
    """The body within the time, however slowly it drips."""
    blocks = []
    while block := answer.read1(1 << 16):
        blocks.append(block)
        if time.monotonic() > until:
            raise TimeoutError("the server is too slow")
    return b"".join(blocks)
