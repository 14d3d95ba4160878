"""The attendant as a process: a thread a round, so that neither long takes nor slow telephones hold up a caller."""

from radiodesk.core.changes import OfDatabase, OnChange, of_file
from radiodesk.core.clock import SystemClock
from radiodesk.core.processes import tell_ready, watch_for_stop
from radiodesk.core.rounds import Round, Rounds
from radiodesk.core.settings import Settings
from radiodesk.operations.attendant import journal_intake, take_adoption
from radiodesk.operations.attendant.line_steering import Steering
from radiodesk.operations.machine_rounds import machine_rounds
from radiodesk.operations.wiring import prepare
from radiodesk.sound.line_setup import FILE

LOOK = 0.2
ADOPT = 0.5
JOURNALS_REST, LINES_REST = 30.0, 2.0
"""Seconds after which it is looked even if nothing changed: a part may be there again that was not."""


def attend(settings: Settings) -> None:
    """Run until told to stop."""
    database, clock = prepare(settings), SystemClock()
    stop = watch_for_stop()
    steering = Steering(settings, database, clock)
    written = [of_file(journal_intake.journal_of(settings, part)) for part in journal_intake.PARTS]
    journals = OnChange(lambda: journal_intake.read_on(settings, database), *written, rest=JOURNALS_REST)
    steered = OnChange(steering.turn, OfDatabase(database), of_file(settings.lines / FILE), rest=LINES_REST)
    rounds = [
        Round("journals", LOOK, journals.turn),
        Round("takes", ADOPT, lambda: take_adoption.adopt_finished(settings, database, clock)),
        Round("lines", LOOK, steered.turn),
        *machine_rounds(settings, database, clock),
    ]
    running = Rounds("attend", rounds, settings.health, stop)
    running.start()
    tell_ready()
    stop.wait()
    running.join(timeout=5)
