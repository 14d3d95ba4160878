"""A database without tables for tests of migrations, of both kinds."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from radiodesk.core.database import Database, open_database
from radiodesk.core.keys import load_keys


@pytest.fixture
def empty(tmp_path: Path, database_kind: str, request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database in which nothing was made yet; its keys are ``keys.json`` in the test's folder."""
    name = f"test_{uuid4().hex}"
    if database_kind == "postgresql":
        url = request.getfixturevalue("postgres").make(name)
    else:
        url = f"sqlite:///{tmp_path / 'm.sqlite'}"
    opened = open_database(url, load_keys(tmp_path / "keys.json"))
    yield opened
    opened.engine.dispose()
    if database_kind == "postgresql":
        request.getfixturevalue("postgres").drop(name)
