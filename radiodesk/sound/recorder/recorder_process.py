"""``radiodesk record-lines``: the recorder as a process, from its start to its orderly end."""

import logging
import shutil
import time
import wave
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from radiodesk.core.alarms import Alarms
from radiodesk.core.atomic_files import replacing
from radiodesk.core.errors import Conflict, Refusal, Unreadable
from radiodesk.core.health_file import Beat
from radiodesk.core.processes import AlreadyRunning, hold, watch_for_stop
from radiodesk.core.settings import Settings
from radiodesk.sound.control_socket import Answer, ControlServer, Request
from radiodesk.sound.line_journal import Journal
from radiodesk.sound.line_setup import FILE, LinesUnreadable, load_lines, trial_file
from radiodesk.sound.logger.line_logger import ALARM as LOGGER_ALARM
from radiodesk.sound.logger.line_logger import LineLogger, Packing, logger_limits
from radiodesk.sound.pcm import Pcm
from radiodesk.sound.recorder import recorder_report
from radiodesk.sound.recorder.capture_source import Readers
from radiodesk.sound.recorder.disk_space import DiskWatch, Limits
from radiodesk.sound.recorder.engine import PART, Clocks, Recorder
from radiodesk.sound.recorder.loudness_watch import LoudnessWatch
from radiodesk.sound.recorder.recovery import recover
from radiodesk.sound.recorder.side_pipe import SidePipe

log = logging.getLogger(__name__)

TICK = 1.0
LONGEST_TRIAL = 30.0
STOPPED = "the recorder was stopped"


@dataclass
class Process:
    """The recorder with its children and its socket."""

    settings: Settings
    recorder: Recorder
    readers: Readers
    logger: LineLogger
    loudness: LoudnessWatch
    changed: int = -1
    """When the list of lines that was taken over last had been written; 0 for none."""
    refused: str = ""
    """Why the list cannot be read, as the log was told."""

    def reload(self) -> None:
        """Take over the list of lines when its file changed; a list that cannot be read leaves all as it is.

        What did not go well is tried again at the next turn.
        """
        path = self.settings.lines / FILE
        changed = path.stat().st_mtime_ns if path.exists() else 0
        if changed == self.changed:
            return
        try:
            lines = load_lines(path)
        except LinesUnreadable as refusal:
            if self.refused != str(refusal):
                log.error("%s", refusal)
            self.refused = str(refusal)
            return
        self.recorder.configure(lines)
        self.readers.fit()
        self.changed, self.refused = changed, ""

    def turn(self) -> None:
        """One turn: neither of its parts can keep the other from its work."""
        for act in (self.reload, self.recorder.tick):
            try:
                act()
            except Exception:  # the sound of all lines depends on this process: it goes on with what works
                log.exception("A turn of the recorder failed; it goes on.")

    def handle(self, request: Request) -> Answer:
        """One request of the desk."""
        line, by = str(request.get("line", "")), request.get("by")
        match request.get("do"):
            case "state":
                beside = {"logger": self.logger.state(), "loudness": self.loudness.state()}
                return recorder_report.state(self.recorder) | beside
            case "open" | "answer":
                since, broadcast = request.get("since"), request.get("broadcast")
                begun = datetime.fromisoformat(since) if since else None
                take = self.recorder.open(line, since=begun, broadcast=broadcast, by=by)
                return {"take": take.id, "line": line}
            case "close" | "hang_up":
                return {"take": self.recorder.close(line, by=by).id, "line": line}
            case "test":
                seconds = min(float(request.get("seconds", 5.0)), LONGEST_TRIAL)
                with self.recorder.lock:
                    self.recorder.try_out(line, seconds, self._kept(line))
                    trial_file(self.settings, line).unlink(missing_ok=True)
                return {"line": line, "seconds": seconds}
            case "hold" | "resume" | "busy_all":
                raise Conflict("A sound-card line cannot be held from here: its telephone hybrid does that.")
        raise Unreadable("The recorder does not know what “%(what)s” means.", what=request.get("do"))

    def _kept(self, line: str) -> Callable[[Pcm], None]:
        target, rate = trial_file(self.settings, line), self.recorder.rate

        def keep(samples: Pcm) -> None:
            with replacing(target) as written, wave.open(str(written), "wb") as out:
                out.setparams((1, 2, rate, len(samples), "NONE", ""))
                out.writeframes(samples.astype("<i2").tobytes())

        return keep


def record_lines(settings: Settings) -> None:
    """Record until told to stop; raises ``AlreadyRunning``."""
    settings.lines.mkdir(parents=True, exist_ok=True)
    if not hold(settings.lines / f"{PART}.lock"):
        raise AlreadyRunning("A recorder is running already in this data folder.")
    stop = watch_for_stop()
    process = assemble(settings)
    for pipe in process.recorder.pipes:
        pipe.start()
    process.reload()
    recover(process.recorder)
    server = ControlServer(settings.lines / f"{PART}.sock", process.handle)
    log.info("The recorder listens to %s lines.", len(process.recorder.lines))
    beat = Beat(settings.health, "record-lines")
    while not stop.wait(TICK):
        process.turn()
        beat.turn()
    beat.end()
    server.close()
    process.readers.stop()
    process.recorder.close_all(STOPPED)
    for pipe in process.recorder.pipes:
        pipe.end(STOPPED)


def assemble(settings: Settings, **clocks: Any) -> Process:
    """The parts of a recorder, with nothing running yet."""
    settings.spool.mkdir(parents=True, exist_ok=True)
    settings.logger.mkdir(parents=True, exist_ok=True)
    limits = Limits(alarm=round(settings.disk_alarm_gigabytes * 1e9), stop=settings.disk_stop_megabytes * 1_000_000)
    disk = DiskWatch(lambda: shutil.disk_usage(settings.spool).free, limits)
    log_disk = DiskWatch(lambda: shutil.disk_usage(settings.logger).free, logger_limits(limits))
    given = Clocks(**{"now": lambda: datetime.now(UTC), "monotonic": time.monotonic} | clocks)
    recorder = Recorder(settings.spool, Journal(settings.lines / f"{PART}.jsonl"), disk, given)
    logger = LineLogger(settings.logger, given, log_disk, pack=Packing(settings.logger), alarm=_alarm(settings))
    loudness = LoudnessWatch()
    recorder.pipes += [SidePipe(logger), SidePipe(loudness)]
    return Process(settings, recorder, Readers(recorder), logger, loudness)


def _alarm(settings: Settings) -> Callable[[Refusal | None], None]:
    alarms = Alarms(settings.alarms)

    def tell(trouble: Refusal | None) -> None:
        if trouble is not None:
            alarms.sound(LOGGER_ALARM, trouble)
        else:
            alarms.clear(LOGGER_ALARM)

    return tell
