"""A line with a log of half an hour, in which each minute has a level of its own."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from radiodesk.core.settings import Settings
from radiodesk.sound.line_setup import FILE, Line, LineKind, Lines, save_lines
from radiodesk.sound.logger.log_packing import pack_all
from radiodesk.sound.logger.log_writer import LogWriter, Sound

BEGINS = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
"""18.00 in Bojonegoro, half an hour before the tests' clock."""

RATE = 8000
PROGRAMME = Line("program", "Program", "Meja", 1, LineKind.PROGRAMME, log="flac")
TELEPHONE = Line("telepon-1", "Telepon 1", "Meja", 2, LineKind.TELEPHONE, log="flac")


def write_log(folder: Path, *, minutes: int = 30, away: tuple[int, int] = (10, 12), packed: bool = True) -> None:
    """Log from ``BEGINS``; the device is gone between two minutes."""
    writer = LogWriter(folder, RATE, "flac", monotonic=lambda: 0.0, label=folder.name, flush_every=600.0)
    offset = BEGINS.timestamp()
    for second in range(minutes * 60):
        if away[0] * 60 <= second < away[1] * 60:
            writer.lose("device lost")
            continue
        level = 100 * (second // 60 + 1)
        writer.write(Sound(np.full(RATE, level, np.int16), second, second + 1, offset))
    writer.close("the recorder was stopped")
    if packed:
        pack_all(folder.parent)


def set_up(settings: Settings, logs: Path, *lines: Line) -> None:
    settings.lines.mkdir(parents=True, exist_ok=True)
    save_lines(settings.lines / FILE, Lines(lines or (PROGRAMME, TELEPHONE), RATE))
    for line in lines or (PROGRAMME, TELEPHONE):
        shutil.copytree(logs / line.id, settings.logger / line.id)


def minute(number: float) -> datetime:
    return BEGINS + timedelta(minutes=number)
