"""From candidates and warnings to sentences, through the editable templates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date

from radiodesk.language.places.nouns import AreaPack
from radiodesk.language.spoken import reading_seconds
from radiodesk.road.bulletin.official_warnings import Warned
from radiodesk.road.bulletin.parts import Identity
from radiodesk.road.bulletin.place_phrases import cause_words, detour_words, where_words
from radiodesk.road.bulletin.selection import Candidate, Stop
from radiodesk.road.bulletin.wording import Phrasebook, listing, sentence_case
from radiodesk.road.fusion import TOTAL
from radiodesk.road.ports import Condition

BREATH = 0.6
"""Seconds between two sentences."""

PARAGRAPH = 0.3
"""Seconds more where a paragraph ends."""

SAY_TIME_AFTER = timedelta(minutes=12)
"""Older news is said with its time, so that a listener can judge it."""

SURE = 0.6
"""From this confidence on the newsreader says "terpantau", below it "dilaporkan"."""

NAMED_DISTRICTS = 5


@dataclass(frozen=True)
class Speaker:
    """Everything that turns facts into sentences for one bulletin."""

    phrases: Phrasebook
    at: datetime
    identity: Identity
    pack: AreaPack | None
    words_per_minute: int
    variation: int
    heard: str = ""
    """What the bulletin before said, in small letters: what is told again takes other words where there are any."""

    @property
    def local(self) -> datetime:
        return self.at.astimezone(ZoneInfo(self.identity.time_zone))

    @property
    def lexicon(self) -> Mapping[str, str] | None:
        return self.pack.spoken if self.pack else None

    def _say(self, name: str, turn: int, **facts: Any) -> str:
        """A phrase in the wording of its turn, or in the next that the bulletin before did not use for the same."""
        wordings = (
            self.phrases.say(name, self.variation + turn + step, **facts)
            for step in range(max(1, self.phrases.ways(name)))
        )
        first = next(wordings)
        if not self._was_heard(first):
            return first
        return next((other for other in wordings if not self._was_heard(other)), first)

    def _was_heard(self, said: str) -> bool:
        return said.rstrip(".").casefold() in self.heard

    def seconds(self, sentence: str, *, alone: bool = False) -> float:
        """How long a sentence takes with the pause after it; one that stands ``alone`` is a paragraph of its own."""
        breath = BREATH + (PARAGRAPH if alone else 0.0)
        return reading_seconds(sentence, words_per_minute=self.words_per_minute, lexicon=self.lexicon) + breath

    def clock(self, moment: datetime, *, zone: bool = True) -> str:
        """ "07.15 WIB"; another day is named with its date. The zone is said in frames and warnings alone."""
        local = moment.astimezone(ZoneInfo(self.identity.time_zone))
        said = f"{local:%H.%M} {self.identity.time_zone_name}" if zone else f"{local:%H.%M}"
        return said if local.date() == self.local.date() else f"{said} tanggal {_date(local)}"

    def greeting(self) -> str:
        hour = self.local.hour
        parts = ((3, "malam"), (11, "pagi"), (15, "siang"), (18, "sore"))
        return next((part for until, part in parts if hour < until), "malam")

    def frame(self, name: str, *, brief: bool) -> str:
        """Opening, closing or the sentence for a quiet road."""
        return sentence_case(
            self.phrases.say(
                f"{name}_short" if brief else name,
                self.variation,
                greeting=self.greeting(),
                time=self.clock(self.at),
                station=self.identity.station,
                programme=self.identity.programme,
                unit=self.identity.unit,
                area=self.pack.name if self.pack else "",
                police=self.pack.emergency.get("police", "") if self.pack else "",
            )
        )

    def condition(self, candidate: Candidate, turn: int, *, brief: bool = False) -> str:
        """A candidate without a capital at the start, so that a lead-in can go before it."""
        first = candidate.first
        flow: str = candidate.stops[0].flow or ""
        name = "closure" if first.kind == "flow" and first.flow == "ditutup" else first.kind
        detour = detour_words(next((one.detour for one in candidate.conditions if one.detour), None))
        if detour and flow == "dialihkan" and name != "closure":
            flow, detour = f"dialihkan melalui {detour}", ""
        said = self._say(
            name,
            turn,
            where=listing(tuple(self._where(one) for one in candidate.stops)),
            many=len(candidate.stops) > 1,
            flow=flow,
            cause=cause_words(first),
            whom=first.whom or "",
            total=first.extent == TOTAL,
            seen="terpantau" if first.confidence >= SURE else "dilaporkan",
            time="" if brief else self._time(candidate.conditions),
            forecast=_ahead(first, self.at),
            source=next((report.attribution for report in first.reports if report.attribution), "") or "",
            until="" if brief else self._until(first),
        )
        if detour:
            closed = flow in ("ditutup", "dialihkan") or first.kind == "closure"
            said += " " + sentence_case(self.phrases.say("detour", self.variation + turn, detour=detour, closed=closed))
        return said

    def _where(self, stop: Stop) -> str:
        return where_words(stop.first, stop.toward, self.pack)

    def _time(self, conditions: Sequence[Condition]) -> str:
        last = max(condition.last_at for condition in conditions)
        return self.clock(last, zone=False) if self.at - last >= SAY_TIME_AFTER else ""

    def _until(self, condition: Condition) -> str:
        """The end of roadworks and closures, where the source states one."""
        stated = [
            report.expires_at for report in condition.reports if report.expires_at and report.expires_at > self.at
        ]
        if condition.kind not in ("roadwork", "closure", "event") or not stated:
            return ""
        end = max(stated).astimezone(ZoneInfo(self.identity.time_zone))
        # An end at midnight is the end of the day before.
        local = end - timedelta(seconds=1)
        if local.date() == self.local.date():
            return f"pukul {self.clock(end, zone=False)}"
        if local.date() - self.local.date() == timedelta(days=1) and local.date() == end.date():
            return f"besok pukul {end:%H.%M}"
        if local - self.local > timedelta(days=365):
            return ""
        return _date(local) + (f" {local.year}" if local.year != self.local.year else "")

    def lead_in(self, candidate: Candidate, turn: int) -> str:
        """ "Dari jalur Bojonegoro–Babat, ", unless the sentence names the road itself."""
        corridor = candidate.corridor
        if corridor is None or any(corridor.id in condition.place_ids[:1] for condition in candidate.conditions):
            return ""
        return self.phrases.say("corridor", self.variation + turn, corridor=corridor.name) + " "

    def clear(self, candidates: Sequence[Candidate], turn: int) -> str:
        """One sentence for places of one road (or of none) with the same free flow."""
        corridor = candidates[0].corridor
        whole = corridor is not None and any(corridor.id in one.first.place_ids for one in candidates)
        return sentence_case(
            self._say(
                "clear",
                turn,
                corridor=corridor.name if corridor else "",
                whole=whole,
                places=listing(tuple(self._where(one.stops[0]) for one in candidates)),
                flow=candidates[0].first.flow or "",
                time=self._time([one.first for one in candidates]),
            )
        )

    def ended(self, conditions: Sequence[Condition], flow_now: str, turn: int) -> str:
        """What is over: one obstacle, or jams at up to three places; ``flow_now`` is how it flows there since."""
        first = conditions[0]
        return sentence_case(
            self._say(
                "ended",
                turn,
                where=listing(tuple(where_words(one, one.toward, self.pack) for one in conditions)),
                cause=cause_words(replace(first, extent=None)),
                kind=first.kind,
                flow=flow_now,
            )
        )

    def warning(self, warned: Warned, *, brief: bool = False) -> str:
        alert = warned.alert
        most = 3 if brief else NAMED_DISTRICTS
        onset = alert.onset or alert.sent
        return sentence_case(
            self._say(
                "quake" if alert.quake else "warning",
                0,
                source=short_source(alert.attribution or alert.sender),
                event=_event(alert.event or alert.headline),
                headline=alert.headline,
                weather=alert.weather,
                districts=listing(warned.districts[:most]),
                others=max(len(warned.districts) - most, 0),
                spreading="" if brief else listing(warned.spreading[:most]),
                areas=listing(alert.areas[:3]),
                area=self.pack.name if self.pack else "",
                whole_area=warned.whole_area,
                begins=self.clock(onset) if onset and onset > self.at else "",
                ends=self.clock(alert.expires) if alert.expires else "",
                happened=self.clock(onset) if onset else "",
            )
        )


def _date(day: datetime) -> str:
    """ "5 Agustus"."""
    return str(format_date(day, "d MMMM", locale="id"))


def _event(event: str) -> str:
    return " ".join(event.lower().split())


def short_source(attribution: str) -> str:
    """BMKG by the name that listeners know; every other source as it writes itself."""
    plain = attribution.lower()
    return "BMKG" if "bmkg" in plain or "meteorologi" in plain else attribution


def _ahead(condition: Condition, at: datetime) -> bool:
    return any(report.starts_at is not None and report.starts_at > at for report in condition.reports)
