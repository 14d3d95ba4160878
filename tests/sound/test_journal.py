"""Journals lose nothing: not to a crash, not to a full disk, not to a reader that was away."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from radiodesk.core.keys import load_keys
from radiodesk.sound.line_journal import Entry, Journal, opened_number, read, sealed_number

AT = datetime(2026, 11, 24, 11, 30, tzinfo=UTC)


def entry(event: str, line: str = "hibrida-1") -> Entry:
    return Entry(AT, line, event, take="t", call="c", facts={"count": 2})


def test_a_reader_goes_on_where_it_was(tmp_path: Path) -> None:
    path = tmp_path / "lines" / "recorder.jsonl"
    assert list(read(path)) == []
    journal = Journal(path)
    journal.write(entry("opened"))
    [(first, offset)] = read(path)
    assert first == entry("opened")
    journal.write(entry("closed"))
    [(second, end)] = read(path, offset)
    assert second.event == "closed"
    assert list(read(path, end)) == []


def test_a_torn_line_costs_itself_alone(tmp_path: Path) -> None:
    path = tmp_path / "recorder.jsonl"
    Journal(path).write(entry("opened"))
    with path.open("ab") as file:
        file.write(b'{"at": "2026')
    [(_, offset)] = read(path)
    Journal(path).write(entry("closed"))
    assert [found.event for found, _ in read(path, offset)] == ["closed"]


def test_what_a_full_disk_refuses_follows_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "recorder.jsonl"
    journal = Journal(path)
    journal.write(entry("opened"))
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, data: write(file, data[:7]))
    journal.write(entry("disk_full"))
    journal.write(entry("overflow"))
    assert [found.event for found, _ in read(path)] == ["opened"]
    monkeypatch.setattr(os, "write", write)
    journal.flush()
    assert [found.event for found, _ in read(path)] == ["opened", "disk_full", "overflow"]


def test_an_unknown_event_is_a_mistake_of_the_program(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="exploded"):
        Journal(tmp_path / "recorder.jsonl").write(entry("exploded"))


def test_a_number_does_not_lie_open_in_it(tmp_path: Path) -> None:
    keys = load_keys(tmp_path / "keys.json")
    sealed = sealed_number(keys, "+6281234567890")
    assert "81234" not in sealed
    assert opened_number(keys, sealed) == "+6281234567890"
