"""The attendant as a process: a thread a round, so that neither long takes nor slow telephones hold up a caller."""

from radiodesk.core.bells import BellFollower
from radiodesk.core.changes import OfDatabase, OnChange, of_file
from radiodesk.core.clock import SystemClock
from radiodesk.core.file_watch import FileWatch, WhileEmpty
from radiodesk.core.processes import tell_ready, watch_for_stop
from radiodesk.core.rounds import Round, Rounds
from radiodesk.core.settings import Settings
from radiodesk.operations.attendant import journal_intake, take_adoption
from radiodesk.operations.attendant.line_steering import Steering
from radiodesk.operations.attendant.reserve_watch import ReserveWatch
from radiodesk.operations.machine_rounds import machine_rounds
from radiodesk.operations.wiring import prepare
from radiodesk.sound.line_setup import FILE

LOOK = 0.2
ADOPT = 0.5
RESERVES, PLAYER, READY = 0.25, 0.4, 20.0
JOURNALS_REST, LINES_REST, LINES_IDLE = 30.0, 2.0, 30.0
"""Seconds after which it is looked even if nothing changed: a part may be there again that was not. Rarely, while there
is no line to look after."""


def attend(settings: Settings) -> None:
    """Run until told to stop."""
    database, clock = prepare(settings), SystemClock()
    stop = watch_for_stop()
    steering = Steering(settings, database, clock)
    paths = [journal_intake.journal_of(settings, part) for part in journal_intake.PARTS]
    written = [of_file(path) for path in paths]
    journals = OnChange(lambda: journal_intake.read_on(settings, database), *written, rest=JOURNALS_REST)
    steered = OnChange(
        steering.turn, OfDatabase(database), of_file(settings.lines / FILE), rest=LINES_REST, idle=LINES_IDLE
    )
    for folder in (settings.lines, settings.spool):
        folder.mkdir(parents=True, exist_ok=True)
    wrote = FileWatch([settings.lines], [path.name for path in paths])
    wishes = FileWatch([settings.lines], [FILE])
    rounds = [
        Round("journals", LOOK, journals.turn, wake=wrote),
        Round(
            "takes",
            ADOPT,
            lambda: take_adoption.adopt_finished(settings, database, clock),
            wake=WhileEmpty(settings.spool),
        ),
        Round("lines", LOOK, steered.turn, wake=wishes),
        *machine_rounds(settings, database, clock),
    ]
    if settings.play_output:
        watch = ReserveWatch(settings, database, clock)
        rounds += [
            Round("reserves", RESERVES, watch.turn),
            Round("player", PLAYER, watch.look_at_player),
            Round("ready sounds", READY, watch.make_ready),
        ]
    running = Rounds("attend", rounds, settings.health, stop)
    bell = BellFollower(database, wishes.ring)
    running.start()
    bell.start()
    tell_ready()
    stop.wait()
    running.join(timeout=5)
    bell.close()
