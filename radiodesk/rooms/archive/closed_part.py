"""Covers in the open part of a package that, and how much, callers spoke of whom nothing is told.

In the open part such a caller is a gap without number or length: time goes on as in the open copy of the sound
(``broadcasts.air_time``), hours of the clock are left out, and words with which others tell of the caller are covered.
The whole stands in one encrypted file whose size is rounded up, so that not even it says how much there is.
"""

import io
import os
import tarfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from radiodesk.language.redaction.identities import Identity, known_about
from radiodesk.rooms.archive.show_facts import Facts
from radiodesk.rooms.broadcasts.air_time import CopyClock, on_air, with_margin
from radiodesk.rooms.broadcasts.known_callers import covered
from radiodesk.rooms.broadcasts.models import AsRun
from radiodesk.rooms.transcripts import timed_words
from radiodesk.rooms.transcripts.models import Transcript
from radiodesk.sound.stretches import Span

PATH = "restricted/closed.tar.age"
SMALLEST = 1 << 18


@dataclass(frozen=True)
class Cover:
    """Covers what tells of callers of whom nothing is told; ``calls`` are their public ids."""

    calls: frozenset[str]
    known: Sequence[Identity]
    clock: CopyClock

    @classmethod
    def over(cls, log: Sequence[AsRun], calls: frozenset[str], known: Iterable[Identity]) -> "Cover":
        """The cover of one broadcast."""
        guarded = [one for one in known if one.guarded]
        return cls(calls, guarded, CopyClock.without(log, sorted(calls)))

    def tells(self, text: str) -> bool:
        """Whether a text tells of one of them."""
        return any(known_about(text, who) for who in self.known)

    def text(self, text: str) -> str:
        """The text with what tells of them left out."""
        return covered(text, self.known)

    def seconds(self, log: Sequence[AsRun], begins: float, length: float, heard: Sequence[Transcript]) -> list[Span]:
        """Seconds of a recording of the programme that must not be in the open: theirs, and those about them."""
        spans = [span for call in sorted(self.calls) for span in with_margin(on_air(log, call))]
        inside = [Span(max(0.0, one.start - begins), min(one.end - begins, length)) for one in spans]
        told = [span for transcript in heard for span in self._told(transcript)]
        return [one for one in (*inside, *told) if one.start < one.end]

    def is_unplaced(self, heard: Sequence[Transcript]) -> bool:
        """Whether something is told of them of which nobody knows the seconds: a person corrected the words."""
        return any(self.tells(one.text) and not any(True for _ in self._told(one)) for one in heard)

    def _told(self, transcript: Transcript) -> Iterable[Span]:
        heard = timed_words.tokens_of_heard(transcript.words)
        for who in self.known:
            for found in known_about(timed_words.joined(heard), replace(who, place_alone=True)):
                if touched := timed_words.covered(heard, found.start, found.end):
                    yield Span(*timed_words.seconds_of(heard, touched))

    def entry(self, facts: Facts) -> Facts:
        """An as-run entry with its time as the open copy counts it."""
        details = dict(facts["details"])
        for name in {"begins", "ends"} & details.keys():
            details[name] = self.clock.second(float(details[name]))
        return self._timeless({**facts, "title": self.text(facts["title"]), "details": details})

    def script(self, facts: Facts) -> Facts:
        """A script; of one that tells of them the digest and the sources go too, from which the words could be had."""
        covered = {
            **facts,
            "title": self.text(facts["title"]),
            "text": self.text(facts["text"]),
            "read": [self._timeless(one) for one in facts["read"]],
        }
        if covered["text"] != facts["text"]:
            covered |= {"sha256": None, "items": [], "left_out": []}
            covered["read"] = [{**one, "sha256": None} for one in covered["read"]]
        return covered

    def reading(self, facts: Facts, *, restricted: bool) -> Facts:
        """How a script was read. Where the words of the recording are not in the open, nor is what was heard of it."""
        differences = [
            {
                **one,
                "written": self.text(one["written"]),
                "heard": None if restricted or self.tells(one["heard"]) else one["heard"],
                "begins": self.clock.second(one["begins"]),
                "ends": self.clock.second(one["ends"]),
            }
            for one in facts["differences"]
        ]
        return {**facts, "offset": self.clock.second(facts["offset"]), "differences": differences}

    def call(self, facts: Facts) -> Facts:
        """Another caller's facts."""
        told = {name: self.text(facts[name] or "") for name in ("topic", "place", "point")}
        times = {"on_air_at": None, "ended_at": None} if self.clock.closed else {}
        return {**facts, **told, **times}

    def titled(self, facts: Facts) -> Facts:
        """An item of the rundown, or the broadcast."""
        times = {"ended_at": None} if self.clock.closed and "ended_at" in facts else {}
        told: Facts = {name: self.text(facts[name]) for name in ("title", "description", "guests") if name in facts}
        return {**facts, **told, **times}

    def _timeless(self, facts: Facts) -> Facts:
        # A clock's hour beside a second of the copy would give the length of the gap away.
        if not self.clock.closed:
            return facts
        return {**facts, "at": None, "offset": self.clock.second(facts["offset"])}


class ClosedTar:
    """The one file of what is closed, written as it comes; its size is rounded up, behind the last file with zeros."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._tar = tarfile.open(path, "x:")  # noqa: SIM115 - it stays open until ``finish``

    def add(self, name: str, source: bytes | Path) -> None:
        """Take in a file of this machine, or bytes."""
        about = tarfile.TarInfo(name)
        if isinstance(source, bytes):
            about.size = len(source)
            self._tar.addfile(about, io.BytesIO(source))
            return
        about.size = source.stat().st_size
        with source.open("rb") as file:
            self._tar.addfile(about, file)

    def finish(self) -> None:
        """End it at a rounded size."""
        self._tar.close()
        held = self.path.stat().st_size
        # Eight sizes between each power of two and the next: little is wasted, and little is told.
        step = max(SMALLEST, 1 << max(0, held.bit_length() - 4))
        os.truncate(self.path, -(-held // step) * step)
