"""A correction on air ("ralat"): what was said wrongly, what is right, and an apology."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from radiodesk.core.errors import Conflict
from radiodesk.language.places.nouns import AreaPack
from radiodesk.road.bulletin.bulletin_json import Before
from radiodesk.road.bulletin.parts import Composition, Identity, Item, Why
from radiodesk.road.bulletin.selection import choose
from radiodesk.road.bulletin.sentences import Speaker
from radiodesk.road.bulletin.wording import phrasebook, sentence_case
from radiodesk.road.ports import Condition


def correct(
    previous: Composition | Before,
    wrong: Item,
    *,
    right: Sequence[Condition] = (),
    at: datetime,
    pack: AreaPack | None = None,
    words_per_minute: int = 140,
    variation: int = 0,
    station: Identity | None = None,
    wording: Mapping[str, str] | None = None,
) -> Composition:
    """A bulletin of its own that takes back one item of ``previous``; its ``corrects`` is the time of that one.

    ``right`` are the conditions that hold instead, if any. Raises ``Conflict`` when ``wrong`` is not an item of it.
    """
    if wrong not in previous.items:
        raise Conflict("The bulletin of %(time)s did not say that, so there is nothing to correct.", time=previous.at)
    speaker = Speaker(
        phrases=phrasebook("bulletin", wording),
        at=at,
        identity=station or Identity.of(pack),
        pack=pack,
        words_per_minute=words_per_minute,
        variation=variation,
    )
    candidates, left_out = choose(right, at, pack)
    told = [
        speaker.clear([one], turn) if one.clear else sentence_case(speaker.condition(one, turn))
        for turn, one in enumerate(candidates)
    ]
    sentence = sentence_case(
        speaker.phrases.say(
            "correction",
            variation,
            time=speaker.clock(previous.at),
            wrong=_quoted(wrong.sentence),
            right=" ".join([told[0][:1].lower() + told[0][1:], *told[1:]]) if told else "",
        )
    )
    why = Why("It corrects the bulletin of %(time)s.", {"time": previous.at})
    conditions = (*wrong.conditions, *(condition for one in candidates for condition in one.conditions))
    closing = speaker.frame("closing", brief=True)
    items = (
        Item("correction", sentence, speaker.seconds(sentence), why, conditions, wrong.alerts, corridor=wrong.corridor),
        Item("closing", closing, speaker.seconds(closing), Why("Every bulletin signs off.")),
    )
    seconds = round(sum(item.seconds for item in items), 1)
    return Composition(
        at=at,
        slot=seconds,
        seconds=seconds,
        items=items,
        left_out=tuple(left_out),
        words_per_minute=words_per_minute,
        variation=variation,
        corrects=previous.at,
    )


def _quoted(sentence: str) -> str:
    """The sentence as it goes into the middle of another one."""
    return (sentence[:1].lower() + sentence[1:]).rstrip(".")
