"""Small, boring text work that several rooms share."""

import re
import unicodedata

_SPACE = re.compile(r"\s+")


def tidy(text: str) -> str:
    """NFC, without NUL and other control characters, runs of white space as one blank."""
    kept = "".join(c if c in "\n\t" or unicodedata.category(c) != "Cc" else " " for c in text)
    return _SPACE.sub(" ", unicodedata.normalize("NFC", kept)).strip()


def shorten(text: str, most: int) -> str:
    """Cut at a word, with an ellipsis, to at most ``most`` characters."""
    if len(text) <= most:
        return text
    head = text[: most - 1]
    return (head.rsplit(" ", 1)[0] if " " in head else head).rstrip(",.;:") + "…"
