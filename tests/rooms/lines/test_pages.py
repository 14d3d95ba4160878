"""The page of lines: set up by the administrator, opened and closed with a key, warnings in plain words."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from radiodesk.core.database import Database
from radiodesk.core.errors import Conflict
from radiodesk.core.settings import Settings
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.calls.models import Call, CallState
from radiodesk.rooms.lines import views
from radiodesk.rooms.lines.line_board import Listening
from radiodesk.rooms.lines.models import LineCall, Stage
from radiodesk.sound.control_socket import ControlServer, Request
from radiodesk.sound.line_setup import FILE, Line, LineKind, Lines, load_lines, save_lines
from radiodesk.sound.recorder.input_devices import Device


class FakeRecorder:
    """Answers at the recorder's socket."""

    def __init__(self, settings: Settings) -> None:
        self.asked: list[Request] = []
        self.line = {
            "id": "telepon-1",
            "heard": True,
            "reason": "",
            "peak": -12.0,
            "rms": -20.0,
            "clipping": False,
            "quiet": False,
            "overflows": 0,
            "trying": False,
            "take": None,
        }
        self.disk = {"free": 5e9, "low": False, "stopped": False}
        self.server = ControlServer(settings.lines / "recorder.sock", self.handle)

    def handle(self, request: Request) -> dict[str, Any]:
        if request["do"] == "state":
            return {"disk": self.disk, "lines": [self.line]}
        self.asked.append(request)
        if request["do"] == "open":
            if self.line["take"]:
                raise Conflict("The line “%(line)s” is open already.", line="Telepon 1")
            self.line["take"] = {"id": "t1", "seconds": 1.0, "broadcast": None}
            return {"take": "t1", "line": request["line"]}
        if request["do"] == "close":
            self.line["take"] = None
        return {"take": "t1", "line": request["line"]}


@pytest.fixture
def recorder(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeRecorder]:
    monkeypatch.setattr(
        views, "list_devices", lambda: [Device("USB CODEC (hw:1,0)", 2, 48000), Device("pulse", 32, 44100)]
    )
    fake = FakeRecorder(settings)
    yield fake
    fake.server.close()


LINE = {"label": "Telepon 1", "kind": "telephone", "device": "USB CODEC (hw:1,0)", "channel": "1", "studio": ""}


@pytest.fixture
def administrator(sign_in: Callable[..., FlaskClient], recorder: FakeRecorder) -> FlaskClient:
    client = sign_in(Role.ADMINISTRATOR, username="kepala")
    assert client.post("/saluran", data=LINE).status_code == 303
    return client


def test_an_administrator_adds_changes_and_removes_a_line(administrator: FlaskClient, settings: Settings) -> None:
    path = settings.lines / "lines.toml"
    [line] = load_lines(path).lines
    assert (line.id, line.label, line.channel, line.kind) == ("telepon-1", "Telepon 1", 1, LineKind.TELEPHONE)
    administrator.post("/saluran", data=LINE | {"label": "Studio", "kind": "studio", "channel": "2"})
    administrator.post("/saluran/telepon-1", data=LINE | {"studio": "studio", "channel": "3"})
    line = load_lines(path).lines[0]
    assert (line.channel, line.studio) == (3, "studio")
    administrator.post("/saluran/studio/hapus")
    assert [(line.id, line.studio) for line in load_lines(path).lines] == [("telepon-1", None)]


def test_two_lines_of_one_name_get_different_names_for_the_machine(
    administrator: FlaskClient, settings: Settings
) -> None:
    administrator.post("/saluran", data=LINE)
    assert [line.id for line in load_lines(settings.lines / "lines.toml").lines] == ["telepon-1", "telepon-1-2"]


def test_a_line_that_cannot_be_is_refused_with_a_sentence(administrator: FlaskClient) -> None:
    answer = administrator.post("/saluran", data=LINE | {"device": ""})
    assert answer.status_code == 422
    assert "memerlukan perangkat" in answer.get_data(as_text=True)


def test_the_page_names_devices_and_warns_of_sound_servers(administrator: FlaskClient) -> None:
    for path in ("/saluran/perangkat", "/saluran?perangkat=ya"):
        page = administrator.get(path).get_data(as_text=True)
        assert "USB CODEC (hw:1,0)" in page
        assert "server suara" in page


