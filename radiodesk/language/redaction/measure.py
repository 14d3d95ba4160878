"""How much of labelled messages redaction finds, so that a station can measure it on messages of its own.

A labelled file holds a message a line with ``<kind>…</kind>`` around what must not become public; ``#`` begins a
comment.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from radiodesk.language.redaction.spans import Span

_TAG = re.compile(r"<(?P<kind>\w+)>(?P<text>.*?)</(?P=kind)>")
COVERED, INSIDE = 0.8, 0.5
"""Share of a label that spans must cover for it to be found, and of a span that must lie in labels to be right."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A message and what is private in it: (start, end, kind)."""

    text: str
    private: tuple[tuple[int, int, str], ...]


@dataclass(slots=True)
class Counts:
    """Counts by kind and under "all": of labels, and of spans by the kind that was claimed."""

    labels: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    same_kind: Counter[str] = field(default_factory=Counter)
    spans: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)


def labelled(lines: Iterable[str]) -> list[Labelled]:
    """The messages of a labelled file."""
    return [_labelled(line.rstrip("\n")) for line in lines if line.strip() and not line.startswith("#")]


def _labelled(line: str) -> Labelled:
    private: list[tuple[int, int, str]] = []
    plain = ""
    done = 0
    for match in _TAG.finditer(line):
        plain += line[done : match.start()]
        private.append((len(plain), len(plain) + len(match["text"]), match["kind"]))
        plain += match["text"]
        done = match.end()
    return Labelled(plain + line[done:], tuple(private))


def measure(messages: Sequence[Labelled], find: Callable[[str], Sequence[Span]]) -> Counts:
    """Count over ``messages`` what ``find`` finds."""
    counts = Counts()
    for message in messages:
        spans = find(message.text)
        for start, end, kind in message.private:
            touching = [span for span in spans if span.start < end and start < span.end]
            covered = sum(min(end, span.end) - max(start, span.start) for span in touching)
            for key in (kind, "all"):
                counts.labels[key] += 1
                counts.found[key] += covered >= COVERED * (end - start)
                counts.same_kind[key] += any(span.kind == kind for span in touching)
        for span in spans:
            inside = sum(max(0, min(end, span.end) - max(start, span.start)) for start, end, _ in message.private)
            for key in (span.kind, "all"):
                counts.spans[key] += 1
                counts.right[key] += inside >= INSIDE * (span.end - span.start)
    return counts
