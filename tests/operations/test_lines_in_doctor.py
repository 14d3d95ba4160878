"""What the doctor says of lines: a sound card's is plugged in or not, of an address only the recorder knows."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from radiodesk.core.settings import Settings
from radiodesk.operations import doctor
from radiodesk.operations.doctor import Verdict
from radiodesk.sound.control_socket import ControlServer
from radiodesk.sound.line_setup import FILE, Line, LineKind, Lines, save_lines

ADDRESS = "https://stasiun.example/siaran.mp3"


@pytest.fixture
def stream(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "list_devices", list)
    settings.lines.mkdir(parents=True, exist_ok=True)
    save_lines(settings.lines / FILE, Lines((Line("siaran", "Siaran", ADDRESS, 1, LineKind.PROGRAMME),)))


@pytest.fixture
def recorder(settings: Settings) -> Iterator[Callable[[bool], None]]:
    servers: list[ControlServer] = []

    def hears(heard: bool) -> None:
        state: dict[str, Any] = {"lines": [{"id": "siaran", "heard": heard}]}
        servers.append(ControlServer(settings.lines / "recorder.sock", lambda _request: state))

    yield hears
    for server in servers:
        server.close()


@pytest.mark.usefixtures("stream")
@pytest.mark.parametrize(("heard", "verdict"), [(True, Verdict.GOOD), (False, Verdict.BAD)])
def test_of_a_stream_the_recorder_tells(
    settings: Settings, recorder: Callable[[bool], None], heard: bool, verdict: Verdict
) -> None:
    recorder(heard)
    [found] = doctor._lines(settings)
    assert found.verdict is verdict
    assert ("tidak ada suara" in found.sentence) is not heard


@pytest.mark.usefixtures("stream")
def test_without_a_recorder_nobody_is_told_to_plug_an_address_in(settings: Settings) -> None:
    silent, line = doctor._lines(settings)
    assert (silent.verdict, line.verdict) == (Verdict.WARNING, Verdict.GOOD)
    assert "Pasang" not in line.sentence
