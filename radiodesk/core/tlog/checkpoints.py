"""Checkpoints (c2sp.org/tlog-checkpoint): the size and root of a log, signed; and proofs of one entry (tlog-proof)."""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from radiodesk.core.tlog.merkle_tree import check_inclusion, leaf_hash
from radiodesk.core.tlog.signed_notes import Note, NoteWrong, Verifier, parse_note, signers

_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_PROOF = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log: its origin, how many entries it has, and the root over them."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The body of the note."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def parse_checkpoint(text: str) -> Checkpoint:
    """The head in the body of a note; lines that a log adds are passed over. Raises ``NoteWrong``."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] or not lines[0] or not _NUMBER.fullmatch(lines[1]):
        raise NoteWrong("not a checkpoint")
    root = _hash(lines[2])
    return Checkpoint(lines[0], int(lines[1]), root)


def _hash(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        raise NoteWrong("not a hash") from None
    if len(raw) != 32:
        raise NoteWrong("not a hash")
    return raw


def open_checkpoint(held: bytes, log: Verifier) -> tuple[Checkpoint, Note]:
    """The head in a signed checkpoint of this log; raises ``NoteWrong`` for any other."""
    note = parse_note(held)
    head = parse_checkpoint(note.text)
    if log not in signers(note, [log]):
        raise NoteWrong("the log did not sign this")
    return head, note


@dataclass(frozen=True, slots=True)
class EntryProof:
    """That an entry is in a log: its number, the path to the root, and the checkpoint with that root, as it lies."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes = b""
    """The entry itself, which anybody can then hash without asking the log."""

    def __bytes__(self) -> bytes:
        lines = [_PROOF]
        if self.extra:
            lines.append(f"extra {base64.b64encode(self.extra).decode()}")
        lines.append(f"index {self.index}")
        lines += [base64.b64encode(one).decode() for one in self.path]
        return "\n".join([*lines, "", ""]).encode() + self.checkpoint


def parse_proof(held: bytes) -> EntryProof:
    """A proof as it lies in a file; raises ``NoteWrong``."""
    head, between, checkpoint = held.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise NoteWrong("not a proof") from None
    extra = b""
    if not between or lines.pop(0) != _PROOF or not lines:
        raise NoteWrong("not a proof")
    if lines[0].startswith("extra "):
        try:
            extra = base64.b64decode(lines.pop(0).removeprefix("extra "), validate=True)
        except ValueError:
            raise NoteWrong("not a proof") from None
    index = lines.pop(0).removeprefix("index ") if lines else ""
    if not _NUMBER.fullmatch(index):
        raise NoteWrong("not a proof")
    return EntryProof(int(index), tuple(_hash(line) for line in lines), checkpoint, extra)


def check_proof(proof: EntryProof, entry: bytes, log: Verifier, witnesses: Sequence[Verifier] = ()) -> Checkpoint:
    """The head under which an entry stands in a log; raises ``NoteWrong`` or ``ProofWrong`` where it does not."""
    head, note = open_checkpoint(proof.checkpoint, log)
    signers(note, witnesses)
    check_inclusion(leaf_hash(entry), proof.index, head.size, proof.path, head.root)
    return head
