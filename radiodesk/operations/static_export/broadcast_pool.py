"""Makes the files of many broadcasts on all processors that this machine lets us use.

Each process asks a site of its own and writes into the same folder; no two write the same file.
"""

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from pathlib import Path

from radiodesk.core.settings import Settings
from radiodesk.http.request import Station
from radiodesk.operations.branches import end_with_parent
from radiodesk.operations.static_export.frozen_site import Address, FrozenSite
from radiodesk.operations.static_export.site_files import SiteFiles

FEW = 50
"""So many are made sooner here than another process begins."""

NICE = 10
"""The show goes first."""

Asked = tuple[str, list[int]]
"""A broadcast, and the positions of its pieces."""
Made = tuple[dict[str, str], set[Address]]
"""The sums of the files that were written, and the pictures and styles that they need."""


def make_broadcasts(station: Station, searchable: bool, folder: Path, asked: Sequence[Asked]) -> Iterator[Made]:
    """Make them, and give what was made of each as it is done. Raises as ``SiteFiles.broadcast``."""
    many = min(len(os.sched_getaffinity(0)), len(asked) // FEW)
    if many < 2:
        site = FrozenSite(station, searchable=searchable)
        yield from (_made(site, folder, one) for one in asked)
        return
    # Begun anew and not forked off: this process has threads and an open database.
    fresh = multiprocessing.get_context("spawn")
    given = (station.settings, searchable, folder)
    with ProcessPoolExecutor(many, mp_context=fresh, initializer=_begin, initargs=given) as pool:
        waiting: list[Future[Made]] = [pool.submit(_make, one) for one in asked]
        try:
            yield from (one.result() for one in as_completed(waiting))
        finally:
            pool.shutdown(cancel_futures=True)


def _begin(settings: Settings, searchable: bool, folder: Path) -> None:
    from radiodesk.operations.wiring import open_station

    global _site, _folder
    end_with_parent()
    os.nice(NICE)
    _site, _folder = FrozenSite(open_station(settings), searchable=searchable), folder


_site: FrozenSite
_folder: Path


def _make(asked: Asked) -> Made:
    return _made(_site, _folder, asked)


def _made(site: FrozenSite, folder: Path, asked: Asked) -> Made:
    files = SiteFiles(site, folder)
    files.broadcast(*asked)
    return files.sums, files.static
