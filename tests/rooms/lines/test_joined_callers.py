"""Two callers on air hear each other: by the host's screen and by the command; nobody who is protected."""

from collections.abc import Callable
from datetime import datetime

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import select

from radiodesk.__main__ import cli
from radiodesk.core.audit import AuditEntry
from radiodesk.core.database import Database
from radiodesk.core.settings import Settings
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts import services as broadcasts
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import CallState, Protected
from radiodesk.rooms.calls.queries import call_by_public_id
from radiodesk.rooms.programme import services as programme
from tests.rooms.lines.conftest import FakeTelephone

JOIN, PART = "/saling-dengar", "/pisahkan"


@pytest.fixture
def show(database: Database, now: datetime) -> str:
    """The host's screen of a broadcast on air."""
    with database.writing() as tx:
        series = programme.add_programme(tx, "Halo Uji", by="sari", at=now)
        found = broadcasts.plan(tx, series, "", now, by="sari", at=now)
        broadcasts.go_on_air(tx, found, by="sari", at=now)
        return f"/siaran/{found.public_id}/penyiar/bagian"


@pytest.fixture
def two(telephone: FakeTelephone, on_line: Callable[..., str]) -> tuple[str, str]:
    """The public ids of two callers on air."""
    telephone.add_line()
    return on_line(CallState.ON_AIR), on_line(CallState.ON_AIR, "k2")


def test_the_host_lets_two_callers_hear_each_other_and_ends_it(
    sign_in: Callable[..., FlaskClient], telephone: FakeTelephone, two: tuple[str, str], show: str, database: Database
) -> None:
    client, (one, other) = sign_in(Role.HOST), two
    shown = client.get(show).text
    assert shown.count("Biarkan saling mendengar") == 1
    assert client.post(f"/antrean/{other}{JOIN}", data={"dengan": one}).status_code == 303
    assert telephone.asked[-1] == {"do": "join", "call": "k2", "with": "k1"}
    telephone.lines[0]["joined"], telephone.lines[1]["joined"] = "k2", "k1"
    shown = client.get(show).text
    assert "Akhiri saling mendengar" in shown and "Biarkan saling mendengar" not in shown
    assert client.post(f"/antrean/{one}{PART}").status_code == 303
    assert telephone.asked[-1] == {"do": "part", "call": "k1"}
    with database.reading() as session:
        acts = [(entry.action, entry.details) for entry in session.scalars(select(AuditEntry))]
    assert ("callers joined", {"other": one}) in acts and ("callers parted", {}) in acts


def test_nobody_protected_and_nobody_off_air_is_joined(
    sign_in: Callable[..., FlaskClient],
    telephone: FakeTelephone,
    two: tuple[str, str],
    show: str,
    database: Database,
    now: datetime,
) -> None:
    client, (one, other) = sign_in(Role.PRODUCER), two
    with database.writing() as tx:
        calls.protect(tx, call_by_public_id(tx, one), Protected.CHILD, hides=True, by="sari", at=now)
    assert "saling mendengar" not in client.get(show).text
    for first, second in ((one, other), (other, one)):
        answer = client.post(f"/antrean/{first}{JOIN}", data={"dengan": second})
        assert answer.status_code == 409 and "dilindungi" in answer.text
    with database.writing() as tx:
        calls.end(tx, call_by_public_id(tx, other), by="sari", at=now)
    assert client.post(f"/antrean/{other}{PART}").status_code == 303
    assert client.post(f"/antrean/{one}{JOIN}", data={"dengan": "tidak-ada"}).status_code == 404
    assert client.post(f"/antrean/{one}{JOIN}", data={}).status_code == 404
    assert [one["do"] for one in telephone.asked] == ["part"]


def test_where_the_telephone_cannot_do_it_nothing_is_offered(
    sign_in: Callable[..., FlaskClient], telephone: FakeTelephone, two: tuple[str, str], show: str
) -> None:
    client = sign_in(Role.HOST)
    telephone.lines[1]["can_join"] = False
    assert "saling mendengar" not in client.get(show).text
    telephone.server.close()
    assert client.get(show).status_code == 200
    answer = client.post(f"/antrean/{two[0]}{JOIN}", data={"dengan": two[1]})
    assert answer.status_code == 503


def test_the_command_joins_and_parts(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    telephone: FakeTelephone,
    two: tuple[str, str],
    database: Database,
) -> None:
    monkeypatch.setenv("RADIODESK_DATA", str(settings.data))
    for given in ([*two], [two[0], "--part"]):
        run = CliRunner().invoke(cli, ["join-callers", *given], catch_exceptions=False)
        assert run.exit_code == 0
    assert [one["do"] for one in telephone.asked] == ["join", "part"]
    run = CliRunner().invoke(cli, ["join-callers", two[0]])
    assert run.exit_code != 0
