"""Follows the bell of a database in a thread of its own: who asked is told soon after each commit, of any host."""

import logging
import threading
from collections.abc import Callable

from radiodesk.core.database import Database
from radiodesk.core.unavailable import unavailable

log = logging.getLogger(__name__)

LONGEST = 1.0
"""Seconds that one wait takes, after which the thread looks whether it is to end."""
TROUBLE = 1.0
"""Seconds to wait when the database cannot be asked."""


class BellFollower:
    """Calls ``rung`` after commits, until it is closed. What is rung for must look by itself now and then, too."""

    def __init__(self, database: Database, rung: Callable[[], None]) -> None:
        self._database, self._rung = database, rung
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="bell", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def _follow(self) -> None:
        bell = self._database.bell()
        away = False
        try:
            while not self._stop.is_set():
                try:
                    rang, away = bell.wait(LONGEST), False
                except Exception as error:  # a follower that ended would leave every screen of the process as it is
                    if unavailable(error) is None:
                        log.exception("The bell of the database cannot be heard; trying again.")
                    elif not away:
                        log.warning("The bell of the database cannot be heard for a moment: %s", unavailable(error))
                    away = True
                    self._stop.wait(TROUBLE)
                    continue
                if rang:
                    self._rung()
        finally:
            bell.close()

    def close(self) -> None:
        """Stop listening; the thread ends within a second."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=2 * LONGEST)
