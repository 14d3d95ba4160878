"""Spoken wording out of editable files: one line, one way to say it.

The files in ``templates/spoken`` are what ships; a station's officers may put their own text in place of any of them.
Each line is a Jinja template of its own, lines that begin with ``#`` are notes. Which line is used turns with the
bulletin's number, so that two in a row do not sound alike.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from radiodesk.core.errors import Unreadable
from radiodesk.road.bulletin.plain_cases import tells
from radiodesk.road.bulletin.plain_phrases import as_template

PACKAGE = Path(__file__).parents[2]
SPACES = re.compile(r"\s+")
BEFORE_SIGN = re.compile(r"\s+([.,;:?!])")


def spoken_folder() -> Path:
    """``templates/spoken`` of the checkout, else of the installed package (an editable install keeps a stale copy)."""
    for folder in (PACKAGE.parent / "templates" / "spoken", PACKAGE / "templates" / "spoken"):
        if folder.is_dir():
            return folder
    raise Unreadable("The spoken templates (templates/spoken) are missing; install radiodesk again.")


def shipped(name: str) -> str:
    """The text of a phrase as it ships, by its name ("bulletin/flow"), notes included."""
    return (spoken_folder() / f"{name}.txt").read_text(encoding="utf-8")


@cache
def shipped_names(group: str) -> tuple[str, ...]:
    """Names of all phrases of a group ("bulletin", "lapsit") without the group."""
    return tuple(sorted(path.stem for path in (spoken_folder() / group).glob("*.txt")))


def environment() -> SandboxedEnvironment:
    """Where phrases are filled in. No escaping: what comes out is read aloud and never put into a page unescaped."""
    made = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    made.filters["listing"] = listing
    return made


def ways_of(text: str) -> Iterator[tuple[int, str]]:
    """The lines of a phrase that are ways to say it, with their numbers from 1."""
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield number, line.strip()


def tidied(said: str) -> str:
    """What a template gave, with its spaces put right."""
    return BEFORE_SIGN.sub(r"\1", SPACES.sub(" ", said)).strip()


@dataclass(frozen=True, slots=True)
class _Way:
    line: str
    template: Template


class Phrasebook:
    """All ways to say everything, from texts by name."""

    def __init__(self, texts: Mapping[str, str], group: str = "") -> None:
        self._group = group
        self._environment = environment()
        self._shipped: dict[str, tuple[_Way, ...]] = {}
        self._phrases = {name: self._read(name, text) for name, text in texts.items()}

    def with_own(self, texts: Mapping[str, str]) -> "Phrasebook":
        """The same book with some phrases in a station's own words."""
        book = Phrasebook(texts, self._group)
        book._shipped = self._phrases
        book._phrases = {**self._phrases, **book._phrases}
        return book

    def _read(self, name: str, text: str) -> tuple[_Way, ...]:
        ways = []
        for number, line in ways_of(text):
            try:
                template = self._environment.from_string(as_template(line, f"{self._group}/{name}"))
            except TemplateError as error:
                raise Unreadable(
                    "Line %(line)d of %(file)s is not a template that can be read: %(why)s.",
                    file=f"{name}.txt",
                    line=number,
                    why=error.message or "",
                ) from error
            ways.append(_Way(line, template))
        return tuple(ways)

    def say(self, name: str, turn: int, **facts: Any) -> str:
        """The phrase ``name`` in words for this ``turn``; raises ``Unreadable`` when a word that it needs is absent."""
        ways = self._phrases.get(name)
        if not ways:
            raise Unreadable("The spoken template %(file)s is missing or has no line.", file=f"{name}.txt")
        try:
            said = self._way(name, turn, facts).template.render(facts)
        except TemplateError as error:
            raise Unreadable(
                "The spoken template %(file)s cannot be filled in: %(why)s.",
                file=f"{name}.txt",
                why=error.message or "",
            ) from error
        return tidied(said)

    def _way(self, name: str, turn: int, facts: Mapping[str, Any]) -> _Way:
        """The way for this turn; where it is a plain sentence that cannot say these facts, the next one that can."""
        own, full = self._phrases[name], f"{self._group}/{name}"
        turned = [own[(turn + step) % len(own)] for step in range(len(own))]
        telling = next((way for way in turned if tells(full, way.line, facts)), None)
        old = self._shipped.get(name, ())
        return telling or (old[turn % len(old)] if old else turned[0])

    def ways(self, name: str) -> int:
        """In how many ways ``name`` can be said."""
        return len(self._phrases.get(name, ()))


@cache
def _shipped_book(group: str) -> Phrasebook:
    return Phrasebook({name: shipped(f"{group}/{name}") for name in shipped_names(group)}, group)


@lru_cache(maxsize=16)
def _own_book(group: str, own: tuple[tuple[str, str], ...]) -> Phrasebook:
    return _shipped_book(group).with_own(dict(own))


def phrasebook(group: str, wording: Mapping[str, str] | None = None) -> Phrasebook:
    """The phrases of a group, with those of ``wording`` (by names like "bulletin/flow") in place of the shipped."""
    prefix = f"{group}/"
    own = {name.removeprefix(prefix): text for name, text in (wording or {}).items() if name.startswith(prefix)}
    return _own_book(group, tuple(sorted(own.items()))) if own else _shipped_book(group)


def listing(words: "list[str] | tuple[str, ...]", joint: str = "dan") -> str:
    """ "a", "a dan b", "a, b, dan c"."""
    if len(words) <= 2:
        return f" {joint} ".join(words)
    return f"{', '.join(words[:-1])}, {joint} {words[-1]}"


def sentence_case(text: str) -> str:
    """With a capital at the start."""
    return text[:1].upper() + text[1:]
