"""The log of a process: lines for people, or one JSON object a line for programs that gather them.

Each line that a request or a job causes carries its id (``request-…``, ``job-…``), so that what belongs together is
found. What listeners said or wrote, names, numbers, PINs and tokens are in no line.
"""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Literal

from radiodesk.core.locks import doing

Format = Literal["text", "json"]

trace: ContextVar[str] = ContextVar("trace", default="")
"""The id of the request or job that this thread is at."""


@contextmanager
def traced(name: str) -> Iterator[None]:
    """Give what this thread logs while the block runs an id."""
    token = trace.set(name)
    try:
        yield
    finally:
        trace.reset(token)


class TextLines(logging.Formatter):
    """Time, level, logger and message, with the id in brackets where there is one."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The line without an exception's traceback."""
        told = super().formatMessage(record)
        return f"{told} [{at}]" if (at := trace.get()) else told


class JsonLines(logging.Formatter):
    """``time`` (ISO 8601, UTC), ``level``, ``logger``, ``message``, ``process``; ``id``, ``doing`` and ``error`` where
    there are any.
    """

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
            "id": trace.get(),
            "doing": doing.get(),
            "error": self.formatException(record.exc_info) if record.exc_info else "",
        }
        return json.dumps({name: value for name, value in told.items() if value != ""}, ensure_ascii=False)


def configure(form: Format) -> None:
    """Log to standard error from now on, as services are expected to."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if form == "json" else TextLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    # Of waitress the information is that somebody left a page.
    for chatty in ("alembic", "waitress", "waitress.queue"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
