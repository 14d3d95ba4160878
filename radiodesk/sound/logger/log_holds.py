"""Stretches of time of which no log goes, whatever its rule: a legal hold, which the recorder itself cannot see.

The recorder needs no database: whoever has one writes the stretches into a file beside the logs, and pruning reads it.
"""

import json
import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from radiodesk.core.atomic_files import replacing

log = logging.getLogger(__name__)

HELD = "held.json"

Stretch = tuple[datetime, datetime]
"""Its first moment, and the first after it."""


def write_held(logger: Path, stretches: Sequence[Stretch]) -> bool:
    """Put these in place of what was held; gives whether anything changed."""
    told = [[_spelled(begins), _spelled(ends)] for begins, ends in sorted(set(stretches))]
    text = json.dumps(told)
    path = logger / HELD
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    with replacing(path) as written:
        written.write_text(text, encoding="utf-8")
    return True


def held_stretches(logger: Path) -> list[Stretch] | None:
    """What is held; ``None`` where the file cannot be read, and then nothing may go."""
    try:
        told = json.loads((logger / HELD).read_text(encoding="utf-8"))
        return [(datetime.fromisoformat(begins), datetime.fromisoformat(ends)) for begins, ends in told]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError) as error:
        log.error("What of the logs is under legal hold cannot be read, so none goes: %s", error)
        return None


def is_held(stretches: Sequence[Stretch], begins: datetime, ends: datetime) -> bool:
    """Whether a stretch of time touches one of these."""
    return any(first < ends and begins < last for first, last in stretches)


def _spelled(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
