"""Numbers of a situation report as a person put them right; the text stays as it was sent."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from radiodesk.road.lapsit.form_heads import FIELDS
from radiodesk.road.lapsit.report_values import Entry, Lapsit

LARGEST = 10**12
LABELS = {f"{one.head}/{one.key}": one for one in FIELDS}


def put_right(lapsit: Lapsit, corrections: Mapping[str, Any] | None) -> Lapsit:
    """A report with ``numbers`` by "head/key" (``None`` takes one out) and without the ``lines`` that were told."""
    if not corrections:
        return lapsit
    numbers: Mapping[str, int | None] = corrections.get("numbers") or {}
    told = set(corrections.get("lines") or ())
    entries: list[Entry] = []
    done: set[str] = set()
    for entry in lapsit.entries:
        name = f"{entry.head}/{entry.key}"
        if name not in numbers:
            entries.append(entry)
        elif name not in done and (value := numbers[name]) is not None:
            entries.append(replace(entry, value=value))
        done.add(name)
    for name, value in numbers.items():
        if name not in done and value is not None and name in LABELS:
            field = LABELS[name]
            entries.append(Entry(field.head, field.key, field.label, value, 0))
    order = {head: place for place, head in enumerate(dict.fromkeys(one.head for one in FIELDS))}
    entries.sort(key=lambda entry: order[entry.head])
    left = tuple(line for line in lapsit.not_understood if line.line not in told)
    return replace(lapsit, entries=tuple(entries), not_understood=left)
