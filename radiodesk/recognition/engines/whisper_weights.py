"""The weights of a CTranslate2 model as they lie in ``model.bin``, to load parts of them.

The file is a list of named arrays (CTranslate2's ``model_spec.py`` writes it, in binary version 6), after which
names may share an array. A Whisper model holds an encoder and a decoder, and the decoder one row for each token that it
can write.
"""

import mmap
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

_VERSION = 6


@dataclass(frozen=True, slots=True)
class Variable:
    """One named array: its shape, CTranslate2's number of its type, and its bytes in C order."""

    name: str
    shape: tuple[int, ...]
    kind: int
    data: memoryview

    def rows(self, chosen: Sequence[int]) -> "Variable":
        """The same array with these rows only, in this order."""
        width = len(self.data) // self.shape[0]
        data = b"".join(self.data[row * width : (row + 1) * width] for row in chosen)
        return replace(self, shape=(len(chosen), *self.shape[1:]), data=memoryview(data))


@dataclass(frozen=True, slots=True)
class Weights:
    """A model's arrays; ``aliases`` are pairs (other name, name of the array)."""

    spec: str
    revision: int
    variables: tuple[Variable, ...]
    aliases: tuple[tuple[str, str], ...]

    def where(self, wanted: Callable[[str], bool]) -> "Weights":
        """The arrays whose names are wanted."""
        return replace(self, variables=tuple(variable for variable in self.variables if wanted(variable.name)))

    def rows(self, count: int, chosen: Sequence[int]) -> "Weights":
        """The arrays of the decoder that have ``count`` rows, one for each token, with the chosen ones only."""
        variables = (
            variable.rows(chosen)
            if variable.name.startswith("decoder/") and variable.shape[:1] == (count,)
            else variable
            for variable in self.variables
        )
        return replace(self, variables=tuple(variables))

    def write(self, path: Path) -> None:
        """Write a ``model.bin``."""
        parts: list[bytes | memoryview] = [struct.pack("<I", _VERSION), _packed(self.spec)]
        parts.append(struct.pack("<II", self.revision, len(self.variables)))
        for variable in self.variables:
            rank = len(variable.shape)
            shape = struct.pack(f"<B{rank}I", rank, *variable.shape)
            parts += [_packed(variable.name), shape, struct.pack("<BI", variable.kind, len(variable.data))]
            parts.append(variable.data)
        parts.append(struct.pack("<I", len(self.aliases)))
        parts += [_packed(name) for pair in self.aliases for name in pair]
        with path.open("wb") as file:
            file.writelines(parts)


def read_weights(path: Path) -> Weights:
    """The arrays of a ``model.bin``, which stays mapped as long as they are held.

    Raises ``OSError`` when it cannot be read and ``ValueError`` when it is cut short or of another version.
    """
    with path.open("rb") as file:
        reader = _Reader(memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)))
    try:
        if reader.number("I") != _VERSION:
            raise ValueError("model.bin is not of binary version 6")
        spec, revision = reader.text(), reader.number("I")
        variables = tuple(reader.variable() for _ in range(reader.number("I")))
        aliases = tuple((reader.text(), reader.text()) for _ in range(reader.number("I")))
    except (struct.error, UnicodeDecodeError) as error:
        raise ValueError("model.bin is damaged") from error
    return Weights(spec, revision, variables, aliases)


class _Reader:
    def __init__(self, data: memoryview) -> None:
        self._data = data
        self._at = 0

    def number(self, form: str) -> int:
        (value,) = struct.unpack_from("<" + form, self._data, self._at)
        self._at += struct.calcsize("<" + form)
        return int(value)

    def text(self) -> str:
        return bytes(self.take(self.number("H"))).rstrip(b"\0").decode()

    def take(self, size: int) -> memoryview:
        taken = self._data[self._at : self._at + size]
        if len(taken) < size:
            raise ValueError("model.bin is cut short")
        self._at += size
        return taken

    def variable(self) -> Variable:
        name, rank = self.text(), self.number("B")
        shape = tuple(self.number("I") for _ in range(rank))
        kind = self.number("B")
        return Variable(name, shape, kind, self.take(self.number("I")))


def _packed(text: str) -> bytes:
    raw = text.encode() + b"\0"
    return struct.pack("<H", len(raw)) + raw
