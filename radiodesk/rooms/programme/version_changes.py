"""What changed between two versions of a script, word by word."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

_PARTS = re.compile(r"\n+|[^\S\n]+|[^\s]+")


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of words that stayed, went or came."""

    kind: Literal["same", "out", "in"]
    text: str


def changes(before: str, after: str) -> list[Change]:
    """The later text, with what went and came in its place; all of kinds ``same`` and ``in`` together are the later
    text, all of ``same`` and ``out`` the earlier one.
    """
    old, new = _PARTS.findall(before), _PARTS.findall(after)
    found: list[Change] = []
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(Change("same", "".join(new[j1:j2])))
            continue
        if i2 > i1:
            found.append(Change("out", "".join(old[i1:i2])))
        if j2 > j1:
            found.append(Change("in", "".join(new[j1:j2])))
    return found
