"""Speaking with a part: an answer, a refusal in its own words, silence."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from radiodesk.core.errors import Conflict
from radiodesk.sound.control_socket import ControlServer, PartRefused, PartSilent, ask


def handle(request: dict[str, Any]) -> dict[str, Any]:
    if request.get("do") != "open":
        raise Conflict("The line %(line)s is not there.", line=request.get("line"))
    return {"take": "t1", "line": request["line"]}


@pytest.fixture
def part(tmp_path: Path) -> Iterator[Path]:
    # Longer than a socket's address may be.
    path = tmp_path / ("sangat-panjang-" * 12) / "recorder.sock"
    server = ControlServer(path, handle)
    yield path
    server.close()


def test_a_request_gets_its_answer(part: Path) -> None:
    assert ask(part, {"do": "open", "line": "hibrida-1"}) == {"take": "t1", "line": "hibrida-1"}


def test_a_refusal_keeps_its_words_and_facts(part: Path) -> None:
    with pytest.raises(PartRefused) as refused:
        ask(part, {"do": "close", "line": "x"})
    assert refused.value.message == "The line %(line)s is not there."
    assert refused.value.facts == {"line": "x"}


def test_rubbish_is_refused_and_the_part_goes_on(tmp_path: Path) -> None:
    server = ControlServer(tmp_path / "part.sock", handle)
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(tmp_path / "part.sock"))
        client.sendall(b"\xff\xfe\n[1]\n")
        stream = client.makefile("rb")
        assert b"This is no request" in stream.readline()
        assert b"This is no request" in stream.readline()
    assert ask(tmp_path / "part.sock", {"do": "open", "line": "a"})["take"] == "t1"
    server.close()


def test_a_part_that_does_not_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(PartSilent) as silent:
        ask(tmp_path / "recorder.sock", {"do": "state"})
    assert "recorder" in str(silent.value)


def test_a_new_server_takes_the_place_of_a_killed_one(tmp_path: Path) -> None:
    path = tmp_path / "recorder.sock"
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(path))
    left.close()
    server = ControlServer(path, handle)
    assert ask(path, {"do": "open", "line": "a"})["line"] == "a"
    server.close()
    assert not path.exists()
