"""Which sentence of a script rests on what, also after a person changed its words."""

from collections.abc import Iterator, Sequence
from typing import Any

from rapidfuzz.fuzz import ratio

from radiodesk.language.sentence_bounds import spans_of

LIKE = 60
"""How alike, of 100, two wordings of one sentence are at least."""

LONGEST_RUN = 3
"""Sentences that one item may hold: what is wrong, the way round, and a remark."""


def carried_over(items: Sequence[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    """The items of an earlier version that stand in a text still, those that were put into other words included.

    A changed sentence keeps what it rests on, and says that a person changed it.
    """
    taken = [False] * len(text)
    kept: dict[int, dict[str, Any]] = {}
    for number, item in enumerate(items):
        start = text.find(item["sentence"]) if item["sentence"] else -1
        if start >= 0:
            end = start + len(item["sentence"])
            taken[start:end] = [True] * (end - start)
            kept[number] = item
    for number, item in enumerate(items):
        if number in kept:
            continue
        best = max(_free_runs(text, taken), key=lambda run: _likeness(text, run, item), default=None)
        if best is not None and _likeness(text, best, item) >= LIKE:
            start, end = best
            taken[start:end] = [True] * (end - start)
            made = item.get("made", item["sentence"])
            kept[number] = {**item, "sentence": text[start:end].strip(), "made": made, "edited": True}
    return [kept[number] for number in sorted(kept)]


def _likeness(text: str, run: tuple[int, int], item: dict[str, Any]) -> float:
    return ratio(text[run[0] : run[1]].casefold(), item["sentence"].casefold())


def _free_runs(text: str, taken: list[bool]) -> Iterator[tuple[int, int]]:
    """Runs of sentences of one paragraph that no item stands in."""
    spans = [span for span in spans_of(text) if not any(taken[span[0] : span[1]])]
    for first in range(len(spans)):
        for last in range(first, min(first + LONGEST_RUN, len(spans))):
            start, end = spans[first][0], spans[last][1]
            if "\n" in text[start:end] or any(taken[start:end]):
                break
            yield start, end


def all_sentences(items: Sequence[dict[str, Any]], text: str) -> list[str]:
    """Every sentence that can be pointed at: an item as a whole, and what a person wrote besides, in their order."""
    taken = [False] * len(text)
    found: list[tuple[int, str]] = []
    for item in items:
        start = text.find(item["sentence"]) if item["sentence"] else -1
        if start >= 0:
            end = start + len(item["sentence"])
            taken[start:end] = [True] * (end - start)
            found.append((start, item["sentence"]))
    for start, end in spans_of(text):
        if not any(taken[start:end]):
            found.append((start, text[start:end].strip()))
    return [sentence for _start, sentence in sorted(found)]
