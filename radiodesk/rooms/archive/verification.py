"""Checks whether packages are as they were sealed, in a folder or where they lie in the store. Needs their files alone:
no database, no keys.

Each bag is checked by itself (``bag_checks``); a folder with a ledger also against the chain. Each difference is one
sentence.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from radiodesk.core.errors import NotFound
from radiodesk.core.i18n import N_
from radiodesk.core.stores.shelves import Shelf
from radiodesk.rooms.archive import ledger
from radiodesk.rooms.archive.bag_checks import PackageReport, Progress, check_bag, looks_like_bag
from radiodesk.rooms.archive.bag_files import BagFiles, FolderBag, bag_in
from radiodesk.rooms.archive.bag_writer import ALGORITHMS
from radiodesk.rooms.archive.tag_files import Difference, differs

ASIDE = "damaged-"
"""How the folders begin that keep what was damaged, after a repair; in a store of files they are hidden (a dot)."""
OTHER = N_("Package %(package)s is not the one that the database names.")
UNLISTED = N_("Package %(package)s is in the folder, but not in the ledger.")


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


def verify(path: Path, progress: Progress = lambda _bytes: None) -> Report:
    """Check a package, or a folder of packages with its ledger; raises ``NotFound`` when there is neither."""
    if not path.is_dir():
        raise NotFound("There is no folder %(path)s.", path=path)
    if looks_like_bag(path):
        # A package that lies in its archive is also held against its line of the ledger there.
        whole = path.resolve()
        lines = ledger.read(whole.parent / ledger.NAME)
        return _single(FolderBag(path), FolderBag(whole), lines, progress)
    folders = sorted(one for one in path.iterdir() if one.is_dir() and not one.name.startswith("."))
    ledger_path = path / ledger.NAME
    if not folders and not ledger_path.exists():
        raise NotFound("There is no package in %(path)s.", path=path)
    chain = ledger.read(ledger_path) if ledger_path.exists() else None
    return _several([FolderBag(folder) for folder in folders], chain, progress, lambda name: FolderBag(path / name))


def verify_package(shelf: Shelf, package: str, progress: Progress = lambda _bytes: None) -> Report:
    """Check a package where it lies in the store, and its line of the ledger there; nothing of it is copied."""
    bag = bag_in(shelf, package)
    return _single(bag, bag, ledger.kept(shelf.object(ledger.NAME)), progress)


def verify_copy(shelf: Shelf, package: str, manifest: str, progress: Progress = lambda _bytes: None) -> Report:
    """Check a package by the SHA-256 of its tag manifest, as the database has it, wherever it lies; without a ledger.

    A report without packages says that nothing is there.
    """
    if next(shelf.list(package), None) is None:
        return Report(())
    return verify_bag(bag_in(shelf, package), manifest, progress)


def verify_bag(bag: BagFiles, manifest: str, progress: Progress = lambda _bytes: None) -> Report:
    """The same of a bag that is named as its package."""
    report = _sealed(bag, check_bag(bag, progress))
    return Report((report,), () if report.digest == manifest else (differs(OTHER, package=bag.name),))


def verify_shelf(shelf: Shelf, progress: Progress = lambda _bytes: None) -> Report:
    """Check every package of the store with its ledger; raises ``NotFound`` when there is neither."""
    folder = shelf.folder()
    if folder is not None:
        return verify(folder, progress)
    keys = [one.key for one in shelf.list()]
    names = sorted({key.partition("/")[0] for key in keys if "/" in key and not key.startswith(ASIDE)})
    if not keys:
        raise NotFound("There is no package in the store.")
    lines = ledger.kept(shelf.object(ledger.NAME)) if ledger.NAME in keys else None
    return _several([bag_in(shelf, name) for name in names], lines, progress, lambda name: bag_in(shelf, name))


def _several(
    bags: Sequence[BagFiles],
    lines: list[ledger.Line | None] | None,
    progress: Progress,
    bag_of: Callable[[str], BagFiles],
) -> Report:
    packages = tuple(_each(bags, progress))
    if lines is None:
        return Report(packages)
    sealed = tuple(_sealed(bag, package) for bag, package in zip(bags, packages, strict=True))
    return Report(sealed, tuple(_chain(lines, packages, bag_of)))


def _each(bags: Iterable[BagFiles], progress: Progress) -> Iterator[PackageReport]:
    before = 0
    for bag in bags:
        report = check_bag(bag, lambda count, before=before: progress(before + count))  # type: ignore[misc]
        before += report.bytes
        yield report


def _single(bag: BagFiles, whole: BagFiles, lines: Sequence[ledger.Line | None], progress: Progress) -> Report:
    """``whole`` is the same bag under the name that it has in its archive."""
    report = check_bag(bag, progress)
    previous: ledger.Line | None = None
    for line in lines:
        if line is not None and line.package == whole.name:
            return Report((_sealed(whole, report),), tuple(_fits(line, report, previous)))
        previous = line
    if not lines:
        return Report((report,))
    return Report((report,), (differs(UNLISTED, package=bag.name),))


def _sealed(bag: BagFiles, report: PackageReport) -> PackageReport:
    """Stricter than the standard, for packages of our own: all four manifests, and no stray file beside the data."""
    tags = {"bagit.txt", "bag-info.txt"} | {
        f"{kind}-{name}.txt" for kind in ("manifest", "tagmanifest") for name in ALGORITHMS
    }
    here = bag.top() - {"data"}
    facts = {"package": report.name}
    told = {one.facts.get("path") for one in report.differences}
    found = [differs(N_("%(package)s lacks %(path)s."), **facts, path=name) for name in sorted(tags - here - told)]
    found += [
        differs(N_("%(package)s holds %(path)s, which was not sealed."), **facts, path=name)
        for name in sorted(here - tags)
    ]
    return replace(report, differences=(*report.differences, *found))


def _chain(
    lines: list[ledger.Line | None], packages: tuple[PackageReport, ...], bag_of: Callable[[str], BagFiles]
) -> Iterator[Difference]:
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
            if bag_of(line.package).tombstones().whole != line.manifest:
                yield differs(N_("Package %(package)s is in the ledger, but not in the folder."), package=line.package)
        else:
            yield from _fits(line, package, previous)
        previous = line
    for name in sorted(by_folder.keys() - known):
        yield differs(UNLISTED, package=name)


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
