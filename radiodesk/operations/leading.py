"""Rounds that one process takes at a time, of the whole station or of one machine."""

import threading
from collections.abc import Callable

from radiodesk.core.database_kinds import Leadership


class Leading:
    """Lets acts be done by one process at a time; when it dies, another one goes on."""

    def __init__(self, leadership: Leadership) -> None:
        self._leadership, self._guard = leadership, threading.Lock()

    def only(self, act: Callable[[], object]) -> Callable[[], None]:
        """The act, done where this process leads."""

        def turn() -> None:
            with self._guard:
                leads = self._leadership.lead()
            if leads:
                act()

        return turn
