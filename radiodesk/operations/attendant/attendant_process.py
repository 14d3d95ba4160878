"""The attendant as a process: a thread a round, so that neither long takes nor slow telephones hold up a caller."""

from radiodesk.core.clock import SystemClock
from radiodesk.core.processes import watch_for_stop
from radiodesk.core.rounds import Round, Rounds
from radiodesk.core.settings import Settings
from radiodesk.operations.attendant import journal_intake, take_adoption
from radiodesk.operations.attendant.line_steering import Steering
from radiodesk.operations.store_rounds import store_round
from radiodesk.operations.wiring import prepare
from radiodesk.operations.worker import connect_doorbell
from radiodesk.rooms.messages.arrivals.arrival_intake import Taker

LOOK = 0.2
ADOPT = 0.5
FORGET_EVERY = 3600.0


def attend(settings: Settings) -> None:
    """Run until told to stop."""
    database, clock = prepare(settings), SystemClock()
    connect_doorbell(settings)
    stop = watch_for_stop()
    steering = Steering(settings, database, clock)
    taker = Taker(settings, database)
    rounds = [
        Round("journals", LOOK, lambda: journal_intake.read_on(settings, database)),
        Round("takes", ADOPT, lambda: take_adoption.adopt_finished(settings, database, clock)),
        Round("lines", LOOK, steering.turn),
        Round("arrivals", LOOK, taker.turn),
        # The studio's machine may have no worker.
        store_round(settings, clock),
        Round("old arrivals", FORGET_EVERY, lambda: taker.forget(at=clock.now())),
    ]
    running = Rounds("attend", rounds, settings.health, stop)
    running.start()
    stop.wait()
    running.join(timeout=5)
