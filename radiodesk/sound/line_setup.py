"""Which lines the station has: a line is one channel of one sound device, and what comes in there.

The list is a TOML file that the administrator edits on the page of lines, or by hand.
"""

import json
import re
import tomllib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from radiodesk.core.atomic_files import replacing
from radiodesk.core.errors import Unreadable
from radiodesk.core.settings import Settings

FILE = "lines.toml"
RATES = (8000, 16000, 32000, 44100, 48000)
MOST_CHANNEL = 64
FLOOR = -96.0
"""The level, in dBFS, of a line on which there is nothing."""
QUIET = -55.0
"""The level, in dBFS, below which nobody speaks."""

LOG_FORMATS = ("flac", "opus")
LOG_DAYS, LOG_LEAST_DAYS = 90, 30
MOST_LOG_DAYS = 3660
DELAY_REGAIN = 10
MOST_DELAY = 120

STREAMS = ("http", "https", "rtp")
STREAM_CHANNELS = 2

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


class LinesUnreadable(Unreadable):
    """The list of lines holds something that cannot be."""


class LineKind(StrEnum):
    """What comes in: a caller, what the caller hears, or what goes on air."""

    TELEPHONE = "telephone"
    STUDIO = "studio"
    PROGRAMME = "programme"


def is_stream(device: str) -> bool:
    """Whether a line's device is the address of a stream, no sound card."""
    return "://" in device


@dataclass(frozen=True, slots=True)
class Line:
    """One channel (the first is 1) of one device, which may be a stream's address; ``studio`` is the id of the studio
    line that its callers hear.

    ``log`` is the format in which it is recorded round the clock (``LOG_FORMATS``), empty for not at all; the log is
    kept ``log_days``, and may go after ``log_least_days`` already where the disk is nearly full.

    ``delay`` is how many seconds a delay unit behind this line holds the programme back before it goes on air, 0 for
    none; ``delay_regain`` how much of that it gains back in a hundred seconds after a dump.
    """

    id: str
    label: str
    device: str
    channel: int
    kind: LineKind
    studio: str | None = None
    log: str = ""
    log_days: int = LOG_DAYS
    log_least_days: int = LOG_LEAST_DAYS
    delay: int = 0
    delay_regain: int = DELAY_REGAIN


@dataclass(frozen=True, slots=True)
class Lines:
    """All lines of a station, and the rate in Hz at which all of them are captured."""

    lines: tuple[Line, ...] = ()
    sample_rate: int = 48_000

    def line(self, line_id: str) -> Line | None:
        """The line with this id."""
        return next((line for line in self.lines if line.id == line_id), None)

    @property
    def devices(self) -> dict[str, int]:
        """Each device with the number of channels that must be read from it."""
        most: dict[str, int] = {}
        for line in self.lines:
            most[line.device] = max(line.channel, most.get(line.device, 0))
        return most

    @property
    def on_air(self) -> tuple[Line, ...]:
        """The lines that record a broadcast: the programme, or the studio where there is no programme line."""
        found = [line for line in self.lines if line.kind is LineKind.PROGRAMME]
        return tuple(found or [line for line in self.lines if line.kind is LineKind.STUDIO])


def trial_file(settings: Settings, line: str) -> Path:
    """Where the last trial of a line lies."""
    return settings.lines / "trials" / f"{line}.wav"


