"""Versions beside each other, comments, who is changing a script, and how it sounds while it is typed."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.programme import queries, services
from radiodesk.rooms.programme.models import ScriptKind
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
