"""What is done again and again on every machine of the station, by whichever of its processes comes first.

Each machine keeps on its own disk what people sent it, who looked at what, and objects that wait for the store. It may
run the pages alone, so none of this can be left to the attendant or a worker.
"""

from radiodesk.core import look_journal
from radiodesk.core.clock import Clock
from radiodesk.core.database import Database
from radiodesk.core.hosts import EVERY, Reporting
from radiodesk.core.processes import FileLeadership
from radiodesk.core.rounds import Round
from radiodesk.core.settings import Settings
from radiodesk.operations.leading import Leading
from radiodesk.operations.store_rounds import store_round
from radiodesk.rooms.messages.arrivals.arrival_intake import Taker
from radiodesk.rooms.retention.held_logs import tell_logger

ARRIVALS_EVERY = 1.0
"""What comes in is taken in by whoever received it; what is left is not in a hurry."""
LOOKS_EVERY = 2.0
FORGET_EVERY = 3600.0
HELD_EVERY = 300.0
"""The recorder looks every ten minutes what of its logs may go."""


def machine_rounds(settings: Settings, database: Database, clock: Clock) -> list[Round]:
    """The rounds of one process; they turn in the first one of the machine, and in the next when that dies."""
    first = Leading(FileLeadership(settings.data / "machine.lock"))
    taker = Taker(settings, database)
    return [
        Round("arrivals", ARRIVALS_EVERY, first.only(taker.turn)),
        Round("old arrivals", FORGET_EVERY, first.only(lambda: taker.forget(at=clock.now()))),
        Round("held logs", HELD_EVERY, first.only(lambda: tell_logger(settings, database, clock.now()))),
        Round("looks", LOOKS_EVERY, first.only(lambda: look_journal.carry_over(database, settings.data))),
        Round("machines", EVERY, first.only(Reporting(settings, database, clock).turn)),
        # Bringing up a large object takes its time, and several processes do no harm.
        store_round(settings, clock),
    ]
