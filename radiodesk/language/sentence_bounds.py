"""Where the sentences of an Indonesian text begin and end; short forms such as "Jl." end none."""

import re
from itertools import pairwise

_END = re.compile(r"(?<=[.!?])\s+(?=[^\W\d_a-z]|\d)|\n+")
_SHORT = re.compile(r"(?:\b(?:Jl|Jln|Dr|Ir|H|Kec|Ds|No|Prof|St|[A-Z])\.)$")


def spans_of(text: str) -> list[tuple[int, int]]:
    """Where each sentence stands in a text."""
    cuts = [(0, 0)]
    for mark in _END.finditer(text):
        if "\n" in mark.group() or not _SHORT.search(text[: mark.start()]):
            cuts.append(mark.span())
    cuts.append((len(text), len(text)))
    return [(end, start) for (_, end), (start, _) in pairwise(cuts) if text[end:start].strip()]


def sentences_of(text: str) -> list[str]:
    """The sentences of a text, in order."""
    return [text[start:end].strip() for start, end in spans_of(text)]
