"""Keys of objects: relative names with slashes that mean the same in a folder and in an object store.

No key leads out of its shelf, and none begins a part with a dot: so are files called that are still being written.
"""

from radiodesk.core.stores.ports import KeyInvalid

LONGEST = 700
"""Bytes of a whole key, so that a shelf's name fits before it within the 1024 of S3."""
LONGEST_PART = 200
"""Bytes between two slashes; file systems take 255."""


def checked(key: str) -> str:
    """The key itself; raises ``KeyInvalid``."""
    try:
        parts = key.encode().split(b"/")
    except UnicodeEncodeError:
        raise _invalid(key) from None
    plain = not any(ord(sign) < 32 or sign in "\\\x7f" for sign in key)
    if not plain or sum(map(len, parts)) + len(parts) - 1 > LONGEST:
        raise _invalid(key)
    if any(not part or part.startswith(b".") or len(part) > LONGEST_PART for part in parts):
        raise _invalid(key)
    return key


def _invalid(key: str) -> KeyInvalid:
    shown = ascii(key)[1:-1]
    return KeyInvalid("No object can have the name %(key)s.", key=shown if len(shown) <= 80 else f"{shown[:79]}…")
