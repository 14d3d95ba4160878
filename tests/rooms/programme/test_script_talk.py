"""Versions beside each other, comments, who is changing a script, and how it sounds while it is typed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.jobs import Context
from radiodesk.core.settings import Settings
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.programme import jobs, queries, services
from radiodesk.rooms.programme.models import ScriptKind, SpokenLine
from radiodesk.rooms.programme.spoken_lines import SPEAK_LINE, forget_lines, line_sound
from radiodesk.rooms.programme.version_changes import changes

BY = "sari"


@pytest.fixture
def script(database: Database, clock: ManualClock) -> str:
    with database.writing() as tx:
        draft = services.Draft("Selamat pagi.\nJalan itu macet.")
        made = services.write_script(tx, ScriptKind.FREE, "Salam", draft, by=BY, at=clock.now(), speed=140)
        return f"/naskah/{made.public_id}"


@given(st.text(max_size=80), st.text(max_size=80))
def test_both_versions_can_be_read_out_of_what_changed(before: str, after: str) -> None:
    found = changes(before, after)
    assert "".join(one.text for one in found if one.kind != "out").split() == after.split()
    assert "".join(one.text for one in found if one.kind != "in").split() == before.split()


def test_what_changed_is_told_word_by_word(script: str, sign_in: Callable[..., FlaskClient]) -> None:
    client = sign_in(Role.PRODUCER)
    form = {"expected": "1", "text": "Selamat pagi.\nJalan itu lancar."}
    assert client.post(script, data=form).status_code == 303
    assert [(one.kind, one.text) for one in changes("Jalan itu macet.", "Jalan itu lancar.")] == [
        ("same", "Jalan itu "), ("out", "macet."), ("in", "lancar."),
    ]  # fmt: skip
    page = client.get(script).text
    assert "<del>macet.</del><ins>lancar.</ins>" in page


def test_a_comment_stays_beside_the_words_until_it_is_settled(script: str, sign_in: Callable[..., FlaskClient]) -> None:
    officer, producer = sign_in(Role.OFFICER, username="petugas"), sign_in(Role.PRODUCER, username="produser")
    assert officer.post(f"{script}/komentar", data={"comment": "  "}).status_code == 422
    assert officer.post(f"{script}/komentar", data={"comment": "Sebut <b>jamnya</b>."}).status_code == 303
    page = producer.get(script).text
    assert "Sebut &lt;b&gt;jamnya&lt;/b&gt;." in page and "petugas" in page
    way = page.split("/komentar/")[1].split("/selesai")[0]
    for _ in range(2):
        assert producer.post(f"{script}/komentar/{way}/selesai").status_code == 303
    assert "<s>Sebut" in producer.get(script).text
    assert producer.post(f"{script}/komentar/tidak-ada/selesai").status_code == 404


def test_who_changes_a_script_is_seen_and_others_wait_or_take_over(
    script: str, sign_in: Callable[..., FlaskClient], clock: ManualClock
) -> None:
    first, second = sign_in(Role.PRODUCER, username="produser"), sign_in(Role.OFFICER, username="petugas")
    form = {"expected": "1", "text": "Selamat siang."}
    assert first.post(f"{script}/kunci").status_code == 303
    assert "sedang mengubah naskah ini" in second.get(script).text
    assert "sedang mengubah naskah ini" not in first.get(script).text
    assert second.post(f"{script}/kunci").status_code == 409
    for way in (script, f"{script}/setujui"):
        refused = second.post(way, data=form)
        assert refused.status_code == 409 and "Selamat siang." in refused.text
    assert second.post(f"{script}/kunci", data={"take_over": "yes"}).status_code == 303
    assert second.post(script, data=form).status_code == 303
    # Saved: nobody is changing it any more.
    assert "sedang mengubah" not in first.get(script).text
    assert first.post(f"{script}/kunci").status_code == 303
    clock.advance(timedelta(minutes=3))
    assert second.post(f"{script}/kunci").status_code == 303
    clock.advance(-timedelta(hours=1))
    assert first.post(f"{script}/kunci").status_code == 303, "a clock that is set back holds nobody"


def test_how_words_sound_is_told_while_they_are_typed_and_nothing_is_kept(
    script: str, sign_in: Callable[..., FlaskClient], database: Database, clock: ManualClock
) -> None:
    with database.writing() as tx:
        for _ in range(8):
            services.learn_speed(tx, "Wati", "Jalan itu lancar dari dua arah sejak pagi tadi. " * 4, 20.0)
    client = sign_in(Role.PRODUCER)
    told = client.post("/naskah/telinga", data={"text": "Pukul 21.30 WIB, KPPBC <script>"})
    assert told.status_code == 200
    assert "dua puluh satu" in told.text and "singkatan yang dieja" in told.text and "Wati" in told.text
    assert "<script>" not in told.text
    assert client.post("/naskah/telinga", data={"text": ""}).status_code == 200
    with database.reading() as session:
        assert queries.script_by_public_id(session, script.rsplit("/", 1)[1]).latest.number == 1


def test_a_line_is_heard_while_it_is_written(
    sign_in: Callable[..., FlaskClient], database: Database, settings: Settings, clock: ManualClock
) -> None:
    client = sign_in(Role.PRODUCER)
    panel = client.post("/naskah/telinga", data={"text": "Pukul 21.30 WIB."}).text
    assert 'action="/naskah/baris"' in panel and 'value="Pukul 21.30 WIB."' in panel
    asked = client.post("/naskah/baris", data={"line": "Pukul 21.30 WIB."})
    assert asked.status_code == 303
    waits = client.get(asked.location)
    assert (waits.status_code, waits.headers["Refresh"]) == (202, "1")
    assert client.post("/naskah/baris", data={"line": "Pukul 21.30 WIB."}).location == asked.location
    with database.reading() as session:
        line = session.scalars(select(SpokenLine)).one()
        assert "dua puluh satu" in line.said
    jobs.speak_line(Context(database, settings, clock, lambda _: None), line.id)
    with client.get(asked.location) as heard:
        assert heard.status_code == 200
        assert heard.data[:4] == b"RIFF" and len(heard.data) > 20_000
    with database.reading() as session:
        assert session.scalars(select(SpokenLine)).all() == []
    assert client.post("/naskah/baris", data={"line": "Pukul 21.30 WIB."}).location == asked.location


def test_lines_that_were_heard_are_not_kept_for_ever(settings: Settings, clock: ManualClock) -> None:
    sound = line_sound(settings, "0" * 64)
    sound.put(b"RIFF")
    forget_lines(settings, at=datetime.now(UTC))
    assert sound.is_there()
    forget_lines(settings, at=datetime.now(UTC) + timedelta(days=2))
    assert not sound.is_there()


def test_a_line_that_cannot_be_spoken_is_told_of(
    sign_in: Callable[..., FlaskClient], database: Database, clock: ManualClock
) -> None:
    client = sign_in(Role.PRODUCER)
    assert client.post("/naskah/baris", data={"line": " … "}).status_code == 422
    asked = client.post("/naskah/baris", data={"line": "Simpang Kapas macet."}).location
    with database.writing() as session:
        line = session.scalars(select(SpokenLine)).one()
        jobs.KINDS[SPEAK_LINE].given_up(session, line.id, "Mati.", clock.now())
    assert client.get(asked).status_code == 404
    for strange in ("0" * 63, "٣" * 64, "../keys"):
        assert client.get(f"/naskah/baris/{strange}.wav").status_code == 404
