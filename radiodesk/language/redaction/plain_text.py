"""One plain way of writing what stands in a message, with the way back to each sign of the original.

People paste numbers with hyphens that do not break, signs that cannot be seen, full-width or keycap digits; every rule
then reads the plain text, and what it finds is pointed out in the original.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

from radiodesk.language.redaction.spans import Span

_SIGNS = str.maketrans({
    "−": "-", "⁃": "-", "˗": "-", "➖": "-", "ー": "-", "─": "-", "➕": "+",
    "·": ".", "•": ".", "∙": ".", "․": ".", "‧": ".", "。": ".", "⁄": "/", "∕": "/", "、": ",", "٫": ",", "،": ",",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plain:
    """``text`` in plain signs; ``origins`` and ``ends`` give where each of its characters is in the original."""

    text: str
    origins: tuple[int, ...]
    ends: tuple[int, ...]

    def original(self, spans: Iterable[Span]) -> list[Span]:
        """The same spans as characters of the original text."""
        return [
            replace(span, start=self.origins[span.start], end=self.ends[span.end - 1])
            for span in spans
            if span.start < span.end
        ]


def plain(text: str) -> Plain:
    """``text`` without signs that cannot be seen, with plain hyphens, spaces, digits and letters."""
    kept = [(at, sign) for at, written in enumerate(text) if (sign := _plain(written))]
    ends = tuple(_end(text, at) for at, _ in kept)
    return Plain("".join(sign for _, sign in kept), tuple(at for at, _ in kept), ends)


def _end(text: str, at: int) -> int:
    """The place behind a sign and the marks that change its looks, as those of a keycap."""
    end = at + 1
    while end < len(text) and (unicodedata.category(text[end]) == "Me" or "\ufe00" <= text[end] <= "\ufe0f"):
        end += 1
    return end


def _plain(sign: str) -> str:
    """The plain form of one sign: one character, or none."""
    if sign.isascii():
        return sign
    kind = unicodedata.category(sign)
    if kind in {"Cf", "Me"} or "\ufe00" <= sign <= "\ufe0f":
        return ""
    if kind == "Pd":
        return "-"
    if kind == "Zs":
        return " "
    if kind == "Nd":
        return str(unicodedata.decimal(sign))
    folded = unicodedata.normalize("NFKC", sign)
    return folded if len(folded) == 1 and folded.isascii() else sign.translate(_SIGNS)
