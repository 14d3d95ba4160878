"""Checks one BagIt bag by the rules of RFC 8493 (older versions by theirs): every file against every checksum."""

import hashlib
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from radiodesk.core.i18n import N_
from radiodesk.core.stores.ports import ObjectSpoilt
from radiodesk.rooms.archive import tag_files
from radiodesk.rooms.archive.bag_files import BagFiles, FolderBag
from radiodesk.rooms.archive.bag_writer import CLOSING
from radiodesk.rooms.archive.tag_files import Declared, Difference, differs

Progress = Callable[[int], None]
"""Told the bytes that were checked so far."""

_BLOCK = 1 << 20
_CHANGED = N_("%(path)s was changed: its checksum does not fit.")


@dataclass(frozen=True)
class PackageReport:
    """What was found in one bag. ``notes`` are oddities that the standard allows."""

    name: str
    identifier: str | None
    digest: str | None
    """SHA-256 of the bag's ``tagmanifest-sha256.txt``, when there is one."""
    files: int
    bytes: int
    differences: tuple[Difference, ...]
    notes: tuple[Difference, ...] = ()
    information: dict[str, list[str]] = field(default_factory=dict)
    tombstones: tuple[str, ...] = ()
    """Digests of the tombstones beside it, as the log of the record holds them."""
    deleted: tuple[Difference, ...] = ()
    """What is gone on purpose, a sentence each; these are notes as well."""

    @property
    def ok(self) -> bool:
        return not self.differences


def looks_like_bag(path: Path) -> bool:
    """Whether a folder is meant as a bag, whole or damaged."""
    return (path / "bagit.txt").exists() or (path / "data").is_dir() or bool(list(path.glob("manifest-*.txt")))


def check_bag(bag: Path | BagFiles, progress: Progress = lambda _bytes: None) -> PackageReport:
    """Check one bag, in a folder or wherever its files are read from; nothing of it is copied."""
    return _Check(FolderBag(bag) if isinstance(bag, Path) else bag, progress).run()


