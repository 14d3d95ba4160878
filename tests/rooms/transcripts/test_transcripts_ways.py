"""From a caller, a complaint and a review to the words and back, and what stands over them."""

from collections.abc import Callable
from datetime import datetime
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from radiodesk.core.database import Database
from radiodesk.core.settings import Settings
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.calls.models import Call, CallState, Protected
from radiodesk.rooms.tickets.models import Ticket
from radiodesk.rooms.transcripts.models import Transcript
from tests.factories import calls as make
from tests.factories import shows, tickets

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def heard(database: Database, settings: Settings, now: datetime) -> tuple[str, str]:
    """A call whose caller may not be named, and the transcript of its recording; public ids."""
    with database.writing() as tx:
        call = make.in_state(tx, CallState.WAITING, now, name="Penelepon Karsinem", topic="Lampu padam")
        call.may_name, call.screened_at = False, now
        call.recordings.append(make.recording(tx, settings, now))
        return call.public_id, shows.transcript(tx, call.recordings[0], "lampu padam", now).public_id


def page(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return unescape(answer.get_data(as_text=True))


def test_the_caller_and_the_topic_stand_over_the_words(heard: tuple[str, str], sign_in: SignIn) -> None:
    shown = page(sign_in(Role.SCREENER), f"/transkrip/{heard[1]}")
    assert "<title>Transkrip · Penelepon Karsinem · Lampu padam" in shown and "pesan.wav" not in shown


def test_who_may_not_open_the_card_reads_no_name_that_was_not_allowed(heard: tuple[str, str], sign_in: SignIn) -> None:
    shown = page(sign_in(Role.ARCHIVIST), f"/transkrip/{heard[1]}")
    assert "Karsinem" not in shown and "Penelepon · Lampu padam" in shown


def test_over_the_words_of_a_protected_caller_stands_neither_name_nor_topic(
    heard: tuple[str, str], sign_in: SignIn, database: Database
) -> None:
    with database.writing() as tx:
        tx.scalars(select(Call)).one().protected = Protected.CHILD
    shown = page(sign_in(Role.SCREENER), f"/transkrip/{heard[1]}")
    assert "Penelepon dilindungi" in shown and "Karsinem" not in shown and "Lampu padam" not in shown


def test_the_way_to_the_words_leads_back_to_the_caller(heard: tuple[str, str], sign_in: SignIn) -> None:
    client = sign_in(Role.SCREENER)
    way = f"/transkrip/{heard[1]}?dari=/antrean/{heard[0]}"
    assert f'href="{way}"' in page(client, f"/antrean/{heard[0]}")
    assert f'href="/antrean/{heard[0]}">← Kembali ke penelepon' in page(client, way)


def test_the_way_to_the_words_leads_back_to_the_complaint(
    heard: tuple[str, str], sign_in: SignIn, database: Database, settings: Settings, now: datetime
) -> None:
    with database.writing() as tx:
        tickets.opened(tx, settings, now)
        ticket = tx.scalars(select(Ticket)).one()
        ticket.call_id, identity = tx.scalars(select(Call.id)).one(), ticket.public_id
    client = sign_in(Role.TICKET_OFFICER)
    way = f"/transkrip/{heard[1]}?dari=/pengaduan/{identity}"
    assert f'href="{way}"' in page(client, f"/pengaduan/{identity}")
    assert "← Kembali ke pengaduan" in page(client, way)


@pytest.mark.parametrize(
    "elsewhere",
    ["https://example.org/", "//example.org", "/keluar", "/petugas", "/antrean/x?a=b", "/antrean/../petugas", "x"],
)
def test_a_link_leads_back_to_no_other_address(heard: tuple[str, str], sign_in: SignIn, elsewhere: str) -> None:
    client = sign_in(Role.SCREENER)
    shown = client.get(f"/transkrip/{heard[1]}", query_string={"dari": elsewhere}).get_data(as_text=True)
    assert "←" not in shown


def test_nobody_is_led_back_to_a_page_that_is_not_theirs(heard: tuple[str, str], sign_in: SignIn) -> None:
    assert "←" not in page(sign_in(Role.HOST), f"/transkrip/{heard[1]}?dari=/antrean/{heard[0]}")


def test_what_was_saved_is_said_on_the_page_of_the_new_version(
    heard: tuple[str, str], sign_in: SignIn, database: Database
) -> None:
    client = sign_in(Role.SCREENER)
    words = [{"start": 0.0, "end": 0.5, "word": "lampu", "confidence": 1.0}]
    sent = {"words": words, "segments": [{"text": "lampu padam", "speaker": None}]}
    saved = client.post(f"/transkrip/{heard[1]}", json=sent).get_json()
    assert "tersimpan=ya" in page(client, f"/transkrip/{saved['public_id']}").replace("&amp;", "&")
    assert "Tersimpan sebagai versi 2." in page(client, f"/transkrip/{saved['public_id']}?tersimpan=ya")
    assert "Tersimpan sebagai" not in page(client, f"/transkrip/{saved['public_id']}")
    with database.reading() as session:
        assert len(session.scalars(select(Transcript)).all()) == 2
