"""The PIN of a ticket: shown once, kept as an Argon2 hash of its keyed hash.

Six digits can be tried out by anyone who has the table; the key file makes that need a second theft, Argon2 makes it
slow, and the public page counts wrong PINs (``record.tracking``).
"""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from radiodesk.core.keys import KeyRing

# The least that OWASP advises for Argon2id: a look-up must stay cheap enough for a public page on a small machine.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def hash_pin(keys: KeyRing, number: str, pin: str) -> str:
    """What is stored; bound to the ticket's number."""
    return _hasher.hash(_keyed(keys, number, pin))


def pin_fits(keys: KeyRing, number: str, pin: str, stored: str | None) -> bool:
    """Whether a PIN is right; takes as long when there is no ticket (``stored`` is ``None``)."""
    nobody = _nobody()
    try:
        return _hasher.verify(stored or nobody, _keyed(keys, number, pin)) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def _keyed(keys: KeyRing, number: str, pin: str) -> str:
    digits = "".join(sign for sign in pin if sign.isdigit())
    return keys.lookup(f"ticket pin\0{number}\0{digits}")


@cache
def _nobody() -> str:
    return _hasher.hash("nobody")
