"""The recipes of CONTRIBUTING.md are run as they stand there."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_PART = re.compile(r"^## (.+?)$(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_BLOCK = re.compile(r"^```\w+ (file=(?P<file>\S+)|(?P<what>run|out))\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Recipe:
    """Files to write, commands to run, and what they must print."""

    name: str
    files: dict[str, str]
    commands: str
    printed: tuple[str, ...]


def recipes() -> list[Recipe]:
    found = []
    for name, text in _PART.findall((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")):
        blocks = list(_BLOCK.finditer(text))
        files = {block["file"]: block["text"] for block in blocks if block["file"]}
        commands = "".join(block["text"] for block in blocks if block["what"] == "run")
        printed = [line for block in blocks if block["what"] == "out" for line in block["text"].splitlines()]
        if commands:
            found.append(Recipe(name, files, commands, tuple(printed)))
    return found


RECIPES = recipes()


def test_every_kind_of_addition_has_a_recipe() -> None:
    kinds = {"A feed", "A channel", "A store", "A recognition engine", "A voice", "An area pack", "A screen"}
    assert kinds <= {recipe.name for recipe in RECIPES}


@pytest.mark.slow
@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name.lower().replace(" ", "-"))
def test_a_recipe_works_as_it_is_written(recipe: Recipe, tmp_path: Path) -> None:
    for name, text in recipe.files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("RADIODESK_")},
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "CHECKOUT": str(ROOT),
        "RADIODESK_DATA": str(tmp_path / "data"),
    }
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", recipe.commands],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert recipe.printed
    for line in recipe.printed:
        assert line in done.stdout, done.stdout[-3000:] + done.stderr[-2000:]
