"""What a post tells of an event, taken apart so that two posts can be compared: names, directions, troubles, times."""

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from itertools import pairwise
from typing import cast

from radiodesk.language.places.dictionaries import load_words
from radiodesk.road.fusion import FREE, kilometre_of
from radiodesk.road.ports import Kind
from radiodesk.road.reading.flow_phrases import Found, find_flows, find_obstacles, taken
from radiodesk.road.reading.road_words import Comparing, Dictionaries, comparing, dictionaries
from radiodesk.road.reading.stated_time import read_time
from radiodesk.road.reading.tokens import Post, read_post

WINDOW: dict[Kind, timedelta] = {
    "flow": timedelta(minutes=45),
    "accident": timedelta(minutes=150),
    "breakdown": timedelta(minutes=120),
    "roadwork": timedelta(hours=8),
    "closure": timedelta(hours=6),
    "event": timedelta(hours=4),
    "flood": timedelta(hours=4),
    "tree": timedelta(hours=3),
    "weather": timedelta(minutes=60),
    "other": timedelta(minutes=90),
}
"""How far apart two posts of one event of a kind may be."""

_HEAD = re.compile(
    r"^\s*(?:RT\s+\S+\s*:?\s*|&gt;\s*|>\s*|[#@]\w+\s*:?\s+|\d{1,2}[.:]\d{2}\s*:\s+(?=RT\b|[@#])"
    r"|\d{1,2}[.:]\d{2}\s+(?:@\w+|\w+):\s+|[A-Za-z]\w*+\s?:\s+(?=RT\b|\d|#))+"
)
"""What those who pass a post on put before it: "RT name:", names of accounts, tags, the time of the first post."""

_TAIL = re.compile(r"(?:(?<=\s)[#@]\w*+|[(~|l-]*+\s*+\b(?:via?|cc|v)\b.{0,14}|\(++|\S*…)\Z")
"""One thing that they put behind it, or the piece of a word where it was cut off."""

_LONGEST_TAIL = 120
_ADVERTISED = re.compile(r"(?<!\s)\s++•.*$")

_BOTH_WAYS = re.compile(
    r"\b(?:kedua|dua|semua|setiap|2|3|4|tiga|empat) (?:\w+ )?(?:arah|arahnya|penjuru|jurusan|kaki)\b|\bsebaliknya\b"
)


@dataclass(frozen=True, slots=True)
class Told:
    """What one post tells, ready to be compared. Names are in one spelling where the dictionaries know several."""

    words: tuple[str, ...]
    names: dict[str, float]
    pairs: dict[str, tuple[str, str]]
    kinds_of_place: frozenset[str]
    sides: frozenset[str]
    numbers: frozenset[str]
    toward: frozenset[str]
    whence: frozenset[str]
    both_ways: bool
    kilometre: float | None
    vehicles: frozenset[str]
    free: bool
    jammed: bool
    troubles: frozenset[Kind]
    clock: str | None
    passed_on: bool
    cut_off: bool

    @property
    def window(self) -> timedelta:
        return max((WINDOW[kind] for kind in self.troubles), default=WINDOW["flow"])


@lru_cache(maxsize=4096)
def tell(text: str) -> Told:
    known, words_of = dictionaries(), comparing()
    head = _HEAD.match(text)
    body = _without_tail(text[head.end() :] if head else text)
    post = read_post(body, known)
    flows, obstacles = find_flows(post, known), find_obstacles(post, known)
    used = taken(post, (*flows, *obstacles), known)
    toward, whence, directed = _directions(post, known, words_of, used)
    free = [index for index in range(len(post.words)) if index not in directed]
    plain = " ".join(post.words)
    return Told(
        words=tuple(word for word in post.words if word[0].isalnum() and word not in ("wib",) and ":" not in word),
        names=_names(post, [index for index in free if index not in used], known, words_of),
        pairs={
            first + second: (first, second)
            for first, second in pairwise(post.words[index] for index in free)
            if first.isalpha() and second.isalpha()
        },
        kinds_of_place=frozenset(
            words_of.like.get(post.words[index], post.words[index])
            for index in free
            if post.words[index] in known.kinds - known.roads - words_of.empty
        ),
        sides=frozenset(
            words_of.like.get(post.words[i], post.words[i]) for i in free if post.words[i] in words_of.compass
        ),
        numbers=_numbers(post, known),
        toward=toward,
        whence=whence,
        both_ways=_BOTH_WAYS.search(plain) is not None,
        kilometre=kilometre_of(body),
        vehicles=frozenset(
            words_of.like.get(word, word) for word in post.words if word in known.vehicles - {"kendaraan"}
        ),
        free=bool(flows) and all(flow.label in FREE for flow in flows),
        jammed=bool(flows) and all(flow.label not in FREE for flow in flows),
        troubles=_troubles(flows, obstacles),
        clock=read_time(text),
        passed_on=head is not None and head.end() > 0,
        cut_off="…" in text or text.rstrip().endswith("..."),
    )


