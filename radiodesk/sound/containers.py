"""How the bytes of a sound file are really laid out, where its headers cannot be trusted.

Recorders that lost power, programs that stream and files joined with ``cat`` leave headers that state too little or too
much. Here the file is looked through for two things: where another file of the same kind begins inside it (each such
part has headers of its own), and how many bytes of sound an uncompressed part truly holds. A part is then read as if
its header told the truth; the file itself stays as it came.
"""

import io
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

_BEGINNINGS: tuple[tuple[str, "re.Pattern[bytes]"], ...] = tuple(
    (name, re.compile(pattern, re.DOTALL))
    for name, pattern in (
        ("ogg", rb"OggS\0[\x02\x06]\0{8}.{4}\0{4}"),
        ("wav", rb"(?:RIFF|RIFX|RF64|BW64).{4}WAVE"),
        ("w64", rb"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\0\0"),
        ("aiff", rb"FORM.{4}AIF[FC]"),
        ("au", rb"\.snd\0\0\0.{5}\0\0\0."),
        ("caf", rb"caff\0\x01\0\0desc"),
        ("flac", rb"fLaC[\0\x80]\0\0\x22"),
        ("amr", rb"#!AMR(?:-WB)?\n"),
        ("webm", rb"\x1aE\xdf\xa3.{0,48}?(?:webm|matroska)"),
        ("asf", rb"0&\xb2u\x8ef\xcf\x11\xa6\xd9\0\xaa\0b\xcel"),
    )
)
_REACH = 96
_BLOCK = 1 << 22
_MOST_PARTS = 1000
_MOST_CHUNKS = 10_000
_UNTOLD = 0x7FFFF000
"""A 32-bit size from which on a program that streams meant "as much as comes"."""

_W64_DATA = b"data\xf3\xac\xd3\x11\x8c\xd1\x00\xc0\x4f\x8e\xdb\x8a"
_TAILS = re.compile(
    rb"LIST|[iI][dD]3|ID32|bext|cue |smpl|fact|PEAK|iXML|aXML|_PMX|JUNK|junk|PAD |FLLR|acid|inst|cart|plst|umid|afsp"
    rb"|TAG|APETAGEX|ANNO|NAME|AUTH|\(c\) |MARK|COMT|APPL|INST|CHAN|MIDI"
)
_CHUNK_NAME = re.compile(rb"[ -~]{4}")


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes ``start`` to ``end`` of a file, which are a sound file of their own.

    ``sound_bytes`` is how much uncompressed sound it holds, ``stated_bytes`` what its header says where that is wrong;
    ``mended`` are the bytes to be read in place of the header's, by their offset in the part.
    """

    start: int
    end: int
    sound_bytes: int | None = None
    stated_bytes: int | None = None
    mended: tuple[tuple[int, bytes], ...] = field(default=())

    def open(self, path: Path) -> "PartReader":
        """The part as a file."""
        return PartReader(path, self)


class PartReader(io.RawIOBase):
    """Reads a part of a file with its header mended."""

    def __init__(self, path: Path, part: Part) -> None:
        super().__init__()
        self._file = path.open("rb")
        self._part = part
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        length = self._part.end - self._part.start
        origin = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: length}[whence]
        self._at = max(0, origin + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, size: int = -1) -> bytes:
        left = max(0, self._part.end - self._part.start - self._at)
        self._file.seek(self._part.start + min(self._at, self._part.end - self._part.start))
        data = bytearray(self._file.read(left if size < 0 else min(size, left)))
        for offset, mended in self._part.mended:
            first, last = max(offset, self._at), min(offset + len(mended), self._at + len(data))
            if first < last:
                data[first - self._at : last - self._at] = mended[first - offset : last - offset]
        self._at += len(data)
        return bytes(data)

    def close(self) -> None:
        self._file.close()
        super().close()


def parts(path: Path) -> list[Part]:
    """The sound files that ``path`` consists of, in order: one, where nobody joined any. Raises ``OSError``."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(_REACH)
        kind, beginning = next(((name, found) for name, found in _BEGINNINGS if found.match(head)), ("", None))
        if beginning:
            starts = [0, *_later_beginnings(file, kind, beginning, size)]
        else:
            starts = [0, *_later_movies(file, size)] if head[4:8] == b"ftyp" else [0]
        ends = [*starts[1:], size]
        return [_measured(file, kind, start, end) for start, end in zip(starts, ends, strict=True)]


def _later_beginnings(file: BinaryIO, kind: str, beginning: "re.Pattern[bytes]", size: int) -> Iterator[int]:
    """Where further files begin; the pages that open the streams of one Ogg file stand together and count once."""
    found, opened_until = 0, 0
    for at in _occurrences(file, beginning):
        if kind == "ogg":
            page_ends = at + _page_length(file, at)
            together, opened_until = at == opened_until, page_ends
            if together:
                continue
        if at and found < _MOST_PARTS - 1 and at < size:
            found += 1
            yield at


def _occurrences(file: BinaryIO, pattern: "re.Pattern[bytes]") -> Iterator[int]:
    position, last = 0, -1
    while True:
        file.seek(position)
        block = file.read(_BLOCK + _REACH)
        for match in pattern.finditer(block):
            if position + match.start() > last:
                last = position + match.start()
                yield last
        if len(block) < _BLOCK + _REACH:
            return
        position += _BLOCK


def _page_length(file: BinaryIO, at: int) -> int:
    file.seek(at)
    head = file.read(27 + 255)
    segments = head[26] if len(head) > 26 else 0
    return 27 + segments + sum(head[27 : 27 + segments])


