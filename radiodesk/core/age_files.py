"""Files encrypted with age (https://age-encryption.org/v1): to several recipients, each of whom opens them alone.

Streamed in both directions, whatever their size. The station's own identity is made from its key file, as the key of
the record's log is: every machine that has the key file has it, and backups need hold nothing new. Recipients and
identities are kept as the texts by which every age program knows them.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from radiodesk.core.errors import Refusal
from radiodesk.core.keys import KeyRing

SECRET = "AGE-SECRET-KEY-"  # noqa: S105 - how the text of every identity begins, not one of them
_SIGNS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


class Source(Protocol):
    """Bytes that are read in order."""

    def read(self, size: int = -1, /) -> bytes: ...


class Target(Protocol):
    """What takes bytes in order."""

    def write(self, data: bytes, /) -> int: ...

    def flush(self) -> None: ...


class RecipientWrong(Refusal):
    """A text is no recipient of age."""


class IdentityWrong(Refusal):
    """A text holds no identity of age."""


class NotForUs(Refusal):
    """None of the identities at hand opens a file."""

    exit_code = 5


class FileAltered(Refusal):
    """An encrypted file is not as it was written."""


def station_identity(keys: KeyRing) -> str:
    """The identity of the station itself."""
    return _bech32(SECRET.lower(), keys.archive_seed).upper()


def fresh_identity() -> str:
    """An identity that nobody has yet."""
    from pyrage import x25519

    return str(x25519.Identity.generate())


def recipient_of(identity: str) -> str:
    """The recipient (``age1…``) that an identity opens for; raises ``IdentityWrong``."""
    return str(_identity(identity).to_public())


def identities_in(text: str) -> list[str]:
    """The identities of a file as ``age-keygen`` writes it; raises ``IdentityWrong`` for one that holds none."""
    lines = [line.strip() for line in text.splitlines()]
    found = [line for line in lines if line and not line.startswith("#")]
    if not found:
        raise IdentityWrong("The file holds no identity. It is the file whose line begins with AGE-SECRET-KEY-1.")
    for one in found:
        _identity(one)
    return found


def require_recipient(text: str) -> None:
    """Raises ``RecipientWrong``, and says so where it is the secret that belongs to one; never repeats the text."""
    if text.upper().startswith(SECRET):
        raise RecipientWrong(
            "This is the secret of an identity, which must stay where it is kept; its recipient begins with age1."
        )
    _recipient(text)


def encrypt(source: Source, target: Target, recipients: Iterable[str]) -> None:
    """Write what ``source`` holds to ``target``, for each of the recipients (at least one) alone."""
    import pyrage

    for_whom = [_recipient(one) for one in dict.fromkeys(recipients)]
    pipe = _Pipe(source, target)
    with pipe.own_errors():
        pyrage.encrypt_io(pipe, pipe, for_whom)


def decrypt(source: Source, target: Target, identities: Sequence[str]) -> None:
    """Write a file of age in the clear. What was written before ``FileAltered`` was raised is not to be used.

    Raises ``NotForUs`` where no identity is among the recipients, ``FileAltered`` where it was changed or cut short.
    """
    import pyrage

    opening = [_identity(one) for one in identities]
    pipe = _Pipe(source, target)
    with pipe.own_errors():
        try:
            pyrage.decrypt_io(pipe, pipe, opening)
        except pyrage.DecryptError as error:
            if "No matching keys" in str(error):
                raise NotForUs(
                    "None of the identities at hand opens this file: it was encrypted to other recipients."
                ) from None
            raise _altered() from None
        except OSError as error:
            # What the files themselves say was noted by the pipe.
            if pipe.error is not None:
                raise
            raise _altered() from error


def _altered() -> FileAltered:
    return FileAltered("The encrypted file was changed or cut short, so it is not opened. Take another copy of it.")


def _recipient(text: str) -> Any:
    from pyrage import RecipientError, x25519

    try:
        return x25519.Recipient.from_str(text)
    except RecipientError:
        raise RecipientWrong("It is no recipient of age, such as `radiodesk escrow new` prints it (age1…).") from None


def _identity(text: str) -> Any:
    from pyrage import IdentityError, x25519

    try:
        return x25519.Identity.from_str(text)
    except IdentityError:
        raise IdentityWrong("The file holds something that is no identity of age (AGE-SECRET-KEY-1…).") from None


class _Pipe:
    """The files as age reads and writes them, with what went wrong with them: age tells only that something did."""

    def __init__(self, source: Source, target: Target) -> None:
        self._source, self._target = source, target
        self.error: Exception | None = None

    def read(self, size: int = -1) -> bytes:
        with self._remembering():
            return self._source.read(size)

    def write(self, data: bytes) -> int:
        with self._remembering():
            self._target.write(data)
        return len(data)

    def flush(self) -> None:
        with self._remembering():
            self._target.flush()

    @contextmanager
    def _remembering(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            self.error = error
            raise

    @contextmanager
    def own_errors(self) -> Iterator[None]:
        """Whatever the files raised comes out as they raised it."""
        try:
            yield
        except Exception:
            if self.error is not None:
                raise self.error from None
            raise


def _bech32(name: str, data: bytes) -> str:
    """A name and bytes as BIP 173 writes them, which age has its identities in."""
    bits = int.from_bytes(data)
    spare = -len(data) * 8 % 5
    count = (len(data) * 8 + spare) // 5
    values = [(bits << spare) >> 5 * place & 31 for place in reversed(range(count))]
    expanded = [ord(sign) >> 5 for sign in name] + [0] + [ord(sign) & 31 for sign in name]
    polymod = _polymod([*expanded, *values, 0, 0, 0, 0, 0, 0]) ^ 1
    values += [polymod >> 5 * (5 - place) & 31 for place in range(6)]
    return f"{name}1{''.join(_SIGNS[value] for value in values)}"


def _polymod(values: Iterable[int]) -> int:
    checked = 1
    for value in values:
        top = checked >> 25
        checked = (checked & 0x1FFFFFF) << 5 ^ value
        for place, term in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            checked ^= term if top >> place & 1 else 0
    return checked
