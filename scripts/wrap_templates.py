#!/usr/bin/env python3
"""Breaks the long lines of the page templates: ``scripts/wrap_templates.py``; ``--check`` changes nothing and exits 1.

A line of more than 120 characters is broken where a page does not change: at a space of the text, between two
attributes, after a comma of an expression, or before a tag of Jinja, which then strips the added space (``{%-``).
What Jinja reads before and after is compared; a template that would be read otherwise is left as it is. Lines that
fit are left alone. Why no formatter from npm or PyPI does this is told in docs/dependencies.md.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
LIMIT = 120
LONGEST = 160
"""What no template may hold: a message as long as that is written as two strings, one after the other."""
CLOSING = {"{{": "}}", "{%": "%}", "{#": "#}"}
VERBATIM = re.compile(r"<(textarea|pre|script|style)\b")

PENALTY = {
    "markup": 0,
    "attribute": 10,
    "jinja": 18,
    "text": 20,
    "argument": 45,
    "condition": 45,
    "deep argument": 70,
    "value": 80,
}
"""How much a break of this kind is worse than one before a tag, in characters of a line left empty."""

READER = Environment(trim_blocks=True, lstrip_blocks=True, autoescape=True)
"""As the pages' own environment reads whitespace."""


def breaks(text: str) -> Iterator[tuple[int, str]]:
    """Every place where ``text`` may be broken: position of the character that starts the new line, and its kind."""
    position, in_tag, quote, verbatim = 0, False, "", ""
    while position < len(text):
        opening = text[position : position + 2]
        if opening in CLOSING:
            before = text[position - 1 : position]
            glued = not before.isspace() and text[position + 2 : position + 3] not in "-+"
            if glued and before and not quote and not verbatim and not (in_tag and opening == "{{") and opening != "{#":
                yield position, "jinja"
            end = _end_of_jinja(text, position)
            if opening != "{#":
                yield from ((at, "value" if quote else kind) for at, kind in _inside_jinja(text, position + 2, end - 2))
            position = end
            continue
        here = text[position]
        if in_tag:
            if quote:
                quote = "" if here == quote else quote
            elif here in "\"'":
                quote = here
            elif here == ">":
                in_tag = False
            elif here == " ":
                yield position + 1, "attribute"
        elif verbatim:
            if text.startswith(f"</{verbatim}", position):
                verbatim, in_tag = "", True
        elif re.match(r"</?[a-zA-Z]", text[position : position + 3]):
            in_tag = True
            if kept := VERBATIM.match(text, position):
                verbatim = kept[1]
        elif here == " ":
            if text.startswith("%} {%", position - 2):
                position += (
                    1  # Jinja would take the end of this line and the indent of the next, and the space is gone.
                )
                continue
            yield position + 1, "markup" if text[position + 1 : position + 2] in ("<", "{") else "text"
        position += 1


def _end_of_jinja(text: str, start: int) -> int:
    """The position after the tag, expression or comment of Jinja that begins at ``start``."""
    closing = CLOSING[text[start : start + 2]]
    position, quote, depth = start + 2, "", 0
    while position < len(text):
        here = text[position]
        if quote:
            quote = "" if here == quote and text[position - 1] != "\\" else quote
        elif here in "\"'" and closing != "#}":
            quote = here
        elif text.startswith(closing, position) and depth <= 0:
            return position + 2
        elif closing != "#}":
            depth += (here in "([{") - (here in ")]}")
        position += 1
    return position


def _inside_jinja(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    quote, depth = "", 0
    for position in range(start, end):
        here = text[position]
        if quote:
            quote = "" if here == quote and text[position - 1] != "\\" else quote
        elif here in "\"'":
            quote = here
        elif here == " ":
            if text[position - 1] == ",":
                yield position + 1, "argument" if depth <= 1 else "deep argument"
            elif re.match(r"(if|else|and|or) ", text[position + 1 : position + 6]):
                yield position + 1, "condition"
        depth += (here in "([{") - (here in ")]}")


def wrap(text: str) -> str:
    """``text`` with its long lines broken where that is possible; the same text when every line fits."""
    places = dict(breaks(text))
    wrapped, start = [], 0
    for line in text.split("\n"):
        indent, end = " " * (len(line) - len(line.lstrip()) + 2), start + len(line)
        begun, cut, lead = start, start, ""
        while len(lead) + end - begun > LIMIT and (found := _cut(begun, end, len(lead), places)):
            cut = found
            wrapped.append(lead + text[begun:cut].rstrip(" "))
            lead, begun = indent, cut
            if places[cut] == "jinja":
                lead, begun = f"{indent}{text[cut : cut + 2]}-", cut + 2
        wrapped.append(lead + text[begun:end])
        start = end + 1
    return "\n".join(wrapped)


def _cut(begun: int, end: int, lead: int, places: dict[int, str]) -> int | None:
    """The best place to break a line between ``begun`` and ``end`` whose first part fits, else the first one."""
    inside = [place for place in places if begun + 20 < place < end - 2]
    fitting = [place for place in inside if lead + place - begun <= LIMIT]
    if fitting:
        return max(fitting, key=lambda place: place - begun - PENALTY[places[place]])
    return min(inside, default=None)


def reading(text: str) -> list[tuple[str, str]]:
    """What Jinja reads in ``text``, with each run of spaces and ends of lines as one space."""
    tokens = [(kind, value) for _, kind, value in READER.lex(text) if kind != "whitespace" and value]
    return [(kind, _same(kind, value)) for kind, value in tokens]


def _same(kind: str, value: str) -> str:
    return re.sub(r"\s+", " ", value) if kind == "data" else "" if kind.endswith(("_begin", "_end")) else value


def main() -> int:
    check = "--check" in sys.argv[1:]
    failed = False
    for path in sorted(TEMPLATES.rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        wrapped = text
        while (further := wrap(wrapped)) != wrapped:
            wrapped = further
        if reading(wrapped) != reading(text):
            sys.exit(f"{path.name}: breaking its lines would change the page")
        for number, line in enumerate(wrapped.split("\n"), 1):
            if len(line) > LONGEST:
                print(f"{path.relative_to(TEMPLATES.parent)}:{number}: break this line by hand")
                failed = True
        if wrapped != text:
            print(f"{path.relative_to(TEMPLATES.parent)}: long lines")
            failed = failed or check
            if not check:
                path.write_text(wrapped, encoding="utf-8")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
