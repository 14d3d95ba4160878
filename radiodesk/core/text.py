"""Small text functions that several rooms share."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

_SPACE = re.compile(r"\s+")
REPLACED = "\ufffd"
_HALVES = re.compile(r"[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""The category Cc but for line ends and tabulators."""
_NO_TEXT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | low) for plane in range(17) for low in (0xFFFE, 0xFFFF))
    + "]"
)


def clean(text: str, instead: str = "") -> str:
    """Without what is no text: control characters, halves of signs (lone surrogates) and noncharacters.

    Every file format and every database takes the rest; two halves that belong together become their sign.
    """
    if _HALVES.search(text):
        # Pairs are joined; a half that is left over stays one, which the pattern finds.
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    return _NO_TEXT.sub(instead, text)


def mended(text: str) -> str:
    """Text from outside with a replacement character where something was no text."""
    return clean(text.replace("\0", ""), REPLACED)


def is_text(text: str) -> bool:
    """Whether every sign of it is one that can be typed, kept in any database and written into any document."""
    return _NO_TEXT.search(text) is None


def cleaned(value: Any) -> Any:
    """``clean`` for every text in lists and dictionaries, as they are written to JSON."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {cleaned(name): cleaned(held) for name, held in value.items()}
    if isinstance(value, list | tuple):
        return [cleaned(held) for held in value]
    return value


def tidy(text: str) -> str:
    """NFC, without NUL and whatever else is no text, runs of white space as one blank."""
    kept = _CONTROL.sub(" ", text)
    return _SPACE.sub(" ", unicodedata.normalize("NFC", clean(kept))).strip()


def shorten(text: str, most: int) -> str:
    """Cut at a word, with an ellipsis, to at most ``most`` characters."""
    if len(text) <= most:
        return text
    head = text[: most - 1]
    return (head.rsplit(" ", 1)[0] if " " in head else head).rstrip(",.;:") + "…"
