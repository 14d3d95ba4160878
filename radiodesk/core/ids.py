"""Public ids: UUID version 7 (RFC 9562), sortable by time, which do not reveal row numbers."""

import os
import uuid
from collections.abc import Callable
from datetime import datetime


def public_id(at: datetime, randomness: Callable[[int], bytes] = os.urandom) -> str:
    """A new UUIDv7 as text: 48 bits of milliseconds, then 74 random bits."""
    milliseconds = int(at.timestamp() * 1000)
    tail = int.from_bytes(randomness(10), "big")
    value = (milliseconds & (1 << 48) - 1) << 80
    value |= 0x7 << 76 | (tail >> 68 & 0xFFF) << 64
    value |= 0b10 << 62 | tail & (1 << 62) - 1
    return str(uuid.UUID(int=value))
