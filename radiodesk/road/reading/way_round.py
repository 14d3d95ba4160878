"""The way round that a post names, whom a closure concerns, and how much of the road it takes."""

from radiodesk.language.places.dictionaries import load_words
from radiodesk.road.reading.road_words import Dictionaries
from radiodesk.road.reading.tokens import Post
from radiodesk.road.reading.where import Where

BEFORE = 8
"""Words within which it stands before "lewat" that somebody is to go there."""

_OPENS = frozenset({",", ".", ";", "-", "–", "(", "!", ":"})
_BARRED = frozenset({"dilarang", "dialihkan", "diarahkan", "tidak"})
_CLOSED = frozenset({"ditutup", "tutup", "penutupan", "dialihkan", "pengalihan", "dilarang", "dilalui", "dilewati"})
_MAY = frozenset({"bisa", "dapat", "silakan"})
_REACH = 4


def find_detour(post: Post, known: Dictionaries, where: Where, marks: set[int], placed: list[tuple[int, int]]) -> str:
    """The name of the way round, or "".

    "Lewat" leads to one where something before it says so ("silakan", "dialihkan"), or where it begins a clause after
    what is wrong and a place follows: one of ``placed`` (offsets into the text), or a name that is no everyday word.
    """
    words = post.words
    for index, word in enumerate(words[:-1]):
        if word not in known.round or (index and words[index - 1] in _BARRED) or _of_a_clock(words, index):
            continue
        before = words[max(0, index - BEFORE) : index]
        told = not known.turned.isdisjoint(before) and "tidak" not in words[max(0, index - 2) : index]
        opens = index > 0 and words[index - 1] in _OPENS and any(mark < index for mark in marks)
        if not told and not opens:
            continue
        span = where.name_at(index + 1)
        if span is None or _overlap(span, where.place_span) or not _is_place(post, span, known, placed):
            continue
        end = span[1]
        while end + 1 < len(words) and words[end] in ("dan", "atau", "terus", "lalu"):
            further = where.name_at(end + 1)
            if further is None or not _is_place(post, further, known, placed):
                break
            end = further[1]
        return " ".join(post.surface(span[0], end).split()).strip(" .,-:")
    return ""


def _of_a_clock(words: list[str], index: int) -> bool:
    """ "Pukul tujuh lewat sepuluh" names no way."""
    return any(word in ("pukul", "jam") for word in words[max(0, index - 3) : index])


def _overlap(span: tuple[int, int], other: tuple[int, int] | None) -> bool:
    return other is not None and span[0] < other[1] and other[0] < span[1]


def _is_place(post: Post, span: tuple[int, int], known: Dictionaries, placed: list[tuple[int, int]]) -> bool:
    first, last = post.starts[span[0]], post.ends[span[1] - 1]
    if any(start < last and first < end for start, end in placed):
        return True
    if post.words[span[0]] in known.kinds and span[1] - span[0] > 1:
        return True
    return post.text[first].isupper() and post.words[span[0]] not in load_words().common


def find_whom(post: Post, known: Dictionaries) -> tuple[str, str]:
    """Those whom a closure concerns, and those who are sent the way round ("kendaraan besar"); "" is everybody."""
    words = post.words
    closed = sent = ""
    for start, end, _label in known.concerned.find(words):
        behind = [*words[end : end + 3], "", ""]
        said = post.surface(start, end).lower()
        led = start > 0 and words[start - 1] in known.for_whom
        after_closing = led and not _CLOSED.isdisjoint(words[max(0, start - 1 - _REACH) : start])
        denied = behind[0] == "tidak" and behind[1] in ("bisa", "dapat", "boleh")
        may = behind[0] in _MAY and not known.round.isdisjoint(behind[1:])
        if after_closing or denied or behind[0] == "dilarang":
            closed = closed or said
        elif may or behind[0] in ("dialihkan", "diarahkan"):
            sent = sent or said
    return closed, sent


def find_extent(post: Post, known: Dictionaries) -> str:
    """How much of the road is taken: "total" of a closure, "menutup separuh jalan" of what lies on it, or ""."""
    words = post.words
    for index, word in enumerate(words):
        if word in known.taking and index + 1 < len(words):
            found = known.part.at(words, index + 1)
            if found is not None:
                taking = {"nutup": "menutup", "nutupi": "menutupi", "tutup": "menutup"}.get(word, word)
                return f"{taking} {' '.join(words[index + 1 : found[0]])}"
        if word == "total" and index and words[index - 1] in ("ditutup", "tutup", "penutupan", "tertutup"):
            return "total"
    return ""