def load_lines(path: Path) -> Lines:
    """Read the list; none is there before the first line was added. Raises ``LinesUnreadable``."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Lines()
    except (OSError, ValueError) as error:
        raise LinesUnreadable("The list of lines %(file)s is no list: %(why)s.", file=path.name, why=error) from None
    return checked(raw.get("line", []), raw.get("sample_rate", 48_000))


def save_lines(path: Path, lines: Lines) -> None:
    """Write the list; it appears whole."""
    parts = [f"sample_rate = {lines.sample_rate}\n"]
    for line in lines.lines:
        fields = {name: value for name, value in asdict(line).items() if value is not None}
        # A JSON string is a TOML string.
        rows = "".join(f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in fields.items())
        parts.append(f"[[line]]\n{rows}")
    with replacing(path) as written:
        written.write_text("\n".join(parts), encoding="utf-8")


def checked(rows: Iterable[dict[str, Any]], sample_rate: int) -> Lines:
    """The list, if all of it can be; raises ``LinesUnreadable`` naming the line and what is wrong with it."""
    if sample_rate not in RATES:
        raise LinesUnreadable("The sample rate %(rate)s is none of %(known)s.", rate=sample_rate, known=RATES)
    lines: list[Line] = []
    for row in rows:
        line = _line(row)
        if any(other.id == line.id for other in lines):
            raise LinesUnreadable("Two lines have the name “%(line)s”. Give one of them another.", line=line.id)
        lines.append(line)
    studios = {line.id for line in lines if line.kind is LineKind.STUDIO}
    for line in lines:
        if line.studio is not None and line.studio not in studios:
            raise LinesUnreadable(
                "The line “%(line)s” names “%(studio)s” as its studio line, which is not there.",
                line=line.id,
                studio=line.studio,
            )
    return Lines(tuple(lines), sample_rate)


def _line(row: dict[str, Any]) -> Line:
    name = str(row.get("id", ""))
    if not _ID.fullmatch(name):
        raise LinesUnreadable(
            "“%(line)s” cannot be the name of a line: small letters, digits and hyphens, at most 40.", line=name
        )
    try:
        kind = LineKind(row.get("kind", ""))
        channel = int(row.get("channel", 1))
    except (ValueError, TypeError):
        raise LinesUnreadable("Kind or channel of the line “%(line)s” cannot be understood.", line=name) from None
    device = str(row.get("device", "")).strip()
    if not device or not 1 <= channel <= MOST_CHANNEL:
        raise LinesUnreadable("The line “%(line)s” needs a device and a channel from 1 on.", line=name)
    if is_stream(device):
        _require_stream(name, device, channel)
    label = str(row.get("label", "")).strip()[:60] or name
    studio = row.get("studio") or None
    return Line(
        name,
        label,
        device,
        channel,
        kind,
        str(studio) if studio and kind is LineKind.TELEPHONE else None,
        *_log(name, row),
        *(_delay(name, row) if kind is not LineKind.TELEPHONE else (0, DELAY_REGAIN)),
    )


def _delay(name: str, row: dict[str, Any]) -> tuple[int, int]:
    """Seconds of delay behind the line, and its percent of regaining."""
    try:
        delay, regain = int(row.get("delay") or 0), int(row.get("delay_regain", DELAY_REGAIN))
    except (ValueError, TypeError):
        delay = regain = -1
    if not 0 <= delay <= MOST_DELAY or not 1 <= regain <= 100:
        raise LinesUnreadable(
            "The delay behind the line “%(line)s” is 0 to %(most)s seconds, of which 1 to 100 percent are regained.",
            line=name,
            most=MOST_DELAY,
        )
    return delay, regain


def _log(name: str, row: dict[str, Any]) -> tuple[str, int, int]:
    """Format and days of the line's log."""
    log = str(row.get("log") or "")
    try:
        days, least = int(row.get("log_days", LOG_DAYS)), int(row.get("log_least_days", LOG_LEAST_DAYS))
    except (ValueError, TypeError):
        days = least = 0
    if log and log not in LOG_FORMATS:
        raise LinesUnreadable("The log of the line “%(line)s” can be flac or opus.", line=name)
    if not 1 <= least <= days <= MOST_LOG_DAYS:
        raise LinesUnreadable(
            "The log of the line “%(line)s” is kept 1 to %(most)s days, and at least for no more days than that.",
            line=name,
            most=MOST_LOG_DAYS,
        )
    return log, days, least


def _require_stream(name: str, address: str, channel: int) -> None:
    try:
        parts = urlsplit(address)
        known = parts.scheme.lower() in STREAMS and bool(parts.hostname)
        _ = parts.port
    except ValueError:
        known, parts = False, urlsplit("")
    if not known:
        raise LinesUnreadable(
            "The line “%(line)s” cannot be read from this address. It begins with http://, https:// or rtp://.",
            line=name,
        )
    if parts.username is not None or parts.password is not None:
        raise LinesUnreadable(
            "The address of the line “%(line)s” holds a password, which everybody would see. Take it out.", line=name
        )
    if channel > STREAM_CHANNELS:
        raise LinesUnreadable("A stream has two channels at most. Choose 1 or 2 for the line “%(line)s”.", line=name)
