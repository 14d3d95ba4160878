"""Checks whether packages are as they were sealed. Needs the files alone: no database, no keys, no network.

Each bag is checked by itself (``bag_checks``); a folder with a ledger also against the chain. Each difference is one
sentence.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from radiodesk.core.errors import NotFound
from radiodesk.core.i18n import N_
from radiodesk.rooms.archive import ledger
from radiodesk.rooms.archive.bag_checks import PackageReport, Progress, check_bag, looks_like_bag
from radiodesk.rooms.archive.bag_writer import ALGORITHMS
from radiodesk.rooms.archive.tag_files import Difference, differs

_UNLISTED = N_("Package %(package)s is in the folder, but not in the ledger.")


@dataclass(frozen=True)
class Report:
    """What was found in one package or a folder of them; ``differences`` are those of the chain."""

    packages: tuple[PackageReport, ...]
    differences: tuple[Difference, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.differences and all(package.ok for package in self.packages)

    def all_differences(self) -> list[Difference]:
        """Those of every package, then those of the chain."""
        return [*(one for package in self.packages for one in package.differences), *self.differences]


def verify(
    path: Path, progress: Progress = lambda _bytes: None, chain: Sequence[ledger.Line | None] | None = None
) -> Report:
    """Check a package, or a folder of packages with its ledger; raises ``NotFound`` when there is neither.

    ``chain`` is the ledger of a package that does not lie beside it, since it is a copy out of a store.
    """
    if not path.is_dir():
        raise NotFound("There is no folder %(path)s.", path=path)
    if looks_like_bag(path):
        return _single(path, check_bag(path, progress), chain)
    folders = sorted(one for one in path.iterdir() if one.is_dir() and not one.name.startswith("."))
    ledger_path = path / ledger.NAME
    if not folders and not ledger_path.exists():
        raise NotFound("There is no package in %(path)s.", path=path)
    packages = tuple(_each(folders, progress))
    if not ledger_path.exists():
        return Report(packages)
    lines = ledger.read(ledger_path)
    return Report(tuple(_sealed(path, one) for one in packages), tuple(_chain(lines, packages)))


def _each(folders: Iterable[Path], progress: Progress) -> Iterator[PackageReport]:
    before = 0
    for folder in folders:
        report = check_bag(folder, lambda count, before=before: progress(before + count))  # type: ignore[misc]
        before += report.bytes
        yield report


def _single(path: Path, report: PackageReport, chain: Sequence[ledger.Line | None] | None) -> Report:
    """A package that lies in its archive is also held against its line of the ledger there."""
    lines = ledger.read(path.resolve().parent / ledger.NAME) if chain is None else chain
    previous: ledger.Line | None = None
    for line in lines:
        if line is not None and line.package == path.resolve().name:
            return Report((_sealed(path.resolve().parent, report),), tuple(_fits(line, report, previous)))
        previous = line
    if not lines:
        return Report((report,))
    return Report((report,), (differs(_UNLISTED, package=path.name),))


def _sealed(folder: Path, report: PackageReport) -> PackageReport:
    """Stricter than the standard, for packages of our own: all four manifests, and no stray file beside the data."""
    tags = {"bagit.txt", "bag-info.txt"} | {
        f"{kind}-{name}.txt" for kind in ("manifest", "tagmanifest") for name in ALGORITHMS
    }
    here = {path.name for path in (folder / report.name).iterdir()} - {"data"}
    facts = {"package": report.name}
    told = {one.facts.get("path") for one in report.differences}
    found = [differs(N_("%(package)s lacks %(path)s."), **facts, path=name) for name in sorted(tags - here - told)]
    found += [
        differs(N_("%(package)s holds %(path)s, which was not sealed."), **facts, path=name)
        for name in sorted(here - tags)
    ]
    return replace(report, differences=(*report.differences, *found))


def _chain(lines: list[ledger.Line | None], packages: tuple[PackageReport, ...]) -> Iterator[Difference]:
    by_folder = {package.name: package for package in packages}
    known: set[str] = set()
    previous: ledger.Line | None = None
    for place, line in enumerate(lines, start=1):
        if line is None:
            yield differs(N_("Line %(place)s of the ledger cannot be read."), place=place)
            continue
        if line.digest != line.computed():
            yield differs(N_("Line %(place)s of the ledger was changed: its digest does not fit."), place=place)
        expected = previous.digest if previous else ledger.FIRST
        if line.previous != expected or line.sequence != (previous.sequence if previous else 0) + 1:
            yield differs(N_("Line %(place)s of the ledger does not follow the line before it."), place=place)
        known.add(line.package)
        package = by_folder.get(line.package)
        if package is None:
            yield differs(N_("Package %(package)s is in the ledger, but not in the folder."), package=line.package)
        else:
            yield from _fits(line, package, previous)
        previous = line
    for name in sorted(by_folder.keys() - known):
        yield differs(_UNLISTED, package=name)


def _fits(line: ledger.Line, package: PackageReport, previous: ledger.Line | None) -> Iterator[Difference]:
    if package.identifier != line.package:
        yield differs(
            N_("The folder %(package)s holds another package: %(found)s."),
            package=line.package,
            found=package.identifier or "?",
        )
    if package.digest != line.manifest:
        yield differs(N_("Package %(package)s is not the one that the ledger names."), package=line.package)
    stated = package.information.get("previous-package-digest", [None])[0]
    if stated != (previous.manifest if previous else ledger.FIRST):
        yield differs(N_("Package %(package)s names another package before it than the ledger."), package=line.package)
