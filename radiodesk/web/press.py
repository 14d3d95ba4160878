"""The press: renders each change of a live region once for a kind of viewer, and hands its HTML to all open screens of
that kind.

One thread follows the events. Of each batch (the changes of one act, or of a burst) it looks once who is behind the
open screens now, so that nothing goes to a sign-in that has ended or to a role that was taken away, and renders what
the batch renews. Of each region a screen has the newest print waiting and no other; what changed in between is not
rendered.
"""

import json
import logging
import threading
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from flask import Flask

from radiodesk.core.errors import Refusal
from radiodesk.core.notifier import Change
from radiodesk.core.unavailable import unavailable
from radiodesk.http.regions import Region, Viewer, print_of, region_at
from radiodesk.http.request import Station
from radiodesk.rooms.accounts.sessions import Holder, hashed_token, holders
from radiodesk.rooms.calls.acts import people_at
from radiodesk.rooms.recordings.access import RULE, Act
from radiodesk.web.event_subjects import Subjects

log = logging.getLogger(__name__)

MOST_REGIONS = 12
"""Regions that one screen gets; what it asks for beyond them it fetches itself."""
MOST_CHANGES = 2000
"""Changes that may wait for a screen; one that does not take them ends, and comes back by Last-Event-ID."""
TROUBLE = 1.0
"""Seconds to wait when the changes cannot be followed."""
_making = threading.Lock()
STILL_HERE = b": still here\n\n"

_EXTENSION = "radiodesk.web.press"
_WORDS = frozenset({"words", "speech", "recordings"})
"""Topics of words and sound: who may not have them has nothing on screen that would change."""


@dataclass(eq=False)
class Screen:
    """One open stream, and what waits for it."""

    token_hash: str
    topics: frozenset[str]
    regions: tuple[Region, ...]
    holder: Holder
    _ready: threading.Condition = field(default_factory=threading.Condition)
    _changes: list[tuple[int, bytes]] = field(default_factory=list)
    _prints: dict[str, bytes] = field(default_factory=dict)
    _own: bool = False
    _seen: int = 0
    _ended: bool = False

    def give(self, holder: Holder, changes: list[tuple[int, bytes]], prints: dict[str, bytes]) -> None:
        """Let these wait; a print takes the place of an older one of its region."""
        with self._ready:
            if holder != self.holder or len(self._changes) + len(changes) > MOST_CHANGES:
                # What waits still was for another kind of viewer, or nobody takes it.
                self._ended = True
            self._changes += [one for one in changes if one[0] > self._seen]
            self._prints.update(prints)
            self._ready.notify()

    def tell_own(self) -> None:
        """Let the screen look at what is its person's own."""
        with self._ready:
            self._own = True
            self._ready.notify()

    def end(self) -> None:
        """Nothing more goes to this screen."""
        with self._ready:
            self._ended = True
            self._ready.notify()

    def skip(self, seen: int) -> None:
        """Changes up to this one were told already."""
        with self._ready:
            self._seen = seen
            self._changes = [one for one in self._changes if one[0] > seen]

    def take(self, patience: float) -> bytes | None:
        """What waits, as bytes of the stream; waits for it, and gives nothing after ``patience`` seconds, ``None`` at
        the end.
        """
        with self._ready:
            self._ready.wait_for(lambda: self._ended or self._changes or self._prints or self._own, patience)
            if self._ended:
                return None
            told = [text for _, text in self._changes] + list(self._prints.values())
            if self._own:
                told.append(b"event: own\ndata: {}\n\n")
            self._changes, self._prints, self._own = [], {}, False
        return told[0] if len(told) == 1 else b"".join(told)


