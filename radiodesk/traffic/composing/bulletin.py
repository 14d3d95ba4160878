"""Composing one bulletin: choose, put in order, cut to the slot, and keep the reason for every choice."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from radiodesk.area.nouns import AreaPack
from radiodesk.traffic.composing.choosing import Candidate, brief, choose, is_clear, where_key
from radiodesk.traffic.composing.endings import over_since
from radiodesk.traffic.composing.officials import Warned, for_station
from radiodesk.traffic.composing.sentences import Speaker
from radiodesk.traffic.composing.values import Composition, Identity, Item, LeftOut, SpokenAppeal, Why
from radiodesk.traffic.composing.wording import phrasebook, sentence_case, spoken_folder
from radiodesk.traffic.ports import Alert, Condition

SHORT_SLOT = 45
"""Below this many seconds opening and closing are short and roads are not announced."""

LEAST_SENTENCE = 3.0
"""Seconds below which nothing more is tried."""

MOST_MISSES = 20
"""Conditions that may fail to fit in a row before the rest is left out untried: a slot is full at some point."""

APPEAL_SCORE = 66
WARNING_SCORE = 78
GRAVE_WARNING_SCORE = 200
ENDED_SCORE = 30
CLEAR_SCORE = 20
"""Where appeals, warnings and clear roads stand among conditions when the slot is short."""


def compose(
    conditions: Sequence[Condition],
    *,
    at: datetime,
    seconds: float,
    pack: AreaPack | None = None,
    alerts: Sequence[Alert] = (),
    appeal: SpokenAppeal | None = None,
    words_per_minute: int = 140,
    variation: int = 0,
    station: Identity | None = None,
    previous: Composition | None = None,
    templates: Path | None = None,
) -> Composition:
    """A bulletin for ``at`` (aware) that takes at most ``seconds`` to read at ``words_per_minute``.

    ``variation`` is the bulletin's running number: it turns the wording. With ``previous``, what was said then and
    has ended since is told as over. ``templates`` is a folder like ``templates/spoken``, for a station's own wording.
    """
    if at.tzinfo is None:
        raise ValueError("at must be an aware time")
    speaker = Speaker(
        phrases=phrasebook((templates or spoken_folder()) / "bulletin"),
        at=at,
        identity=station or Identity(),
        pack=pack,
        words_per_minute=words_per_minute,
        variation=variation,
    )
    candidates, left_out = choose(conditions, at, pack)
    warned, warnings_left = for_station(alerts, at, pack)
    return _Slot(speaker, seconds, [*left_out, *warnings_left]).fill(candidates, warned, appeal, conditions, previous)


@dataclass
class _Slot:
    """One slot being filled: items with their score, until the seconds are used up."""

    speaker: Speaker
    limit: float
    left_out: list[LeftOut]
    used: float = 0.0
    turn: int = 0
    misses: int = 0
    chosen: list[tuple[float, Item, Candidate | None]] = field(default_factory=list)

    @property
    def short(self) -> bool:
        return self.limit < SHORT_SLOT

    def fill(
        self,
        candidates: list[Candidate],
        warned: list[Warned],
        appeal: SpokenAppeal | None,
        conditions: Sequence[Condition],
        previous: Composition | None,
    ) -> Composition:
        opening = self._frame("opening", Why("Every bulletin opens with the time that it is true for."))
        closing = self._frame("closing", Why("Every bulletin signs off."))
        frame = [one for one in (opening, closing) if self._reserve(one)]
        bad = [one for one in candidates if not one.clear]
        wanted: list[tuple[float, Candidate | Warned | SpokenAppeal]] = [(one.score, one) for one in bad]
        wanted += [(GRAVE_WARNING_SCORE if one.grave else WARNING_SCORE, one) for one in warned]
        if appeal:
            wanted.append((APPEAL_SCORE, appeal))
        wanted.sort(key=lambda one: -one[0])
        for score, thing in wanted:
            self._try(score, thing)
        clear = [one for one in candidates if one.clear]
        told = self._ended(conditions, clear, previous)
        self._clear([one for one in clear if one.first.place not in told], bad)
        if not bad and not any(item.kind in ("clear", "ended") for _, item, _ in self.chosen):
            self._add(0, self._silence(), None)
        if appeal:
            self._appeal_in_full(appeal)
        return self._finished(frame)

    def _frame(self, name: Literal["opening", "closing", "quiet", "unsure"], why: Why) -> Item:
        sentence = self.speaker.frame(name, brief=self.short)
        return Item("quiet" if name == "unsure" else name, sentence, self.speaker.seconds(sentence), why)

    def _reserve(self, item: Item) -> bool:
        """Set seconds aside for the opening or the closing; in a slot of a few seconds they give way."""
        fits = item.seconds <= self._room()
        self.used += item.seconds if fits else 0.0
        return fits

    def _silence(self) -> Item:
        """That nothing was reported; or, when something doubtful was, that it is being looked into."""
        doubtful = any(
            left.reason == "low confidence" and left.condition and not is_clear(left.condition)
            for left in self.left_out
        )
        if doubtful:
            return self._frame("unsure", Why("Something was reported, but nothing that is certain enough to be said."))
        return self._frame("quiet", Why("Nothing was reported that is worth saying."))

    def _room(self) -> float:
        return self.limit - self.used

    def _add(self, score: float, item: Item, candidate: Candidate | None) -> bool:
        if item.seconds > self._room():
            return False
        self.used += item.seconds
        self.turn += 1
        self.chosen.append((score, item, candidate))
        return True

    def _try(self, score: float, thing: "Candidate | Warned | SpokenAppeal") -> None:
        if isinstance(thing, Candidate):
            self._try_condition(score, thing)
        elif isinstance(thing, Warned):
            self._try_warning(score, thing)
        else:
            self._try_appeal(score, thing)

    def _try_condition(self, score: float, candidate: Candidate) -> None:
        if self._room() >= LEAST_SENTENCE and self.misses < MOST_MISSES:
            for short, announce in ((False, self._unannounced(candidate)), (True, False)):
                item = self._condition_item(candidate, self.turn, short=short, announce=announce)
                if self._add(score, item, candidate):
                    self.misses = 0
                    return
            self.misses += 1
        self.left_out.extend(LeftOut(brief(one), "no room", condition=one) for one in candidate.conditions)

    def _unannounced(self, candidate: Candidate) -> bool:
        """Whether this would be the first sentence about its road, which then names the road."""
        known = {other.corridor.id for _, _, other in self.chosen if other and other.corridor}
        return not self.short and candidate.corridor is not None and candidate.corridor.id not in known

    def _condition_item(self, candidate: Candidate, turn: int, *, short: bool, announce: bool) -> Item:
        sentence = self.speaker.condition(candidate, turn, brief=short)
        lead_in = self.speaker.lead_in(candidate, turn) if announce else ""
        sentence = sentence_case(lead_in + sentence)
        first = candidate.first
        age = int((self.speaker.at - max(one.last_at for one in candidate.conditions)).total_seconds() // 60)
        return Item(
            "condition",
            sentence,
            self.speaker.seconds(sentence),
            Why(
                "%(what)s, last seen %(minutes)d minutes ago, %(reports)d reports, confidence %(confidence)d of 100.",
                {
                    "what": first.flow or first.kind,
                    "minutes": max(age, 0),
                    "reports": sum(max(one.confirmations, len(one.reports), 1) for one in candidate.conditions),
                    "confidence": round(100 * first.confidence),
                },
            ),
            conditions=candidate.conditions,
            corridor=candidate.corridor.id if candidate.corridor else None,
        )

    def _try_warning(self, score: float, warned: Warned) -> None:
        for short in (self.short, True):
            sentence = self.speaker.warning(warned, brief=short)
            why = Why("An official warning in force for the station's area.")
            item = Item("warning", sentence, self.speaker.seconds(sentence), why, alerts=(warned.alert,))
            if self._add(score, item, None):
                return
        self.left_out.append(LeftOut(warned.alert.headline, "no room", alert=warned.alert))

    def _try_appeal(self, score: float, appeal: SpokenAppeal) -> None:
        item = self._appeal_item(appeal, appeal.short or appeal.text)
        if not self._add(score, item, None):
            self.left_out.append(LeftOut(appeal.short or appeal.text, "no room", appeal_id=appeal.id))

    def _appeal_item(self, appeal: SpokenAppeal, text: str) -> Item:
        why = Why("Every bulletin carries one appeal that fits the moment.")
        return Item("appeal", text, self.speaker.seconds(text), why, appeal_id=appeal.id)

    def _appeal_in_full(self, appeal: SpokenAppeal) -> None:
        """Where seconds are left over, the appeal is read in full."""
        full = self._appeal_item(appeal, appeal.text)
        for number, (score, item, _) in enumerate(self.chosen):
            if item.kind == "appeal" and full.seconds - item.seconds <= self._room():
                self.used += full.seconds - item.seconds
                self.chosen[number] = (score, full, None)

    def _ended(self, conditions: Sequence[Condition], clear: list[Candidate], previous: Composition | None) -> set[str]:
        """Tell as over what the bulletin before told and somebody has seen end since; the places that were told of.

        What merely expired is not told: nobody knows that it is over.
        """
        told: set[str] = set()
        for group in over_since(previous, conditions, self.speaker.at):
            # What was seen there since is the evidence; it is also said while it is fresh.
            since = {where_key(one): one.ended_at for one in group if one.ended_at}
            now = [
                one
                for one in conditions
                if is_clear(one) and where_key(one) in since and one.last_at >= since[where_key(one)]
            ]
            fresh = {one.first.place for one in clear}
            flows = {one.flow for one in now if one.flow and one.place in fresh}
            sentence = self.speaker.ended(group, flows.pop() if len(group) == 1 and len(flows) == 1 else "", self.turn)
            why = Why("The bulletin before told of it, and it was seen to be over since.")
            item = Item("ended", sentence, self.speaker.seconds(sentence), why, conditions=(*group, *now))
            if self._add(ENDED_SCORE, item, None):
                told |= {one.place for one in (*group, *now)}
        return told

    def _clear(self, clear: list[Candidate], bad: list[Candidate]) -> None:
        """ "Terpantau lancar", road by road, only where it was reported and nothing worse was."""
        troubled = {one.corridor.id for one in bad if one.corridor}
        roads: dict[tuple[str | None, str | None], list[Candidate]] = defaultdict(list)
        for one in clear:
            if one.corridor and one.corridor.id in troubled:
                self.left_out.append(LeftOut(brief(one.first), "worse on this road", condition=one.first))
            else:
                roads[(one.corridor.id if one.corridor else None, one.first.flow)].append(one)
        for road in sorted(roads.values(), key=lambda part: (part[0].corridor is None, not _main(part[0]))):
            road.sort(key=lambda one: one.stops[0].position)
            if self._room() >= LEAST_SENTENCE:
                sentence = self.speaker.clear(road, self.turn)
                why = Why("Reported clear at %(places)d places, and nothing worse on this road.", {"places": len(road)})
                item = Item(
                    "clear",
                    sentence,
                    self.speaker.seconds(sentence),
                    why,
                    conditions=tuple(condition for one in road for condition in one.conditions),
                    corridor=road[0].corridor.id if road[0].corridor else None,
                )
                if self._add(CLEAR_SCORE, item, None):
                    continue
            self.left_out.extend(LeftOut(brief(one.first), "no room", condition=one.first) for one in road)

    def _finished(self, frame: list[Item]) -> Composition:
        opening = [item for item in frame if item.kind == "opening"]
        items = [*opening, *self._in_order(), *(item for item in frame if item.kind == "closing")]
        return Composition(
            at=self.speaker.at,
            slot=self.limit,
            seconds=round(sum(item.seconds for item in items), 1),
            items=tuple(items),
            left_out=tuple(self.left_out),
            words_per_minute=self.speaker.words_per_minute,
            variation=self.speaker.variation,
        )

    def _in_order(self) -> list[Item]:
        """Grave warnings, the roads with the worst first, what is over, clear roads, other warnings, the appeal."""
        worst: dict[str | None, float] = defaultdict(float)
        for score, _, candidate in self.chosen:
            if candidate is not None:
                road = candidate.corridor.id if candidate.corridor else None
                worst[road] = max(worst[road], score)

        def key(one: tuple[float, Item, Candidate | None]) -> tuple[float, ...]:
            score, item, candidate = one
            if candidate is not None:
                road = candidate.corridor.id if candidate.corridor else None
                # Without a road there is no order of driving: the worst first.
                return (1, -worst[road], candidate.stops[0].position if road else -score)
            ranks = {"quiet": 1, "ended": 2, "clear": 3, "warning": 4, "appeal": 5}
            return (0 if score == GRAVE_WARNING_SCORE else ranks[item.kind], -score, 0)

        ordered = sorted(self.chosen, key=key)
        return self._announced_once(ordered)

    def _announced_once(self, ordered: list[tuple[float, Item, Candidate | None]]) -> list[Item]:
        """Name each road where its group begins; each sentence takes its turn in the wording where it now stands."""
        items: list[Item] = []
        last: str | None = None
        for turn, (_, item, candidate) in enumerate(ordered):
            if candidate is None:
                items.append(item)
                continue
            road = candidate.corridor.id if candidate.corridor else None
            items.append(self._retold(item, candidate, turn, announce=road is not None and road != last))
            last = road
        return items

    def _retold(self, item: Item, candidate: Candidate, turn: int, *, announce: bool) -> Item:
        """The item in its final place, as long as it still fits; else as it was."""
        for short, lead in ((False, announce and not self.short), (True, False)):
            retold = self._condition_item(candidate, turn, short=short, announce=lead)
            if retold.seconds <= item.seconds + self._room():
                self.used += retold.seconds - item.seconds
                return retold
        return item


def _main(candidate: Candidate) -> bool:
    return candidate.corridor is not None and candidate.corridor.main
