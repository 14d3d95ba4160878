"""Filling a slot: items are added from the most important down, until the seconds are used up."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Literal

from radiodesk.road.bulletin.endings import Told, over_since
from radiodesk.road.bulletin.item_order import GRAVE_WARNING_SCORE, Chosen, in_order
from radiodesk.road.bulletin.items import (
    appeal_item,
    clear_item,
    condition_item,
    ended_item,
    frame_item,
    warning_item,
)
from radiodesk.road.bulletin.official_warnings import Warned
from radiodesk.road.bulletin.parts import Item, LeftOut, SpokenAppeal, Why
from radiodesk.road.bulletin.selection import Candidate, brief, is_clear, where_key
from radiodesk.road.bulletin.sentences import Speaker
from radiodesk.road.ports import Condition

MOST_CLEAR = 4
"""Clear places that one sentence names."""

SHORT_SLOT = 45
"""Below this many seconds opening and closing are short and roads are not announced."""

LEAST_SENTENCE = 3.0
"""Seconds below which nothing more is tried."""

MOST_MISSES = 20
"""Conditions that may fail to fit in a row before the rest is left out untried: a slot is full at some point."""

APPEAL_SCORE = 66
WARNING_SCORE = 91
ENDED_SCORE = 30
CLEAR_SCORE = 20
"""Where appeals, warnings and clear roads stand among conditions when the slot is short."""


@dataclass
class Slot:
    """One slot being filled: items with their score, until the seconds are used up."""

    speaker: Speaker
    limit: float
    left_out: list[LeftOut]
    used: float = 0.0
    turn: int = 0
    misses: int = 0
    chosen: list[Chosen] = field(default_factory=list)

    @property
    def short(self) -> bool:
        return self.limit < SHORT_SLOT

    def fill(
        self,
        candidates: list[Candidate],
        warned: list[Warned],
        appeal: SpokenAppeal | None,
        conditions: Sequence[Condition],
        told_before: Collection[Told],
    ) -> list[Item]:
        """The items in the order in which they are read; what found no room is added to ``left_out``."""
        opening = self._frame("opening", Why("Every bulletin opens with the time that it is true for."))
        closing = self._frame("closing", Why("Every bulletin signs off."))
        has_opening, has_closing = self._reserve(opening), self._reserve(closing)
        bad = [one for one in candidates if not one.clear]
        wanted: list[tuple[float, Candidate | Warned | SpokenAppeal]] = [(one.score, one) for one in bad]
        wanted += [(GRAVE_WARNING_SCORE if one.grave else WARNING_SCORE, one) for one in warned]
        if appeal:
            wanted.append((APPEAL_SCORE, appeal))
        wanted.sort(key=lambda one: -one[0])
        for score, thing in wanted:
            self._try(score, thing)
        clear = [one for one in candidates if one.clear]
        told = self._ended(conditions, clear, told_before)
        self._clear([one for one in clear if one.first.place not in told], bad)
        if not bad and not any(item.kind in ("clear", "ended") for _, item, _ in self.chosen):
            self._add(0, self._silence(), None)
        body = self._announced_once(in_order(self.chosen))
        if appeal:
            body = [self._in_full(item, appeal) for item in body]
        return [*([opening] if has_opening else []), *body, *([closing] if has_closing else [])]

    def _frame(self, name: Literal["opening", "closing", "quiet", "unsure"], why: Why) -> Item:
        return frame_item(self.speaker, name, why, short=self.short)

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
            for short, announce in ((False, self._is_unannounced(candidate)), (True, False)):
                item = condition_item(self.speaker, candidate, self.turn, short=short, announce=announce)
                if self._add(score, item, candidate):
                    self.misses = 0
                    return
            self.misses += 1
        self.left_out.extend(LeftOut(brief(one), "no room", condition=one) for one in candidate.conditions)

    def _is_unannounced(self, candidate: Candidate) -> bool:
        """Whether this would be the first sentence about its road, which then names the road."""
        known = {other.road for _, _, other in self.chosen if other}
        return not self.short and candidate.road is not None and candidate.road not in known

    def _try_warning(self, score: float, warned: Warned) -> None:
        for short in (self.short, True):
            if self._add(score, warning_item(self.speaker, warned, short=short), None):
                return
        self.left_out.append(LeftOut(warned.alert.headline, "no room", alert=warned.alert))

    def _try_appeal(self, score: float, appeal: SpokenAppeal) -> None:
        item = appeal_item(self.speaker, appeal, appeal.short or appeal.text)
        self._make_room(item.seconds)
        if not self._add(score, item, None):
            self.left_out.append(LeftOut(appeal.short or appeal.text, "no room", appeal_id=appeal.id))

    def _make_room(self, seconds: float) -> None:
        """Shorten what was chosen, the least important first, while less than these seconds are left."""
        for number, (score, item, candidate) in reversed(list(enumerate(self.chosen))):
            if self._room() >= seconds:
                return
            if candidate is not None:
                short = condition_item(self.speaker, candidate, number, short=True, announce=False)
                if short.seconds < item.seconds:
                    self.used += short.seconds - item.seconds
                    self.chosen[number] = (score, short, candidate)

    def _in_full(self, item: Item, appeal: SpokenAppeal) -> Item:
        """Where seconds are left over, the appeal is read in full."""
        full = appeal_item(self.speaker, appeal, appeal.text) if item.kind == "appeal" else item
        if full.seconds - item.seconds > self._room():
            return item
        self.used += full.seconds - item.seconds
        return full

    def _ended(
        self, conditions: Sequence[Condition], clear: list[Candidate], told_before: Collection[Told]
    ) -> set[str]:
        """Tell as over what the bulletin before told and somebody has seen end since; the places that were told of.

        What merely expired is not told: nobody knows that it is over.
        """
        told: set[str] = set()
        for group in over_since(told_before, conditions, self.speaker.at):
            # What was seen there since is the evidence; it is also said while it is fresh.
            since = {where_key(one): one.ended_at for one in group if one.ended_at}
            now = [
                one
                for one in conditions
                if is_clear(one) and where_key(one) in since and one.last_at >= since[where_key(one)]
            ]
            fresh = {one.first.place for one in clear}
            flows = {one.flow for one in now if one.flow and one.place in fresh}
            flow_now = flows.pop() if len(group) == 1 and len(flows) == 1 else ""
            item = ended_item(self.speaker, group, now, flow_now, self.turn)
            if self._add(ENDED_SCORE, item, None):
                told |= {one.place for one in (*group, *now)}
        return told

    def _clear(self, clear: list[Candidate], bad: list[Candidate]) -> None:
        """ "Terpantau lancar", road by road, only where it was reported and nothing worse was."""
        troubled = {one.road for one in bad if one.road}
        roads: dict[tuple[str | None, str | None], list[Candidate]] = defaultdict(list)
        for one in clear:
            if one.road in troubled:
                self.left_out.append(LeftOut(brief(one.first), "worse on this road", condition=one.first))
            else:
                roads[(one.road, one.first.flow)].append(one)
        for road in sorted(roads.values(), key=lambda part: (part[0].corridor is None, not _main(part[0]))):
            road.sort(key=lambda one: one.stops[0].position)
            told, rest = road[:MOST_CLEAR], road[MOST_CLEAR:]
            if self._room() >= LEAST_SENTENCE and self._add(
                CLEAR_SCORE, clear_item(self.speaker, told, self.turn), None
            ):
                road = rest
            self.left_out.extend(LeftOut(brief(one.first), "no room", condition=one.first) for one in road)

    def _announced_once(self, ordered: list[Chosen]) -> list[Item]:
        """Name each road where its group begins; each sentence takes its turn in the wording where it now stands."""
        items: list[Item] = []
        last: str | None = None
        for turn, (_, item, candidate) in enumerate(ordered):
            if candidate is None:
                items.append(item)
                continue
            announce = candidate.road is not None and candidate.road != last
            items.append(self._retold(item, candidate, turn, announce=announce))
            last = candidate.road
        return items

    def _retold(self, item: Item, candidate: Candidate, turn: int, *, announce: bool) -> Item:
        """The item in its final place, as long as it still fits; else as it was."""
        for short, lead in ((False, announce and not self.short), (True, False)):
            retold = condition_item(self.speaker, candidate, turn, short=short, announce=lead)
            if retold.seconds <= item.seconds + self._room():
                self.used += retold.seconds - item.seconds
                return retold
        return item


def _main(candidate: Candidate) -> bool:
    return candidate.corridor is not None and candidate.corridor.main
