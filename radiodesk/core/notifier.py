"""Wakes the open screens: one watcher a process follows the event table and hands each new row to every stream.

A change made in this process is seen at once; of one made by another process, on this host or another, the bell of the
database tells. One query asks for all open screens.
"""

import logging
import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event as sqlalchemy_event
from sqlalchemy.orm import Session

from radiodesk.core.bells import BellFollower
from radiodesk.core.database import Database
from radiodesk.core.events import events_after, last_event_id

log = logging.getLogger(__name__)

_BACKLOG = 2000
TROUBLE = 1.0
"""Seconds to wait when the event table cannot be read."""
LONGEST = 5.0
"""Seconds after which the table is read even if no bell was heard."""


@dataclass(frozen=True, slots=True)
class Change:
    """An event as a screen gets it."""

    id: int
    topic: str
    kind: str
    subject: str | None
    details: dict[str, Any]


class Notifier:
    """Follows the event table for all streams of a process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._streams: set[queue.Queue[Change | None]] = set()
        self._last = 0
        self._thread: threading.Thread | None = None
        self._bell = BellFollower(database, self._wake.set)
        sqlalchemy_event.listen(Session, "after_commit", self._ring)

    def _ring(self, _session: Session) -> None:
        self._wake.set()

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                with self._database.reading() as session:
                    self._last = last_event_id(session)
                self._thread = threading.Thread(target=self._follow, name="notifier", daemon=True)
                self._thread.start()
                self._bell.start()

    def _follow(self) -> None:
        while not self._stop.is_set():
            self._wake.wait(LONGEST)
            self._wake.clear()
            try:
                self._hand_out()
            except Exception:  # without this thread no screen of the process would change any more
                log.exception("The event table could not be read; trying again.")
                self._stop.wait(TROUBLE)

    def _hand_out(self) -> None:
        with self._database.reading() as session:
            changes = [_change(row) for row in events_after(session, self._last)]
        if not changes:
            return
        with self._lock:
            self._last = changes[-1].id
            for stream in list(self._streams):
                for change in changes:
                    self._offer(stream, change)

    def _offer(self, stream: "queue.Queue[Change | None]", change: Change) -> None:
        try:
            stream.put_nowait(change)
        except queue.Full:
            # The screen stopped reading; ending its stream lets it come back by Last-Event-ID.
            self._streams.discard(stream)

    def follow(
        self, last: int | None, heartbeat: float = 15.0, opened: Callable[[], None] = lambda: None
    ) -> Iterator[list[Change]]:
        """Changes after event ``last`` (or from now on), without end: those of one act together; an empty list when
        nothing came for a heartbeat. From the moment in which ``opened`` is called nothing is missed.
        """
        self._start()
        stream: queue.Queue[Change | None] = queue.Queue(_BACKLOG)
        with self._lock:
            self._streams.add(stream)
            seen = self._last if last is None else last
        opened()
        try:
            if missed := [] if last is None else self.missed(last):
                seen = missed[-1].id
                yield missed
            while not self._stop.is_set():
                try:
                    items = [stream.get(timeout=heartbeat)]
                    while not stream.empty():
                        items.append(stream.get_nowait())
                except queue.Empty:
                    if stream not in self._streams:
                        return
                    items = []
                changes = [item for item in items if item is not None and item.id > seen]
                if changes or not items:
                    seen = changes[-1].id if changes else seen
                    yield changes
        finally:
            with self._lock:
                self._streams.discard(stream)

    def missed(self, last: int) -> list[Change]:
        """Changes after event ``last``, as far back as rows are kept and no more than a screen can use."""
        with self._database.reading() as session:
            return [_change(row) for row in events_after(session, last, _BACKLOG)]

    @property
    def closed(self) -> bool:
        return self._stop.is_set()

    def close(self) -> None:
        """Stop following; open streams end at their next heartbeat."""
        # A second signal while the first one is being answered closes again.
        if sqlalchemy_event.contains(Session, "after_commit", self._ring):
            sqlalchemy_event.remove(Session, "after_commit", self._ring)
        self._stop.set()
        self._wake.set()
        with self._lock:
            for stream in self._streams:
                stream.put_nowait(None)
        if self._thread is not None:
            self._thread.join(timeout=5)
            self._bell.close()


def _change(row: Any) -> Change:
    return Change(row.id, row.topic, row.kind, row.subject, row.details)
