"""The items of a bulletin: each a sentence with its seconds, what it rests on and why it is there."""

from collections.abc import Sequence
from typing import Literal

from radiodesk.road.bulletin.official_warnings import Warned
from radiodesk.road.bulletin.parts import Item, SpokenAppeal, Why
from radiodesk.road.bulletin.selection import Candidate
from radiodesk.road.bulletin.sentences import Speaker
from radiodesk.road.bulletin.wording import sentence_case
from radiodesk.road.ports import Condition


def frame_item(
    speaker: Speaker, name: Literal["opening", "closing", "quiet", "unsure"], why: Why, *, short: bool
) -> Item:
    """The opening, the sign-off, or the sentence for a road of which nothing is known."""
    sentence = speaker.frame(name, brief=short)
    seconds = speaker.seconds(sentence, alone=name in ("opening", "closing"))
    return Item("quiet" if name == "unsure" else name, sentence, seconds, why)


def condition_item(speaker: Speaker, candidate: Candidate, turn: int, *, short: bool, announce: bool) -> Item:
    """What is on the road; ``announce`` names the road first, ``short`` leaves times away."""
    lead_in = speaker.lead_in(candidate, turn) if announce else ""
    sentence = sentence_case(lead_in + speaker.condition(candidate, turn, brief=short))
    first = candidate.first
    age = speaker.at - max(one.last_at for one in candidate.conditions)
    return Item(
        "condition",
        sentence,
        speaker.seconds(sentence),
        Why(
            "%(what)s, last seen %(minutes)d minutes ago, %(reports)d reports, confidence %(confidence)d of 100.",
            {
                "what": first.flow or first.kind,
                "minutes": max(int(age.total_seconds() // 60), 0),
                "reports": sum(max(one.confirmations, len(one.reports), 1) for one in candidate.conditions),
                "confidence": round(100 * first.confidence),
            },
        ),
        conditions=candidate.conditions,
        corridor=candidate.road,
    )


def warning_item(speaker: Speaker, warned: Warned, *, short: bool) -> Item:
    sentence = speaker.warning(warned, brief=short)
    why = Why("An official warning in force for the station's area.")
    return Item("warning", sentence, speaker.seconds(sentence, alone=True), why, alerts=(warned.alert,))


def appeal_item(speaker: Speaker, appeal: SpokenAppeal, text: str) -> Item:
    why = Why("Every bulletin carries one appeal that fits the moment.")
    return Item("appeal", text, speaker.seconds(text, alone=True), why, appeal_id=appeal.id)


def ended_item(
    speaker: Speaker, group: Sequence[Condition], since: Sequence[Condition], flow_now: str, turn: int
) -> Item:
    """What is over; ``since`` is what was seen there afterwards, the evidence for it."""
    sentence = speaker.ended(group, flow_now, turn)
    why = Why("The bulletin before told of it, and it was seen to be over since.")
    return Item("ended", sentence, speaker.seconds(sentence), why, conditions=(*group, *since))


def clear_item(speaker: Speaker, road: Sequence[Candidate], turn: int) -> Item:
    """Places of one road (or of none) that were seen clear, in driving order."""
    sentence = speaker.clear(road, turn)
    return Item(
        "clear",
        sentence,
        speaker.seconds(sentence),
        Why("Reported clear at %(places)d places, and nothing worse on this road.", {"places": len(road)}),
        conditions=tuple(condition for one in road for condition in one.conditions),
        corridor=road[0].road,
    )
