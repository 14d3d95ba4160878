"""A change of the rundown can be taken back for ten minutes by who made it, as long as nobody changed it since."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts import rundowns, services
from radiodesk.rooms.broadcasts.models import Broadcast, ItemKind, RundownItem
from radiodesk.rooms.broadcasts.rundown_acts import NothingToUndo, undoable
from radiodesk.rooms.programme import services as programme
from radiodesk.rooms.programme.models import ScriptKind

BY = "penyiar"


@pytest.fixture
def show(session: Session, clock: ManualClock) -> Broadcast:
    series = programme.add_programme(session, "Halo", by=BY, at=clock.now())
    made = services.plan(session, series, "", clock.now(), by=BY, at=clock.now())
    for title in ("Salam", "Dialog", "Penutup"):
        rundowns.add_item(session, made, ItemKind.TALK, title, 60, by=BY, at=clock.now(), reader="Wati")
    return made


def told(session: Session, show: Broadcast) -> list[tuple[str, int, str, str, str | None]]:
    items = rundowns.rundown(session, show.id)
    return [
        (one.title, one.seconds, one.reader, one.kind.value, one.script.title if one.script else None) for one in items
    ]


def _remove(session: Session, show: Broadcast, item: RundownItem, clock: ManualClock) -> None:
    rundowns.remove_item(session, show, item, by=BY, at=clock.now())


def _move(session: Session, show: Broadcast, item: RundownItem, clock: ManualClock) -> None:
    rundowns.move_item(session, show, item, 1, by=BY, at=clock.now())


def _place(session: Session, show: Broadcast, item: RundownItem, clock: ManualClock) -> None:
    draft = programme.Draft("Kata-kata naskah. " * 20)
    script = programme.write_script(session, ScriptKind.FREE, "Naskah", draft, by=BY, at=clock.now(), speed=140)
    rundowns.put_script(session, show, item, script, by=BY, at=clock.now())


def _add(session: Session, show: Broadcast, _item: RundownItem, clock: ManualClock) -> None:
    rundowns.add_item(session, show, ItemKind.MUSIC, "Lagu", 180, by=BY, at=clock.now())


@pytest.mark.parametrize("act", [_remove, _move, _place, _add])
def test_every_change_of_the_rundown_can_be_taken_back(
    act: Callable[..., None], session: Session, clock: ManualClock, show: Broadcast
) -> None:
    before, ids = told(session, show), [one.public_id for one in rundowns.rundown(session, show.id)]
    act(session, show, rundowns.rundown(session, show.id)[1], clock)
    assert told(session, show) != before
    clock.advance(timedelta(minutes=9))
    rundowns.undo(session, show, by=BY, at=clock.now())
    assert told(session, show) == before
    assert [one.public_id for one in rundowns.rundown(session, show.id)] == ids


def test_after_ten_minutes_and_after_others_it_stays(session: Session, clock: ManualClock, show: Broadcast) -> None:
    _remove(session, show, rundowns.rundown(session, show.id)[0], clock)
    assert undoable(session, show, by=BY, at=clock.now()) is not None
    assert undoable(session, show, by="lain", at=clock.now()) is None
    with pytest.raises(NothingToUndo, match="penyiar"):
        rundowns.undo(session, show, by="lain", at=clock.now())
    clock.advance(timedelta(minutes=11))
    with pytest.raises(NothingToUndo):
        rundowns.undo(session, show, by=BY, at=clock.now())
    rundowns.add_item(session, show, ItemKind.OTHER, "Baru", 60, by="lain", at=clock.now())
    with pytest.raises(NothingToUndo, match="lain"):
        rundowns.undo(session, show, by=BY, at=clock.now())


def test_the_page_offers_to_take_back_what_was_removed(
    session: Session, clock: ManualClock, show: Broadcast, database: Database, sign_in: Callable[..., FlaskClient]
) -> None:
    item = rundowns.rundown(session, show.id)[1]
    session.commit()
    page, browser = f"/siaran/{show.public_id}", sign_in(Role.HOST)
    assert "acara/urung" not in browser.get(page).get_data(as_text=True)
    assert browser.post(f"{page}/acara/{item.public_id}/hapus").status_code == 303
    shown = browser.get(page).get_data(as_text=True)
    assert "Dialog" not in shown
    assert f'action="{page}/acara/urung"' in shown
    assert browser.post(f"{page}/acara/urung").status_code == 303
    assert "Dialog" in browser.get(page).get_data(as_text=True)
