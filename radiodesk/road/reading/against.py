"""Why a clause that names traffic reports none: question, history, appeal, announcement, chat, figure of speech."""

import re
from dataclasses import dataclass
from itertools import pairwise

from radiodesk.road.reading.road_words import Dictionaries
from radiodesk.road.reading.tokens import Post

REACH = 5
"""A word that flows without a road counts within so many words before what is said of it."""

TRAFFIC = frozenset({"lalu", "arus", "kendaraan"})
OWN = re.compile(r"(?:ku|mu|nya|ne)$")
"""Endings of what is somebody's."""

YEAR = re.compile(r"(?:19[5-9]|20[0-4])\d$")


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of the road, as a range of words; ``calm`` when its words are said of much else too."""

    start: int
    end: int
    calm: bool


def why_none(post: Post, start: int, stop: int, said: list[Said], now: list[int], known: Dictionaries) -> str:
    """The reason why the clause from ``start`` to ``stop`` is no report, or ""."""
    words = post.words[start:stop]
    if "?" in words:
        return "question"
    first = known.talk_first.at(post.words, start)
    if first is not None and first[0] <= stop and not (first[1] == "appeal" and _because(post, first[0], said, known)):
        return first[1]
    present = max((end for end in now if start < end <= stop), default=None)
    for begin, end, reason in known.talk_any.find(post.words, start, stop):
        if not _is_outweighed(reason, begin, end, present, said):
            return reason
    if ending := _ending(words, known):
        return ending
    if any(word in known.coming and _verb_to_come(after, known) for word, after in pairwise(words)):
        return "announcement"
    if _asks_for(words):
        return "question"
    if present is None and _names_a_year(words, known):
        return "history"
    return "figure" if _figure(post, start, stop, said, known) else ""


def _is_outweighed(reason: str, begin: int, end: int, present: int | None, said: list[Said]) -> bool:
    """What stands against a phrase: "kemarin macet, sekarang lancar" reports, and so does "padat, patuhi rambu"."""
    if reason in ("appeal", "figure", "chat", "later"):
        return any(mark.end <= begin for mark in said)
    return reason == "history" and present is not None and present > end and any(m.start >= present for m in said)


def _because(post: Post, after: int, said: list[Said], known: Dictionaries) -> bool:
    """Whether an appeal gives its reason: "hati-hati di Jl. X, ada truk terguling" reports the truck."""
    if post.words[after - 1] in known.conditions:
        return False
    return any(not known.reasons.isdisjoint(post.words[after : mark.start]) for mark in said)


def _ending(words: list[str], known: Dictionaries) -> str:
    """The reason that the last words give, marks and those they are said to left out."""
    last = len(words)
    while last and (not words[last - 1][0].isalnum() or words[last - 1] in known.to_whom):
        last -= 1
    endings = (known.talk_last.get(tuple(words[max(0, last - size) : last])) for size in (3, 2, 1))
    return next((reason for reason in endings if reason), "")


def _verb_to_come(word: str, known: Dictionaries) -> bool:
    return word.startswith(("di", "me", "ber", "ter", "pas")) and len(word) > 4 and word not in known.going


def _asks_for(words: list[str]) -> bool:
    """Whether it is asked without a question mark if there is something: "ada razia gak di jalan X"."""
    if "ada" not in words:
        return False
    begin = words.index("ada") + 2
    if "tidak" not in words[begin : begin + 2]:
        return False
    after = words.index("tidak", begin) + 1
    return after == len(words) or words[after] in ("di", "arah", "dari", "ya")


def _names_a_year(words: list[str], known: Dictionaries) -> bool:
    """Whether a year stands behind a word that is no month: "mudik 2019", but not "3 Juli 2015" or "09-02-2016"."""
    for index, word in enumerate(words[1:], start=1):
        if word[0] in "12" and YEAR.match(word) and words[index - 1].isalpha():
            dated = index > 1 and words[index - 2].isdigit()
            if not dated and words[index - 1] not in known.months:
                return True
    return False


def _figure(post: Post, start: int, stop: int, said: list[Said], known: Dictionaries) -> bool:
    """Whether what is said has a subject without a road: "rezekiku macet", "lalu lintas pikiran"."""
    words = post.words[start:stop]
    if not TRAFFIC.isdisjoint(words):
        spots = [index for index, word in enumerate(words) if word in ("lintas", "arus")]
        return any(_in(word, known.abstract) for index in spots for word in words[index + 1 : index + 2])
    on_a_road = not known.roads.isdisjoint(words)
    subjects = known.abstract if on_a_road else known.figure_subjects | known.abstract
    for mark in said:
        reach = range(max(start, mark.start - REACH), min(stop, mark.end + 3))
        for index in reach:
            if mark.start <= index < mark.end or not _in(post.words[index], subjects):
                continue
            if post.words[index] in post.words[max(0, index - 1) : index] + post.words[index + 1 : index + 2]:
                continue  # "Hati-hati" is an appeal, not a heart.
            # "Jl. Urip Sumoharjo" is a road, whatever the word means.
            if not known.kinds.isdisjoint(post.words[max(start, index - 2) : index]):
                continue
            return True
    return False


def _in(word: str, subjects: frozenset[str]) -> bool:
    return word in subjects or OWN.sub("", word) in subjects
