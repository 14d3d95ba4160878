"""The prompter: what it shows, how a second screen drives it, and how words change while they are read."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.errors import Forbidden, Unreadable
from radiodesk.core.events import events_after
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts import rundowns, services
from radiodesk.rooms.broadcasts.models import ItemKind
from radiodesk.rooms.programme import prompters
from radiodesk.rooms.programme import services as programme
from radiodesk.rooms.programme.models import Script, ScriptKind

BY = "penyiar"
WORDS = "Selamat pagi.\n\nSimpang Kapas lancar.\nSampai jumpa pukul 19.00."
SPEED: dict[str, Any] = {"speed": 140.0, "lexicon": {}}


@pytest.fixture
def script(session: Session, clock: ManualClock) -> Script:
    draft = programme.Draft(WORDS)
    return programme.write_script(session, ScriptKind.FREE, "Salam", draft, by=BY, at=clock.now(), speed=140)


@pytest.fixture
def show(database: Database, clock: ManualClock) -> tuple[str, str, str]:
    """Public ids of a broadcast on air, of its item with an approved script and of one without."""
    at = clock.now()
    with database.writing() as tx:
        draft = programme.Draft(WORDS)
        script = programme.write_script(tx, ScriptKind.FREE, "Salam", draft, by=BY, at=at, speed=140)
        programme.approve(tx, script, number=1, by=BY, at=at)
        series = programme.add_programme(tx, "Uji", by=BY, at=at)
        made = services.plan(tx, series, "", at, by=BY, at=at)
        read = rundowns.add_item(tx, made, ItemKind.SCRIPT, "Pembuka", 60, script=script, by=BY, at=at)
        talk = rundowns.add_item(tx, made, ItemKind.CALLS, "Telepon", 600, by=BY, at=at)
        services.go_on_air(tx, made, by=BY, at=at)
        return made.public_id, read.public_id, talk.public_id


def test_lines_are_numbered_as_in_the_script_and_have_their_reading_time(script: Script) -> None:
    section = prompters.section_of(script, **SPEED)
    assert [(line.number, line.text) for line in section.lines] == [
        (0, "Selamat pagi."), (2, "Simpang Kapas lancar."), (3, "Sampai jumpa pukul 19.00."),
    ]  # fmt: skip
    # "pukul sembilan belas" takes longer than it is long on paper.
    assert section.lines[2].seconds > section.lines[1].seconds > 0
    assert sum(line.seconds for line in section.lines) <= section.seconds


@pytest.mark.parametrize("order", ["slower", "faster"])
def test_the_pace_has_two_ends(session: Session, clock: ManualClock, script: Script, order: str) -> None:
    for _ in range(60):
        prompters.drive(session, script.public_id, order, line="", words="", at=clock.now())
    pace = prompters.prompter_of(session, script.public_id).pace
    assert pace == (prompters.SLOWEST if order == "slower" else prompters.FASTEST)


def test_an_order_that_is_none_is_refused_and_changes_nothing(
    session: Session, clock: ManualClock, script: Script
) -> None:
    with pytest.raises(Unreadable):
        prompters.drive(session, script.public_id, "explode", line="", words="", at=clock.now())
    assert prompters.state_of(prompters.prompter_of(session, script.public_id))["jumps"] == 0


def test_one_line_is_put_into_other_words_and_the_others_stay(
    session: Session, clock: ManualClock, script: Script
) -> None:
    may: dict[str, Any] = {"by": BY, "at": clock.now(), **SPEED}
    prompters.replace_line(session, script, 2, "Simpang\nKapas  padat.", expected=1, may_approve=False, **may)
    assert script.latest.text.splitlines() == ["Selamat pagi.", "", "Simpang Kapas padat.", "Sampai jumpa pukul 19.00."]
    with pytest.raises(programme.ChangedMeanwhile):
        prompters.replace_line(session, script, 0, "Pagi.", expected=1, may_approve=False, **may)
    with pytest.raises(Unreadable):
        prompters.replace_line(session, script, 4, "Pagi.", expected=2, may_approve=False, **may)


def test_an_approved_script_stays_approved_and_is_changed_only_by_who_may_approve(
    session: Session, clock: ManualClock, script: Script
) -> None:
    programme.approve(session, script, number=1, by=BY, at=clock.now())
    may: dict[str, Any] = {"by": BY, "at": clock.now(), **SPEED}
    with pytest.raises(Forbidden):
        prompters.replace_line(session, script, 0, "Pagi.", expected=1, may_approve=False, **may)
    prompters.replace_line(session, script, 0, "Pagi.", expected=1, may_approve=True, **may)
    approved = script.approved
    assert approved is not None and (approved.number, approved.text.splitlines()[0]) == (2, "Pagi.")


def test_a_whole_rundown_is_one_text_with_pauses(
    show: tuple[str, str, str], sign_in: Callable[..., FlaskClient]
) -> None:
    broadcast, read, talk = show
    page = sign_in(Role.HOST).get(f"/siaran/{broadcast}/prompter").text
    assert f'data-line="{read}-3"' in page and f'data-part="{talk}"' in page
    assert page.index("Sampai jumpa pukul 19.00.") < page.index(f'data-part="{talk}"')
    # The reader sees the text and nothing of the desk.
    assert "Keluar" not in page and 'class="bar"' not in page


def test_a_second_screen_drives_the_reader_and_sees_where_it_is(
    show: tuple[str, str, str], sign_in: Callable[..., FlaskClient], database: Database
) -> None:
    broadcast, read, talk = show
    producer, host = sign_in(Role.PRODUCER, username="produser"), sign_in(Role.HOST, username="penyiar")
    way = f"/siaran/{broadcast}/prompter"
    orders: list[dict[str, str]] = [
        {"order": "roll"}, {"order": "faster"}, {"order": "jump", "line": f"{read}-2"},
        {"order": "cue", "words": "Lebih pelan."},
    ]  # fmt: skip
    for order in orders:
        assert producer.post(f"{way}/perintah", data=order).status_code == 303
    told = host.get(f"{way}/keadaan").json
    assert told is not None
    assert (told["rolling"], told["pace"], told["jumps"], told["line"]) == (True, 105, 1, f"{read}-2")
    assert (told["cues"], told["cue"], told["item"]) == (1, "Lebih pelan.", "")
    here = {"line": f"{read}-3", "rolling": "no", "pace": "110"}
    assert host.post(f"{way}/tempat", data=here).status_code == 204
    page = producer.get(f"{way}/kendali").text
    [at] = [part for part in page.split("<li ")[1:] if 'aria-current="true"' in part]
    assert "Sampai jumpa" in at
    assert host.post(f"/siaran/{broadcast}/acara/{talk}/mulai").status_code == 303
    after = host.get(f"{way}/keadaan").json
    assert after is not None and after["item"] == talk
    with database.reading() as session:
        told_of = {(e.topic, e.kind) for e in events_after(session, 0) if e.subject == broadcast}
    assert {("prompter", "jump"), ("prompter", "place")} <= told_of


def test_words_that_are_changed_come_in_place(
    show: tuple[str, str, str], sign_in: Callable[..., FlaskClient], clock: ManualClock
) -> None:
    broadcast, read, _ = show
    officer, producer = sign_in(Role.OFFICER, username="petugas"), sign_in(Role.PRODUCER, username="produser")
    page = officer.get(f"/siaran/{broadcast}/prompter").text
    script = page.split('data-script="')[1].split('"')[0]
    form = {"expected": "1", "text": "Simpang Kapas padat."}
    refused = producer.post(f"/naskah/{script}/baris/2", data=form)
    assert refused.status_code == 403 and "setuju" in refused.text
    clock.advance(timedelta(seconds=1))
    assert officer.post(f"/naskah/{script}/baris/2", data=form).status_code == 303
    words = officer.get(f"/siaran/{broadcast}/prompter/isi").text
    assert f'data-line="{read}-2"' in words and "Simpang Kapas padat." in words and "Menunggu" not in words
    assert officer.post(f"/naskah/{script}/baris/satu", data=form).status_code == 422
    assert officer.post(f"/naskah/{script}/baris/2", data=form).status_code == 409
