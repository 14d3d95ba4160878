"""What processes log: lines for people or for programs, each with the request or job that caused it."""

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.jobs import Context, Kind, Runner, enqueue, nothing
from radiodesk.core.logs import JsonLines, TextLines, traced
from radiodesk.core.settings import Settings
from radiodesk.http.request import public_page

RECORD = logging.LogRecord("radiodesk.uji", logging.WARNING, __file__, 1, "Antrean %s", ("penuh",), None)


def test_a_line_for_people_carries_the_id_of_what_caused_it() -> None:
    assert TextLines().format(RECORD).endswith(" WARNING radiodesk.uji: Antrean penuh")
    with traced("job-7"):
        assert TextLines().format(RECORD).endswith(" WARNING radiodesk.uji: Antrean penuh [job-7]")


def test_a_line_for_programs_is_one_object_with_its_traceback() -> None:
    try:
        raise ZeroDivisionError("nol")
    except ZeroDivisionError:
        record = logging.LogRecord("radiodesk.uji", logging.ERROR, __file__, 1, "Gagal", (), sys.exc_info())
    with traced("request-1"):
        told = json.loads(JsonLines().format(record))
    assert (told["level"], told["message"], told["id"]) == ("ERROR", "Gagal", "request-1")
    assert "ZeroDivisionError: nol" in told["error"]
    assert "\n" not in JsonLines().format(record)


def test_every_request_and_every_job_has_an_id_of_its_own(
    desk: Flask, database: Database, settings: Settings, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[str] = []
    caplog.handler.setFormatter(TextLines())

    def note() -> str:
        logging.getLogger("radiodesk.uji").warning("di sini")
        return ""

    def run(_context: Context, _subject: int) -> None:
        note()

    desk.add_url_rule("/uji", "uji", public_page(note))
    for _ in range(2):
        desk.test_client().get("/uji")
    with database.writing() as session:
        job = enqueue(session, clock.now(), "uji", 1)
    Runner(database, settings, clock, {"uji": Kind(run, nothing)}).run_all()
    seen = [line.rpartition("[")[2].rstrip("]") for line in caplog.text.splitlines() if "di sini" in line]
    assert len(seen) == len(set(seen)) == 3
    assert all(one.startswith("request-") for one in seen[:2])
    assert seen[2] == f"job-{job.id}"


def test_a_process_logs_as_the_settings_say(tmp_path: Path) -> None:
    environment = os.environ | {
        "RADIODESK_DATA": str(tmp_path / "data"),
        "RADIODESK_LOG_FORMAT": "json",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    program = (
        "import logging; from radiodesk.operations.cli import _logged_settings; _logged_settings(); "
        "logging.getLogger('radiodesk.uji').info('jalan')"
    )
    ran = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    [line] = ran.stderr.splitlines()
    assert json.loads(line)["message"] == "jalan"
