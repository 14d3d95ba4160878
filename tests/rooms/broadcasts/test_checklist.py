"""Going on air asks before its time and while something is missing; what is missing is named with what mends it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from radiodesk.core.clock import ManualClock
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts import checklist, rundowns, services
from radiodesk.rooms.broadcasts.models import Broadcast, BroadcastState, ItemKind
from radiodesk.rooms.broadcasts.rundown_items import rundown
from radiodesk.rooms.programme import services as programme
from radiodesk.rooms.programme.models import ScriptKind

BY = "penyiar"


def planned(session: Session, clock: ManualClock, minutes: int, *, title: str = "Halo") -> Broadcast:
    series = programme.add_programme(session, title, by=BY, at=clock.now())
    start = clock.now() + timedelta(minutes=minutes)
    made = services.plan(session, series, "", start, by=BY, at=clock.now())
    rundowns.add_item(session, made, ItemKind.TALK, "Salam", 60, by=BY, at=clock.now())
    session.commit()
    return made


def state(session: Session, show: Broadcast) -> BroadcastState:
    session.expire_all()
    now = show.state
    # Whoever writes next is not kept waiting by this look.
    session.rollback()
    return now


def test_in_time_and_complete_it_goes_on_air_at_once(
    session: Session, clock: ManualClock, sign_in: Callable[..., FlaskClient]
) -> None:
    show = planned(session, clock, 3)
    assert sign_in(Role.HOST).post(f"/siaran/{show.public_id}/mulai").status_code == 303
    assert state(session, show) is BroadcastState.ON_AIR


def test_before_its_time_it_shows_the_list_and_begins_only_when_that_is_wanted(
    session: Session, clock: ManualClock, sign_in: Callable[..., FlaskClient]
) -> None:
    show, browser = planned(session, clock, 42), sign_in(Role.HOST)
    page = f"/siaran/{show.public_id}/mulai"
    answer = browser.post(page)
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "42 menit lagi" in shown
    assert shown.count('class="there"') == 3
    assert shown.count('class="missing"') == 1
    assert state(session, show) is BroadcastState.PLANNED
    assert browser.post(page, headers={"Accept": "application/json"}).status_code == 409
    assert browser.post(page, headers={"HX-Request": "true"}).status_code == 409
    assert state(session, show) is BroadcastState.PLANNED
    assert browser.get(page).status_code == 200
    assert browser.post(page, data={"sure": "yes"}).status_code == 303
    assert state(session, show) is BroadcastState.ON_AIR


def test_the_list_leads_to_the_script_that_waits(
    session: Session, clock: ManualClock, sign_in: Callable[..., FlaskClient]
) -> None:
    show = planned(session, clock, 0)
    draft = programme.Draft("Kata-kata naskah. " * 20)
    script = programme.write_script(session, ScriptKind.FREE, "Imbauan", draft, by=BY, at=clock.now(), speed=140)
    rundowns.put_script(session, show, rundown(session, show.id)[0], script, by=BY, at=clock.now())
    session.commit()
    shown = sign_in(Role.HOST).post(f"/siaran/{show.public_id}/mulai").get_data(as_text=True)
    assert f'href="/naskah/{script.public_id}"' in shown
    assert "Imbauan" in shown


@pytest.mark.parametrize(("minutes", "missing"), [(-59, 0), (5, 0), (6, 1), (300, 1), (-24 * 60, 1)])
def test_its_time_is_from_five_minutes_before_to_its_end(
    minutes: int, missing: int, session: Session, clock: ManualClock
) -> None:
    show = planned(session, clock, minutes)
    points = checklist.before_air(session, show, clock.now())
    assert sum(bool(point.missing) for point in points) == missing


def test_what_is_on_air_is_named(session: Session, clock: ManualClock) -> None:
    first = planned(session, clock, 0)
    services.go_on_air(session, first, by=BY, at=clock.now())
    points = checklist.before_air(session, planned(session, clock, 0, title="Lain"), clock.now())
    assert [point.subject for point in points if point.missing] == [first.public_id]