def _without_tail(text: str) -> str:
    """``text`` without what is put behind a post, one thing after another from its end."""
    text = _ADVERTISED.sub("", text)
    while True:
        text = text.rstrip()
        tail = _TAIL.search(text, max(0, len(text) - _LONGEST_TAIL))
        if tail is None:
            return text
        text = text[: tail.start()]


def _names(post: Post, indices: list[int], known: Dictionaries, words_of: Comparing) -> dict[str, float]:
    """Words that may be of a name, with a weight: 1 behind a word that leads to a place, a half elsewhere."""
    found: dict[str, float] = {}
    led = -1
    for index in indices:
        before = post.words[index - 1] if index else ""
        if before in known.at or before in known.near or before in known.kinds or led == index - 1:
            led = index
        if not _is_name(post, index, known, words_of):
            continue
        word = words_of.like.get(post.words[index], post.words[index])
        found[word] = max(found.get(word, 0.0), 1.0 if led == index else 0.5)
    return found


def _troubles(flows: list[Found], obstacles: list[Found]) -> frozenset[Kind]:
    closed: set[Kind] = {"closure"} if any(flow.label in ("ditutup", "dialihkan") for flow in flows) else set()
    return frozenset(closed | {cast(Kind, obstacle.label) for obstacle in obstacles})


def _is_name(post: Post, index: int, known: Dictionaries, words_of: Comparing) -> bool:
    """Whether a word may be of a name: none that reports, kinds of places and everyday talk are made of."""
    word = post.words[index]
    if not word[0].isalpha() or len(word) < 2 or word in words_of.empty or word in words_of.compass:
        return False
    if word in known.stop or word in known.at or word in known.near or word in known.kinds or word in known.toward:
        return False
    if word not in load_words().common:
        return True
    return index > 0 and post.text[post.starts[index]].isupper() and not post.text[post.starts[0] :].isupper()


def _numbers(post: Post, known: Dictionaries) -> frozenset[str]:
    """Numbers that are part of a name ("SMP 1"), not times, lengths or kilometres."""
    return frozenset(
        word
        for before, word in pairwise(post.words)
        if word.isdigit() and len(word) <= 3 and before in known.kinds - known.roads
    )


def _directions(
    post: Post, known: Dictionaries, words_of: Comparing, used: set[int]
) -> tuple[frozenset[str], frozenset[str], set[int]]:
    """Names after "arah" and the like, names after "dari", and the positions of the words of both."""
    toward: set[str] = set()
    whence: set[str] = set()
    directed: set[int] = set()
    target: set[str] | None = None
    for index, word in enumerate(post.words):
        if word in known.toward or word == "ke":
            from_there = target is whence and word == "arah" and post.words[index - 1] == "dari"
            target = whence if from_there else toward
        elif word == "dari":
            target = whence
        elif target is not None and (
            word in words_of.compass or (index not in used and _is_name(post, index, known, words_of))
        ):
            target.add(words_of.like.get(word, word))
            directed.add(index)
        elif word not in known.kinds and word not in (".", "dan", "&", "arah", "kota", "raya"):
            target = None
    return frozenset(toward), frozenset(whence), directed
