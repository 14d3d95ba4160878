"""What the code imports is asked for by name: what comes along with another package may go with its next release."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; ]", name, maxsplit=1)[0]).lower()


def _imported() -> set[str]:
    found: set[str] = set()
    for path in (ROOT / "radiodesk").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                found.add(node.module.partition(".")[0])
    return found - sys.stdlib_module_names - {"radiodesk"}


def test_every_imported_package_is_declared() -> None:
    extras = PROJECT["optional-dependencies"]
    asked = {_plain(each) for each in (*PROJECT["dependencies"], *extras["sherpa"])}
    provided = packages_distributions()
    undeclared = {name for name in _imported() if name in provided and asked.isdisjoint(map(_plain, provided[name]))}
    assert undeclared == set()


def test_every_declared_package_is_imported() -> None:
    provided = packages_distributions()
    used = {_plain(each) for name in _imported() for each in provided.get(name, [])}
    assert {_plain(each) for each in PROJECT["dependencies"]} - used == set()
