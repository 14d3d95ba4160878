"""A round that turns often does its work when something changed, and now and then in any case."""

import time
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from radiodesk.core.changes import OfDatabase, OnChange, of_file
from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.events import announce


class Watched:
    """An act that counts, by a clock that is set."""

    def __init__(self) -> None:
        self.sign, self.time, self.turns, self.fails = 0, 0.0, 0, False
        self.round = OnChange(self.act, lambda: self.sign, rest=2.0, monotonic=lambda: self.time)

    def act(self) -> None:
        self.turns += 1
        if self.fails:
            raise OSError("uji")

    def turns_after(self, *, sign: int | None = None, seconds: float = 0.1) -> int:
        self.sign = self.sign if sign is None else sign
        self.time += seconds
        self.round.turn()
        return self.turns


def test_it_acts_at_first_then_when_a_sign_changed() -> None:
    watched = Watched()
    assert watched.turns_after() == 1
    assert watched.turns_after() == 1
    assert watched.turns_after(sign=1) == 2
    assert watched.turns_after() == 2


def test_without_a_sign_it_acts_once_its_rest_is_over() -> None:
    watched = Watched()
    assert [watched.turns_after(seconds=0.5) for _ in range(9)] == [1, 1, 1, 1, 2, 2, 2, 2, 3]


def test_an_act_that_looks_after_nothing_is_called_by_its_signs_and_seldom() -> None:
    watched, busy = Watched(), [False, True, False]

    def act() -> bool:
        watched.turns += 1
        return busy.pop(0)

    watched.round = OnChange(act, lambda: watched.sign, rest=2.0, idle=30.0, monotonic=lambda: watched.time)
    assert [watched.turns_after(), watched.turns_after(seconds=29.0)] == [1, 1]
    assert [watched.turns_after(sign=1), watched.turns_after(seconds=2.1), watched.turns_after(seconds=3.0)] == [
        2,
        3,
        3,
    ]


def test_an_act_that_failed_is_tried_again_at_the_next_turn() -> None:
    watched = Watched()
    watched.fails = True
    for _ in range(2):
        with pytest.raises(OSError, match="uji"):
            watched.turns_after()
    watched.fails = False
    assert watched.turns_after() == 3
    assert watched.turns_after() == 3


def test_what_changes_during_the_act_is_seen_at_the_next_turn() -> None:
    watched = Watched()
    watched.turns_after()

    def changes() -> None:
        watched.turns += 1
        watched.sign += watched.turns == 2

    watched.round._act = changes  # the one way to change something in the middle of it
    assert watched.turns_after(sign=5) == 2
    assert watched.turns_after() == 3
    assert watched.turns_after() == 3


def test_a_file_changes_by_being_made_written_replaced_and_removed(tmp_path: Path) -> None:
    path, other = tmp_path / "a", tmp_path / "b"
    sign = of_file(path)
    seen = [sign(), sign()]
    path.write_text("a")
    seen.append(sign())
    with path.open("a") as file:
        file.write("b")
    seen.append(sign())
    other.write_text("ab")
    other.replace(path)
    seen.append(sign())
    path.unlink()
    seen.append(sign())
    assert seen[0] == seen[1] == seen[5] is None
    assert len(set(seen)) == 4


def test_a_database_changes_when_anybody_commits_and_not_by_being_read(database: Database, clock: ManualClock) -> None:
    sign = OfDatabase(database)
    with closing(sign):
        check_sign(sign, database, clock)


def check_sign(sign: OfDatabase, database: Database, clock: ManualClock) -> None:
    before = sign()
    with database.reading() as session:
        session.execute(select(1))
    assert sign() == before
    with database.writing() as session:
        announce(session, clock.now(), "uji", "changed")
    until = time.monotonic() + 10
    while (after := sign()) == before and time.monotonic() < until:
        time.sleep(0.01)
    assert after != before
    assert sign() == after