class Press:
    """Follows the events for all open screens of an application."""

    def __init__(self, app: Flask, station: Station) -> None:
        self._app, self._station = app, station
        self._subjects = Subjects(app, station.database)
        self._lock = threading.Lock()
        self._screens: set[Screen] = set()
        self._thread: threading.Thread | None = None
        self._follows = threading.Event()

    # ---- Screens

    @contextmanager
    def open(self, token: str, topics: Collection[str], addresses: Iterable[str]) -> Iterator[Screen | None]:
        """A screen from now on, until the block ends; ``None`` when the sign-in has ended."""
        self._start()
        found = [region_at(self._app, address) for address in list(dict.fromkeys(addresses))[:MOST_REGIONS]]
        token_hash = hashed_token(token)
        holder = self.holders([token_hash]).get(token_hash)
        if holder is None:
            yield None
            return
        screen = Screen(token_hash, frozenset(topics), tuple(one for one in found if one), holder)
        with self._lock:
            self._screens.add(screen)
        try:
            yield screen
        finally:
            with self._lock:
                self._screens.discard(screen)

    def holders(self, token_hashes: Collection[str]) -> dict[str, Holder]:
        """Who is behind these sign-ins now."""
        settings, at = self._station.settings, self._station.clock.now()
        with self._station.database.reading() as session:
            return holders(session, token_hashes, second_factor_roles=settings.second_factor_roles, at=at)

    def still_here(self, screen: Screen) -> bool:
        """Whether a screen's sign-in holds, with the roles and the language that it had."""
        return self.holders([screen.token_hash]).get(screen.token_hash) == screen.holder

    def missed(self, screen: Screen, last: int | None) -> bytes:
        """What changed after event ``last``; the screen fetches the regions itself."""
        changes = [] if last is None else self._station.notifier.missed(last)
        if changes:
            screen.skip(changes[-1].id)
        seen = self._seen_by(screen.holder.roles, changes)
        return b"".join(text for _, text in _told(seen, screen.topics))

    # ---- The thread

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._follow, name="press", daemon=True)
                self._thread.start()
        self._follows.wait(TROUBLE)

    def _follow(self) -> None:
        notifier = self._station.notifier
        while not notifier.closed:
            try:
                for changes in notifier.follow(None, opened=self._begin):
                    if changes:
                        self._hand_out(changes)
            except Exception as error:  # without this thread no screen of the process would change any more
                if unavailable(error) is None:
                    log.exception("Open screens could not be told what changed; they ask again.")
                else:
                    log.warning("Open screens could not be told what changed; they ask again: %s", unavailable(error))
                time.sleep(TROUBLE)
            self._end_screens()

    def _begin(self) -> None:
        # A screen that came while nobody followed may have missed something.
        self._end_screens()
        self._follows.set()

    def _end_screens(self) -> None:
        """They come back, by the last event that they saw."""
        with self._lock:
            screens = list(self._screens)
        for screen in screens:
            screen.end()

    def _hand_out(self, changes: list[Change]) -> None:
        with self._lock:
            screens = list(self._screens)
        if not screens:
            return
        known = self.holders({screen.token_hash for screen in screens})
        alike: dict[tuple[Viewer, frozenset[str], tuple[Region, ...]], list[Screen]] = {}
        for screen in screens:
            holder = known.get(screen.token_hash)
            if holder is None:
                screen.end()
                continue
            alike.setdefault((self._viewer(holder), screen.topics, screen.regions), []).append(screen)
        made: dict[tuple[Viewer, str], bytes] = {}
        # Those who are many first.
        for (viewer, topics, regions), group in sorted(alike.items(), key=lambda one: -len(one[1])):
            seen = self._seen_by(viewer.roles, changes)
            told = _told(seen, topics)
            prints = {}
            for region in regions:
                if any(_renews(change, region) for change in seen):
                    key = (viewer, region.address)
                    if key not in made:
                        made[key] = self._print(region, viewer)
                    prints[region.address] = made[key]
            if told or prints:
                for screen in group:
                    screen.give(known[screen.token_hash], told, prints)
        self._tell_own(changes, screens, known)

    def _tell_own(self, changes: list[Change], screens: list[Screen], known: dict[str, Holder]) -> None:
        """Who acted lately on a call that changed now may have another act to take back, or none."""
        subjects = {change.subject for change in changes if change.topic == "calls" and change.subject}
        if not subjects:
            return
        with self._station.database.reading() as session:
            people = people_at(session, subjects, at=self._station.clock.now())
        for screen in screens:
            holder = known.get(screen.token_hash)
            if holder is not None and holder.username in people:
                screen.tell_own()

    def _viewer(self, holder: Holder) -> Viewer:
        return Viewer(frozenset(holder.roles), holder.language or self._station.settings.language)

    def _print(self, region: Region, viewer: Viewer) -> bytes:
        html: str | None
        try:
            html = print_of(self._app, region, viewer)
        except Refusal:
            # Not for these viewers, or not there any more: who asks is told so.
            html = None
        except Exception:  # one region that cannot be made keeps no other from the screens
            log.exception("The region %s could not be made for all screens; each asks for it.", region.endpoint)
            html = None
        return (
            b"event: print\ndata: "
            + json.dumps({"of": region.address, "html": html}, ensure_ascii=False).encode("utf-8", "replace")
            + b"\n\n"
        )

    # ---- Changes

    def _seen_by(self, roles: Collection[str], changes: Iterable[Change]) -> list[Change]:
        """The changes as people with these roles may know of them."""
        asked, viewer = list(changes), Viewer(frozenset(roles), "")
        about = self._subjects.belongings(asked)
        seen = []
        for change in asked:
            belonging = about[change.id]
            if belonging is None or viewer.may(*RULE[belonging][Act.READ]):
                seen.append(change)
            elif change.topic not in _WORDS:
                seen.append(Change(change.id, change.topic, "changed", None, {}))
        return seen


def _told(changes: Iterable[Change], topics: Collection[str]) -> list[tuple[int, bytes]]:
    return [(change.id, _text(change)) for change in changes if not topics or change.topic in topics]


def _text(change: Change) -> bytes:
    data = {"topic": change.topic, "kind": change.kind, "subject": change.subject, **change.details}
    return f"id: {change.id}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


def _renews(change: Change, region: Region) -> bool:
    about_another = None not in (region.subject, change.subject) and region.subject != change.subject
    return change.topic in region.topics and not about_another


def press_of(app: Flask, station: Station) -> Press:
    """The press of an application."""
    with _making:
        press: Press | None = app.extensions.get(_EXTENSION)
        if press is None:
            press = app.extensions[_EXTENSION] = Press(app, station)
        return press
