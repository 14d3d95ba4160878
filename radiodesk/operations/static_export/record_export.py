"""Writes the public record as a folder of plain files, each as the public site shows it.

A broadcast that is as it was at the last export is not made again: its files are taken over. The folder holds one
moment of the record: when something is published or withdrawn meanwhile, it is begun anew.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from sqlalchemy import select

from radiodesk import __version__ as VERSION
from radiodesk.core.atomic_files import remove_folder
from radiodesk.core.errors import Refusal
from radiodesk.core.stores.ports import NoSuchObject
from radiodesk.http.request import Station
from radiodesk.language.places.station_area import area_pack
from radiodesk.operations.static_export import static_search
from radiodesk.operations.static_export.broadcast_pool import make_broadcasts
from radiodesk.operations.static_export.frozen_site import Changed, FrozenSite
from radiodesk.operations.static_export.site_files import SiteFiles, everywhere, own_folder, own_folders
from radiodesk.operations.static_export.whole_folders import exchanging
from radiodesk.rooms.archive import published_log
from radiodesk.rooms.record import public_queries as queries
from radiodesk.rooms.record.models import EditionMark
from radiodesk.rooms.record.public_views import FEED_LENGTH
from radiodesk.web.factory import PACKAGE, template_folder
from radiodesk.web.prints import makers_digest

STATE, SUMS = "ekspor.json", "sha256sum.txt"
TRIES = 5
PAGES = ("/", "/data", "/log/")
DATA = ("siaran.json", "siaran.csv", "dikecualikan.csv", "buku-besar.jsonl")
FEEDS = ("/umpan.rss", "/umpan.atom", "/umpan.json")


class KeepsChanging(Refusal):
    """No moment was found in which the record stood still long enough."""


@dataclass(slots=True)
class Exported:
    """What an export holds."""

    broadcasts: int = 0
    rendered: int = 0
    """Broadcasts that were made anew; the others were taken over."""
    searchable: bool = False
    missing: list[str] = field(default_factory=list)
    """Addresses of sound that the store does not have."""
    sums: dict[str, str] = field(default_factory=dict)
    """The SHA-256 of each file."""


@dataclass(frozen=True)
class _Former:
    """The export that is replaced: what of it can be taken over."""

    folder: Path
    digests: dict[str, str]
    sums: dict[str, str]

    def files(self, *folders: str) -> list[str]:
        """The names of all files below some folders; empty when one of them is gone."""
        named = [name for folder in folders for name in self._below.get(folder, ())]
        return named if all((self.folder / name).is_file() for name in named) else []

    @cached_property
    def _below(self) -> dict[str, list[str]]:
        below: dict[str, list[str]] = {}
        for name in self.sums:
            below.setdefault(own_folder(name) or f"{name.split('/')[0]}/", []).append(name)
        return below


def export(
    station: Station, folder: Path, *, anew: bool = False, tell: Callable[[float, float], None] = lambda *_: None
) -> Exported:
    """Replace ``folder`` by the record as it is now; with ``anew`` nothing of the former export is used.

    Raises ``FolderNotOurs``, ``KeepsChanging``, and what the site or the search refuses; the folder is then as it was.
    """
    with exchanging(folder, STATE) as new:
        for _ in range(TRIES):
            moment = _moment(station)
            with suppress(Changed):
                made = _Export(station, new, _former(folder, _maker(station), anew), tell).write()
                if _moment(station) == moment:
                    return made
            for left in new.iterdir():
                remove_folder(left)
                if left.is_file():
                    left.unlink()
    raise KeepsChanging("The record was changed all the while. Please export it again later.")


def _moment(station: Station) -> tuple[str | None, bytes]:
    """What changes with everything that is published, withdrawn or added to the log."""
    with station.database.reading() as session:
        mark = session.scalar(select(EditionMark.mark).where(EditionMark.subject == ""))
    try:
        return mark, published_log.log_shelf(station.settings).object(published_log.HEAD).read_bytes()
    except NoSuchObject:
        return mark, b""


def _maker(station: Station) -> str:
    """Tells what was made by this release and with these settings."""
    area = area_pack(station.settings.area)
    told = (VERSION, makers_digest(PACKAGE, template_folder()), station.settings, area.emergency, area.name)
    return hashlib.sha256(repr(told).encode()).hexdigest()


def _former(folder: Path, maker: str, anew: bool) -> _Former:
    try:
        state = json.loads((folder / STATE).read_text(encoding="utf-8"))
        lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
        if anew or state["maker"] != maker:
            return _Former(folder, {}, {})
        return _Former(folder, dict(state["broadcasts"]), {line[66:]: line[:64] for line in lines})
    except (OSError, ValueError, KeyError, TypeError):
        return _Former(folder, {}, {})


class _Export:
    """One run."""

    def __init__(self, station: Station, folder: Path, former: _Former, tell: Callable[[float, float], None]) -> None:
        self._station, self._folder, self._former, self._tell = station, folder, former, tell
        with station.database.reading() as session:
            self._digests = dict(queries.contents(session))
        # Of an empty record there is no index.
        searchable = bool(self._digests) and static_search.is_there()
        self._files = SiteFiles(FrozenSite(station, searchable=searchable), folder)
        self._sums = self._files.sums
        self._made = Exported(searchable=searchable, sums=self._sums)

    def write(self) -> Exported:
        digests = self._digests
        self._made.broadcasts = len(digests)
        self._broadcasts()
        self._files.pages(everywhere(PAGES), lambda file: "siaran/" not in file)
        for address in self._files.static:
            self._files.file(address)
        self._files.plain(self._of_all(len(digests)))
        if self._made.searchable:
            self._search(digests)
        state = {"broadcasts": digests, "maker": _maker(self._station)}
        self._files.write(STATE, [json.dumps(state, indent=1, sort_keys=True).encode()])
        sums = "".join(f"{digest}  {name}\n" for name, digest in sorted(self._sums.items()) if name != STATE)
        self._files.write(SUMS, [sums.encode()])
        self._open_to_all()
        return self._made

    def _broadcasts(self) -> None:
        """The pages and files of each broadcast, taken over where nothing of it changed."""
        with self._station.database.reading() as session:
            parts = {public_id: queries.parts_of(session, public_id) for public_id in self._digests}
        asked = []
        for public_id, (_, pieces) in parts.items():
            unchanged = self._former.digests.get(public_id) == self._digests[public_id]
            kept = self._former.files(*own_folders(public_id), "static/") if unchanged else []
            if kept:
                self._take_over(kept)
            else:
                asked.append((public_id, [position for position, _ in pieces]))
        self._made.rendered = len(asked)
        self._tell(len(parts) - len(asked), len(parts) + 1)
        made = make_broadcasts(self._station, self._made.searchable, self._folder, asked)
        for number, (sums, static) in enumerate(made, len(parts) - len(asked) + 1):
            self._sums.update(sums)
            self._files.static |= static
            self._tell(number, len(parts) + 1)
        for public_id, (package, pieces) in parts.items():
            # Sound may have been missing in the store, and a proof grows with the log.
            sounds = [f"/siaran/{public_id}/suara/{position}.{kind}" for position, kinds in pieces for kind in kinds]
            wanted = (one for one in sounds if one[1:] not in self._sums)
            self._made.missing += self._files.plain(wanted, optional=True)
            self._files.plain([f"/log/bukti/{package}.tlog-proof"], optional=True)

    def _of_all(self, count: int) -> Iterator[str]:
        """The addresses of files about the whole record."""
        yield from (f"/data/{name}" for name in DATA)
        for feed in FEEDS:
            yield feed
            yield from (f"{feed}?hal={number}" for number in range(2, -(-count // FEED_LENGTH) + 1))
        yield "/log/kunci"
        shelf = published_log.log_shelf(self._station.settings)
        yield from (f"/log/{name}" for name in ("checkpoint", "cosigned") if shelf.object(name).is_there())
        for found in shelf.list("tile"):
            if published_log.is_tile(found.key.split("tile/", 1)[1]):
                yield f"/log/tile/{found.key.split('tile/', 1)[1]}"

    def _search(self, digests: dict[str, str]) -> None:
        kept = self._former.files(f"{static_search.FOLDER}/") if self._former.digests == digests else []
        if kept:
            self._take_over(kept)
            return
        target = self._folder / static_search.FOLDER
        with self._station.database.reading() as session:
            static_search.write_index(queries.with_words(session), target, self._station.settings.language)
        for path in sorted(one for one in target.rglob("*") if one.is_file()):
            self._sums[path.relative_to(self._folder).as_posix()] = hashlib.sha256(path.read_bytes()).hexdigest()

    def _take_over(self, names: Iterable[str]) -> None:
        for name in (one for one in names if one not in self._sums):
            target = self._folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(self._former.folder / name, target)
            except OSError:  # a disk without links
                shutil.copyfile(self._former.folder / name, target)
            self._sums[name] = self._former.sums[name]

    def _open_to_all(self) -> None:
        """What the station makes is closed to others; this is for everybody."""
        for where, _folders, names in os.walk(self._folder):
            with suppress(PermissionError):
                Path(where).chmod(0o755)
                for name in names:
                    Path(where, name).chmod(0o644)
