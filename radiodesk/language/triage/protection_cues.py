"""Words in which a caller tells of violence at home or sexual violence, or in which a child speaks or is the victim.

A suggestion, never a decision, like the rest of triage: it names the words that gave it away, so that a person protects
the caller with one key. Missing one is worse than one too many, yet a listener who tells of a concrete test or of
children at a crossing is not asked about. The words stand in ``protection.toml``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, cast

from radiodesk.language.triage.plain_words import load

__all__ = ["Kind", "Matter", "ProtectionCue", "protection_cue"]

NEAR = 7
"""Most words between who is hurt and what was done: a recogniser writes no full stops."""
GROWN_UP = 18


class Kind(StrEnum):
    """Who is to be protected."""

    CHILD = "child"
    VICTIM = "victim"


class Matter(StrEnum):
    """What was told."""

    HOME = "home"
    SEXUAL = "sexual"
    CHILD = "child"
    """A child speaks, or a child was hurt by somebody."""


@dataclass(frozen=True, slots=True)
class ProtectionCue:
    """Who is to be protected, what the words tell of, and the words themselves, as they were written."""

    kind: Kind
    matter: Matter
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Table:
    at_home: "re.Pattern[str]"
    sexual: "re.Pattern[str]"
    touched: "re.Pattern[str]"
    hurt: "re.Pattern[str]"
    child_hurt: "re.Pattern[str]"
    relatives: "re.Pattern[str]"
    kin: "re.Pattern[str]"
    outside: "re.Pattern[str]"
    persons: "re.Pattern[str]"
    children: "re.Pattern[str]"
    speaking: "re.Pattern[str]"
    harmless: "re.Pattern[str]"


_AGE = re.compile(
    r"\b(?:umur(?:nya|e|ku|ipun)?|usia(?:nya|ne)?|yuswa(?:ne)?)(?: (?:saya|kulo|kula|aku|baru|masih|lagi|isih|tasih))*"
    r" (\w+)\b"
)
_OWN_AGE = re.compile(
    r"(?<!anak )(?<!adik )(?<!cucu )\b(?:saya|aku|kulo|kula)(?: (?:ini|masih|baru|isih|tasih|lagi))*"
    r" (?:umur|usia|yuswa)(?: (?:baru|masih|isih|tasih|lagi))* (\w+)\b"
    r"|\b(?:umur|usia|yuswa) (?:saya|aku|kulo|kula)(?: (?:baru|masih|isih|tasih|lagi))* (\w+)\b"
    r"|\b(?:umurku|usiaku)(?: (?:baru|masih|isih|lagi))* (\w+)\b"
)
_DONE = re.compile(r"(?<![\w\\])di(?=[a-z])(?!pun)")
_BY = re.compile(r" ?(?:(?:oleh|sama|karo|kaliyan|kalih|dening) )?")
_SENTENCE = re.compile(r"[.!?;\n]+")


def protection_cue(text: str) -> ProtectionCue | None:
    """Whether the one who says this is to be protected; ``None`` where nothing tells so."""
    for sentence in _SENTENCE.split(text):
        if cue := _of_sentence(sentence):
            return cue
    return None


def _of_sentence(sentence: str) -> ProtectionCue | None:
    table = _table()
    line, places = _plain(sentence)
    # Drums are beaten, prices are levelled and offenders are threatened with prison: that is taken out first.
    line = table.harmless.sub(lambda match: "_" * len(match[0]), line)

    def why(*matches: "re.Match[str]") -> tuple[str, ...]:
        ordered = sorted(matches, key=lambda match: match.start())
        return tuple(dict.fromkeys(sentence[places[m.start()] : places[m.end() - 1] + 1] for m in ordered))

    child = _child(line, table)
    speaking = table.speaking.search(line) or _young(_OWN_AGE, line)
    sexual = table.sexual.search(line)
    if sexual is None:
        pair = _near(line, table.touched, table.persons)
        sexual, child = (pair[0], child or table.children.search(line)) if pair else (None, child)
    if sexual:
        young = child or speaking
        return ProtectionCue(
            Kind.CHILD if young else Kind.VICTIM, Matter.SEXUAL, why(*(one for one in (sexual, young) if one))
        )
    if named := table.at_home.search(line):
        return ProtectionCue(Kind.CHILD if speaking else Kind.VICTIM, Matter.HOME, why(named))
    for deeds in (table.hurt, table.child_hurt):
        if pair := _near(line, deeds, table.children):
            return ProtectionCue(Kind.CHILD, Matter.CHILD, why(*pair))
    if child and (deed := table.hurt.search(line) or table.child_hurt.search(line)):
        return ProtectionCue(Kind.CHILD, Matter.CHILD, why(child, deed))
    if speaking:
        return ProtectionCue(Kind.CHILD, Matter.CHILD, why(speaking))
    if pair := _at_home(line, table):
        return ProtectionCue(Kind.VICTIM, Matter.HOME, why(*pair))
    return None


def _at_home(line: str, table: _Table) -> "tuple[re.Match[str], re.Match[str]] | None":
    """Something that was done to somebody, with the relative who did it, or beside whom it was done."""
    by_relative = next(_done_by(line, table), None)
    # Whose wife was robbed tells of robbers: then only what a relative did is violence at home.
    if by_relative is not None or table.outside.search(line):
        return by_relative
    return _near(line, table.hurt, table.relatives)


def _done_by(line: str, table: _Table) -> "Iterator[tuple[re.Match[str], re.Match[str]]]":
    """What was done (``di…``) by the relative who is named right after it, or what one did (``me…``) who is named
    before."""
    for deed in table.hurt.finditer(line):
        if deed[0].startswith("di"):
            begins = cast("re.Match[str]", _BY.match(line, deed.end())).end()
            beside = table.relatives.match(line, begins) or table.kin.match(line, begins)
            if beside:
                yield deed, beside
        elif not table.outside.match(line, deed.end() + 1):
            for who in table.relatives.finditer(line, 0, deed.start()):
                if line.count(" ", who.end(), deed.start()) <= NEAR + 1:
                    yield deed, who
            yield from _to_whom(line, deed, table)


def _to_whom(line: str, deed: "re.Match[str]", table: _Table) -> "Iterator[tuple[re.Match[str], re.Match[str]]]":
    """What one did who may as well be addressed: only right before the deed, with the one who was hurt right after."""
    if any(hurt.match(line, deed.end() + 1) for hurt in (table.persons, table.relatives, table.kin)):
        yield from ((deed, who) for who in table.kin.finditer(line, 0, deed.start()) if who.end() + 1 == deed.start())


def _child(line: str, table: _Table) -> "re.Match[str] | None":
    return table.children.search(line) or _young(_AGE, line)


def _young(pattern: "re.Pattern[str]", line: str) -> "re.Match[str] | None":
    """An age that is named and is no grown-up's."""
    for match in pattern.finditer(line):
        years = _years(next(group for group in match.groups() if group), line[match.end() :].split(maxsplit=1))
        if years is not None and years < GROWN_UP:
            return match
    return None


