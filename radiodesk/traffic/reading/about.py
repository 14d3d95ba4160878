"""Whether a post reports what a road is like now, and if not, why: question, history, appeal, announcement, figure."""

from dataclasses import dataclass

from radiodesk.area.words import load_words
from radiodesk.traffic.reading.against import OWN, TRAFFIC, Said, why_none
from radiodesk.traffic.reading.flow import Found, Obstacle
from radiodesk.traffic.reading.tokens import Post
from radiodesk.traffic.reading.words import Dictionaries

SHORT = 9
"""Words of a clause that says little more than where and how."""

CALM = frozenset({"lancar", "ramai lancar", "padat"})
"""Flows whose words are said of much else; they need a word for roads beside them."""

NUMBERED = frozenset({"tiga", "empat", "lima", "3", "4", "5"})
"""Of "simpang tiga Jetak" the word between kind and name."""

_SOMEWHERE = frozenset({"di", "depan", "sekitar", "dari", "sepanjang", "dekat"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """``reason`` is why a post with traffic words is none, or ""; ``clean`` whether some clause reports by itself."""

    clean: bool
    reason: str


def judge(post: Post, flows: list[Found], obstacle: Obstacle | None, known: Dictionaries, *, placed: bool) -> Verdict:
    """Look at each clause that says something of traffic; one that nothing speaks against makes the post a report.

    ``placed`` tells that a place of the station's area was found in the text.
    """
    all_said = [Said(found.start, found.end, found.label in CALM) for found in flows]
    if obstacle is not None:
        all_said.append(Said(obstacle.start, obstacle.end, False))
    now = [end for _, end, _ in known.now.find(post.words)]
    clauses = post.clauses()
    reason = ""
    for start, stop in clauses:
        said = [mark for mark in all_said if start <= mark.start < stop]
        against = why_none(post, start, stop, said, now, known)
        if said and not against:
            within = (0, len(post.words)) if len(clauses) <= 4 else (start, stop)
            if of_a_road(post, *within, known) or _at_a_place(post, said, start, stop, within, known, placed=placed):
                return Verdict(True, "")
        reason = reason or against
    return Verdict(False, reason)


def _at_a_place(
    post: Post, said: list[Said], start: int, stop: int, within: tuple[int, int], known: Dictionaries, *, placed: bool
) -> bool:
    """Whether what is said is said of a place, when no road is named.

    Calm words ("ramai", "lancar") are said of much else: they need a known place and a clause of little more.
    """
    if all(mark.calm for mark in said):
        return placed and stop - start <= SHORT and post.words[said[0].end - 1] != "ramai"
    if placed or _somewhere(post, *within, known):
        return True
    # "Kalitidu macet total": a name, and at once what is wrong there.
    return 0 < said[0].start - start <= 3 and post.words[start] not in known.vehicles and _name_like(post, start, known)


def of_a_road(post: Post, start: int, stop: int, known: Dictionaries) -> bool:
    """Whether traffic is named, or a road or direction with a name behind it."""
    words = post.words
    if _from_to(post, start, stop, known):
        return True
    return any(
        words[index] in TRAFFIC
        or ((words[index] in known.roads or words[index] in known.toward) and _name_like(post, index + 1, known))
        for index in range(start, stop)
    )


def _from_to(post: Post, start: int, stop: int, known: Dictionaries) -> bool:
    """Whether the clause goes "dari A ke B"."""
    words = post.words
    for index in range(start, stop):
        if words[index] == "dari" and _name_like(post, index + 1, known):
            goals = range(index + 2, min(index + 6, stop))
            return any(words[far] == "ke" and _name_like(post, far + 1, known) for far in goals)
    return False


def _somewhere(post: Post, start: int, stop: int, known: Dictionaries) -> bool:
    return any(post.words[index] in _SOMEWHERE and _name_like(post, index + 1, known) for index in range(start, stop))


def _name_like(post: Post, index: int, known: Dictionaries) -> bool:
    """Whether a name may begin at the word: a kind of place, a capital, or a word that everyday posts do not use."""
    while index < len(post.words) and post.words[index] in (".", "di", "ke", "("):
        index += 1
    if index >= len(post.words):
        return False
    word = post.words[index]
    if word in known.kinds and word not in known.indoors:
        return True
    if word in NUMBERED:
        return _name_like(post, index + 1, known)
    if word in known.indoors:
        follows = post.words[index + 1] if index + 1 < len(post.words) else ""
        return follows.isdigit() or (follows.isalpha() and _name_like(post, index + 1, known))
    if word in known.stop or not word[0].isalpha() or word in known.figure_subjects or word in known.abstract:
        return False
    if post.text[post.starts[index]].isupper():
        return index > 0 or word not in load_words().common
    return word not in load_words().common and OWN.sub("", word) == word
