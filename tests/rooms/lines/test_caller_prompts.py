"""A caller who waits on a SIP line is told something alone: by the card and by the command, never on air."""

from collections.abc import Callable

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import select

from radiodesk.__main__ import cli
from radiodesk.core.audit import AuditEntry
from radiodesk.core.database import Database
from radiodesk.core.settings import Settings
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.calls.models import CallState
from tests.rooms.lines.conftest import FakeTelephone


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