def test_the_page_does_not_wait_for_the_sound_devices(
    administrator: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow() -> list[Device]:
        raise AssertionError("the page looked for devices by itself")

    monkeypatch.setattr(views, "list_devices", slow)
    page = administrator.get("/saluran").get_data(as_text=True)
    assert 'hx-get="/saluran/perangkat" hx-trigger="load"' in page


def test_a_screener_sees_lines_but_cannot_set_them_up(
    administrator: FlaskClient, sign_in: Callable[..., FlaskClient]
) -> None:
    client = sign_in(Role.SCREENER)
    page = client.get("/saluran").get_data(as_text=True)
    assert "Telepon 1" in page
    assert "Tambah saluran" not in page
    assert client.post("/saluran", data=LINE).status_code == 403
    assert client.post("/saluran/telepon-1/coba").status_code == 403


def test_picking_up_opens_the_line_and_gives_the_call_to_the_screener(
    administrator: FlaskClient, recorder: FakeRecorder, sign_in: Callable[..., FlaskClient], database: Database
) -> None:
    client = sign_in(Role.SCREENER)
    assert 'data-key="f2"' in client.get("/antrean").get_data(as_text=True)
    answer = client.post("/saluran/telepon-1/angkat")
    with database.reading() as session:
        call = session.scalars(select(Call)).one()
        assert (call.state, call.locked_by, call.line) == (CallState.SCREENING, "petugas", "Telepon 1")
        assert session.scalars(select(LineCall.stage)).one() is Stage.OPEN
    assert answer.headers["Location"] == f"/antrean/{call.public_id}"
    assert recorder.asked[-1] == {"do": "open", "line": "telepon-1", "by": "petugas"}
    assert "Tutup saluran" in client.get("/saluran/ringkas").get_data(as_text=True)
    client.post("/saluran/telepon-1/tutup")
    assert recorder.asked[-1] == {"do": "close", "line": "telepon-1", "by": "petugas"}


def test_the_second_of_two_who_pick_up_gets_a_sentence_and_no_call(
    administrator: FlaskClient, sign_in: Callable[..., FlaskClient], database: Database
) -> None:
    client = sign_in(Role.SCREENER)
    client.post("/saluran/telepon-1/angkat")
    answer = administrator.post("/saluran/telepon-1/angkat")
    assert answer.status_code == 409
    assert "sudah dibuka" in answer.get_data(as_text=True)
    with database.reading() as session:
        assert len(session.scalars(select(Call)).all()) == 1


def test_without_a_recorder_the_page_says_so_and_picking_up_is_refused(
    administrator: FlaskClient, recorder: FakeRecorder
) -> None:
    recorder.server.close()
    assert "Perekam tidak berjalan" in administrator.get("/saluran").get_data(as_text=True)
    answer = administrator.post("/saluran/telepon-1/angkat")
    assert answer.status_code == 503
    assert "tidak menjawab" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ({"heard": False, "reason": "absent"}, "terlepas"),
        ({"heard": False, "reason": "Unanticipated host error [PaErrorCode -9999]"}, "terlepas"),
        ({"heard": False, "reason": "Invalid sample rate [PaErrorCode -9997]"}, "laju cuplik"),
        ({"heard": False, "reason": "Invalid number of channels [PaErrorCode -9998]"}, "lebih sedikit"),
        ({"clipping": True}, "Terlalu keras"),
        ({"quiet": True}, "Tidak ada suara"),
        ({"overflows": 3}, "3 kali terlambat"),
    ],
)
def test_warnings_are_plain_words(
    administrator: FlaskClient, recorder: FakeRecorder, line: dict[str, Any], sentence: str
) -> None:
    recorder.line |= line
    answer = administrator.get("/saluran/keadaan.json").get_json()
    [told] = answer["lines"]["telepon-1"]["warnings"]
    assert sentence in told


def test_of_a_stream_nobody_is_told_to_plug_it_in(
    administrator: FlaskClient, recorder: FakeRecorder, settings: Settings
) -> None:
    line = Line("telepon-1", "Siaran", "https://stasiun.example/siaran.mp3", 1, LineKind.PROGRAMME)
    save_lines(settings.lines / FILE, Lines((line,)))
    recorder.line |= {"heard": False, "reason": "absent"}
    [told] = administrator.get("/saluran/keadaan.json").get_json()["lines"]["telepon-1"]["warnings"]
    assert "stasiun.example" in told and "terlepas" not in told


@pytest.mark.parametrize(
    ("disk", "sentence"), [({"low": True}, "tersisa 5.0 GB"), ({"stopped": True}, "perekaman berhenti")]
)
def test_a_disk_that_runs_full_alarms_every_screen(
    administrator: FlaskClient, recorder: FakeRecorder, disk: dict[str, bool], sentence: str
) -> None:
    recorder.disk |= disk
    assert sentence in administrator.get("/saluran/keadaan.json").get_json()["alarms"][0]
    assert sentence in administrator.get("/antrean").get_data(as_text=True)


def test_a_trial_is_asked_for_and_can_be_heard(administrator: FlaskClient, settings: Settings) -> None:
    assert administrator.get("/saluran/telepon-1/coba.wav").status_code == 404
    administrator.post("/saluran/telepon-1/coba")
    wav = settings.lines / "trials" / "telepon-1.wav"
    wav.parent.mkdir()
    wav.write_bytes(b"RIFF")
    with administrator.get("/saluran/telepon-1/coba.wav") as answer:
        assert answer.mimetype == "audio/wav"


def test_forty_screens_ask_the_recorder_once(settings: Settings) -> None:
    (settings.lines).mkdir(parents=True)
    (settings.lines / "recorder.sock").touch()
    asked: list[float] = []
    seconds = [0.0]

    def ask(*_: object, timeout: float) -> dict[str, Any]:
        asked.append(timeout)
        return {"part": "recorder"}

    listening = Listening(settings, ask=ask, monotonic=lambda: seconds[0])
    for _ in range(40):
        assert listening.state("recorder") == {"part": "recorder"}
    assert len(asked) == 1
    seconds[0] = 1.0
    listening.state("recorder")
    assert len(asked) == 2
