"""Keys of a station: private values are encrypted in the database (AES-256-GCM) and looked up by keyed hash.

The key file is made on first start, readable by its owner alone. Keys have numbers, so that a new one can be added
while rows under the old one stay readable. Encrypted columns are never searched; a keyed hash stands beside them.
Which keys belong to a database is stored in it (``core.key_checks``).
"""

import base64
import hashlib
import hmac
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from radiodesk.core.atomic_files import flush_folder
from radiodesk.core.errors import Refusal
from radiodesk.core.i18n import why

_FORMAT = 1
_NONCE = 12
_CHECKED = b"radiodesk: this is the key"


class KeyFileShut(Refusal):
    """The key file lies where nothing can be written."""


class KeyMissing(Refusal):
    """What was encrypted cannot be read with the keys at hand."""

    status = 500
    exit_code = 5


@dataclass(frozen=True)
class KeyRing:
    """The numbered encryption keys, the key for look-ups and the key that signs cookies and tokens."""

    current: int
    keys: dict[int, bytes] = field(repr=False)
    lookup_key: bytes = field(repr=False)
    signing_key: bytes = field(repr=False)

    def encrypt(self, text: str) -> bytes:
        """A text as ``encrypt_bytes`` gives it."""
        return self.encrypt_bytes(text.encode())

    def encrypt_bytes(self, data: bytes) -> bytes:
        """Format byte, key number, nonce, then ciphertext with tag."""
        nonce = os.urandom(_NONCE)
        head = bytes([_FORMAT, self.current])
        return head + nonce + AESGCM(self.keys[self.current]).encrypt(nonce, data, head)

    def decrypt(self, data: bytes) -> str:
        """The text again; raises ``KeyMissing`` when its key is not here or the bytes were changed."""
        return self.decrypt_bytes(data).decode()

    def decrypt_bytes(self, data: bytes) -> bytes:
        """What was encrypted; raises ``KeyMissing`` when its key is not here or the bytes were changed."""
        head, nonce, body = data[:2], data[2 : 2 + _NONCE], data[2 + _NONCE :]
        key = self.keys.get(head[1]) if len(head) == 2 and head[0] == _FORMAT else None
        if key is None:
            raise KeyMissing("A private field was encrypted with a key that is not in the key file. Restore keys.json.")
        try:
            return AESGCM(key).decrypt(nonce, body, head)
        except (InvalidTag, ValueError):
            # Cut so short that even the nonce is not whole gives a ValueError.
            raise KeyMissing(
                "A private field does not match the key file. Restore the keys.json it was made with."
            ) from None

    def lookup(self, normalised: str) -> str:
        """Keyed hash (HMAC-SHA-256, hex) of a normalised value, for exact look-up beside an encrypted column."""
        return hmac.new(self.lookup_key, normalised.encode(), hashlib.sha256).hexdigest()

    @property
    def log_seed(self) -> bytes:
        """The 32 bytes from which the key that signs the record's log is made: the same as long as the key file is."""
        return hmac.new(self.signing_key, b"radiodesk: the log of the record", hashlib.sha256).digest()

    @property
    def archive_seed(self) -> bytes:
        """The 32 bytes that are the station's own identity for the restricted parts of packages, as lasting."""
        return hmac.new(self.signing_key, b"radiodesk: the restricted part of a package", hashlib.sha256).digest()

    def check_values(self) -> dict[int, str]:
        """By number, what tells a key again without giving it away; 0 stands for the key of look-ups."""
        named = {0: self.lookup_key, **self.keys}
        return {number: hmac.new(key, _CHECKED, hashlib.sha256).hexdigest() for number, key in named.items()}


def _fresh() -> dict[str, Any]:
    def key() -> str:
        return base64.b64encode(os.urandom(32)).decode()

    return {"current": 1, "keys": {"1": key()}, "lookup": key(), "signing": key()}


def _write(draft: Path, raw: dict[str, Any]) -> None:
    """To the disk before it takes its place: half a key file is a lost station."""
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(raw, file, indent=2)
        file.flush()
        os.fsync(file.fileno())


def load_keys(path: Path) -> KeyRing:
    """Read the key file, or make it (mode 0600) when there is none; raises ``KeyFileShut``."""
    if not path.exists():
        with _refuse_when_shut(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_suffix(f".{os.getpid()}.new")
            _write(draft, _fresh())
            try:
                _take_place(draft, path)
            finally:
                draft.unlink()
    return read_keys(path)


def _take_place(draft: Path, path: Path) -> None:
    """Of two processes that start together, one makes the keys that both use."""
    try:
        # Linking never overwrites.
        os.link(draft, path)
    except FileExistsError:
        return
    except PermissionError:
        # A stick's file system knows no links; nor do two processes begin a station on one.
        if not path.exists():
            shutil.copyfile(draft, path)
            path.chmod(0o600)
    flush_folder(path.parent)


@contextmanager
def _refuse_when_shut(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise KeyFileShut("The key file %(path)s cannot be written: %(why)s.", path=path, why=why(error)) from None


def read_keys(path: Path) -> KeyRing:
    """Read a key file that must be there; raises ``KeyMissing``."""
    try:
        raw = json.loads(path.read_text())
        return KeyRing(
            current=int(raw["current"]),
            keys={int(number): base64.b64decode(key) for number, key in raw["keys"].items()},
            lookup_key=base64.b64decode(raw["lookup"]),
            signing_key=base64.b64decode(raw["signing"]),
        )
    except FileNotFoundError:
        raise KeyMissing(
            "The key file %(path)s is missing, and the database holds what was encrypted with it. Restore it from a "
            "backup; nothing was changed.",
            path=path,
        ) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise KeyMissing("The key file %(path)s cannot be read. Restore it from a backup.", path=path) from None


def rotate(path: Path) -> int:
    """Add a new current key; rows under the old ones stay readable. Returns the new key's number.

    Raises ``KeyFileShut``; then nothing was changed.
    """
    read_keys(path)
    raw = json.loads(path.read_text())
    number = max(map(int, raw["keys"])) + 1
    raw["keys"][str(number)] = base64.b64encode(os.urandom(32)).decode()
    raw["current"] = number
    draft = path.with_suffix(f".{os.getpid()}.new")
    with _refuse_when_shut(path):
        _write(draft, raw)
        draft.replace(path)
        flush_folder(path.parent)
    return number
