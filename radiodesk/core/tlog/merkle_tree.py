"""The Merkle tree of RFC 6962: roots, and proofs that an entry is in a tree and that a tree only grew.

Hashes are 32 bytes (SHA-256). A tree is given by the hashes of its leaves in order. Proofs are lists of hashes as RFC
6962, section 2.1.1 and 2.1.2 order them; they are checked as RFC 9162, section 2.1.3.2 and 2.1.4.2 say.
"""

from collections.abc import Sequence
from hashlib import sha256

EMPTY = sha256(b"").digest()
"""The root of a tree without leaves."""


class ProofWrong(ValueError):
    """A proof does not lead from what it is about to the root."""


def leaf_hash(entry: bytes) -> bytes:
    """The hash of a leaf: of a zero byte and the entry."""
    return sha256(b"\0" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node: of a one byte and both below it."""
    return sha256(b"\1" + left + right).digest()


def root_hash(leaves: Sequence[bytes]) -> bytes:
    """The root of the tree over these leaves."""
    if not leaves:
        return EMPTY
    # From the leaves up: pairs are joined, what is left over goes up as it is. That is the tree of the RFC, whose left
    # half is the largest power of two that is smaller than the whole.
    level = list(leaves)
    while len(level) > 1:
        joined = [node_hash(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        level = joined + level[len(level) - len(level) % 2 :]
    return level[0]


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The hashes that lead from the leaf at ``index`` to the root; raises ``IndexError`` for one that is not there."""
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    path: list[bytes] = []
    first, after = 0, len(leaves)
    while after - first > 1:
        middle = first + _left_of(after - first)
        if index < middle:
            path.append(root_hash(leaves[middle:after]))
            after = middle
        else:
            path.append(root_hash(leaves[first:middle]))
            first = middle
    return path[::-1]


def consistency_proof(leaves: Sequence[bytes], before: int) -> list[bytes]:
    """The hashes that show that the tree of the first ``before`` leaves is the beginning of the tree of all."""
    if not 0 <= before <= len(leaves):
        raise IndexError(before)
    if before in (0, len(leaves)):
        return []
    path: list[bytes] = []
    first, after, whole = 0, len(leaves), True
    while before - first < after - first:
        middle = first + _left_of(after - first)
        if before <= middle:
            path.append(root_hash(leaves[middle:after]))
            after = middle
        else:
            path.append(root_hash(leaves[first:middle]))
            first, whole = middle, False
    if not whole:
        path.append(root_hash(leaves[first:after]))
    return path[::-1]


def _left_of(size: int) -> int:
    """Leaves in the left half: the largest power of two below ``size``."""
    return 1 << (size - 1).bit_length() - 1


def check_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """Raise ``ProofWrong`` unless the path leads from a leaf's hash at ``index`` of ``size`` to the root."""
    if not 0 <= index < size:
        raise ProofWrong("index")
    number, last, found = index, size - 1, leaf
    for one in path:
        if last == 0:
            raise ProofWrong("too long")
        if number % 2 or number == last:
            found = node_hash(one, found)
            while not number % 2 and number:
                number, last = number >> 1, last >> 1
        else:
            found = node_hash(found, one)
        number, last = number >> 1, last >> 1
    if last or found != root:
        raise ProofWrong("root")


def check_consistency(before: int, old_root: bytes, size: int, root: bytes, path: Sequence[bytes]) -> None:
    """Raise ``ProofWrong`` unless the tree of ``before`` leaves is the beginning of that of ``size``."""
    if not 0 <= before <= size:
        raise ProofWrong("size")
    if before == size:
        if path or old_root != root:
            raise ProofWrong("root")
        return
    if before == 0:
        if path or old_root != EMPTY:
            raise ProofWrong("empty")
        return
    hashes = list(path)
    if before & (before - 1) == 0:
        hashes.insert(0, old_root)
    if not hashes:
        raise ProofWrong("too short")
    number, last = before - 1, size - 1
    while number % 2:
        number, last = number >> 1, last >> 1
    old = new = hashes[0]
    for one in hashes[1:]:
        if last == 0:
            raise ProofWrong("too long")
        if number % 2 or number == last:
            old, new = node_hash(one, old), node_hash(one, new)
            while not number % 2 and number:
                number, last = number >> 1, last >> 1
        else:
            new = node_hash(new, one)
        number, last = number >> 1, last >> 1
    if last or old != old_root or new != root:
        raise ProofWrong("root")
