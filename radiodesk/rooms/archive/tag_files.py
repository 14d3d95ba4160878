"""The small text files of a BagIt bag (RFC 8493): the declaration, ``bag-info.txt``, manifests and ``fetch.txt``.

Reads what any tool wrote from BagIt 0.93 on, and writes 1.0. Nothing that is read is trusted: every path is
checked before a file is opened, and every fault becomes one sentence.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from radiodesk.core.text import clean

DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"

_STRICT = re.compile(r"BagIt-Version: (\d+)\.(\d+)\nTag-File-Character-Encoding: (\S+)")
_LOOSE = re.compile(
    r"BagIt-Version[ \t]*:[ \t]*(\d+)\.(\d+)[ \t]*\nTag-File-Character-Encoding[ \t]*:[ \t]*(\S+)[ \t]*"
)
_LINE = re.compile(r"([0-9A-Fa-f]{8,256})[ \t]+(\*?)(\S.*)")
_OUTSIDE = re.compile(r"^(/|\\|~|[A-Za-z]:|%[A-Za-z]+%)|(^|/)\.\.(/|$)|\0")


@dataclass(frozen=True)
class Difference:
    """One thing that is not as it should be, as a sentence: message id and facts, as in a refusal."""

    message: str
    facts: dict[str, Any]

    def __str__(self) -> str:
        return self.message % self.facts


def differs(message: str, /, **facts: Any) -> Difference:
    """A difference with its facts; the message is a message id marked with ``N_``."""
    return Difference(message, facts)


@dataclass(frozen=True, slots=True)
class Declared:
    """What ``bagit.txt`` says."""

    version: tuple[int, int]
    encoding: str


def declaration(text: str) -> Declared | None:
    """Read ``bagit.txt``; ``None`` when it is not one. From version 1.0 on white space is as the standard has it."""
    if text.startswith("\ufeff"):
        return None
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    found = _LOOSE.fullmatch(lines)
    if found is None or ((int(found[1]), int(found[2])) >= (1, 0) and not _STRICT.fullmatch(lines)):
        return None
    try:
        "".encode(found[3])
    except LookupError:
        return None
    return Declared((int(found[1]), int(found[2])), found[3])


def information(text: str) -> dict[str, list[str]]:
    """The labels of ``bag-info.txt`` in lower case, each with its values; continued lines are joined."""
    found: dict[str, list[str]] = {}
    label = ""
    for line in text.splitlines():
        if line[:1] in (" ", "\t") and label:
            found[label][-1] += " " + line.strip()
        elif ":" in line:
            name, value = line.split(":", 1)
            label = name.strip().lower()
            found.setdefault(label, []).append(value.strip())
    return found


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a manifest: where the file lies in the bag, its checksum, and whether that was spelled unusually."""

    path: str
    checksum: str
    unusual: bool = False


def entries(text: str, version: tuple[int, int]) -> tuple[list[Entry], list[str]]:
    """The entries of a manifest, and the lines that are none."""
    good: list[Entry] = []
    bad: list[str] = []
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if not line.strip():
            continue
        found = _LINE.fullmatch(line)
        if found is None:
            bad.append(line)
            continue
        path = decoded(found[3], version)
        bare = path.removeprefix("./")
        good.append(Entry(bare, found[1].lower(), unusual=bool(found[2]) or bare != path))
    return good, bad


def fetched(text: str, version: tuple[int, int]) -> tuple[list[str], list[str]]:
    """The paths that ``fetch.txt`` lists, and the lines that cannot be read."""
    paths: list[str] = []
    bad: list[str] = []
    for line in text.splitlines():
        parts = line.split(maxsplit=2)
        if len(parts) == 3:
            paths.append(decoded(parts[2].strip(), version).removeprefix("./"))
        elif parts:
            bad.append(line)
    return paths, bad


def decoded(path: str, version: tuple[int, int]) -> str:
    """A path as manifests spell it, with line ends (and from 1.0 on the per cent sign) given back."""
    path = re.sub("%0a", "\n", path, flags=re.IGNORECASE)
    path = re.sub("%0d", "\r", path, flags=re.IGNORECASE)
    return path.replace("%25", "%") if version >= (1, 0) else path


def encoded(path: str) -> str:
    """A path as a manifest of version 1.0 spells it."""
    return path.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def outside(path: str) -> bool:
    """Whether a path could lead out of the bag, on any system."""
    return bool(_OUTSIDE.search(path.replace("\\", "/") if ".." in path else path))


def text_in(data: bytes, encoding: str) -> str | None:
    """A tag file's text, or ``None`` when it is not text in that encoding."""
    try:
        return data.decode(encoding)
    except UnicodeError:
        return None


def manifest_text(checksums: Iterable[tuple[str, str]]) -> str:
    """A manifest from (path, checksum) pairs, in order of the paths."""
    return "".join(f"{checksum}  {encoded(path)}\n" for path, checksum in sorted(checksums))


def information_text(pairs: Sequence[tuple[str, str]]) -> str:
    """``bag-info.txt`` from labels and values; line ends inside a value become blanks."""
    return "".join(f"{label}: {' '.join(clean(value).split())}\n" for label, value in pairs)
