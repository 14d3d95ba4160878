"""A caller who waits on a SIP line is told something alone: by the card and by the command, never on air."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import select

from radiodesk.__main__ import cli
from radiodesk.core.audit import AuditEntry
from radiodesk.core.database import Database
from radiodesk.core.errors import Conflict
from radiodesk.core.settings import Settings
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.calls.models import CallState
from radiodesk.rooms.lines.models import LineCall, Stage
from radiodesk.sound.control_socket import ControlServer, Request
from tests.factories import calls as make


class FakeTelephone:
    """Answers at the telephone's socket, with one caller on its line."""

    def __init__(self, settings: Settings) -> None:
        self.asked: list[Request] = []
        self.line: dict[str, Any] = {"id": "sip-1", "call": "k1", "can_prompt": True, "prompt": None, "held": False}
        self.refuses = False
        self.server = ControlServer(settings.lines / "telephone.sock", self.handle)

    def handle(self, request: Request) -> dict[str, Any]:
        if request["do"] == "state":
            disk = {"free": 5e9, "low": False, "stopped": False}
            return {"busy_all": False, "registered": True, "ready": True, "silent": False, "disk": disk} | {
                "lines": [self.line],
                "address": "127.0.0.1:5060",
            }
        if self.refuses:
            raise Conflict("This caller is being spoken to already.")
        self.asked.append(request)
        return {"call": request["call"]}


@pytest.fixture
def telephone(settings: Settings) -> Iterator[FakeTelephone]:
    fake = FakeTelephone(settings)
    yield fake
    fake.server.close()


@pytest.fixture
def on_line(database: Database, now: datetime) -> Callable[..., str]:
    """Gives the public id of a call on the fake telephone's line, behind two others in the queue."""

    def made(state: CallState) -> str:
        with database.writing() as tx:
            for _ in range(2):
                make.in_state(tx, CallState.WAITING, now)
            call = make.in_state(tx, state, now)
            tx.add(LineCall(part="telephone", key="k1", line="sip-1", stage=Stage.OPEN, call=call))
            tx.flush()
            return call.public_id

    return made


def test_the_screener_tells_a_waiting_caller_their_place_and_what_they_type(
    sign_in: Callable[..., FlaskClient], telephone: FakeTelephone, on_line: Callable[..., str], database: Database
) -> None:
    public_id, client = on_line(CallState.WAITING), sign_in(Role.SCREENER)
    assert "Sampaikan kepada penelepon ini saja" in client.get(f"/antrean/{public_id}").text
    for given in ({"apa": "berikutnya"}, {"apa": "urutan"}, {"apa": "kata", "kata": "  Petugas sedang   dihubungi. "}):
        assert client.post(f"/antrean/{public_id}/sampaikan", data=given).status_code == 303
    assert [one["call"] for one in telephone.asked] == ["k1"] * 3
    assert [one["text"] for one in telephone.asked] == [
        "Sebentar lagi giliran Anda. Mohon tetap di saluran.",
        "Anda nomor 3 dalam antrean. Mohon tetap di saluran.",
        "Petugas sedang dihubungi.",
    ]
    with database.reading() as session:
        entries = [one for one in session.scalars(select(AuditEntry)) if one.action == "caller prompted"]
    assert [one.details["what"] for one in entries] == ["berikutnya", "urutan", "kata"]
    assert "Petugas sedang dihubungi" not in str([one.details for one in entries])


@pytest.mark.parametrize(
    ("given", "status", "says"),
    [
        ({"apa": "lain"}, 422, "Pilihlah apa yang disampaikan"),
        ({}, 422, "Pilihlah apa yang disampaikan"),
        ({"apa": "kata", "kata": " … "}, 422, "paling banyak 300"),
        ({"apa": "kata", "kata": "a" * 301}, 422, "paling banyak 300"),
    ],
)
def test_what_cannot_be_said_is_refused_at_its_field(
    sign_in: Callable[..., FlaskClient],
    telephone: FakeTelephone,
    on_line: Callable[..., str],
    given: dict[str, str],
    status: int,
    says: str,
) -> None:
    public_id, client = on_line(CallState.WAITING), sign_in(Role.SCREENER)
    answer = client.post(f"/antrean/{public_id}/sampaikan", data=given)
    assert (answer.status_code, says in answer.text) == (status, True)
    assert telephone.asked == []


def test_who_is_on_air_is_told_nothing(
    sign_in: Callable[..., FlaskClient], telephone: FakeTelephone, on_line: Callable[..., str]
) -> None:
    public_id, client = on_line(CallState.ON_AIR), sign_in(Role.SCREENER)
    assert "Sampaikan kepada penelepon" not in client.get(f"/antrean/{public_id}").text
    answer = client.post(f"/antrean/{public_id}/sampaikan", data={"apa": "berikutnya"})
    assert (answer.status_code, "sedang mengudara" in answer.text) == (409, True)
    assert telephone.asked == []


def test_of_a_held_caller_there_is_no_place_in_the_queue(
    sign_in: Callable[..., FlaskClient], telephone: FakeTelephone, on_line: Callable[..., str]
) -> None:
    public_id, client = on_line(CallState.HELD), sign_in(Role.SCREENER)
    page = client.get(f"/antrean/{public_id}").text
    assert "Giliran berikutnya" in page and "Nomor antrean" not in page
    assert client.post(f"/antrean/{public_id}/sampaikan", data={"apa": "urutan"}).status_code == 409
    assert client.post(f"/antrean/{public_id}/sampaikan", data={"apa": "berikutnya"}).status_code == 303


def test_where_the_line_cannot_do_it_the_card_does_not_offer_it(
    sign_in: Callable[..., FlaskClient], telephone: FakeTelephone, on_line: Callable[..., str]
) -> None:
    public_id, client = on_line(CallState.WAITING), sign_in(Role.SCREENER)
    telephone.line["can_prompt"] = False
    assert "Sampaikan kepada penelepon" not in client.get(f"/antrean/{public_id}").text
    telephone.server.close()
    assert client.get(f"/antrean/{public_id}").status_code == 200


def test_what_the_telephone_refuses_is_told_in_its_words(
    sign_in: Callable[..., FlaskClient], telephone: FakeTelephone, on_line: Callable[..., str]
) -> None:
    public_id, client = on_line(CallState.WAITING), sign_in(Role.SCREENER)
    telephone.refuses = True
    answer = client.post(f"/antrean/{public_id}/sampaikan", data={"apa": "kata", "kata": "Tunggu sebentar"})
    assert answer.status_code == 409
    assert "Tunggu sebentar" in answer.text, "what was typed is still there"


def test_only_who_works_the_queue_tells_callers(
    sign_in: Callable[..., FlaskClient], telephone: FakeTelephone, on_line: Callable[..., str]
) -> None:
    client = sign_in(Role.HOST)
    assert client.post(f"/antrean/{on_line(CallState.WAITING)}/sampaikan", data={"apa": "urutan"}).status_code == 403
    assert telephone.asked == []


def test_the_command_says_it_and_prints_what(
    telephone: FakeTelephone, on_line: Callable[..., str], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    public_id = on_line(CallState.READY)
    monkeypatch.setenv("RADIODESK_DATA", str(settings.data))
    run = CliRunner().invoke(cli, ["prompt-caller", public_id, "--place"], catch_exceptions=False)
    assert (run.exit_code, run.output.strip()) == (0, "Anda nomor 1 dalam antrean. Mohon tetap di saluran.")
    assert telephone.asked[0]["text"] == run.output.strip()
