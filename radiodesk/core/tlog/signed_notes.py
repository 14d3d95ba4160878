"""Signed notes (c2sp.org/signed-note) with Ed25519, and the cosignatures of witnesses (c2sp.org/tlog-cosignature).

A note is a text that ends with a line end, an empty line, and one line for each signature. A verifier key ("vkey")
names who signs: ``name+key id+base64(kind || public key)``.
"""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = 1
COSIGNATURE = 4
LONGEST_NOTE = 100_000
_DASH = "\u2014"


class NoteWrong(ValueError):
    """A note or a key is not one, or a signature does not fit."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """Whose signature is looked for: name, kind of signature, 32 bytes of public key."""

    name: str
    kind: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes that stand before a signature."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def __str__(self) -> str:
        key = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{key}"


@dataclass(frozen=True, slots=True)
class Signature:
    """One line below a note: the signer's name, the id of the key, and the bytes behind it."""

    name: str
    key_id: bytes
    body: bytes

    def __str__(self) -> str:
        return f"{_DASH} {self.name} {base64.b64encode(self.key_id + self.body).decode()}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text and the signatures below it."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return self.text + "\n" + "".join(map(str, self.signatures))


def parse_verifier(vkey: str) -> Verifier:
    """A verifier key; raises ``NoteWrong``."""
    try:
        name, key_id, key = vkey.strip().split("+", 2)
        raw = base64.b64decode(key, validate=True)
    except ValueError:
        raise NoteWrong(vkey) from None
    if len(raw) != 33 or raw[0] not in (ED25519, COSIGNATURE) or not _is_name(name):
        raise NoteWrong(vkey)
    found = Verifier(name, raw[0], raw[1:])
    if found.key_id.hex() != key_id:
        raise NoteWrong(vkey)
    return found


def _is_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(sign.isspace() or ord(sign) < 32 for sign in name)


def parse_note(held: bytes) -> Note:
    """A note as it lies in a file; raises ``NoteWrong`` for anything else."""
    try:
        whole = held[: LONGEST_NOTE + 1].decode()
    except UnicodeDecodeError:
        raise NoteWrong("not text") from None
    text, between, below = whole.rpartition("\n\n")
    if len(held) > LONGEST_NOTE or not between or not below.endswith("\n"):
        raise NoteWrong("not a note")
    if any(ord(sign) < 32 and sign != "\n" for sign in whole):
        raise NoteWrong("control characters")
    return Note(text + "\n", tuple(_signature(line) for line in below.splitlines()))


def _signature(line: str) -> Signature:
    try:
        dash, name, body = line.split(" ")
        raw = base64.b64decode(body, validate=True)
    except ValueError:
        raise NoteWrong(line) from None
    if dash != _DASH or not _is_name(name) or len(raw) < 5:
        raise NoteWrong(line)
    return Signature(name, raw[:4], raw[4:])


def verifier_of(name: str, key: Ed25519PrivateKey, kind: int = ED25519) -> Verifier:
    """The verifier of what this key signs under a name; raises ``NoteWrong`` for a name that is none."""
    if not _is_name(name):
        raise NoteWrong(name)
    return Verifier(name, kind, key.public_key().public_bytes_raw())


def sign(text: str, name: str, key: Ed25519PrivateKey) -> Signature:
    """Sign a text, which ends with a line end."""
    return Signature(name, verifier_of(name, key).key_id, key.sign(text.encode()))


def cosign(text: str, name: str, key: Ed25519PrivateKey, seconds: int) -> Signature:
    """Sign that a checkpoint's text was found consistent at a POSIX time."""
    known = verifier_of(name, key, COSIGNATURE)
    stamp = seconds.to_bytes(8, "big")
    return Signature(name, known.key_id, stamp + key.sign(_cosigned(text, seconds)))


def _cosigned(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def signers(note: Note, known: Iterable[Verifier]) -> dict[Verifier, int | None]:
    """Which of the known signed a note, each with the POSIX time that a cosignature tells.

    Signatures of others are passed over. Raises ``NoteWrong`` where one of a known key does not fit.
    """
    by_key = {(one.name, one.key_id): one for one in known}
    found: dict[Verifier, int | None] = {}
    for signature in note.signatures:
        verifier = by_key.get((signature.name, signature.key_id))
        if verifier is not None:
            found[verifier] = _check(note.text, signature, verifier)
    return found


def _check(text: str, signature: Signature, verifier: Verifier) -> int | None:
    body, message, seconds = signature.body, text.encode(), None
    if verifier.kind == COSIGNATURE:
        seconds = int.from_bytes(body[:8], "big")
        body, message = body[8:], _cosigned(text, seconds)
    try:
        Ed25519PublicKey.from_public_bytes(verifier.public).verify(body, message)
    except (InvalidSignature, ValueError):
        raise NoteWrong(f"the signature of {signature.name} does not fit") from None
    return seconds
