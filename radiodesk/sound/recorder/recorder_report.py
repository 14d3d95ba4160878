"""What the recorder says of itself when it is asked: levels, devices, overflows, room on the disk, open takes."""

from typing import Any

from radiodesk.sound.recorder.disk_space import Room
from radiodesk.sound.recorder.engine import QUIET_SECONDS, Recorder
from radiodesk.sound.recorder.recorder_state import Live


def state(recorder: Recorder) -> dict[str, Any]:
    """All of it, as JSON can hold it; levels in dBFS."""
    with recorder.lock:
        return {
            "part": "recorder",
            "at": recorder.clocks.now().isoformat(),
            "sample_rate": recorder.rate,
            "disk": {
                "free": recorder.disk.free,
                "alarm": recorder.disk.limits.alarm,
                "stop": recorder.disk.limits.stop,
                "low": recorder.disk.room is not Room.GOOD,
                "stopped": recorder.disk.room is Room.FULL,
            },
            "devices": [
                {
                    "device": source.device,
                    "channels": source.channels,
                    "heard": source.heard,
                    "reason": source.reason,
                    "overflows": source.overflows,
                    "dropped_seconds": round(source.dropped / recorder.rate, 3),
                }
                for source in recorder.sources.values()
            ],
            "lines": [_line(recorder, live) for live in recorder.lines.values()],
        }


def _line(recorder: Recorder, live: Live) -> dict[str, Any]:
    level, source, opened = live.meter.level, recorder.sources[live.line.device], live.open
    return {
        "id": live.line.id,
        "label": live.line.label,
        "kind": live.line.kind.value,
        "heard": source.heard,
        "reason": source.reason,
        "peak": level.peak,
        "rms": level.rms,
        "clips": level.clips,
        "clipping": level.clipping,
        "quiet": level.quiet_seconds >= QUIET_SECONDS,
        "overflows": source.overflows,
        "trying": live.trial is not None,
        "take": None
        if opened is None
        else {
            "id": opened.take.id,
            "started_at": opened.take.about.started_at.isoformat(),
            "seconds": round(opened.take.seconds, 2),
            "directions": {feed.direction: feed.broken for feed in opened.feeds},
            "broadcast": opened.take.about.broadcast,
        },
    }
