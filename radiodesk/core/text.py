"""Small, boring text work that several rooms share."""

import re
import unicodedata

_SPACE = re.compile(r"\s+")
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
REPLACED = "\ufffd"


def mended(text: str) -> str:
    """A text that every store and encoding takes: surrogate pairs joined, halves and non-characters replaced."""
    joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _NO_TEXT.sub(REPLACED, joined.replace("\0", ""))


def tidy(text: str) -> str:
    """NFC, mended, without NUL and other control characters, runs of white space as one blank."""
    kept = "".join(c if c in "\n\t" or unicodedata.category(c) != "Cc" else " " for c in text)
    return _SPACE.sub(" ", unicodedata.normalize("NFC", mended(kept))).strip()


def shorten(text: str, most: int) -> str:
    """Cut at a word, with an ellipsis, to at most ``most`` characters."""
    if len(text) <= most:
        return text
    head = text[: most - 1]
    return (head.rsplit(" ", 1)[0] if " " in head else head).rstrip(",.;:") + "…"
