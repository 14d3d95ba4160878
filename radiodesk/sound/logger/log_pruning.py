"""Removes what of the logs is older than its rule, and on a full disk what the rule lets go early, oldest first.

What is under legal hold stays in both cases (``log_holds``).
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from radiodesk.sound.logger.log_files import HOUR, REMOVED, PieceFiles, logged_lines, piece_files
from radiodesk.sound.logger.log_holds import held_stretches, is_held

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rule:
    """Days that the log of a line is kept, and days before which nothing of it goes whatever the disk is like."""

    days: int
    least_days: int


def prune_old(logger: Path, rules: Mapping[str, Rule], now: datetime, otherwise: Rule) -> int:
    """Remove what is older than its rule; returns the bytes that became free. ``otherwise`` is for lines that went."""
    freed, held = 0, held_stretches(logger)
    if held is None:
        return 0
    for line in logged_lines(logger):
        before = now - timedelta(days=rules.get(line, otherwise).days)
        for files in list(piece_files(logger / line, last=before.date())):
            if files.hour + HOUR <= before and not is_held(held, files.hour, files.hour + HOUR):
                freed += _remove(logger / line, files, "rule", now)
    return freed


def prune_for_room(logger: Path, rules: Mapping[str, Rule], now: datetime, otherwise: Rule) -> int:
    """Remove the oldest hour that a rule lets go; returns the bytes that became free, 0 when nothing may go."""
    oldest: tuple[datetime, str] | None = None
    held = held_stretches(logger)
    if held is None:
        return 0
    for line in logged_lines(logger):
        before = now - timedelta(days=rules.get(line, otherwise).least_days)
        for files in piece_files(logger / line, last=before.date()):
            if is_held(held, files.hour, files.hour + HOUR):
                continue
            if files.hour + HOUR <= before and (oldest is None or files.hour < oldest[0]):
                oldest = files.hour, line
            break
    if oldest is None:
        return 0
    hour, line = oldest
    return sum(
        _remove(logger / line, files, "disk", now)
        for files in list(piece_files(logger / line, hour.date(), hour.date()))
        if files.hour == hour
    )


def _remove(line: Path, files: PieceFiles, why: str, now: datetime) -> int:
    entry = {"at": now.isoformat(), "why": why, "begins": files.hour.isoformat()}
    entry["ends"] = (files.hour + HOUR).astimezone(UTC).isoformat()
    freed = files.remove()
    try:
        # A full disk may not take the note, which must not keep the sound.
        with (line / REMOVED).open("a", encoding="utf-8") as note:
            note.write(json.dumps(entry) + "\n")
        if not any(files.folder.iterdir()):
            files.folder.rmdir()
    except OSError as error:
        log.warning("That %s went cannot be noted: %s", files.name, error.strerror)
    reason = "it is older than its rule" if why == "rule" else "the disk is nearly full"
    log.info("The log of %s of %s was removed: %s.", line.name, files.hour.isoformat(), reason)
    return freed
