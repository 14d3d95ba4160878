"""Spoken wording out of editable files: one line, one way to say it.

The files in ``templates/spoken`` are for officers to edit: each line is a Jinja template of its own, lines that begin
with ``#`` are notes. Which line is used turns with the bulletin's number, so that two in a row do not sound alike.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from radiodesk.core.errors import Unreadable

PACKAGE = Path(__file__).parents[2]
SPACES = re.compile(r"\s+")
BEFORE_SIGN = re.compile(r"\s+([.,;:?!])")


def spoken_folder() -> Path:
    """``templates/spoken`` of the checkout, else of the installed package (an editable install keeps a stale copy)."""
    for folder in (PACKAGE.parent / "templates" / "spoken", PACKAGE / "templates" / "spoken"):
        if folder.is_dir():
            return folder
    raise Unreadable("The spoken templates (templates/spoken) are missing; install radiodesk again.")


class Phrasebook:
    """All ways to say everything, read once from a folder of ``<name>.txt`` files."""

    def __init__(self, folder: Path) -> None:
        # No escaping: what comes out is read aloud and never put into a page unescaped.
        self._environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
        self._environment.filters["listing"] = listing
        self._phrases = {path.stem: self._read(path) for path in sorted(folder.glob("*.txt"))}

    def _read(self, path: Path) -> tuple[Template, ...]:
        templates = []
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if not line.strip() or line.startswith("#"):
                continue
            try:
                templates.append(self._environment.from_string(line.strip()))
            except TemplateError as error:
                raise Unreadable(
                    "Line %(line)d of %(file)s is not a template that can be read: %(why)s.",
                    file=path.name,
                    line=number,
                    why=error.message or "",
                ) from error
        return tuple(templates)

    def say(self, name: str, turn: int, **facts: Any) -> str:
        """The phrase ``name`` in its wording for this ``turn``; raises ``Unreadable`` when the file asks in vain."""
        ways = self._phrases.get(name)
        if not ways:
            raise Unreadable("The spoken template %(file)s is missing or has no line.", file=f"{name}.txt")
        try:
            said = ways[turn % len(ways)].render(facts)
        except TemplateError as error:
            raise Unreadable(
                "The spoken template %(file)s cannot be filled in: %(why)s.",
                file=f"{name}.txt",
                why=error.message or "",
            ) from error
        return BEFORE_SIGN.sub(r"\1", SPACES.sub(" ", said)).strip()

    def ways(self, name: str) -> int:
        """In how many ways ``name`` can be said."""
        return len(self._phrases.get(name, ()))


@cache
def phrasebook(folder: Path) -> Phrasebook:
    return Phrasebook(folder)


def listing(words: "list[str] | tuple[str, ...]", joint: str = "dan") -> str:
    """ "a", "a dan b", "a, b, dan c"."""
    if len(words) <= 2:
        return f" {joint} ".join(words)
    return f"{', '.join(words[:-1])}, {joint} {words[-1]}"


def sentence_case(text: str) -> str:
    """With a capital at the start."""
    return text[:1].upper() + text[1:]
