"""Branches of the supervisor: named for people, ended with it, and lean."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from radiodesk.core.locks import program
from radiodesk.core.settings import Settings

HEAVY = (
    *("faster_whisper", "ctranslate2", "vosk", "numpy", "av", "soundfile", "sounddevice", "lokal", "docx"),
    *("alembic", "holidays", "httpx", "feedparser", "num2words", "phonenumbers"),
    *("typst", "icalendar", "obstore", "soxr", "pyloudnorm", "tokenizers", "pyttsx3", "rich"),
)
"""What only some of the work needs, and takes long to load or much room."""


OTHER_DATABASE = ("psycopg", "sqlalchemy.dialects.postgresql")
"""What a station on SQLite has no use for."""


def heavy(settings: Settings) -> set[str]:
    """What a part of this station must not have loaded while it is at rest."""
    return set(HEAVY) | (set(OTHER_DATABASE) if settings.database_url is None else set())


def in_a_fresh_process(script: str, settings: Settings) -> str:
    """What a script prints that runs in a process of its own: what this one has loaded by chance proves nothing."""
    environment = os.environ | {"RADIODESK_DATA": str(settings.data), "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-c", script]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=60).stdout


LOADS = """
import json, sys
import radiodesk.__main__
from radiodesk.core import command
from radiodesk.operations import supervisor
settings = command.settings()
supervisor.load(supervisor.FOR_THE_DATABASE)
supervisor.load_the_pages(settings)
supervisor.load(supervisor.FOR_THE_OTHERS)
print(json.dumps(sorted(sys.modules)))
"""


def test_what_all_parts_share_holds_nothing_that_only_some_work_needs(settings: Settings) -> None:
    assert set(json.loads(in_a_fresh_process(LOADS, settings))) & {*HEAVY, *OTHER_DATABASE} == set()


WORKS = """
import json, sys
from radiodesk.core.clock import SystemClock
from radiodesk.core.settings import load_settings
from radiodesk.operations import worker
from radiodesk.operations.listener_process import listener_for
from radiodesk.operations.machine_rounds import machine_rounds
from radiodesk.operations.attendant import attendant_process, journal_intake, take_adoption
from radiodesk.operations.attendant.line_steering import Steering
from radiodesk.operations.wiring import prepare, runner
settings, clock = load_settings(), SystemClock()
database = prepare(settings)
assert runner(settings, database).sweep() == []
worker.schedule_sources(database, clock)
worker.keep_figures(database, clock)
worker.forget_old(database, clock)
worker.backups.schedule(settings, database, clock)
worker.Pulse(settings, database).turn()
for one in machine_rounds(settings, database, clock):
    one.act()
journal_intake.read_on(settings, database)
take_adoption.adopt_finished(settings, database, clock)
Steering(settings, database, clock).turn()
listener = listener_for(settings, database, clock)
listener.look()
assert not listener.turn()
print(json.dumps(sorted(sys.modules)))
"""


def test_no_part_that_waits_for_work_loads_what_that_work_needs(settings: Settings) -> None:
    assert set(json.loads(in_a_fresh_process(WORKS, settings))) & heavy(settings) == set()


def test_no_page_of_a_part_at_rest_loads_what_only_some_work_needs(settings: Settings) -> None:
    script = """
import json, sys
from radiodesk.core.settings import load_settings
from radiodesk.operations.wiring import kinds, open_station
from radiodesk.operations.worker import Crew
from radiodesk.web.desk import create_desk
from radiodesk.web.public_site import create_public
settings = load_settings()
station = open_station(settings)
assert create_desk(station).test_client().get("/masuk").status_code == 200
assert create_public(station).test_client().get("/").status_code == 200
print(json.dumps(sorted(sys.modules)))
"""
    assert set(json.loads(in_a_fresh_process(script, settings))) & heavy(settings) == set()


def test_the_recorder_loads_neither_the_database_nor_the_web(settings: Settings) -> None:
    script = """
import json, sys
from radiodesk.core import command
from radiodesk.operations import cli
from radiodesk.sound.recorder.recorder_process import assemble
assemble(command.settings()).reload()
print(json.dumps(sorted(sys.modules)))
"""
    never = {"sqlalchemy", "flask", "radiodesk.rooms", *HEAVY} - {"numpy", "sounddevice"}
    assert set(json.loads(in_a_fresh_process(script, settings))) & never == set()


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], None]:
    def wait(holds: Callable[[], bool]) -> None:
        end = time.monotonic() + 20
        while not holds():
            assert time.monotonic() < end
            time.sleep(0.01)

    return wait


BRANCHES = """
import os, sys, time
from radiodesk.operations.branches import Branch
branch = Branch(["radiodesk", "public"], lambda: time.sleep(60))
print(branch.pid, flush=True)
time.sleep(60)
"""


def test_a_branch_is_listed_by_its_command_and_ends_with_a_supervisor_that_was_killed(
    until: Callable[[Callable[[], bool]], None],
) -> None:
    command = [sys.executable, "-c", BRANCHES]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as supervisor:
        assert supervisor.stdout is not None
        branch = Path("/proc") / supervisor.stdout.readline().strip()

        def words() -> list[str]:
            return (branch / "cmdline").read_bytes().decode().rstrip("\0").split("\0")

        until(lambda: words() == ["radiodesk", "public"])
        assert program(words()) == "radiodesk public"
        supervisor.kill()
    # It may stay for a moment as a dead child that nobody has asked after yet.
    until(lambda: not branch.exists() or ") Z" in (branch / "stat").read_text())


RUNS = """
import os, signal, sys, time
from radiodesk.operations.branches import Branch
signal.signal(signal.SIGTERM, lambda *_: None)
ends = [Branch(["radiodesk", "uji"], act) for act in (lambda: None, lambda: sys.exit(3), lambda: time.sleep(60))]
os.kill(ends[2].pid, signal.SIGTERM)
print([end.wait(20) for end in ends], [end.poll() for end in ends])
"""


def test_a_branch_tells_how_it_ended_and_does_not_answer_a_stop_as_the_supervisor_would(settings: Settings) -> None:
    assert in_a_fresh_process(RUNS, settings).split() == ["[0,", "3,", "-15]", "[0,", "3,", "-15]"]


STAYS = """
import signal, subprocess
from radiodesk.operations.branches import Branch
branch = Branch(["radiodesk", "uji"], signal.pause)
try:
    branch.wait(0.05)
except subprocess.TimeoutExpired:
    branch.kill()
    print(branch.wait(20))
"""


def test_a_branch_that_runs_on_is_not_waited_for_longer_than_asked(settings: Settings) -> None:
    assert in_a_fresh_process(STAYS, settings).strip() == str(-signal.SIGKILL)
