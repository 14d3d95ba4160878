"""Notes, cosignatures, checkpoints, tiles and proofs, held against the examples of their specifications."""

import base64
from contextlib import suppress

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from radiodesk.core.tlog import tree_tiles
from radiodesk.core.tlog.checkpoints import (
    Checkpoint,
    EntryProof,
    check_proof,
    open_checkpoint,
    parse_checkpoint,
    parse_proof,
)
from radiodesk.core.tlog.merkle_tree import ProofWrong, inclusion_proof, leaf_hash, root_hash
from radiodesk.core.tlog.signed_notes import (
    COSIGNATURE,
    Note,
    NoteWrong,
    cosign,
    parse_note,
    parse_verifier,
    sign,
    signers,
    verifier_of,
)

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
WITNESS = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
# The example of c2sp.org/signed-note.
EXAMPLE_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE = """This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
"""


def test_the_example_of_the_specification_is_verified() -> None:
    known = parse_verifier(EXAMPLE_KEY)
    assert str(known) == EXAMPLE_KEY
    note = parse_note(EXAMPLE.encode())
    assert signers(note, [known]) == {known: None}
    assert str(note) == EXAMPLE
    changed = parse_note(EXAMPLE.replace("an example", "no example").encode())
    with pytest.raises(NoteWrong):
        signers(changed, [known])


def test_a_witness_says_when() -> None:
    text = Checkpoint("example.com/log", 3, bytes(32)).text
    known = verifier_of("saksi.example", WITNESS, COSIGNATURE)
    note = Note(text, (sign(text, "example.com/log", KEY), cosign(text, "saksi.example", WITNESS, 1_700_000_000)))
    again = parse_note(str(note).encode())
    log = verifier_of("example.com/log", KEY)
    assert signers(again, [log, known]) == {log: None, known: 1_700_000_000}
    assert parse_verifier(str(known)) == known
    # The same key signs as a log with another id: one is never taken for the other.
    assert signers(again, [verifier_of("saksi.example", WITNESS)]) == {}


@pytest.mark.parametrize(
    "held",
    [
        b"",
        b"\xff\n\n",
        b"text without signatures\n",
        b"text\n\n\xe2\x80\x94 a b\n",
        b"text\n\n\xe2\x80\x94 example.com/foo AAAA\n",
        b"te\x00xt\n\n\xe2\x80\x94 example.com/foo Uw2QOkn8srV1yJGh\n",
        b"text\n\n- example.com/foo Uw2QOkn8srV1yJGh\n",
        EXAMPLE.encode()[:-1],
        b"x" * 200_000,
    ],
)
def test_what_is_no_note_is_refused(held: bytes) -> None:
    with pytest.raises(NoteWrong):
        parse_note(held)


@given(st.binary(max_size=300))
def test_nothing_else_ever_escapes(held: bytes) -> None:
    for parse in (parse_note, parse_proof, lambda one: parse_checkpoint(one.decode("utf-8", "replace"))):
        with suppress(NoteWrong):
            parse(held)


@pytest.mark.parametrize(
    "vkey", ["", "a+b+c", "a b+530d903a+AekyeRrm", EXAMPLE_KEY[:-2], EXAMPLE_KEY.replace("530", "531")]
)
def test_what_is_no_key_is_refused(vkey: str) -> None:
    with pytest.raises(NoteWrong):
        parse_verifier(vkey)


def test_the_checkpoint_of_the_specification_is_read() -> None:
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    found = parse_checkpoint(text)
    assert (found.origin, found.size) == ("example.com/behind-the-sofa", 20852163)
    assert found.text == text
    for wrong in ("a\n01\n" + "A" * 44 + "\n", "\n1\nAAAA\n", "a\n-1\nAAAA\n", "a\n1\n"):
        with pytest.raises(NoteWrong):
            parse_checkpoint(wrong)


@pytest.mark.parametrize(
    ("number", "width", "path"),
    [
        (1234067, 256, "tile/0/x001/x234/067"),
        (0, 256, "tile/0/000"),
        (0, 3, "tile/0/000.p/3"),
        (1000, 256, "tile/0/x001/000"),
    ],
)
def test_tiles_lie_where_the_specification_says(number: int, width: int, path: str) -> None:
    assert tree_tiles.tile_path(0, number, width) == path


def test_a_tree_of_70000_has_the_tiles_of_the_specification() -> None:
    paths = [path for path, _ in tree_tiles.tiles_of([bytes(32)] * 70_000)]
    assert len([path for path in paths if path.startswith("tile/0/") and ".p" not in path]) == 273
    assert "tile/0/273.p/112" in paths
    assert [path for path in paths if not path.startswith("tile/0/")] == [
        "tile/1/000",
        "tile/1/001.p/17",
        "tile/2/000.p/1",
    ]


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 700, 70_000])
def test_a_log_is_read_back_from_its_tiles(size: int) -> None:
    entries = [b"%d" % number for number in range(size)]
    leaves = [leaf_hash(one) for one in entries]
    files = dict([*tree_tiles.tiles_of(leaves), *tree_tiles.bundles_of(entries)])
    assert tree_tiles.read_leaves(files.__getitem__, size) == leaves
    assert tree_tiles.read_entries(files.__getitem__, leaves) == entries
    tree_tiles.check_tiles(files.__getitem__, leaves)
    if size > 1:
        path = tree_tiles.tile_path("entries", 0, min(size, 256))
        files[path] = files[path][:-1] + b"?"
        with pytest.raises(tree_tiles.TileWrong):
            tree_tiles.read_entries(files.__getitem__, leaves)


def test_a_log_that_grows_writes_only_what_changed() -> None:
    leaves = [leaf_hash(b"%d" % number) for number in range(600)]
    files = dict(tree_tiles.tiles_of(leaves[:400]))
    added = dict(tree_tiles.tiles_of(leaves, 400))
    assert "tile/0/000" not in added and "tile/0/001" in added
    files |= added
    assert tree_tiles.read_leaves(files.__getitem__, 600) == leaves
    tree_tiles.check_tiles(files.__getitem__, leaves)


def test_an_entry_is_proven_away_from_the_log() -> None:
    entries = [b"entry %d" % number for number in range(9)]
    leaves = [leaf_hash(one) for one in entries]
    head = Checkpoint("example.com/log", 9, root_hash(leaves))
    note = Note(head.text, (sign(head.text, head.origin, KEY),))
    log = verifier_of(head.origin, KEY)
    proof = EntryProof(4, tuple(inclusion_proof(leaves, 4)), str(note).encode(), entries[4])
    again = parse_proof(bytes(proof))
    assert again == proof
    assert check_proof(again, again.extra, log) == head
    assert open_checkpoint(again.checkpoint, log)[0] == head
    with pytest.raises(ProofWrong):
        check_proof(again, b"another entry", log)
    with pytest.raises(NoteWrong):
        check_proof(again, entries[4], verifier_of(head.origin, WITNESS))
    single = EntryProof(0, (), str(note).encode())
    assert parse_proof(bytes(single)) == single
    for wrong in (b"", b"c2sp.org/tlog-proof@v1\n\n", bytes(proof).replace(b"index 4", b"index 04")):
        with pytest.raises(NoteWrong):
            parse_proof(wrong)
    assert base64.b64encode(entries[4]) in bytes(proof)
