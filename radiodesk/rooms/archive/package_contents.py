"""Turns what was gathered into the files of a package. The layout is documented in ``docs/archive.md``."""

import hashlib
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from radiodesk.core import age_files
from radiodesk.core.csv_tables import csv_text
from radiodesk.core.i18n import N_
from radiodesk.core.stores.ports import NoSuchObject
from radiodesk.core.stores.shelves import Shelf
from radiodesk.core.text import cleaned
from radiodesk.recognition import captions
from radiodesk.rooms.archive import closed_part, dublin_core
from radiodesk.rooms.archive.bag_writer import Item
from radiodesk.rooms.archive.gathered_show import Gathered, Sound, Words
from radiodesk.rooms.archive.show_facts import Facts
from radiodesk.rooms.archive.tag_files import Difference, differs
from radiodesk.sound.audio_facts import AudioUnreadable

README = (Path(__file__).parent / "readme.txt").read_text(encoding="utf-8")


IDENTITIES = "restricted/identities.json.age"
_BLOCK = 1 << 16


class Contents:
    """The files of one package; ``notices`` fills with what was not as expected while they are made."""

    def __init__(self, gathered: Gathered, originals: Shelf, scratch: Path, recipients: Sequence[str]) -> None:
        self._gathered = gathered
        self._originals = originals
        self._scratch = scratch
        self._recipients = recipients
        self.notices: list[Difference] = []
        self._closed = closed_part.ClosedTar(scratch / "closed.tar")

    def items(self, package: str, operator: str, station: str) -> Iterator[Item]:
        """Every file, the sound first; what could not be included is told in ``metadata/notices.json``."""
        gathered = self._gathered
        if gathered.open_transcripts:
            self._notice(N_("%(count)s transcripts were not finished."), count=gathered.open_transcripts)
        for sound in gathered.sounds:
            yield from self._sound(sound)
        for words in gathered.words:
            yield from self._words(words)
        for script in gathered.scripts:
            yield from self._script(script)
        yield Item("scripts/scripts.json", _json(gathered.scripts))
        yield Item("as-read/as-read.json", _json(gathered.readings))
        yield Item("rundown/rundown.json", _json(gathered.rundown))
        yield Item("as-run/as-run.json", _json(gathered.as_run))
        yield Item("as-run/as-run.csv", _as_run_csv(gathered.as_run))
        yield Item("calls/calls.json", _json(gathered.calls))
        yield from self._restricted(IDENTITIES, _padded(_json(gathered.identities)))
        self._closed.add("closed.json", _json(gathered.closed))
        self._closed.finish()
        yield from self._restricted(closed_part.PATH, self._closed.path)
        self._closed.path.unlink()
        yield Item("tickets/tickets.json", _json(gathered.tickets))
        yield Item("metadata/broadcast.json", _json({"package": package, "note": gathered.note, **gathered.broadcast}))
        yield Item("metadata/dublin-core.xml", dublin_core.dublin_core(gathered, package, operator, station))
        yield Item("metadata/pbcore.xml", dublin_core.pbcore(gathered, package, operator, station))
        yield Item("metadata/notices.json", _json([{"message": str(one)} for one in self.notices]))
        yield Item("README.txt", README.format(station=station, operator=operator, package=package).encode())

    def _restricted(self, path: str, source: bytes | Path) -> Iterator[Item]:
        """A file of the restricted part, encrypted on the disk: sound may be larger than the memory."""
        sealed = self._scratch / "restricted.age"
        with _opened(source) as clear, sealed.open("wb") as written:
            age_files.encrypt(clear, written, self._recipients)
        yield Item(path, sealed)
        sealed.unlink()

    def _notice(self, message: str, /, **facts: object) -> None:
        self.notices.append(differs(message, **facts))

    def _sound(self, sound: Sound) -> Iterator[Item]:
        name = "…" if sound.guarded else sound.key
        try:
            with self._originals.object(sound.key).local() as source:
                yield from self._copies(sound, source, name)
        except NoSuchObject:
            self._notice(N_("The sound file %(key)s is missing, so it is not in the package."), key=name)

    def _copies(self, sound: Sound, source: Path, name: str) -> Iterator[Item]:
        with source.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != sound.facts["sha256"]:
                self._notice(N_("The sound file %(key)s is not as it was received."), key=name)
        if not sound.restricted:
            yield Item(sound.path, source)
            return
        if sound.guarded:
            self._closed.add(sound.path, source)
        else:
            yield from self._restricted(f"restricted/{sound.path}.age", source)
        if sound.cut and sound.facts["problem"] is None:
            yield from self._open_copy(sound, source)

    def _open_copy(self, sound: Sound, source: Path) -> Iterator[Item]:
        from radiodesk.sound.cuts import cut

        shorter = self._scratch / f"{sound.facts['recording']}.flac"
        try:
            cut(source, shorter, sound.cut)
        except ValueError:
            return  # every second of it is closed
        except AudioUnreadable:
            self._notice(N_("The sound file %(key)s cannot be decoded, so no open copy of it was made."), key=sound.key)
            return
        stem = sound.path.rpartition(".")[0]
        yield Item(f"{stem}-open.flac", shorter)
        shorter.unlink()

    def _words(self, words: Words) -> Iterator[Item]:
        if words.guarded:
            self._closed.add(f"{words.path}.json", _json(words.facts))
            return
        if words.restricted:
            yield from self._restricted(f"restricted/{words.path}.json.age", _json(words.facts))
            return
        yield Item(f"{words.path}.json", _json(words.facts))
        if words.segments:
            yield Item(f"{words.path}.vtt", captions.webvtt(words.segments).encode())
            yield Item(f"{words.path}.txt", captions.plain(words.segments).encode())

    def _script(self, script: Facts) -> Iterator[Item]:
        yield Item(f"scripts/{script['script']}-v{script['version']}.txt", script["text"].encode())
        if script["kind"] == "bulletin":
            chosen = {key: script[key] for key in ("script", "version", "text", "sha256", "items", "left_out")}
            yield Item(f"bulletins/{script['script']}-v{script['version']}.json", _json(chosen))


def _opened(source: bytes | Path) -> IO[bytes]:
    return io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")


def _json(value: Any) -> bytes:
    return (json.dumps(cleaned(value), ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _padded(text: bytes) -> bytes:
    """JSON with blanks behind it, so that its size does not tell how much it holds."""
    return text.ljust(-(-len(text) // _BLOCK) * _BLOCK)


def _as_run_csv(entries: list[Facts]) -> bytes:
    head = ["at", "offset", "kind", "subject", "title", "by", "details"]
    return csv_text(head, map(_as_run_row, entries), newline="\n").encode()


def _as_run_row(entry: Facts) -> list[object]:
    details = json.dumps(entry["details"], ensure_ascii=False, sort_keys=True) if entry["details"] else ""
    plain = [entry[name] for name in ("kind", "subject", "title", "by")]
    return [entry["at"], f"{entry['offset']:.1f}", *plain, details]
