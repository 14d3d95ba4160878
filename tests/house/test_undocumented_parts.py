"""Undocumented parts of libraries are used in listed files alone, of versions that are pinned exactly.

The list is the table of docs/dependencies.md. `tests/contracts/test_undocumented_parts_work.py` tells when a library
has changed what is used of it.
"""

import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.house.undocumented import breaches

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "radiodesk"
_ROW = re.compile(r"^\| ([\w-]+) \| ([\d.]+) \| `([\w/]+\.py)` \| [^|]+ \|$", re.MULTILINE)
TABLE = _ROW.findall((ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8"))
"""Library, version, the file that uses its undocumented parts."""


def test_only_the_listed_files_use_undocumented_parts() -> None:
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        if told := list(breaches(path.read_text(encoding="utf-8"))):
            found[path.relative_to(PACKAGE).as_posix()] = told
    listed = {file for _, _, file in TABLE}
    assert {file: told for file, told in found.items() if file not in listed} == {}
    # This one reads a file of the library and imports nothing of it.
    assert listed - found.keys() == {"recognition/engines/whisper_weights.py"}


@pytest.mark.parametrize(("library", "number", "file"), TABLE)
def test_a_library_is_pinned_to_the_version_that_was_looked_at(library: str, number: str, file: str) -> None:
    assert (PACKAGE / file).is_file()
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    assert f"{library}=={number}" in asked
    for lock in ("requirements.lock", "requirements-dev.lock"):
        assert f"\n{library}=={number} \\\n" in (ROOT / lock).read_text(encoding="utf-8"), lock
    assert version(library) == number


def test_what_is_pinned_exactly_stands_in_the_table() -> None:
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    assert {each.partition("==")[0] for each in asked if "==" in each} == {library for library, _, _ in TABLE}


@pytest.mark.parametrize(
    ("planted", "told"),
    [
        ("from waitress.channel import HTTPChannel", "imports waitress.channel.HTTPChannel"),
        ("import waitress.task", "imports waitress.task"),
        ("from lokal.samaran import _names", "imports lokal.samaran._names"),
        ("from pyttsx3.drivers import espeak", "imports pyttsx3.drivers.espeak"),
        ("from alembic._secret import thing", "imports alembic._secret.thing"),
        ("def f(server):\n    return server._map", "uses server._map"),
        ("class A:\n    def __init__(self, x):\n        self.x = x._inner.y", "uses x._inner"),
        ("def f(x):\n    return getattr(x, '_map')", "uses getattr(x, '_map')"),
        ("from alembic.config import Config\nclass Q(Config): pass", "Q is derived from alembic.config.Config"),
        ("import alembic.config as c\nclass Q(c.Config): pass", "Q is derived from alembic.config.Config"),
        ("import vosk\nvosk.Model.free = None", "changes vosk.Model.free"),
        ("import feedparser\nfeedparser.USER_AGENT += 'x'", "changes feedparser.USER_AGENT"),
    ],
)
def test_a_planted_breach_is_found(planted: str, told: str) -> None:
    assert told in [each.partition(": ")[2] for each in breaches(planted)]


@pytest.mark.parametrize(
    "allowed",
    [
        "class A:\n    def __init__(self): self._x = 1\n    def same(self, other): return other._x == self._x",
        "from flask import g\ng.person = None",
        "import click\nclass Lazy(click.Group): pass",
        "from flask import current_app\ncurrent_app._get_current_object()",
        "from radiodesk.core import thing\nprint(thing.__doc__)",
    ],
)
def test_ordinary_code_is_let_through(allowed: str) -> None:
    assert list(breaches(allowed)) == []
