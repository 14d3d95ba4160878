"""Whether a post reports what a road is like now, and if not, why: question, history, appeal, announcement, figure."""

from dataclasses import dataclass

from radiodesk.area.words import load_words
from radiodesk.traffic.reading.flow import Found, Obstacle
from radiodesk.traffic.reading.tokens import Post
from radiodesk.traffic.reading.words import Dictionaries

REACH = 5
"""A word that flows without a road counts within so many words before what is said of it."""

CALM = frozenset({"lancar", "ramai lancar", "padat"})
"""Flows whose words are said of much else; they need a word for roads beside them."""

_TRAFFIC = frozenset({"lalu", "arus", "kendaraan"})
_SOMEWHERE = frozenset({"di", "depan", "sekitar", "dari", "sepanjang", "dekat"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """``reason`` is why a post with traffic words is none, or ""; ``clean`` whether some clause reports by itself."""

    clean: bool
    reason: str


@dataclass(frozen=True, slots=True)
class _Said:
    """What is said of the road, as a range of words; ``calm`` when its words are said of much else too."""

    start: int
    end: int
    calm: bool


def judge(post: Post, flows: list[Found], obstacle: Obstacle | None, known: Dictionaries, *, placed: bool) -> Verdict:
    """Look at each clause that says something of traffic; one that nothing speaks against makes the post a report.

    ``placed`` tells that a place of the station's area was found in the text.
    """
    all_said = [_Said(found.start, found.end, found.label in CALM) for found in flows]
    if obstacle is not None:
        all_said.append(_Said(obstacle.start, obstacle.end, False))
    now = [end for _, end, _ in known.now.find(post.words)]
    clauses = post.clauses()
    reason = ""
    for start, stop in clauses:
        said = [mark for mark in all_said if start <= mark.start < stop]
        against = _against(post, start, stop, said, now, known)
        if said and not against:
            within = (0, len(post.words)) if len(clauses) <= 4 else (start, stop)
            if placed or _of_a_road(post, *within, known) or (not said[0].calm and _somewhere(post, *within, known)):
                return Verdict(True, "")
        reason = reason or against
    return Verdict(False, reason)


def _of_a_road(post: Post, start: int, stop: int, known: Dictionaries) -> bool:
    """Whether traffic is named, or a road or direction with a name behind it."""
    words = post.words
    return any(
        words[index] in _TRAFFIC
        or ((words[index] in known.roads or words[index] in known.toward) and _name_like(post, index + 1, known))
        for index in range(start, stop)
    )


def _somewhere(post: Post, start: int, stop: int, known: Dictionaries) -> bool:
    return any(post.words[index] in _SOMEWHERE and _name_like(post, index + 1, known) for index in range(start, stop))


def _name_like(post: Post, index: int, known: Dictionaries) -> bool:
    """Whether a name may begin at the word: a kind of place, a capital, or a word that everyday posts do not use."""
    while index < len(post.words) and post.words[index] in (".", "di", "ke", "("):
        index += 1
    if index >= len(post.words):
        return False
    word = post.words[index]
    if word in known.kinds:
        return True
    if word in known.stop or not word[0].isalpha():
        return False
    return post.text[post.starts[index]].isupper() or word not in load_words().common


def _against(post: Post, start: int, stop: int, said: list[_Said], now: list[int], known: Dictionaries) -> str:
    """Why the clause is no report, or ""."""
    words = post.words
    if "?" in words[start:stop]:
        return "question"
    present = max((end for end in now if start < end <= stop), default=None)
    for reason, talk in known.talk.items():
        if reason == "figure":
            continue
        first = talk.first.at(words, start)
        if (
            first is not None
            and first[0] <= stop
            and not (reason == "appeal" and _because(post, first[0], said, known))
        ):
            return reason
        hit = next(talk.anywhere.find(words, start, stop), None)
        if hit is not None and not _outweighed(reason, hit, present, said):
            return reason
        if _ends_with(words[start:stop], talk.last):
            return reason
    return "figure" if _figure(post, start, stop, said, known) else ""


def _ends_with(words: list[str], endings: frozenset[tuple[str, ...]]) -> bool:
    while words and not words[-1][0].isalnum():
        words.pop()
    return any(tuple(words[-size:]) in endings for size in (1, 2, 3))


def _outweighed(reason: str, hit: tuple[int, int, str], present: int | None, said: list[_Said]) -> bool:
    """What stands against a phrase: "kemarin macet, sekarang lancar" reports, and so does "padat, patuhi rambu"."""
    if reason == "appeal":
        return any(mark.end <= hit[0] for mark in said)
    return reason == "history" and present is not None and present > hit[1] and any(m.start >= present for m in said)


def _because(post: Post, after: int, said: list[_Said], known: Dictionaries) -> bool:
    """Whether an appeal gives its reason: "hati-hati di Jl. X, ada truk terguling" reports the truck."""
    if post.words[after - 1] in known.conditions:
        return False
    return any(not known.reasons.isdisjoint(post.words[after : mark.start]) for mark in said)


def _figure(post: Post, start: int, stop: int, said: list[_Said], known: Dictionaries) -> bool:
    words = post.words
    hit = next(known.talk["figure"].anywhere.find(words, start, stop), None)
    if hit is not None and not any(mark.end <= hit[0] for mark in said):
        return True
    if not _TRAFFIC.isdisjoint(words[start:stop]) or not known.roads.isdisjoint(words[start:stop]):
        return False
    return any(
        not known.figure_subjects.isdisjoint(
            words[max(start, mark.start - REACH) : mark.start] + words[mark.end : min(stop, mark.end + 3)]
        )
        for mark in said
    )
