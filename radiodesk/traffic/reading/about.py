"""Whether a post reports what a road is like now, and if not, why: question, history, appeal, announcement, figure."""

from dataclasses import dataclass

from radiodesk.traffic.reading.flow import Found, Obstacle
from radiodesk.traffic.reading.tokens import Post
from radiodesk.traffic.reading.words import Dictionaries

REACH = 5
"""A word that flows without a road counts within so many words of what is said of it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """``reason`` is why a post with traffic words is none, or "" ; ``clean`` whether some clause reports by itself."""

    clean: bool
    reason: str


def judge(post: Post, flows: list[Found], obstacle: Obstacle | None, known: Dictionaries) -> Verdict:
    """Look at each clause that says something of traffic; one that nothing speaks against makes the post a report."""
    marks = [(found.start, found.end) for found in flows]
    if obstacle is not None:
        marks.append((obstacle.start, obstacle.end))
    reason = ""
    now = [end for _, end, _ in known.now.find(post.words)]
    clauses = post.clauses()
    for start, stop in clauses:
        said = [mark for mark in marks if start <= mark[0] < stop]
        against = _against(post, start, stop, said, now, known)
        if said and not against and _placed(post, start, stop, clauses, known):
            return Verdict(True, "")
        reason = reason or against
    return Verdict(False, reason)


def _placed(post: Post, start: int, stop: int, clauses: list[tuple[int, int]], known: Dictionaries) -> bool:
    """Whether a place is named in the clause, or anywhere when the post is short enough to be of one matter."""
    words = post.words if len(clauses) <= 4 else post.words[start:stop]
    return any(
        word in known.kinds or word in known.toward or word in ("di", "lalu", "depan", "sekitar") for word in words
    )


def _against(
    post: Post, start: int, stop: int, said: list[tuple[int, int]], now: list[int], known: Dictionaries
) -> str:
    words = post.words
    if words[stop - 1] == "?" or "?" in words[start:stop]:
        return "question"
    present = max((end for end in now if start < end <= stop), default=None)
    for reason, talk in known.talk.items():
        if reason == "figure":
            continue
        first = talk.first.at(words, start)
        if first is not None and first[0] <= stop:
            return reason
        hit = next(talk.anywhere.find(words, start, stop), None)
        if hit is not None and not (reason == "history" and _since(present, hit, said)):
            return reason
        tail = words[start:stop]
        while tail and not tail[-1][0].isalnum():
            tail.pop()
        if any(tuple(tail[-len(ending) :]) == ending for ending in talk.last):
            return reason
    return "figure" if _figure(post, start, stop, said, known) else ""


def _since(present: int | None, hit: tuple[int, int, str], said: list[tuple[int, int]]) -> bool:
    """ "Kemarin macet, sekarang lancar": what follows a word for now is a report."""
    return present is not None and present > hit[1] and any(mark[0] >= present for mark in said)


def _figure(post: Post, start: int, stop: int, said: list[tuple[int, int]], known: Dictionaries) -> bool:
    if next(known.talk["figure"].anywhere.find(post.words, start, stop), None) is not None:
        return True
    for begin, end in said:
        around = post.words[max(start, begin - REACH) : begin] + post.words[end : min(stop, end + 3)]
        if not known.figure_subjects.isdisjoint(around) and known.kinds.isdisjoint(around):
            return True
    return False
