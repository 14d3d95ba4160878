"""The administrator's form of a line, and what it makes of the list of lines."""

import re
from dataclasses import asdict, replace
from typing import Any

from radiodesk.http.request import field, number
from radiodesk.sound.line_setup import Lines, LinesUnreadable, checked


def changed(lines: Lines, line_id: str | None) -> Lines:
    """The list with the line of the form in it, new or in place of the one named; raises ``LinesUnreadable``."""
    label = field("label", 60)
    row: dict[str, Any] = {
        "id": line_id or _free_id(lines, label),
        "label": label,
        "device": field("device", 200),
        "channel": number("channel"),
        "kind": field("kind", 20),
        "studio": field("studio", 40) or None,
        "log": field("log", 10),
        **{name: number(name) for name in ("log_days", "log_least_days", "delay", "delay_regain") if field(name, 10)},
    }
    rows = [asdict(line) for line in lines.lines]
    if line_id is None:
        rows.append(row)
    elif lines.line(line_id) is None:
        raise LinesUnreadable("The line “%(line)s” is not in the list any more.", line=line_id)
    else:
        rows = [row if one["id"] == line_id else one for one in rows]
    return checked(rows, lines.sample_rate)


def without(lines: Lines, line_id: str) -> Lines:
    """The list without a line; callers that heard it as their studio hear none."""
    kept = [line for line in lines.lines if line.id != line_id]
    return Lines(
        tuple(replace(line, studio=None) if line.studio == line_id else line for line in kept), lines.sample_rate
    )


def at_rate(lines: Lines) -> Lines:
    """The list at the sample rate of the form."""
    return checked([asdict(line) for line in lines.lines], number("sample_rate"))


def _free_id(lines: Lines, label: str) -> str:
    """A name for the machine, made of the one for people."""
    bare = re.sub(r"[^a-z0-9]+", "-", label.casefold()).strip("-")[:32] or "saluran"
    taken = {line.id for line in lines.lines}
    return next(name for name in [bare, *(f"{bare}-{n}" for n in range(2, 1000))] if name not in taken)
