"""Whether a post reports what a road is like now, and if not, why: question, history, appeal, announcement, figure."""

from dataclasses import dataclass

from radiodesk.road.reading.against import Said, why_none
from radiodesk.road.reading.evidence import Evidence
from radiodesk.road.reading.flow_phrases import Found
from radiodesk.road.reading.road_words import Dictionaries
from radiodesk.road.reading.tokens import Post

SHORT = 9
"""Words of a clause that says little more than where and how."""

CALM = frozenset({"lancar", "ramai lancar"})
"""Flows whose words are said of much else; they need a word for roads beside them."""

PLANNED = frozenset({"roadwork", "event", "closure"})
"""Troubles that are talked of long before and after; they need a sign that they are there now."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """``reason`` is why a post with traffic words is none, or ""; ``clean`` whether some clause reports by itself."""

    clean: bool
    reason: str


def judge(
    post: Post,
    flows: list[Found],
    obstacles: list[Found],
    changes: list[tuple[int, int]],
    evidence: Evidence,
    known: Dictionaries,
    *,
    placed: bool,
) -> Verdict:
    """Look at each clause that says something of traffic; one that nothing speaks against makes the post a report.

    ``placed`` tells that a place of the station's area was found in the text.
    """
    all_said = [Said(found.start, found.end, found.label in CALM) for found in flows]
    present = bool(flows) or _is_there(post, known)
    all_said += [Said(one.start, one.end, False) for one in obstacles if present or one.label not in PLANNED]
    all_said += [Said(start, end, False) for start, end in changes]
    now = [end for _, end, _ in known.now.find(post.words)]
    clauses = post.clauses()
    reason = ""
    for start, stop in clauses:
        said = [mark for mark in all_said if start <= mark.start < stop]
        against = why_none(post, evidence.head(start, stop), stop, said, now, known)
        if said and not against:
            within = (0, len(post.words)) if len(clauses) <= 4 else (start, stop)
            if evidence.of_a_road(*within) or _at_a_place(said, start, stop, within, evidence, placed=placed):
                return Verdict(True, "")
        reason = reason or ("announcement" if against == "later" else against)
    return Verdict(False, reason)


def _is_there(post: Post, known: Dictionaries) -> bool:
    """Whether a word says that the thing is there now, or a time stands before the post."""
    return not known.there.isdisjoint(post.words) or any(word[0].isdigit() and len(word) > 3 for word in post.words[:3])


def _at_a_place(
    said: list[Said], start: int, stop: int, within: tuple[int, int], evidence: Evidence, *, placed: bool
) -> bool:
    """Whether what is said is said of a place, when no road is named.

    Calm words ("ramai", "lancar") are said of much else: they need a known place and a clause of little more.
    """
    if all(mark.calm for mark in said):
        return placed and stop - start <= SHORT and evidence.words[said[0].end - 1] != "ramai"
    if placed or evidence.somewhere(*within):
        return True
    # "Kalitidu macet total": a name, and at once what is wrong there.
    head = evidence.head(start, stop)
    vehicle = evidence.words[head] in evidence.known.vehicles
    return 0 < said[0].start - head <= 3 and not vehicle and evidence.name_like(head)