def _later_movies(file: BinaryIO, size: int) -> Iterator[int]:
    """Where an MP4 file that follows another begins: a second ``ftyp`` box behind a ``moov``."""
    at, described = 0, False
    for _ in range(_MOST_CHUNKS):
        file.seek(at)
        head = file.read(16)
        length, name = int.from_bytes(head[:4]), head[4:8]
        if length == 1:
            length = int.from_bytes(head[8:16])
        if name == b"ftyp" and described:
            yield at
            described = False
        described = described or name == b"moov"
        if length < 8 or at + length >= size:
            return
        at += length


@dataclass(frozen=True, slots=True)
class _Data:
    """Where a header states the length of the sound: offsets in the part."""

    begins: int
    stated: int
    field_at: int
    field_bytes: int
    order: str = "little"
    more: int = 0
    """What the stated length counts beside the sound."""


def _measured(file: BinaryIO, kind: str, start: int, end: int) -> Part:
    find = {"wav": _wav_data, "w64": _w64_data, "aiff": _aiff_data, "au": _au_data, "caf": _caf_data}.get(kind)
    found = find(file, start, end) if find else None
    if found is None:
        return Part(start, end)
    held = end - start - found.begins
    if found.stated <= held and not _sound_goes_on(file, start + found.begins + found.stated, end, found):
        return Part(start, end, found.stated)
    largest: int = (1 << (8 * found.field_bytes)) - 1
    untold = found.stated == 0 or found.stated >= (_UNTOLD if found.field_bytes == 4 else 1 << 62)
    length = min(held + found.more, largest).to_bytes(found.field_bytes, "little" if found.order == "little" else "big")
    return Part(start, end, held, None if untold else found.stated, ((found.field_at, length),))


def _sound_goes_on(file: BinaryIO, at: int, end: int, data: _Data) -> bool:
    """Whether what follows the stated sound is sound too, and no other chunk, tag or padding."""
    file.seek(at)
    following = file.read(min(end - at, 4096))
    if len(following) < 16 or not following.strip(b"\0"):
        return False
    order = "little" if data.order == "little" else "big"
    for skipped in (0, 1):
        if _TAILS.match(following, skipped) or (
            data.field_bytes == 4 and _is_chain(file, at + skipped, end, order)  # padded to an even length
        ):
            return False
    # GUIDs are no printable names; Wave64 aligns its chunks to eight bytes.
    return not (data.field_bytes == 8 and _W64_DATA[4:8] in following[:32])


def _is_chain(file: BinaryIO, at: int, end: int, order: str) -> bool:
    """Whether chunks with names and lengths follow each other exactly to the end."""
    for _ in range(_MOST_CHUNKS):
        if end - at < 8:
            return end - at <= 1
        file.seek(at)
        head = file.read(8)
        if not _CHUNK_NAME.fullmatch(head[:4]):
            return False
        length = int.from_bytes(head[4:], "little" if order == "little" else "big")
        at += 8 + length + length % 2
    return False


def _chunks(file: BinaryIO, at: int, end: int, order: str) -> Iterator[tuple[bytes, int, int]]:
    """Name, length and place of the contents of each chunk."""
    for _ in range(_MOST_CHUNKS):
        if at + 8 > end:
            return
        file.seek(at)
        head = file.read(8)
        length = int.from_bytes(head[4:], "little" if order == "little" else "big")
        yield head[:4], length, at + 8
        at += 8 + length + length % 2


def _wav_data(file: BinaryIO, start: int, end: int) -> _Data | None:
    file.seek(start)
    order = "big" if file.read(4) == b"RIFX" else "little"
    long_length: tuple[int, int] | None = None
    for name, length, at in _chunks(file, start + 12, end, order):
        if name == b"ds64" and length >= 24:
            file.seek(at + 8)
            long_length = int.from_bytes(file.read(8), "little"), at + 8 - start
        if name == b"data":
            if long_length and length == 0xFFFFFFFF:
                return _Data(at - start, long_length[0], long_length[1], 8)
            return _Data(at - start, length, at - 4 - start, 4, order)
    return None


def _w64_data(file: BinaryIO, start: int, end: int) -> _Data | None:
    at = start + 40
    for _ in range(_MOST_CHUNKS):
        if at + 24 > end:
            return None
        file.seek(at)
        head = file.read(24)
        length = int.from_bytes(head[16:], "little")
        if head[:16] == _W64_DATA:
            return _Data(at + 24 - start, max(0, length - 24), at + 16 - start, 8, more=24)
        at += max(24, (length + 7) // 8 * 8)
    return None


def _aiff_data(file: BinaryIO, start: int, end: int) -> _Data | None:
    for name, length, at in _chunks(file, start + 12, end, "big"):
        if name == b"SSND":
            return _Data(at + 8 - start, max(0, length - 8), at - 4 - start, 4, "big", more=8)
    return None


def _au_data(file: BinaryIO, start: int, end: int) -> _Data | None:
    file.seek(start + 4)
    begins, stated = int.from_bytes(file.read(4)), int.from_bytes(file.read(4))
    return _Data(begins, stated, 8, 4, "big") if 24 <= begins <= end - start else None


def _caf_data(file: BinaryIO, start: int, end: int) -> _Data | None:
    at = start + 8
    for _ in range(_MOST_CHUNKS):
        if at + 12 > end:
            return None
        file.seek(at)
        head = file.read(12)
        length = int.from_bytes(head[4:])
        if head[:4] == b"data":
            return _Data(at + 16 - start, max(0, length - 4), at + 4 - start, 8, "big", more=4)
        at += 12 + length
    return None
