"""What machines ask of both sites: whether they answer, and whether they can work."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from radiodesk.core.clock import SystemClock
from radiodesk.core.database import Database, open_database
from radiodesk.core.keys import KeyRing
from radiodesk.core.notifier import Notifier
from radiodesk.core.settings import Settings
from radiodesk.http.request import Station
from radiodesk.web.desk import create_desk
from tests.factories.ports import free_port
from tests.factories.writers import held


def asked(app: Flask, path: str) -> tuple[int, object]:
    answer = app.test_client().get(path)
    return answer.status_code, answer.json


@pytest.mark.parametrize("name", ["desk", "public"])
def test_a_station_that_works_says_so_to_everybody(desk: Flask, public: Flask, name: str) -> None:
    app = {"desk": desk, "public": public}[name]
    assert asked(app, "/health") == (200, {"status": "ok"})
    assert asked(app, "/ready") == (200, {"status": "ok"})


def test_tables_of_another_release_are_named(desk: Flask, database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert asked(desk, "/ready") == (503, {"status": "not ready", "wrong": "tables of another release"})
    assert asked(desk, "/health")[0] == 200


def test_who_looks_is_ready_while_another_writes(public: Flask, settings: Settings) -> None:
    with held(settings):
        assert asked(public, "/ready")[0] == 200


def test_a_database_that_is_away_is_named_without_its_address(tmp_path: Path) -> None:
    url = f"postgresql://radiodesk:rahasia-sekali@127.0.0.1:{free_port()}/x"
    away = open_database(url, KeyRing(1, {1: bytes(32)}, bytes(32), bytes(32)))
    notifier = Notifier(away)
    desk = create_desk(Station(Settings(data=tmp_path, database_url=url), away, SystemClock(), notifier))
    assert asked(desk, "/ready") == (503, {"status": "not ready", "wrong": "database"})
    assert asked(desk, "/health") == (200, {"status": "ok"})
    notifier.close()
