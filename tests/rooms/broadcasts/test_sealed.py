"""Sealed means sealed: no verb changes a broadcast that lies in the archive, published or not."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from radiodesk.core.database import Database
from radiodesk.core.errors import Conflict
from radiodesk.core.settings import Settings
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.archive.models import Package, PackageState
from radiodesk.rooms.broadcasts import boundaries, call_tickets, rundowns, services, unanswered
from radiodesk.rooms.broadcasts.models import AsRun, AsRunKind, Broadcast, FiledCall, ItemKind, RundownItem
from radiodesk.rooms.broadcasts.ports import Outcome
from radiodesk.rooms.calls.models import Call, CallState
from radiodesk.rooms.programme import services as programme
from radiodesk.rooms.programme.models import Script, ScriptKind
from radiodesk.rooms.record.models import Publication, PublicationState
from tests.factories import calls as make
from tests.factories import shows
from tests.factories import tickets as ticket_factory

SEALED = [Outcome.SEALED, Outcome.PUBLISHED]


@dataclass(frozen=True)
class Sealed:
    session: Session
    settings: Settings
    broadcast: Broadcast
    item: RundownItem
    script: Script
    call: Call
    waiting: Call
    at: datetime

    @property
    def by(self) -> dict[str, Any]:
        return {"by": "penyiar", "at": self.at}


@pytest.fixture(params=SEALED)
def sealed(request: pytest.FixtureRequest, session: Session, settings: Settings, now: datetime) -> Sealed:
    show = shows.ended(session, settings, now)
    item = session.scalars(select(RundownItem)).one()
    script = programme.write_script(
        session, ScriptKind.FREE, "Lain", programme.Draft("Kata lain."), by="p", at=now, speed=140
    )
    live = make.in_state(session, CallState.ON_AIR, now, message="Lampu padam")
    waiting = make.in_state(session, CallState.READY, now, phone="081200000002")
    package = Package(public_id="p-1", broadcast=show.broadcast, requested_at=now, requested_by="arsiparis")
    package.state = PackageState.SEALED
    session.add(package)
    if request.param is Outcome.PUBLISHED:
        session.add(
            Publication(
                public_id="t-1",
                broadcast=show.broadcast,
                package=package,
                state=PublicationState.PUBLISHED,
                created_at=now,
                published_at=now,
                asked_by="arsiparis",
            )
        )
    session.commit()
    return Sealed(session, settings, show.broadcast, item, script, live, waiting, now)


def _a_mark(one: Sealed) -> int:
    """A mark that is young enough to be taken back, were it not sealed."""
    entry = AsRun(
        broadcast_id=one.broadcast.id, at=one.at, offset=1.0, kind=AsRunKind.MARK, title="Janji", by="penyiar"
    )
    one.session.add(entry)
    one.session.flush()
    return entry.id


VERBS: dict[str, Callable[[Sealed], object]] = {
    "go_on_air": lambda one: services.go_on_air(one.session, one.broadcast, **one.by),
    "end": lambda one: services.end(one.session, one.broadcast, **one.by),
    "add_item": lambda one: rundowns.add_item(one.session, one.broadcast, ItemKind.CALLS, "Baru", 60, **one.by),
    "move_item": lambda one: rundowns.move_item(one.session, one.broadcast, one.item, 2, **one.by),
    "change_item": lambda one: rundowns.change_item(
        one.session, one.broadcast, one.item, ItemKind.TALK, "Lain", 60, **one.by
    ),
    # It is refused as sealed before anybody looks at what is to be copied.
    "copy_rundown": lambda one: rundowns.copy_rundown(one.session, one.broadcast, one.broadcast, **one.by),
    "remove_item": lambda one: rundowns.remove_item(one.session, one.broadcast, one.item, **one.by),
    "undo": lambda one: rundowns.undo(one.session, one.broadcast, **one.by),
    "put_script": lambda one: rundowns.put_script(one.session, one.broadcast, one.item, one.script, **one.by),
    "put_sound": lambda one: rundowns.put_sound(one.session, one.broadcast, one.item, None, **one.by),
    "let_reserve_begin": lambda one: rundowns.let_reserve_begin(
        one.session, one.broadcast, one.item, alone=True, **one.by
    ),
    "write_entry": lambda one: services.write_entry(one.session, one.broadcast, AsRunKind.SOUND, "Jingle", **one.by),
    "begin_item": lambda one: services.begin_item(one.session, one.broadcast, one.item, **one.by),
    "finish_script": lambda one: services.finish_script(one.session, one.broadcast, **one.by),
    "take": lambda one: services.take(one.session, one.broadcast, one.waiting, **one.by),
    "hold": lambda one: services.hold(one.session, one.broadcast, one.call, **one.by),
    "end_call": lambda one: services.end_call(one.session, one.broadcast, one.waiting, **one.by),
    "undo_mark": lambda one: services.undo_mark(one.session, one.broadcast, _a_mark(one), **one.by),
    "mark": lambda one: services.mark(one.session, one.broadcast, "Janji", **one.by),
    "dump": lambda one: services.dump(one.session, one.broadcast, 5, "Kata kasar", **one.by),
    "attach_recording": lambda one: services.attach_recording(
        one.session, one.broadcast, make.recording(one.session, one.settings, one.at), **one.by
    ),
    "move_boundary": lambda one: boundaries.move_boundary(one.session, one.broadcast, _a_mark(one), 2.0, **one.by),
    "make_ticket": lambda one: call_tickets.make_ticket(
        one.session, ticket_factory.rules(one.settings), one.broadcast, one.call, **one.by
    ),
    "answered_on_air": lambda one: unanswered.answered_on_air(
        one.session, ticket_factory.rules(one.settings), one.broadcast, one.call.public_id, **one.by
    ),
}


def _kept(session: Session) -> tuple[Any, ...]:
    items = select(RundownItem.public_id, RundownItem.position, RundownItem.title, RundownItem.script_id)
    calls = select(Call.id, Call.state, FiledCall.broadcast_id).outerjoin(FiledCall, FiledCall.call_id == Call.id)
    broadcast = select(Broadcast.title, Broadcast.state, Broadcast.on_air_at, Broadcast.ended_at, Broadcast.hosts)
    rows = [tuple(map(tuple, session.execute(query))) for query in (items, calls, broadcast)]
    return (*rows, session.scalar(select(func.count()).select_from(AsRun)))


@pytest.mark.parametrize("verb", VERBS)
def test_no_verb_changes_a_sealed_broadcast(verb: str, sealed: Sealed) -> None:
    before = _kept(sealed.session)
    with pytest.raises(Conflict):
        VERBS[verb](sealed)
    sealed.session.rollback()
    assert _kept(sealed.session) == before


def test_every_verb_that_takes_a_broadcast_is_tried_here() -> None:
    verbs = {
        name
        for module in (services, rundowns, boundaries)
        for name, found in vars(module).items()
        if callable(found)
        and getattr(found, "__module__", "") == module.__name__
        and not name.startswith("_")
        and "broadcast" in getattr(found, "__annotations__", {})
    }
    assert verbs - {"script_being_read", "require_unsealed", "require_item", "is_open"} <= set(VERBS)


def test_the_rundown_of_a_sealed_broadcast_is_not_reached_through_another_one(
    sealed: Sealed, sign_in: Callable[..., FlaskClient], database: Database
) -> None:
    other = services.plan(sealed.session, sealed.broadcast.programme, "Lain", sealed.at, **sealed.by)
    sealed.session.commit()
    client = sign_in(Role.PRODUCER)
    address = f"/siaran/{other.public_id}/acara/{sealed.item.public_id}"
    for act, data in (("hapus", {}), ("pindah", {"to": "2"}), ("naskah", {"script": sealed.script.public_id})):
        assert client.post(f"{address}/{act}", data=data).status_code == 409
    own = f"/siaran/{sealed.broadcast.public_id}/acara"
    answer = client.post(own, data={"title": "Baru", "kind": "calls", "minutes": "1"})
    assert answer.status_code == 409
    assert "sudah disegel" in answer.get_data(as_text=True)
    with database.reading() as look:
        assert look.scalars(select(RundownItem.title)).all() == ["Buletin"]
