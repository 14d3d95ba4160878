"""What the server itself says before the application is reached, over real connections."""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from waitress.wasyncore import close_all

from radiodesk.core.settings import Settings
from radiodesk.http.request import UNSENT, Station
from radiodesk.operations.web_server import AddressInUse, listen


@pytest.fixture
def port(desk: Flask, station: Station) -> Iterator[int]:
    desk.config.update(WTF_CSRF_ENABLED=True)  # as it is where people use it
    server = listen(desk, station, "127.0.0.1", 0, streams=False)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield int(server.effective_port)
    # In the server's own thread, so that nothing is closed under its feet.
    server.trigger.pull_trigger(lambda: close_all(server._map, ignore_all=True))
    thread.join(timeout=10)


def ask(port: int, head: str) -> str:
    """Send the head of a request and not its body; gives the whole answer, up to the end of the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(head.replace("\n", "\r\n").encode())
        with connection.makefile("rb") as answer:
            return answer.read().decode()


def test_two_gigabytes_announced_are_refused_in_a_sentence_before_any_is_read(port: int) -> None:
    answer = ask(port, "POST /masuk HTTP/1.1\nHost: meja\nContent-Type: audio/wav\nContent-Length: 2147483648\n\n")
    assert answer.startswith("HTTP/1.1 413 ")
    assert "Kiriman ini lebih besar dari 512 MB" in answer
    assert "Content-Security-Policy" in answer
    assert "waitress" not in answer


def test_the_sentence_is_json_for_a_program(port: int) -> None:
    answer = ask(
        port,
        "POST /masuk HTTP/1.1\nHost: meja\nAccept: application/json\nContent-Length: 2147483648\n\n",
    )
    assert answer.startswith("HTTP/1.1 413 ")
    assert "application/json" in answer
    assert json.loads(answer.partition("\n\n")[2] or answer.partition("\r\n\r\n")[2])["error"].endswith(".")


def test_a_request_that_is_not_http_is_refused_and_the_server_goes_on(port: int) -> None:
    assert ask(port, "POST /masuk HTTP/1.1\nHost: meja\nContent-Length: banyak\n\n").startswith("HTTP/1.1 400 ")
    assert ask(port, "GET /masuk HTTP/1.1\nHost: meja\nConnection: close\n\n").startswith("HTTP/1.1 200 ")


def test_an_answer_knows_how_much_of_it_the_browser_has_not_taken(desk: Flask, station: Station) -> None:
    measured: list[int] = []
    done = threading.Event()

    def application(environ: dict[str, Any], start: Any) -> Iterator[bytes]:
        start("200 OK", [])
        measured.append(environ[UNSENT]())
        # More than the sockets of both sides hold.
        for _ in range(12):
            yield bytes(1_000_000)
        measured.append(environ[UNSENT]())
        done.set()

    desk.wsgi_app = application  # type: ignore[method-assign, assignment]
    server = listen(desk, station, "127.0.0.1", 0, streams=False)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        with socket.create_connection(("127.0.0.1", server.effective_port), timeout=10) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: meja\r\nConnection: close\r\n\r\n")
            assert done.wait(30)
            with connection.makefile("rb") as answer:
                assert len(answer.read()) > 12_000_000
    finally:
        server.trigger.pull_trigger(lambda: close_all(server._map, ignore_all=True))
        thread.join(timeout=10)
    before, after = measured
    assert before == 0 and after > 1_000_000


@pytest.mark.slow
def test_a_port_in_use_is_named(settings: Settings, port: int) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "radiodesk", "public"],
        env={**os.environ, "RADIODESK_DATA": str(settings.data), "RADIODESK_PUBLIC_PORT": str(port)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.returncode == AddressInUse.exit_code
    assert str(port) in ran.stderr
    assert "Traceback" not in ran.stderr
