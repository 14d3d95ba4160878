"""The dictionaries of the reader: plain files that people edit, compiled once when first used."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

_SLOT = re.compile(r"\{(\w+)\}")

FOLDER = Path(__file__).parent / "dictionaries"

FLOW_WORDS = (
    "negated", "averted", "steady", "done", "removed", "changing", "changed", "easing", "begun", "unchanged", "queued",
    "for_whom", "taking", "round", "turned",
)  # fmt: skip
"""Lists of flows.toml that are no flow, each a field of ``Dictionaries``."""

EXTENTS = ("concerned", "part")
"""Lists of flows.toml with phrases of several words that are no flow."""

PLACE_LISTS = (
    "indoors",
    "roads",
    "kinds",
    "near",
    "at",
    "toward",
    "stop",
    "compass",
    "before",
    "aside",
    "also_names",
    "shortened",
)
"""Lists under [place] in cues.toml, each a field of ``Dictionaries``."""


class Phrases:
    """Finds phrases of several words in a list of words; at one spot the longest wins, of one wording the first."""

    def __init__(self, labelled: Iterable[tuple[str, str]]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for phrase, label in labelled:
            words = tuple(phrase.split())
            self._by_first.setdefault(words[0], []).append((words, label))
        for entries in self._by_first.values():
            entries.sort(key=lambda entry: -len(entry[0]))

    def with_more(self, labelled: Iterable[tuple[str, str]]) -> "Phrases":
        """These phrases with others, which come first where both say the same words."""
        own = [(" ".join(words), label) for entries in self._by_first.values() for words, label in entries]
        return Phrases([*labelled, *own])

    def at(self, words: list[str], index: int) -> tuple[int, str] | None:
        """End and label of the longest phrase that begins at ``index``."""
        for phrase, label in self._by_first.get(words[index], ()):
            end = index + len(phrase)
            if len(phrase) == 1 or tuple(words[index:end]) == phrase:
                return end, label
        return None

    def find(self, words: list[str], start: int = 0, stop: int | None = None) -> Iterator[tuple[int, int, str]]:
        """Start, end and label of each phrase between ``start`` and ``stop``, without overlaps."""
        stop = len(words) if stop is None else stop
        by_first = self._by_first
        after = start
        # Most words begin no phrase: those are passed over in one go.
        for index in [index for index in range(start, stop) if words[index] in by_first]:
            if index < after:
                continue
            found = self.at(words, index)
            if found is not None and found[0] <= stop:
                yield index, found[0], found[1]
                after = found[0]


@dataclass(frozen=True, eq=False)
class Dictionaries:
    """All that the reader looks up. Sets hold single words in standard spelling. Compared by identity, so hashable."""

    spelling: dict[str, str]
    vocabulary: frozenset[str]
    flows: Phrases
    flow_nouns: Phrases
    negated: frozenset[str]
    averted: frozenset[str]
    steady: frozenset[str]
    done: frozenset[str]
    removed: frozenset[str]
    changing: frozenset[str]
    changed: frozenset[str]
    easing: frozenset[str]
    begun: frozenset[str]
    unchanged: frozenset[str]
    queued: frozenset[str]
    for_whom: frozenset[str]
    taking: frozenset[str]
    round: frozenset[str]
    turned: frozenset[str]
    concerned: Phrases
    part: Phrases
    obstacles: Phrases
    mishaps: dict[str, dict[str, str]]
    obstacle_order: dict[str, int]
    vehicles: frozenset[str]
    parts_of_vehicles: frozenset[str]
    talk_any: Phrases
    talk_first: Phrases
    talk_last: dict[tuple[str, ...], str]
    months: frozenset[str]
    figure_subjects: frozenset[str]
    abstract: frozenset[str]
    to_whom: frozenset[str]
    persons: frozenset[str]
    there: frozenset[str]
    coming: frozenset[str]
    going: frozenset[str]
    now: Phrases
    reasons: frozenset[str]
    conditions: frozenset[str]
    indoors: frozenset[str]
    roads: frozenset[str]
    kinds: frozenset[str]
    near: frozenset[str]
    at: frozenset[str]
    toward: frozenset[str]
    stop: frozenset[str]
    compass: frozenset[str]
    before: frozenset[str]
    aside: frozenset[str]
    also_names: frozenset[str]
    shortened: frozenset[str]


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a station was taught: wordings with the flow or the kind of obstacle that they tell, and what ends names."""

    flows: tuple[tuple[str, str], ...] = ()
    obstacles: tuple[tuple[str, str], ...] = ()
    ends: tuple[str, ...] = ()


@lru_cache(maxsize=4)
def taught(lesson: Lesson) -> Dictionaries:
    """The dictionaries that come with the program, and what the station was taught."""
    known = dictionaries()
    if lesson == Lesson():
        return known
    return replace(
        known,
        flows=known.flows.with_more((standard(words, known.spelling), flow) for words, flow in lesson.flows),
        obstacles=known.obstacles.with_more(
            (standard(words, known.spelling), kind) for words, kind in lesson.obstacles
        ),
        stop=known.stop | {standard(word, known.spelling) for word in lesson.ends},
    )


