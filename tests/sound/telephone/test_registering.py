"""A station with an account at a SIP server: it signs in, tells when it is refused, and takes calls either way."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.sound.telephone.callers import Caller, eventually
from tests.sound.telephone.conftest import House

pytestmark = pytest.mark.slow


@contextmanager
def server(status: str) -> Iterator[int]:
    """A SIP server that gives every request the same answer; gives its port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        threading.Thread(target=_answer, args=(listening, status), daemon=True).start()
        yield listening.getsockname()[1]


def _answer(listening: socket.socket, status: str) -> None:
    while True:
        try:
            request, sender = listening.recvfrom(1 << 16)
        except OSError:
            return
        lines = request.decode().partition("\r\n\r\n")[0].split("\r\n")[1:]
        kept = [
            line for line in lines if line.split(":")[0].lower() in ("via", "from", "to", "call-id", "cseq", "contact")
        ]
        answer = "\r\n".join([f"SIP/2.0 {status}", *kept, "Expires: 300", "Content-Length: 0", "", ""])
        listening.sendto(answer.encode(), sender)


@pytest.mark.parametrize(("status", "told"), [("200 OK", "ok"), ("403 Forbidden", "fail")])
def test_the_station_signs_in_at_its_server(tmp_path: Path, status: str, told: str) -> None:
    with server(status) as port:
        settings = {"RADIODESK_SIP_SERVER": f"127.0.0.1:{port}", "RADIODESK_SIP_PASSWORD": "rahasia-uji"}
        house = House(tmp_path / "data", **settings)
        house.start()
        try:
            eventually(lambda: house.ask("state")["registered"] == told)
            caller = Caller(tmp_path / "caller", house.port, "081230000001", stays=0.5)
            take = house.ask("answer", call=house.told("ringing")[0].call)["take"]
            assert caller.done() == 0
            assert house.told("closed")[0].take == take
        finally:
            house.stop()
