"""What a killed recorder left behind: takes that go on when it is back soon, else end where it stopped."""

from radiodesk.sound.line_journal import Entry
from radiodesk.sound.recorder.engine import Recorder
from radiodesk.sound.recorder.recorder_state import Live, Open
from radiodesk.sound.takes import Spooled, Take, boot_id, takes

RESUME_SECONDS = 60.0
WHY = "the recorder was not running"


def recover(recorder: Recorder) -> None:
    """Look at every take that was not closed; the lines are configured already."""
    with recorder.lock:
        for found in takes(recorder.spool):
            if found.about.kind == "soundcard" and not found.closed:
                _one(recorder, found)


def _one(recorder: Recorder, found: Spooled) -> None:
    live = recorder.lines.get(found.about.line)
    take = Take.resume(found, monotonic=recorder.clocks.monotonic)
    if live is not None and _goes_on(recorder, live, take):
        feeds = []
        for direction, line in recorder.parts(live.line):
            begins = take.about.monotonic + take.frames(direction) / recorder.rate
            feed = recorder.feed(take, direction, line, begins)
            feed.go_on(begins, WHY)
            feeds.append(feed)
        live.open = Open(take, feeds)
        recorder.tell(live, "opened", resumed=True)
        return
    take.close(WHY)
    entry = Entry(recorder.clocks.now(), take.about.line, "closed", take.id, facts={"recovered": True})
    recorder.journal.write(entry)


def _goes_on(recorder: Recorder, live: Live, take: Take) -> bool:
    """Whether the machine ran on, the line is as it was, and little time was lost."""
    about = take.about
    directions = tuple(direction for direction, _ in recorder.parts(live.line))
    if live.open is not None or about.boot != boot_id() or about.sample_rate != recorder.rate:
        return False
    reached = about.monotonic + max(map(take.frames, about.directions)) / about.sample_rate
    # The sound's clock may be ahead of the machine's by a little.
    return directions == about.directions and -1.0 <= recorder.clocks.monotonic() - reached <= RESUME_SECONDS
