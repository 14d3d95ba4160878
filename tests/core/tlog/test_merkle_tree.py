"""The tree against the published vectors of RFC 6962, against another implementation, and against forged proofs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from radiodesk.core.tlog.merkle_tree import (
    EMPTY,
    ProofWrong,
    check_consistency,
    check_inclusion,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_hash,
)

# The vectors of the reference implementation of RFC 6962 (google/certificate-transparency, merkle tests).
INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [leaf_hash(bytes.fromhex(one)) for one in INPUTS]
MOST = 70


def leaves_of(size: int) -> list[bytes]:
    return [leaf_hash(b"entry %d" % number) for number in range(size)]


def test_the_published_roots_come_out() -> None:
    assert EMPTY.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert root_hash([]) == EMPTY
    assert [root_hash(LEAVES[: size + 1]).hex() for size in range(8)] == ROOTS


@pytest.mark.parametrize(
    ("index", "size", "path"),
    [
        (0, 1, []),
        (
            0,
            8,
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        ),
        (
            5,
            8,
            [
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    ],
)
def test_the_published_paths_come_out(index: int, size: int, path: list[str]) -> None:
    assert [one.hex() for one in inclusion_proof(LEAVES[:size], index)] == path


def test_the_published_consistency_proofs_come_out() -> None:
    assert [one.hex() for one in consistency_proof(LEAVES[:8], 6)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    assert [one.hex() for one in consistency_proof(LEAVES[:5], 2)] == [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ]


def test_another_implementation_finds_the_same_trees() -> None:
    other = InmemoryTree(algorithm="sha256")
    for number in range(MOST):
        other.append_entry(b"entry %d" % number)
        assert other.get_root() == root_hash(leaves_of(number + 1))


def test_every_entry_of_every_tree_is_proven() -> None:
    for size in range(1, MOST):
        leaves = leaves_of(size)
        root = root_hash(leaves)
        for index, leaf in enumerate(leaves):
            check_inclusion(leaf, index, size, inclusion_proof(leaves, index), root)


def test_every_tree_is_the_beginning_of_every_later_one() -> None:
    for size in range(MOST):
        leaves = leaves_of(size)
        for before in range(size + 1):
            old = root_hash(leaves[:before])
            check_consistency(before, old, size, root_hash(leaves), consistency_proof(leaves, before))


@given(st.integers(2, 60), st.data())
def test_no_changed_proof_passes(size: int, data: st.DataObject) -> None:
    leaves = leaves_of(size)
    index = data.draw(st.integers(0, size - 1))
    path, root = inclusion_proof(leaves, index), root_hash(leaves)
    changed = data.draw(st.integers(0, len(path) - 1))
    forged = [*path[:changed], bytes(32), *path[changed + 1 :]]
    for wrong in (forged, path[1:], [*path, path[0]]):
        with pytest.raises(ProofWrong):
            check_inclusion(leaves[index], index, size, wrong, root)
    other = data.draw(st.integers(0, size - 1).filter(lambda one: one != index))
    with pytest.raises(ProofWrong):
        check_inclusion(leaves[index], other, size, path, root)


@given(st.integers(2, 60), st.data())
def test_no_forked_tree_passes_for_a_longer_one(size: int, data: st.DataObject) -> None:
    leaves = leaves_of(size)
    before = data.draw(st.integers(1, size - 1))
    forked = [*leaves[: before - 1], leaf_hash(b"another")]
    with pytest.raises(ProofWrong):
        check_consistency(before, root_hash(forked), size, root_hash(leaves), consistency_proof(leaves, before))
    with pytest.raises(ProofWrong):
        check_consistency(size, root_hash(leaves), before, root_hash(leaves[:before]), [])
