"""What the public site shows, written into the folder of an export, each file with its sum."""

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path

from radiodesk.core import i18n
from radiodesk.operations.static_export.frozen_site import Address, Changed, FrozenSite

OF_BROADCAST = ("siaran.txt", "siaran.json", "siaran.jsonld", "manifes.txt", "dikecualikan.csv")
OF_PIECE = (".vtt", ".srt", ".json", "/bab.json")


class SiteFiles:
    """Writes files, each once. Pictures and styles that the pages need are only noted: they belong to many pages."""

    def __init__(self, site: FrozenSite, folder: Path) -> None:
        self._site, self._folder = site, folder
        self.sums: dict[str, str] = {}
        """The SHA-256 of each file, by its name below the folder."""
        self.static: set[Address] = set()

    def broadcast(self, public_id: str, positions: Iterable[int]) -> None:
        """The pages of one broadcast, and its files but sound and proof."""
        page = f"/siaran/{public_id}"
        own = own_folders(public_id)
        parts = [f"{page}/bagian/{position}" for position in positions]
        self.pages(everywhere((page, f"{page}/dikecualikan", *parts)), lambda file: file.startswith(own))
        self.plain(f"{page}/{name}" for name in OF_BROADCAST)
        self.plain(f"{part}{name}" for part in parts for name in OF_PIECE)

    def pages(self, first: Iterable[Address], wanted: Callable[[str], bool]) -> None:
        """Some pages, and those of their kind that they lead to."""
        waiting = list(first)
        while waiting:
            address = waiting.pop()
            file = self._site.file_of(address)
            if file is None or file in self.sums:
                continue
            if file.startswith("static/"):
                self.static.add(address)
            elif file.endswith(".html") and wanted(file):
                body, led_to = self._site.page(address)
                self.write(file, [body])
                waiting += led_to

    def plain(self, paths: Iterable[str], *, optional: bool = False) -> list[str]:
        """Files as they are; returns those that are not there, which only ``optional`` ones may be."""
        missing = []
        for path in paths:
            address = Address(path, self._site.first)
            try:
                self.file(address)
            except Changed:
                if not optional:
                    raise
                missing.append(path)
        return missing

    def file(self, address: Address) -> None:
        """What stands at an address that is no page; raises ``Changed`` where nothing stands there."""
        file = self._site.file_of(address)
        if file is not None and file not in self.sums:
            self.write(file, self._site.read(address))

    def write(self, name: str, parts: Iterable[bytes]) -> None:
        """A file of these pieces."""
        whole, target = hashlib.sha256(), self._folder / name
        waiting = iter(parts)
        # Asked first: what is not there leaves no file.
        begin: bytes | None = next(waiting, b"")
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            while begin is not None:
                whole.update(begin)
                file.write(begin)
                begin = next(waiting, None)
        self.sums[name] = whole.hexdigest()


def own_folders(public_id: str) -> tuple[str, ...]:
    """The folders of one broadcast, in each language."""
    return tuple(f"{before}siaran/{public_id}/" for before in ("", *(f"{one}/" for one in i18n.LANGUAGES)))


def own_folder(name: str) -> str | None:
    """The folder of the broadcast that a file belongs to."""
    parts = name.split("/")
    for depth in (0, 1):
        if parts[depth : depth + 1] == ["siaran"] and len(parts) > depth + 2:
            return f"{'/'.join(parts[: depth + 2])}/"
    return None


def everywhere(paths: Iterable[str]) -> list[Address]:
    """Some paths in each language."""
    return [Address(path, language) for path in paths for language in i18n.LANGUAGES]
