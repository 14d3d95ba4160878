"""What works from a built package, away from the checkout."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.slow


def test_the_models_are_listed_from_an_installed_package(tmp_path: Path) -> None:
    wheels = tmp_path / "wheels"
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(wheels)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    [wheel] = wheels.glob("*.whl")
    package = tmp_path / "package"
    with zipfile.ZipFile(wheel) as packed:
        assert not [name for name in packed.namelist() if name.endswith("model.bin")]
        packed.extractall(package)

    told = subprocess.run(
        [sys.executable, "-m", "radiodesk", "models", "list"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(package), "RADIODESK_DATA": str(tmp_path / "data")},
        check=True,
        capture_output=True,
        text=True,
    )

    assert "base" in told.stdout
    assert "zipformer" in told.stdout
