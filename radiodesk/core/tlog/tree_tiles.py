"""Where a log's tree and entries lie as files (c2sp.org/tlog-tiles): 256 hashes a tile, 256 entries a bundle."""

from collections.abc import Callable, Iterator, Sequence

from radiodesk.core.tlog.merkle_tree import leaf_hash, root_hash

WIDTH = 256
HASH = 32
LONGEST_ENTRY = 0xFFFF


class TileWrong(ValueError):
    """A tile or a bundle is not what its path says; the argument is the path."""


def tile_path(level: int | str, number: int, width: int = WIDTH) -> str:
    """The path of a tile below the log's address; ``level`` is ``entries`` for bundles.

    A tile of fewer than 256 hashes, at the end of a level, carries its width.
    """
    parts = [f"{number % 1000:03}"]
    while number := number // 1000:
        parts.insert(0, f"x{number % 1000:03}")
    tail = "" if width == WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(parts)}{tail}"


def tiles_of(leaves: Sequence[bytes], published: int = 0) -> Iterator[tuple[str, bytes]]:
    """Paths and bytes of the tiles of a tree, without those that were whole when it had ``published`` leaves."""
    level, hashes, there = 0, list(leaves), published
    while hashes:
        for first in range(there // WIDTH * WIDTH, len(hashes), WIDTH):
            some = hashes[first : first + WIDTH]
            yield tile_path(level, first // WIDTH, len(some)), b"".join(some)
        whole = len(hashes) // WIDTH
        hashes = [root_hash(hashes[at * WIDTH : (at + 1) * WIDTH]) for at in range(whole)]
        level, there = level + 1, there // WIDTH


def bundles_of(entries: Sequence[bytes], first: int = 0) -> Iterator[tuple[str, bytes]]:
    """Paths and bytes of the bundles of entries, of which the first is number ``first``, the first of a bundle."""
    for at in range(0, len(entries), WIDTH):
        some = entries[at : at + WIDTH]
        packed = b"".join(len(one).to_bytes(2, "big") + one for one in some)
        yield tile_path("entries", (first + at) // WIDTH, len(some)), packed


def unpacked(bundle: bytes) -> list[bytes]:
    """The entries of a bundle; raises ``ValueError`` for one that is cut off."""
    entries, at = [], 0
    while at < len(bundle):
        length = int.from_bytes(bundle[at : at + 2], "big")
        at += 2
        if at + length > len(bundle):
            raise ValueError("cut off")
        entries.append(bundle[at : at + length])
        at += length
    return entries


Fetch = Callable[[str], bytes]
"""The bytes below the log's address; raises ``OSError`` or ``LookupError`` for what is not there."""


def read_leaves(fetch: Fetch, size: int) -> list[bytes]:
    """The leaves' hashes of a log of ``size`` entries; raises ``TileWrong`` for a tile of another length."""
    leaves: list[bytes] = []
    for path, width in _paths(0, size):
        tile = fetch(path)
        if len(tile) != width * HASH:
            raise TileWrong(path)
        leaves += [tile[at : at + HASH] for at in range(0, len(tile), HASH)]
    return leaves


def read_entries(fetch: Fetch, leaves: Sequence[bytes]) -> list[bytes]:
    """The entries whose hashes these are; raises ``TileWrong`` for a bundle with any other."""
    entries: list[bytes] = []
    for path, width in _paths("entries", len(leaves)):
        try:
            some = unpacked(fetch(path))
        except ValueError:
            raise TileWrong(path) from None
        wanted = leaves[len(entries) : len(entries) + width]
        if [leaf_hash(one) for one in some] != list(wanted):
            raise TileWrong(path)
        entries += some
    return entries


def check_tiles(fetch: Fetch, leaves: Sequence[bytes]) -> None:
    """Raise ``TileWrong`` for a tile of a higher level that does not follow from the leaves."""
    for path, tile in tiles_of(leaves):
        if not path.startswith("tile/0/") and fetch(path) != tile:
            raise TileWrong(path)


def _paths(level: int | str, size: int) -> Iterator[tuple[str, int]]:
    for first in range(0, size, WIDTH):
        width = min(WIDTH, size - first)
        yield tile_path(level, first // WIDTH, width), width
