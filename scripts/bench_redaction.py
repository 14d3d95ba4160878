"""Precision and recall of redaction for each kind, beside lokal-id alone, on messages that the project labelled.

    python scripts/bench_redaction.py [FILE]

FILE holds a message a line with ``<kind>…</kind>`` around what must not become public. A label counts as found when at
least eight tenths of its characters are covered by spans of any kind; a span is right when at least half of it lies in
a label (of any kind: hidden is hidden). The column "kind right" tells how often the kind was right as well.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from lokal.samaran import detect_pii
from rich.console import Console
from rich.table import Table

from radiodesk.language.redaction import Span, find_private
from radiodesk.language.redaction.measure import COVERED, INSIDE, Labelled, labelled, measure

FIXTURES = Path(__file__).parents[1] / "tests" / "language" / "redaction" / "fixtures"
FILES = (FIXTURES / "redaction.txt", FIXTURES / "redaction_fresh.txt")
_KINDS = {"NIP": "id_number", "BPJS": "id_number", "NISN": "id_number", "AKTA": "id_number", "GEO": "location"}


def lokal(text: str) -> list[Span]:
    """What lokal-id finds by itself, with our names of the kinds."""
    return [Span(m.start, m.end, _KINDS.get(m.type, m.type.lower()), "lokal-id", 1.0) for m in detect_pii(text)]


def share(part: int, whole: int) -> str:
    """A percentage, or a dash where there is nothing to count."""
    return f"{part / whole:.0%}" if whole else "–"


def show(console: Console, title: str, messages: Sequence[Labelled]) -> None:
    """Print the table for ``messages``."""
    ours, theirs = measure(messages, find_private), measure(messages, lokal)
    table = Table(
        "kind", "labels", "recall", "kind right", "precision", "lokal-id recall", "lokal-id precision", title=title
    )
    for kind in [*sorted(set(ours.labels) - {"all"}), "all"]:
        table.add_row(
            kind,
            str(ours.labels[kind]),
            share(ours.found[kind], ours.labels[kind]),
            share(ours.same_kind[kind], ours.labels[kind]),
            share(ours.right[kind], ours.spans[kind]),
            share(theirs.found[kind], theirs.labels[kind]),
            share(theirs.right[kind], theirs.spans[kind]),
        )
    console.print(table)


def main() -> None:
    """Print a table for each file, and the mistakes when asked with ``-v``."""
    console = Console(width=120)
    paths = [Path(argument) for argument in sys.argv[1:] if argument != "-v"]
    for path in paths or FILES:
        messages = labelled(path.read_text(encoding="utf-8").splitlines())
        show(console, path.name, messages)
        clean = [message for message in messages if not message.private]
        ours = sum(not find_private(message.text) for message in clean)
        theirs = sum(not lokal(message.text) for message in clean)
        console.print(f"{len(clean)} messages hold nothing private; left alone: {ours}, by lokal-id: {theirs}")
        if "-v" in sys.argv:
            for message in messages:
                mistakes(console, message)


def mistakes(console: Console, message: Labelled) -> None:
    """Print what was missed or wrongly hidden in one message."""
    spans = find_private(message.text)
    for start, end, kind in message.private:
        covered = sum(max(0, min(end, span.end) - max(start, span.start)) for span in spans)
        if covered < COVERED * (end - start):
            console.print(f"missed {kind} {message.text[start:end]!r} in {message.text!r}", markup=False)
    for span in spans:
        inside = sum(max(0, min(end, span.end) - max(start, span.start)) for start, end, _ in message.private)
        if inside < INSIDE * (span.end - span.start):
            console.print(
                f"wrong {span.kind} {message.text[span.start : span.end]!r} ({span.why}) in {message.text!r}",
                markup=False,
            )


if __name__ == "__main__":
    main()
