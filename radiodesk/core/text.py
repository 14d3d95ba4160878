"""Small, boring text work that several rooms share."""

import re
import unicodedata

_SPACE = re.compile(r"\s+")
_PLANES = "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(17))
_NO_TEXT = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef{_PLANES}]")
"""Control characters beside line breaks and tabs, halves of surrogate pairs, and what Unicode keeps free for ever."""


def is_text(text: str) -> bool:
    """Whether every sign of it is one that can be typed, kept in any database and written into any document."""
    return _NO_TEXT.search(text) is None


def readable(text: str) -> str:
    """The text with a replacement character for each sign that is none."""
    return _NO_TEXT.sub("\ufffd", text)


def tidy(text: str) -> str:
    """NFC, without NUL and other signs that are no text, runs of white space as one blank."""
    kept = "".join(" " if unicodedata.category(c) == "Cc" else c for c in _NO_TEXT.sub(" ", text))
    return _SPACE.sub(" ", unicodedata.normalize("NFC", kept)).strip()


def shorten(text: str, most: int) -> str:
    """Cut at a word, with an ellipsis, to at most ``most`` characters."""
    if len(text) <= most:
        return text
    head = text[: most - 1]
    return (head.rsplit(" ", 1)[0] if " " in head else head).rstrip(",.;:") + "…"
