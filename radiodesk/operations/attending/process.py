"""The attendant as a process: three threads, so that neither long takes nor slow telephones hold up a caller."""

import logging
import threading
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from radiodesk.core.clock import SystemClock
from radiodesk.core.config import Settings
from radiodesk.core.processes import told_to_stop
from radiodesk.operations.attending import adopting, journals
from radiodesk.operations.attending.steering import Steering
from radiodesk.operations.wiring import prepare
from radiodesk.operations.work import connect_doorbell

log = logging.getLogger(__name__)

LOOK = 0.2
ADOPT = 0.5
TROUBLE = 3.0
"""Seconds to wait when database or disk cannot be used; nothing is lost meanwhile."""


def attend(settings: Settings) -> None:
    """Run until told to stop."""
    database, clock = prepare(settings), SystemClock()
    connect_doorbell(settings)
    stop = told_to_stop()
    steering = Steering(settings, database, clock)
    rounds: list[tuple[str, float, Callable[[], object]]] = [
        ("journals", LOOK, lambda: journals.read_on(settings, database)),
        ("takes", ADOPT, lambda: adopting.adopt_finished(settings, database, clock)),
        ("lines", LOOK, steering.turn),
    ]
    threads = [threading.Thread(target=_again, name=name, args=(stop, every, act)) for name, every, act in rounds]
    for thread in threads:
        thread.start()
    stop.wait()
    for thread in threads:
        thread.join(timeout=5)


def _again(stop: threading.Event, every: float, act: Callable[[], object]) -> None:
    while not stop.is_set():
        try:
            act()
        except (SQLAlchemyError, OSError) as error:
            log.warning("The lines wait for a moment: %s", error)
            stop.wait(TROUBLE)
        except Exception:
            # A round that ended for good would leave callers unseen while the process seems well.
            log.exception("The lines wait for a moment.")
            stop.wait(TROUBLE)
        stop.wait(every)