@dataclass(frozen=True)
class Comparing:
    """What the comparison of two posts looks up: wide areas, words that name no place, wordings of one thing."""

    broad: frozenset[str]
    empty: frozenset[str]
    like: dict[str, str]
    compass: frozenset[str]


@cache
def comparing(folder: Path = FOLDER) -> Comparing:
    """Read same.toml."""
    entry = _toml(folder / "same")
    return Comparing(
        broad=frozenset(entry["broad"]),
        empty=frozenset(entry["empty"]),
        like={word: group[0] for group in entry["like"] for word in group},
        compass=frozenset(entry["compass"]),
    )


@cache
def dictionaries(folder: Path = FOLDER) -> Dictionaries:
    """Read and compile the dictionaries of a folder, by default those that come with the program."""
    flows, obstacles, cues, talk = (_toml(folder / name) for name in ("flows", "obstacles", "cues", "talk"))
    flow_names = [name for name in flows if isinstance(flows[name], list) and name not in (*FLOW_WORDS, *EXTENTS)]
    place = cues["place"]
    spelling = _spelling(folder / "spelling.txt", cues["keywords"])
    return Dictionaries(
        spelling=spelling,
        vocabulary=frozenset(
            word
            for phrases in [*(flows[name] for name in flow_names), *(obstacles[kind] for kind in obstacles["order"])]
            for phrase in phrases
            for word in phrase.split()
        ),
        flows=Phrases((phrase, name) for name in flow_names for phrase in flows[name]),
        flow_nouns=Phrases((phrase, name) for name, phrases in flows["nouns"].items() for phrase in phrases),
        **{name: frozenset(flows[name]) for name in FLOW_WORDS},
        concerned=Phrases((phrase, "concerned") for phrase in flows["concerned"]),
        part=Phrases((phrase, "part") for phrase in flows["part"]),
        obstacles=Phrases(_obstacle_phrases(obstacles)),
        mishaps={
            thing: {word: kind for kind, words in kinds.items() for word in words}
            for thing, kinds in obstacles["mishaps"].items()
        },
        obstacle_order={kind: index for index, kind in enumerate(obstacles["order"])},
        vehicles=frozenset(obstacles["vehicles"]),
        parts_of_vehicles=frozenset(word for name in obstacles["vehicles"] for word in name.split()),
        talk_any=Phrases(_talk_phrases(talk, "any", spelling)),
        talk_first=Phrases(_talk_phrases(talk, "first", spelling)),
        talk_last={tuple(phrase.split()): reason for phrase, reason in _talk_phrases(talk, "last", spelling)},
        months=frozenset(talk["months"]),
        figure_subjects=frozenset(talk["figure"]["subjects"]),
        abstract=frozenset(talk["figure"]["abstract"]),
        coming=frozenset(talk["announcement"]["coming"]),
        going=frozenset(talk["announcement"]["going"]),
        persons=frozenset(talk["figure"]["persons"]),
        there=frozenset(talk["now"]["there"]),
        to_whom=frozenset(talk["question"]["to_whom"]),
        reasons=frozenset(talk["appeal"]["reasons"]),
        conditions=frozenset(talk["appeal"]["conditions"]),
        now=Phrases((standard(phrase, spelling), "now") for phrase in talk["now"]["any"]),
        **{name: frozenset(place[name]) for name in PLACE_LISTS},
    )


def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.with_suffix(".toml").read_text(encoding="utf-8"))


def _talk_phrases(talk: dict[str, Any], place: str, spelling: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Phrases of all reasons that count at a place of a clause ("any", "first", "last"), with their reason."""
    for reason, entry in talk.items():
        if isinstance(entry, dict) and reason != "now":
            for phrase in entry.get(place, ()):
                yield from ((standard(filled, spelling), reason) for filled in _filled(phrase, talk))


def standard(phrase: str, spelling: dict[str, str]) -> str:
    """A phrase in standard spelling, as posts are compared."""
    return " ".join(spelling.get(word, word) for word in phrase.split())


def _filled(phrase: str, entry: dict[str, Any]) -> list[str]:
    """The phrase, or with a {slot} in it one for each word of the list of that name with an s."""
    slot = _SLOT.search(phrase)
    return [phrase.replace(slot.group(), filler) for filler in entry[slot[1] + "s"]] if slot else [phrase]


def _obstacle_phrases(entry: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    for kind in entry["order"]:
        for phrase in entry[kind]:
            yield from ((filled, kind) for filled in _filled(phrase, entry))


def _spelling(path: Path, keywords: list[str]) -> dict[str, str]:
    table: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            standard, _, variants = line.partition(":")
            table.update(dict.fromkeys(variants.split(), standard.strip()))
    for keyword in keywords:
        for slip in _slips(keyword):
            table.setdefault(slip, keyword)
    return {variant: standard for variant, standard in table.items() if variant != standard}


def _slips(word: str) -> Iterator[str]:
    """The word with one letter dropped (not the first, not in short words), doubled, or two neighbours swapped."""
    for index in range(1, len(word)):
        if len(word) > 5:
            yield word[:index] + word[index + 1 :]
        yield word[:index] + word[index - 1] + word[index:]
        if index > 1 and word[index] != word[index - 1]:
            yield word[: index - 1] + word[index] + word[index - 1] + word[index + 1 :]
