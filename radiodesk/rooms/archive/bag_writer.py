"""Writes a BagIt 1.0 bag (RFC 8493) whole or not at all.

Everything is written into a hidden folder beside the target, flushed to the disk, made read-only, and then renamed. A
bag that carries its final name is complete. From there it goes into the store (``jobs``).
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from radiodesk.core.atomic_files import flush_folder, remove_folder
from radiodesk.rooms.archive import tag_files

ALGORITHMS = ("sha256", "sha512")
CLOSING = "tagmanifest-sha256.txt"
"""The file whose SHA-256 stands for the whole bag: it lists the manifests, which list everything else."""

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Item:
    """A file to put into a bag: its path inside ``data/``, and its bytes or the file to copy them from."""

    path: str
    source: bytes | Path


@dataclass(frozen=True, slots=True)
class Written:
    """A bag as it was written: payload files and bytes, and the SHA-256 of ``tagmanifest-sha256.txt``."""

    path: Path
    files: int
    bytes: int
    digest: str


def write_bag(
    target: Path,
    items: Iterable[Item],
    information: Sequence[tuple[str, str]],
    report: Callable[[int], None] = lambda _bytes: None,
) -> Written:
    """Write a bag at ``target``, which must not exist; ``Payload-Oxum`` is added to the given bag information.

    ``report`` is told the bytes written so far. Raises ``ValueError`` for a path that leaves the bag or is given twice,
    ``FileExistsError`` and ``OSError`` as the file system does; nothing is left behind then.
    """
    if target.exists():
        raise FileExistsError(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.parent / f".writing-{target.name}"
    remove_folder(draft)
    try:
        (draft / "data").mkdir(parents=True)
        checksums, count = _payload(draft, items, report)
        oxum = ("Payload-Oxum", f"{count}.{len(checksums)}")
        _tag_files(draft, checksums, [*information, oxum])
        digest = hashlib.sha256((draft / CLOSING).read_bytes()).hexdigest()
        _make_read_only(draft)
        draft.rename(target)
    except BaseException:
        remove_folder(draft)
        raise
    flush_folder(target.parent)
    return Written(target, len(checksums), count, digest)


def _payload(
    draft: Path, items: Iterable[Item], report: Callable[[int], None]
) -> tuple[dict[str, tuple[str, ...]], int]:
    checksums: dict[str, tuple[str, ...]] = {}
    count = 0
    for item in items:
        path = _inside(item.path)
        if path in checksums:
            raise ValueError(f"{path} was given twice")
        target = draft / path
        target.parent.mkdir(parents=True, exist_ok=True)
        written, sums = _write(target, _blocks(item.source))
        checksums[path] = sums
        count += written
        report(count)
    return checksums, count


def _inside(path: str) -> str:
    # A per cent sign would have to be escaped, and neither sha256sum nor every BagIt tool reads that alike.
    plain = not any(ord(sign) < 32 or sign == "%" for sign in path)
    if not path or not plain or tag_files.outside(path) or str(PurePosixPath(path)) != path:
        raise ValueError(f"{path!r} is not a path inside a bag")
    return f"data/{path}"


def _blocks(source: bytes | Path) -> Iterator[bytes]:
    if isinstance(source, bytes):
        yield source
        return
    with source.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block


def _write(target: Path, blocks: Iterable[bytes]) -> tuple[int, tuple[str, ...]]:
    hashes = [hashlib.new(name) for name in ALGORITHMS]
    count = 0
    with target.open("xb") as file:
        for block in blocks:
            file.write(block)
            count += len(block)
            for one in hashes:
                one.update(block)
        file.flush()
        os.fsync(file.fileno())
    return count, tuple(one.hexdigest() for one in hashes)


def _tag_files(draft: Path, payload: dict[str, tuple[str, ...]], information: Sequence[tuple[str, str]]) -> None:
    texts = {"bagit.txt": tag_files.DECLARATION, "bag-info.txt": tag_files.information_text(information)}
    for place, name in enumerate(ALGORITHMS):
        listed = ((path, sums[place]) for path, sums in payload.items())
        texts[f"manifest-{name}.txt"] = tag_files.manifest_text(listed)
    tags = {name: _write(draft / name, [text.encode()])[1] for name, text in texts.items()}
    for place, name in enumerate(ALGORITHMS):
        text = tag_files.manifest_text((path, sums[place]) for path, sums in tags.items())
        _write(draft / f"tagmanifest-{name}.txt", [text.encode()])


def _make_read_only(folder: Path) -> None:
    for inner, _folders, files in os.walk(folder, topdown=False):
        for name in files:
            (Path(inner) / name).chmod(0o444)
        flush_folder(Path(inner))
        Path(inner).chmod(0o555)
