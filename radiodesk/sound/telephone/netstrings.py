"""Netstrings (D. J. Bernstein, 1997): how baresip's control socket frames its JSON, ``<length>:<payload>,``."""

LONGEST = 1 << 16
"""Bytes in one payload; baresip itself sends no more."""
_DIGITS = len(str(LONGEST))


class BadNetstring(ValueError):
    """The stream is not made of netstrings, or one of them is too long; nothing behind this point can be read."""


def encoded(payload: bytes) -> bytes:
    """One netstring."""
    return b"%d:%s," % (len(payload), payload)


class Decoder:
    """Cuts a stream into payloads, however its bytes are split on the way."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """Take in some bytes and give the payloads that are whole by now; raises ``BadNetstring``."""
        self._held += data
        payloads = []
        while (payload := self._next()) is not None:
            payloads.append(payload)
        return payloads

    def _next(self) -> bytes | None:
        colon = self._held.find(b":", 0, _DIGITS + 1)
        head = bytes(self._held[: colon if colon >= 0 else _DIGITS + 1])
        if head and not (head.isdigit() and head.isascii() and len(head) <= _DIGITS):
            raise BadNetstring("no length where one should stand")
        if colon < 0:
            return None
        if not head or (len(head) > 1 and head.startswith(b"0")) or int(head) > LONGEST:
            raise BadNetstring("a length that cannot be")
        end = colon + 1 + int(head)
        if len(self._held) <= end:
            return None
        if self._held[end : end + 1] != b",":
            raise BadNetstring("no comma behind a payload")
        payload = bytes(self._held[colon + 1 : end])
        del self._held[: end + 1]
        return payload
