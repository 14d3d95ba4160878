"""What redaction finds: stretches of text with a kind, a reason and how sure it is."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

KINDS = (
    "phone",
    "nik",
    "kk",
    "plate",
    "sim",
    "npwp",
    "passport",
    "id_number",
    "bank_account",
    "card",
    "email",
    "url",
    "handle",
    "address",
    "location",
    "birth_date",
    "age",
    "name",
    "school",
    "unclear",
)
"""Every kind of private thing that is looked for, and what a person must decide about (``unclear_parts``)."""


@dataclass(frozen=True, slots=True)
class Span:
    """Characters ``start`` to ``end`` of a text that should not become public.

    ``kind`` is one of ``KINDS``, ``why`` says in a few English words what gave it away, ``score`` is 0 to 1.
    """

    start: int
    end: int
    kind: str
    why: str
    score: float


def merged(spans: Iterable[Span]) -> list[Span]:
    """Spans in order without overlaps; where some overlap, the surest gives its kind to all that they cover."""
    result: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if result and span.start < result[-1].end:
            last = result[-1]
            surest = max(last, span, key=lambda one: (one.score, one.end - one.start))
            result[-1] = replace(surest, start=last.start, end=max(last.end, span.end))
        else:
            result.append(span)
    return result
