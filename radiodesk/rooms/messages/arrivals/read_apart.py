"""One arrival read in a process of its own: what ends its readers must end no process that others depend on."""

import os
import subprocess
import sys
from pathlib import Path

from radiodesk.core import command
from radiodesk.core.schema import station_database
from radiodesk.core.settings import Settings

_WITHIN = 120.0


def read_apart(settings: Settings, path: Path) -> bool:
    """Take in the arrival at ``path``; returns whether the process that did so died of it.

    It dies of it too when it takes longer than two minutes.
    """
    station = {"RADIODESK_DATA": str(settings.data.resolve())}
    if settings.database_url is not None:
        station["RADIODESK_DATABASE_URL"] = settings.database_url.get_secret_value()
    order = [sys.executable, "-m", __name__, str(path.resolve())]
    try:
        return subprocess.run(order, env=os.environ | station, timeout=_WITHIN, check=False).returncode < 0
    except subprocess.TimeoutExpired:
        return True


def _take_in(path: Path) -> None:
    # Not at the top: the taker asks this module for the process.
    from radiodesk.rooms.messages.arrivals.arrival_intake import Taker

    settings = command.settings()
    taker = Taker(settings, station_database(settings))
    with taker.store.claimed(path) as mine:
        if mine:
            taker.take_claimed(path)


if __name__ == "__main__":
    _take_in(Path(sys.argv[1]))