class _Check:
    """The check of one bag: gathers differences and notes while it goes."""

    def __init__(self, bag: BagFiles, progress: Progress) -> None:
        self._bag = bag
        self._here = bag.sizes()
        self._gone = bag.tombstones()
        self._deleted: list[Difference] = []
        self._progress = progress
        self._differences: list[Difference] = []
        self._notes: list[Difference] = []
        self._bytes = 0
        self._version = (1, 0)
        self._encoding = "UTF-8"

    def run(self) -> PackageReport:
        declared = self._declared()
        information: dict[str, list[str]] = {}
        files: dict[str, int] = {}
        if declared is not None:
            self._version, self._encoding = declared.version, declared.encoding
            files = self._walk()
            information = self._information()
            self._check_files(files, information)
        return PackageReport(
            name=self._bag.name,
            identifier=information.get("external-identifier", [None])[0],
            digest=self._digest(CLOSING) if CLOSING in self._here else None,
            files=sum(name.startswith("data/") for name in files),
            bytes=self._bytes,
            differences=tuple(self._differences),
            notes=(*self._deleted, *self._notes),
            information=information,
            tombstones=self._gone.digests,
            deleted=tuple(self._deleted),
        )

    def _wrong(self, message: str, /, **facts: object) -> None:
        self._differences.append(differs(message, package=self._bag.name, **facts))

    def _note(self, message: str, /, **facts: object) -> None:
        self._notes.append(differs(message, package=self._bag.name, **facts))

    def _declared(self) -> Declared | None:
        if "bagit.txt" not in self._here:
            self._wrong(N_("%(package)s has no bagit.txt."))
            return None
        text = self._read("bagit.txt", "UTF-8")
        declared = tag_files.declaration(text) if text is not None else None
        if declared is None:
            self._wrong(N_("The bagit.txt of %(package)s is not written as the standard says."))
        return declared

    def _walk(self) -> dict[str, int]:
        """Every regular file of the bag with its bytes; links and devices are differences."""
        for message, path in self._bag.odd():
            self._wrong(message, path=path)
        return self._here

    def _text(self, name: str) -> str | None:
        if name not in self._here:
            return None
        text = self._read(name, self._encoding)
        if text is None:
            self._wrong(N_("%(path)s cannot be read as %(encoding)s text."), path=name, encoding=self._encoding)
        return text

    def _read(self, name: str, encoding: str) -> str | None:
        try:
            with self._bag.open(name) as file:
                return tag_files.text_in(file.read(), encoding)
        except ObjectSpoilt:
            self._wrong(_CHANGED, path=name)
            return ""

    def _digest(self, name: str) -> str:
        return self._sums(name, {"sha256"}, count=False)["sha256"]

    def _information(self) -> dict[str, list[str]]:
        old = "package-info.txt" if self._version < (0, 96) else "bag-info.txt"
        text = self._text(old)
        return tag_files.information(text) if text else {}

    def _check_files(self, files: dict[str, int], information: dict[str, list[str]]) -> None:
        payload = {name for name in files if name.startswith("data/")}
        manifests = self._manifests("manifest-", payload=True)
        if "data" not in self._bag.top():
            self._wrong(N_("%(package)s has no data folder."))
        if not manifests:
            self._wrong(N_("%(package)s has no manifest, so nothing in it can be checked."))
            return
        tags = self._manifests("tagmanifest-", payload=False)
        listed = {path for manifest in manifests.values() for path in manifest}
        self._check_fetch(listed, payload)
        for name in sorted(payload - self._known(listed, payload)):
            self._wrong(N_("%(path)s is in the package, but no manifest lists it."), path=name)
        if self._version >= (1, 0):
            self._check_all_list_all(manifests, listed)
        self._check_oxum(information, files, payload)
        self._check_sums(files, [*manifests.items(), *tags.items()])

    def _manifests(self, prefix: str, *, payload: bool) -> dict[str, dict[str, str]]:
        """Checksums by path, for each manifest by its file name."""
        found: dict[str, dict[str, str]] = {}
        own = (name for name in self._here if "/" not in name and name.startswith(prefix) and name.endswith(".txt"))
        for name in sorted(own):
            text = self._text(name)
            if text is None:
                continue
            good, bad = tag_files.entries(text, self._version)
            for line in bad:
                self._wrong(N_("%(file)s has a line that cannot be read: %(line)s"), file=name, line=line[:120])
            found[name] = self._unique(name, good, payload=payload)
        return found

    def _unique(self, name: str, listed: Iterable[tag_files.Entry], *, payload: bool) -> dict[str, str]:
        kept: dict[str, str] = {}
        for entry in listed:
            if tag_files.outside(entry.path) or (payload and not entry.path.startswith("data/")):
                self._wrong(N_("%(file)s lists %(path)s, which lies outside of the data."), file=name, path=entry.path)
            elif entry.path in kept and (self._version >= (1, 0) or kept[entry.path] != entry.checksum):
                self._wrong(N_("%(file)s lists %(path)s twice."), file=name, path=entry.path)
            elif entry.path in kept:
                self._note(N_("%(file)s lists %(path)s twice."), file=name, path=entry.path)
            else:
                if entry.unusual:
                    self._note(N_("%(file)s spells %(path)s in an unusual way."), file=name, path=entry.path)
                kept[entry.path] = entry.checksum
        return kept

    def _known(self, listed: set[str], payload: set[str]) -> set[str]:
        """The payload files that are listed, also where a file system or a tool spelled accents in another way."""
        composed = {unicodedata.normalize("NFC", path) for path in listed}
        return {name for name in payload if name in listed or unicodedata.normalize("NFC", name) in composed}

    def _check_fetch(self, listed: set[str], payload: set[str]) -> None:
        text = self._text("fetch.txt")
        if text is None:
            return
        paths, bad = tag_files.fetched(text, self._version)
        for line in bad:
            self._wrong(N_("%(file)s has a line that cannot be read: %(line)s"), file="fetch.txt", line=line[:120])
        for path in paths:
            if tag_files.outside(path) or not path.startswith("data/"):
                self._wrong(N_("%(file)s lists %(path)s, which lies outside of the data."), file="fetch.txt", path=path)
            elif path not in listed:
                self._wrong(N_("%(path)s is to be fetched, but no manifest lists it."), path=path)
            elif path not in payload:
                self._note(N_("%(path)s must be fetched first."), path=path)

    def _check_all_list_all(self, manifests: dict[str, dict[str, str]], listed: set[str]) -> None:
        for name, manifest in manifests.items():
            for path in sorted(listed - manifest.keys()):
                self._wrong(N_("%(file)s does not list %(path)s, another manifest does."), file=name, path=path)

    def _check_oxum(self, information: dict[str, list[str]], files: dict[str, int], payload: set[str]) -> None:
        for stated in information.get("payload-oxum", []):
            gone = [size for name, size in self._gone.sizes.items() if name not in payload]
            count = sum(files[name] for name in payload) + sum(gone)
            found = f"{count}.{len(payload) + len(gone)}"
            if stated != found:
                self._wrong(
                    N_("%(package)s should hold %(stated)s (bytes.files), but holds %(found)s."),
                    stated=stated,
                    found=found,
                )

    def _check_sums(self, files: dict[str, int], manifests: list[tuple[str, dict[str, str]]]) -> None:
        by_path: dict[str, list[tuple[str, str]]] = {}
        for file, manifest in manifests:
            algorithm = file.split("-", 1)[1].removesuffix(".txt").replace("-", "").lower()
            if algorithm not in hashlib.algorithms_available or algorithm.startswith("shake"):
                self._wrong(N_("%(file)s uses a checksum that is not known here."), file=file)
                continue
            for path, checksum in manifest.items():
                by_path.setdefault(path, []).append((algorithm, checksum))
        composed = {unicodedata.normalize("NFC", name): name for name in files}
        for name, wanted in sorted(by_path.items()):
            actual = name if name in files else composed.get(unicodedata.normalize("NFC", name))
            if actual is None:
                if ("sha256", self._gone.files.get(name)) in wanted:
                    told = N_("%(path)s was deleted when its time was over, as its tombstone says.")
                    self._deleted.append(differs(told, package=self._bag.name, path=name))
                else:
                    self._wrong(N_("%(path)s is missing."), path=name)
                continue
            if name not in files:
                self._note(N_("%(path)s is spelled in another way on the disk."), path=name)
            sums = self._sums(actual, {algorithm for algorithm, _ in wanted}, count=name.startswith("data/"))
            if any(sums[algorithm] != checksum for algorithm, checksum in wanted):
                self._wrong(_CHANGED, path=name)

    def _sums(self, path: str, algorithms: set[str], *, count: bool) -> dict[str, str]:
        """The checksums of a file; empty ones where a store gives other bytes than were put there."""
        hashes = {name: hashlib.new(name, usedforsecurity=False) for name in algorithms}
        try:
            for block in self._blocks(path):
                for one in hashes.values():
                    one.update(block)
                if count:
                    self._bytes += len(block)
                    self._progress(self._bytes)
        except ObjectSpoilt:
            return dict.fromkeys(algorithms, "")
        return {name: one.hexdigest() for name, one in hashes.items()}

    def _blocks(self, path: str) -> Iterator[bytes]:
        with self._bag.open(path) as file:
            while block := file.read(_BLOCK):
                yield block
