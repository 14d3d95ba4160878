"""Who waits for files is woken when they change, and looks for itself where nobody can tell."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from radiodesk.core import file_watch
from radiodesk.core.database import Database
from radiodesk.core.database_kinds import Bell
from radiodesk.core.file_watch import FileWatch, WhileEmpty
from radiodesk.core.rounds import Round, Rounds

LONG = 20.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "lines"
    made.mkdir()
    return made


@pytest.fixture
def watch(folder: Path) -> Iterator[FileWatch]:
    with closing(FileWatch([folder], ["recorder.jsonl"])) as made:
        while made.wait(0.0):
            pass
        yield made


def _append(path: Path) -> None:
    with path.open("a") as file:
        file.write("x")


@pytest.mark.parametrize(
    "change",
    [
        _append,
        lambda path: (path.with_suffix(".new").write_text("x"), path.with_suffix(".new").replace(path)),
        lambda path: (path.touch(), path.unlink()),
    ],
    ids=["written", "replaced", "removed"],
)
def test_who_waits_is_woken_by_a_change_of_the_file(
    watch: FileWatch, folder: Path, change: Callable[[Path], object]
) -> None:
    woken: list[bool] = []
    waiting = threading.Thread(target=lambda: woken.append(watch.wait(LONG)))
    waiting.start()
    change(folder / "recorder.jsonl")
    waiting.join(LONG / 2)
    assert woken == [True]


def test_what_changed_before_the_wait_is_not_missed(watch: FileWatch, folder: Path) -> None:
    _append(folder / "recorder.jsonl")
    assert watch.wait(LONG)


def test_other_files_wake_nobody(watch: FileWatch, folder: Path) -> None:
    _append(folder / "other.jsonl")
    assert not watch.wait(0.05)


def test_a_ring_wakes_even_when_it_came_before(watch: FileWatch) -> None:
    for _ in range(100_000):  # more than the pipe holds
        watch.ring()
    assert watch.wait(LONG)


def test_a_folder_that_is_made_again_is_watched_again(watch: FileWatch, folder: Path) -> None:
    folder.rmdir()
    assert watch.wait(LONG)
    assert watch.wait(LONG)  # Nothing tells of it now: the asker looks.
    folder.mkdir()
    while watch.wait(0.0):
        pass
    _append(folder / "recorder.jsonl")
    assert watch.wait(LONG)


def test_where_the_system_tells_nothing_the_asker_looks(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_watch, "_inotify", lambda: file_watch.NONE)
    with closing(FileWatch([folder])) as blind:
        began = time.monotonic()
        assert blind.wait(LONG)
        assert time.monotonic() - began < LONG / 2


def test_no_file_of_a_closed_watch_stays_open(folder: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(20):
        FileWatch([folder]).close()
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_nobody_waits_at_a_folder_in_which_something_lies(folder: Path) -> None:
    with closing(WhileEmpty(folder)) as waiting:
        while waiting.wait(0.0):
            pass
        (folder / "take").mkdir()
        assert waiting.wait(LONG)
        assert waiting.wait(LONG)
        (folder / "take").rmdir()
        while waiting.wait(0.0):
            pass
        assert not waiting.holds_something


@pytest.fixture
def bell(database: Database) -> Iterator[Bell]:
    with closing(database.bell()) as made:
        while made.wait(0.2):
            pass
        yield made


def test_a_bell_rings_for_a_commit_while_somebody_waits(bell: Bell, database: Database) -> None:
    rang: list[bool] = []
    waiting = threading.Thread(target=lambda: rang.append(bell.wait(LONG)))
    waiting.start()
    _write(database)
    waiting.join(LONG / 2)
    assert rang == [True]
    assert not bell.wait(0.2)


@pytest.mark.only_sqlite("PostgreSQL tells by itself")
def test_a_bell_of_files_rings_without_the_kernels_help(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_watch, "_inotify", lambda: file_watch.NONE)
    with closing(database.bell()) as bell:
        bell.wait(0.0)
        _write(database)
        assert bell.wait(LONG)


def _write(database: Database) -> None:
    from datetime import UTC, datetime

    from radiodesk.core.events import announce

    with database.writing() as session:
        announce(session, datetime(2026, 11, 24, tzinfo=UTC), "uji", "uji", None)


def test_a_round_turns_when_it_is_woken_and_ends_at_once(tmp_path: Path, watch: FileWatch, folder: Path) -> None:
    turned, stop = threading.Semaphore(0), threading.Event()
    running = Rounds("uji", [Round("journals", 0.01, turned.release, wake=watch)], tmp_path / "health", stop)
    running.start()
    assert turned.acquire(timeout=LONG)
    _append(folder / "recorder.jsonl")
    assert turned.acquire(timeout=LONG)
    stop.set()
    running.join(LONG)
