"""The PIN of a ticket: shown once, kept as an Argon2 hash of its keyed hash.

Whoever has the table can try all six-digit numbers; with the keyed hash that needs the key file too, Argon2 makes
it slow, and the public page counts wrong PINs (``record.tracking``).
"""

from dataclasses import dataclass
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from radiodesk.core.keys import KeyRing
from radiodesk.rooms.tickets import ticket_numbers

# The least that OWASP advises for Argon2id: a look-up must stay cheap enough for a public page on a small machine.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


@dataclass(frozen=True, slots=True)
class Pin:
    """A new PIN in the clear, and what is stored of it."""

    digits: str
    hashed: str


def fresh_pin(keys: KeyRing, number: str) -> Pin:
    """A new PIN of a ticket. It takes long on purpose, so it is made before the transaction that stores it."""
    digits = ticket_numbers.pin()
    return Pin(digits, hash_pin(keys, number, digits))


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