def _years(word: str, rest: list[str]) -> int | None:
    """A number that was written or said ("12", "dua belas", "rolas"); tens are no child's."""
    if word.isdigit():
        return int(word)
    years = cast("dict[str, int]", load("protection.toml")["years"]).get(word)
    following = rest[0] if rest else ""
    if years is None or following in ("puluh", "likur", "ratus"):
        return None
    return years + 10 if following == "belas" else years


def _near(line: str, one: "re.Pattern[str]", other: "re.Pattern[str]") -> "tuple[re.Match[str], re.Match[str]] | None":
    """A find of each pattern with few words between them, in either order."""
    for match in one.finditer(line):
        for beside in other.finditer(line):
            first, second = sorted((match, beside), key=lambda found: found.start())
            if first.end() <= second.start() and line.count(" ", first.end(), second.start()) <= NEAR + 1:
                return match, beside
    return None


def _plain(sentence: str) -> tuple[str, list[int]]:
    """Words in small letters with one blank between, and where each sign of that stood."""
    line: list[str] = []
    places: list[int] = []
    for word in re.finditer(r"[^\W_]+", sentence):
        if line:
            line.append(" ")
            places.append(word.start())
        line.extend(word[0].lower() if len(word[0].lower()) == len(word[0]) else word[0])
        places.extend(range(word.start(), word.end()))
    return "".join(line), places


@lru_cache(maxsize=1)
def _table() -> _Table:
    written = cast("dict[str, Any]", load("protection.toml"))["words"]
    return _Table(**{name: _pattern(terms) for name, terms in written.items()})


def _pattern(terms: list[str]) -> "re.Pattern[str]":
    body = "|".join(
        # What is said of an act in Javanese of the polite kind: "diantem" is "dipun antem".
        _DONE.sub("di(?:pun ?)?", term).replace(" ... ", r"(?: \w+){0,4} ").replace("*", r"\w*")
        for term in terms
    )
    return re.compile(rf"(?<!\w)(?:{body})(?!\w)")
