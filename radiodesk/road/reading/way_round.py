"""The way round that a post names, whom a closure concerns, and how much of the road it takes."""

from radiodesk.language.places.dictionaries import load_words
from radiodesk.road.reading.flow_phrases import closures_that_are_none
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

_WARNED_OFF = frozenset({"hindari", "menghindari", "jangan", "ojo", "tidak", "dilarang", "belum", "bukan", "larangan"})
_MAYBE = frozenset(
    {
        "jalur", "jalan", "arah", "rute", "ruas", "bisa", "dapat", "boleh", "perlu", "usah", "melintas", "berkendara",
        "kendaraan", "dulu", "dahulu", "coba", "mencoba", "sampai", "pernah", "untuk",
    }
)  # fmt: skip
"""What may stand between a word that warns somebody off and the way: "hindari jalur via"."""

_STILL = frozenset(
    {"juga", "saja", "pun", "masih", "sama", "malah", "tetap", "sudah", "sedang", "terpantau", "arusnya"}
)
"""What may stand between the way and what is wrong there: "lewat Balen saja juga padat"."""

_NO_NAMES = frozenset({"alternatif", "lain", "lainnya", "pintas", "tikus", "sini", "situ", "sana", "mana"})
"""Of a way that is named by these alone nobody knows which it is: "lewat jalan alternatif"."""

_WAYS = frozenset({"jalan", "jalur", "rute", "ruas", "arah", ".", "yang", "saja", "dulu"})


def find_detour(post: Post, known: Dictionaries, where: Where, marks: set[int], placed: list[tuple[int, int]]) -> str:
    """The name of the way round, or "".

    "Lewat" leads to one where something before it says so ("silakan", "dialihkan"), or where it begins a clause after
    what is wrong and a place follows: one of ``placed`` (offsets into the text), or a name that is no everyday word.
    """
    words = post.words
    for index, word in enumerate(words[:-1]):
        barred = index > 0 and words[index - 1] in _BARRED
        if word not in known.round or barred or _of_a_clock(words, index) or is_warned_off(words, index):
            continue
        before = words[max(0, index - BEFORE) : index]
        told = not known.turned.isdisjoint(before) and "tidak" not in words[max(0, index - 2) : index]
        opens = index > 0 and words[index - 1] in _OPENS and any(mark < index for mark in marks)
        if not told and not opens:
            continue
        span = where.name_at(index + 1)
        if span is None or _overlap(span, where.place_span) or not _is_place(post, span, known, placed):
            continue
        if is_nameless(words[span[0] : span[1]]) or _is_no_better(words, span[1], known):
            continue
        end = span[1]
        while end + 1 < len(words) and words[end] in ("dan", "atau", "terus", "lalu"):
            further = where.name_at(end + 1)
            if further is None or not _is_place(post, further, known, placed):
                break
            end = further[1]
        return " ".join(post.surface(span[0], end).split()).strip(" .,-:")
    return ""


def is_warned_off(words: list[str], index: int) -> bool:
    """Whether the word before ``index`` that counts says not to go there: "jangan lewat", "hindari jalur via"."""
    while index and words[index - 1] in _MAYBE:
        index -= 1
        if words[index] == "tidak":
            return True
    return index > 0 and words[index - 1] in _WARNED_OFF


def is_nameless(words: list[str]) -> bool:
    """Whether a way round is no more than called one: "jalan alternatif"."""
    return _NO_NAMES.union(_WAYS).issuperset(words) and not _NO_NAMES.isdisjoint(words)


def _is_no_better(words: list[str], end: int, known: Dictionaries) -> bool:
    """Whether something is wrong there too: "lewat Balen juga macet"."""
    while end < len(words) and words[end] in _STILL:
        end += 1
    if end >= len(words):
        return False
    flow = known.flows.at(words, end)
    if flow is not None:
        return flow[1] not in ("lancar", "ramai lancar")
    if words[end] in known.negated:
        denied = known.flows.at(words, end + 1) if end + 1 < len(words) else None
        return denied is None or denied[1] in ("lancar", "ramai lancar")
    return known.obstacles.at(words, end) is not None


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
    found = list(known.concerned.find(words))
    if not found:
        return "", ""
    open_again = {index for start, end in closures_that_are_none(post, known) for index in range(start, end)}
    closed = sent = ""
    for start, end, _label in found:
        behind = [*words[end : end + 3], "", ""]
        said = post.surface(start, end).lower()
        led = start > 0 and words[start - 1] in known.for_whom
        near = range(max(0, start - 1 - _REACH), start)
        after_closing = led and any(words[far] in _CLOSED and far not in open_again for far in near)
        denied = behind[0] == "tidak" and behind[1] in ("bisa", "dapat", "boleh")
        may = behind[0] in _MAY and not known.round.isdisjoint(behind[1:])
        cannot = (
            words[start - 1 : start] in (["dilewati"], ["dilalui"], ["dilintasi"])
            and "tidak" in words[max(0, start - 3) : start]
        )
        if after_closing or denied or cannot or behind[0] == "dilarang":
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
        closed = index > 0 and words[index - 1] in ("ditutup", "tutup", "penutupan", "tertutup")
        none = closures_that_are_none(post, known) if word == "total" and closed else []
        if word == "total" and closed and not any(start < index <= end for start, end in none):
            return "total"
    return ""
