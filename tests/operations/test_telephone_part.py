"""The telephone among the parts of a station: not there unless it is set up, and the doctor knows how it is."""

from collections.abc import Callable
from typing import Any

import pytest

from radiodesk.core.settings import Settings
from radiodesk.operations import doctor, supervisor
from radiodesk.operations.doctor import Verdict
from radiodesk.sound.control_socket import ControlServer


def finding(settings: Settings) -> tuple[Verdict, str]:
    found = [one for one in doctor.examine(settings) if one.check == "telephone"]
    assert len(found) == 1
    return found[0].verdict, found[0].sentence


@pytest.fixture(autouse=True)
def only_the_telephone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "CHECKS", {"telephone": doctor.CHECKS["telephone"]})


@pytest.fixture
def with_sip(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(doctor, "ready", lambda _settings: None)
    return Settings(data=settings.data, sip_address="127.0.0.1", sip_server="pabx.example")


def test_a_station_without_sip_has_no_such_part(settings: Settings, with_sip: Settings) -> None:
    assert supervisor.TELEPHONE not in supervisor.parts_of(settings)
    assert supervisor.TELEPHONE in supervisor.parts_of(with_sip)


def test_the_doctor_says_how_to_have_one(settings: Settings) -> None:
    verdict, sentence = finding(settings)
    assert verdict is Verdict.GOOD
    assert "docs/telephone.md" in sentence


def test_the_doctor_says_what_is_missing(settings: Settings) -> None:
    verdict, sentence = finding(Settings(data=settings.data, sip_address="127.0.0.1", sip_program="no-such-program"))
    assert verdict is Verdict.BAD
    assert "apt install baresip-core" in sentence


def test_the_doctor_says_that_the_telephone_does_not_run(with_sip: Settings) -> None:
    assert finding(with_sip)[0] is Verdict.WARNING


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        ({}, Verdict.GOOD),
        ({"registered": "ok"}, Verdict.GOOD),
        ({"registered": "fail"}, Verdict.BAD),
        ({"ready": False}, Verdict.BAD),
    ],
)
def test_the_doctor_says_how_the_telephone_is(
    with_sip: Settings, told: dict[str, Any], verdict: Verdict, served: Callable[[dict[str, Any]], None]
) -> None:
    served({"ready": True, "registered": None, "address": "127.0.0.1:5060", "lines": [1, 2]} | told)
    assert finding(with_sip)[0] is verdict


def test_the_doctor_says_without_which_programs_callers_hear_only_the_studio(
    with_sip: Settings, served: Callable[[dict[str, Any]], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    served({"ready": True, "registered": None, "address": "127.0.0.1:5060", "lines": [1]})
    monkeypatch.setenv("PATH", "")
    assert finding(with_sip)[0] is Verdict.GOOD
    played = with_sip.model_copy(update={"sip_microphone": "pulse"})
    told = [one for one in doctor.examine(played) if one.check == "telephone"]
    assert [one.verdict for one in told] == [Verdict.GOOD, Verdict.WARNING]
    assert "apt install pulseaudio-utils" in told[1].sentence


@pytest.fixture
def served(settings: Settings) -> Any:
    """Gives a telephone that says of itself what the test says."""
    servers = []

    def serve(state: dict[str, Any]) -> None:
        servers.append(ControlServer(settings.lines / "telephone.sock", lambda _request: state))

    yield serve
    for server in servers:
        server.close()
