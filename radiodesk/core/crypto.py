"""Keys of a station: what is private lies encrypted in the database (AES-256-GCM), and can be looked up by keyed hash.

The key file is made on first start, readable by its owner alone. Keys have numbers, so that a new one can be added
while rows under the old one stay readable. Encrypted columns are never searched; a keyed hash stands beside them.
"""

import base64
import hashlib
import hmac
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

from radiodesk.core.errors import Refusal

_FORMAT = 1
_NONCE = 12


class KeyMissing(Refusal):
    """What was encrypted cannot be read with the keys at hand."""

    status = 500


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
        except InvalidTag:
            raise KeyMissing(
                "A private field does not match the key file. Restore the keys.json it was made with."
            ) from None

    def lookup(self, normalised: str) -> str:
        """Keyed hash (HMAC-SHA-256, hex) of a normalised value, for exact look-up beside an encrypted column."""
        return hmac.new(self.lookup_key, normalised.encode(), hashlib.sha256).hexdigest()


def _fresh() -> dict[str, Any]:
    def key() -> str:
        return base64.b64encode(os.urandom(32)).decode()

    return {"current": 1, "keys": {"1": key()}, "lookup": key(), "signing": key()}


def load_keys(path: Path) -> KeyRing:
    """Read the key file, or make it (mode 0600) when there is none."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}.new")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(_fresh(), file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        try:
            # Linking never overwrites: of two processes that start together, one makes the keys that both use.
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    try:
        raw = json.loads(path.read_text())
        return KeyRing(
            current=int(raw["current"]),
            keys={int(number): base64.b64decode(key) for number, key in raw["keys"].items()},
            lookup_key=base64.b64decode(raw["lookup"]),
            signing_key=base64.b64decode(raw["signing"]),
        )
    except (ValueError, KeyError, TypeError):
        raise KeyMissing("The key file %(path)s cannot be read. Restore it from a backup.", path=path) from None


def rotate(path: Path) -> int:
    """Add a new current key; rows under the old ones stay readable. Returns the new key's number."""
    load_keys(path)
    raw = json.loads(path.read_text())
    number = max(map(int, raw["keys"])) + 1
    raw["keys"][str(number)] = base64.b64encode(os.urandom(32)).decode()
    raw["current"] = number
    draft = path.with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(raw, indent=2))
    draft.replace(path)
    return number


class Private(TypeDecorator[str]):
    """A text column that lies encrypted in the database. The keys hang on the engine's dialect (see ``core.db``)."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else _keys(dialect).encrypt(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        return None if value is None else _keys(dialect).decrypt(value)


class PrivateJson(TypeDecorator[Any]):
    """Lists and objects, or a number, that lie encrypted in the database as JSON; like ``Private`` for text."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        return None if value is None else _keys(dialect).encrypt(json.dumps(value, ensure_ascii=False))

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(_keys(dialect).decrypt(value))


def _keys(dialect: Dialect) -> KeyRing:
    keys: KeyRing = dialect.radiodesk_keys  # type: ignore[attr-defined]
    return keys
