"""The order of the house: imports and foreign keys point down, engines are pure, no two files share a name."""

import re
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from radiodesk.core.database import Base, open_database
from radiodesk.core.keys import KeyRing

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    "accounts",
    "recordings",
    "transcripts",
    "calls",
    "messages",
    "lines",
    "tickets",
    "traffic",
    "programme",
    "broadcasts",
    "logger",
    "archive",
    "record",
    "retention",
)
STANDARD = frozenset(
    {
        "__init__",
        "access",
        "cli",
        "forms",
        "hooks",
        "jobs",
        "models",
        "ports",
        "public_views",
        "queries",
        "services",
        "views",
    }
)
"""Names of files that many packages have, each with the same meaning (docs/architecture.md)."""


def contracts(folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    environment = {"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin"}
    command = [str(program), "--no-cache", "--config", str(folder / "pyproject.toml")]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the code that a test may spoil."""
    folder = tmp_path_factory.mktemp("house")
    left_out = shutil.ignore_patterns("*.po", "*.js", "*.css", "__pycache__", "packs", "data")
    shutil.copytree(ROOT / "radiodesk", folder / "radiodesk", ignore=left_out)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize(
    ("where", "planted", "contract"),
    [
        ("road/fusion.py", "from radiodesk.rooms.traffic import models", "Imports point down"),
        ("language/phones.py", "from radiodesk.sound import peaks", "Imports point down"),
        ("rooms/calls/queries.py", "from radiodesk.rooms.tickets import models", "A later room reads an earlier one"),
        ("sound/peaks.py", "import sqlalchemy", "Engines are pure"),
        ("recognition/captions.py", "from radiodesk.core import audit", "Engines are pure"),
        (
            "rooms/record/formats.py",
            "from radiodesk.core.stores.folder_store import FolderStore",
            "A room asks a shelf",
        ),
        ("core/clock.py", "import flask", "The core knows no web"),
        ("rooms/tickets/deadlines.py", "from radiodesk.http.request import field", "Services know no web"),
    ],
)
def test_each_contract_breaks_on_a_planted_breach(house: Path, where: str, planted: str, contract: str) -> None:
    file = house / "radiodesk" / where
    kept = file.read_text(encoding="utf-8")
    file.write_text(f"{kept}\n{planted}\n", encoding="utf-8")
    try:
        told = contracts(house)
    finally:
        file.write_text(kept, encoding="utf-8")
    assert told.returncode == 1
    broken = " ".join(told.stdout.split())
    assert any(part.startswith(contract) and "BROKEN" in part[:160] for part in split_at(broken, contract)), told.stdout


def split_at(text: str, contract: str) -> list[str]:
    return [contract + rest for rest in text.split(contract)[1:]]


def tables_by_room() -> dict[str, str]:
    """The room of each table: that of its class, or of the first table that a table of pairs names."""
    open_database("sqlite:///:memory:", KeyRing(1, {1: bytes(32)}, bytes(32), bytes(32)))
    found = {
        str(mapper.local_table.description): mapper.class_.__module__.split(".")[2]
        for mapper in Base.registry.mappers
        if mapper.class_.__module__.startswith("radiodesk.rooms.")
    }
    for table in Base.metadata.tables.values():
        if table.name not in found and table.foreign_keys:
            rooms = [found[key.column.table.name] for key in table.foreign_keys]
            found[table.name] = max(rooms, key=ROOMS.index)
    return found


def test_foreign_keys_point_down() -> None:
    room = tables_by_room()
    assert set(room.values()) == set(ROOMS)
    upward = [
        f"{table.name}.{key.parent.name} -> {key.column.table.name}"
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if ROOMS.index(room[key.column.table.name]) > ROOMS.index(room[table.name])
    ]
    assert upward == []


_OBJECT_PATHS = re.compile(r"settings\.audio\b|data\s*/\s*\"(audio|archive|attachments|derived|public)\b")


def test_who_wants_an_object_asks_the_store_and_builds_no_path() -> None:
    paths = sorted((ROOT / "radiodesk").rglob("*.py"))
    code = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in paths}
    outside = {name: text for name, text in code.items() if not name.startswith("radiodesk/core/")}
    built = [name for name, text in outside.items() if _OBJECT_PATHS.search(text)]
    assert built == ["radiodesk/operations/wiring.py"]  # makes the folders at the start
    archive = [name for name, text in outside.items() if re.search(r"settings\.archive\b", text)]
    assert archive == ["radiodesk/operations/wiring.py"]


def test_a_name_outside_the_standard_set_stands_once() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "radiodesk").rglob("*.py")):
        if path.stem not in STANDARD and path.parent.name != "versions":
            places[path.stem].append(str(path.relative_to(ROOT)))
    assert {name: found for name, found in places.items() if len(found) > 1} == {}
