"""What a store is: where finished objects lie, and how it says that it cannot.

An object is bytes under a key, written whole and never in part. ``Store`` is all that a plug-in has to be; keys are
checked before it is asked (``object_keys``). ``FileStore`` is for those whose objects are files of this machine.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol, Self, runtime_checkable

from pydantic import SecretStr

from radiodesk.core.errors import NotFound, Refusal
from radiodesk.core.i18n import N_


class NoSuchObject(NotFound):
    """Nothing lies under a key."""

    def __init__(self, key: str) -> None:
        super().__init__(N_("There is no %(key)s in the store."), key=key)


class KeyInvalid(NotFound):
    """Nothing can lie under such a key."""


class StoreUnavailable(Refusal):
    """The store cannot be reached, read or written for the moment; nothing is wrong with what was asked."""

    status = 503
    exit_code = 6


class ObjectSpoilt(StoreUnavailable):
    """The store gives other bytes of an object than were put there: it may only be so on the way."""

    def __init__(self, key: str) -> None:
        super().__init__(N_("The store gave other bytes of %(key)s than were put there."), key=key)


class StoreFull(StoreUnavailable):
    """There is no room in the store."""

    status = 507


class StoreUnknown(Refusal):
    """The settings name a store that cannot be made."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Stat:
    """An object as a store knows it: ``size`` in bytes, ``modified`` in UTC, its SHA-256 (hex) where that is known."""

    key: str
    size: int
    modified: datetime
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What has not reached a store yet: an object with its bytes, or the deletion of one; ``since`` in UTC."""

    key: str
    size: int
    since: datetime
    goes: bool = False


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """What became of what waited: how many reached the store, how many could not, and what the last trouble was."""

    done: int
    failed: int
    trouble: Refusal | None


@dataclass(frozen=True)
class StoreSetup:
    """What a store is made with: the station's data folder, and what the setting ``stores`` says under its name."""

    data: Path
    options: Mapping[str, SecretStr] = field(default_factory=dict)


class Store(Protocol):
    """Keeps objects. One instance serves all threads of a process.

    Every method may raise ``StoreUnavailable`` (``StoreFull``); what else is raised counts as that, and is logged.
    """

    name: str

    @classmethod
    def set_up(cls, setup: StoreSetup) -> Self:
        """Make it; needs no network yet. Raises ``ValueError`` with what is missing in the options."""
        ...

    def put(self, key: str, file: Path) -> None:
        """Keep a copy of a file, in place of what lay there: whole, or not at all. It lasts when this returns."""
        ...

    def open(self, key: str, first: int = 0, length: int | None = None) -> BinaryIO:
        """Read from byte ``first`` on, at most ``length`` bytes; past the end there are none. It need not seek.

        Raises ``NoSuchObject``.
        """
        ...

    def stat(self, key: str) -> Stat:
        """Raises ``NoSuchObject``."""
        ...

    def delete(self, key: str) -> None:
        """Remove an object; one that is not there is no error."""
        ...

    def list(self, prefix: str) -> Iterator[Stat]:
        """The objects below ``prefix/``, by their keys, in order; what is being put is not among them."""
        ...


@runtime_checkable
class FileStore(Store, Protocol):
    """A store whose objects are files of this machine: programs read and write them in their place."""

    def path(self, key: str) -> Path:
        """Where an object lies, or would; also for the prefix of several. A file that is renamed there is kept."""
        ...

    def put_folder(self, prefix: str, folder: Path) -> None:
        """Move a folder of files in at once, with the rights that it has; nothing may lie below ``prefix`` yet."""
        ...

    def delete_folder(self, prefix: str) -> None:
        """Remove everything below ``prefix``, also what is read-only; nothing there is no error."""
        ...


@runtime_checkable
class PatientStore(Store, Protocol):
    """A store with an outbox: what is put while it is away waits on this machine, where all its processes read it."""

    def put_through(self, key: str, file: Path) -> None:
        """Put past the outbox: when this returns, the other machines read it too. Raises ``StoreUnavailable``."""
        ...

    def waiting(self) -> Sequence[Waiting]:
        """What the store does not have yet, oldest first; asks no network."""
        ...

    def catch_up(self) -> CaughtUp:
        """Bring up what waits, as far as the store takes it."""
        ...
