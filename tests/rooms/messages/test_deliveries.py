"""A WhatsApp delivery is read message by message: nothing in it takes another message with it, or is lost itself."""

import copy
import json
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.calls.models import Call, CallAct, Channel
from radiodesk.rooms.messages.channels import whatsapp
from radiodesk.rooms.messages.intake import take_in
from radiodesk.rooms.messages.models import ChannelMessage, IncomingMedia
from radiodesk.rooms.messages.ports import Delivery, Incoming
from radiodesk.rooms.messages.unread_cards import originals, unread
from tests.rooms.messages import channels as bodies

POLL = {"from": "6281200000005", "id": "p", "type": "poll", "poll": {"name": "Lewat mana?", "options": ["A", "B"]}}
CHANGED = {"type": "text", "text": {"body": "Lancar"}}
PARTS: list[dict[str, Any]] = [
    bodies.text("Macet", "a"),
    bodies.voice("m1", "b"),
    bodies.image("m2", "Lubang", "c"),
    {"from": bodies.SENDER, "id": "d", "type": "location", "location": {"latitude": -7.15, "longitude": 111.88}},
    {"from": bodies.SENDER, "id": "e", "type": "edit", "edit": {"original_message_id": "a", "message": CHANGED}},
    {"from": bodies.SENDER, "id": "f", "type": "revoke", "revoke": {"original_message_id": "a"}},
    {"from": bodies.SENDER, "id": "g", "type": "contacts", "contacts": [{"phones": [{"phone": "+62812"}]}]},
    {"from_user_id": "ID.abc", "id": "h", "type": "interactive", "interactive": {"button_reply": {"title": "Ya"}}},
    POLL,
]
ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def spots(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a body."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(spot for name, one in inner for spot in spots(one, (*path, name)))]


def put(body: Any, path: tuple[Any, ...], value: Any, *, gone: bool) -> None:
    """Change, or take away, what lies at a place, where that place is still there."""
    for name in path[:-1]:
        body = body[name]
    if isinstance(body, dict) != isinstance(path[-1], str):
        raise TypeError("JSON has no such name")
    if gone:
        del body[path[-1]]
    else:
        body[path[-1]] = value


SPOTS = [path for path in spots(bodies.whatsapp(*PARTS)) if len(path) >= 2]
LOOSE = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


@LOOSE
@given(st.sampled_from(SPOTS), ANYTHING, st.booleans())
def test_a_delivery_with_anything_in_it_is_read(path: tuple[Any, ...], value: Any, gone: bool) -> None:
    body = bodies.whatsapp(*copy.deepcopy(PARTS))
    put(body, path, value, gone=gone)
    found = whatsapp.parse(body)
    for one in found.odd:
        assert one.text
        assert json.loads(one.raw or "") is not None or one.raw == "null"
    if path[5:6] == ("messages",) and len(path) > 6:
        # Only the message that was changed may look different.
        whole = whatsapp.parse(bodies.whatsapp(*PARTS)).everything
        kept = [one for place, one in enumerate(whole) if place != path[6]]
        assert set(kept) <= set(found.everything)


@LOOSE
@given(st.lists(st.tuples(st.sampled_from(SPOTS), ANYTHING), min_size=2, max_size=6), ANYTHING)
def test_several_odd_things_are_no_worse(changes: list[tuple[tuple[Any, ...], Any]], entry: Any) -> None:
    body = bodies.whatsapp(*copy.deepcopy(PARTS))
    for path, value in changes:
        try:
            put(body, path, value, gone=False)
        except (KeyError, IndexError, TypeError):
            continue
    assert isinstance(whatsapp.parse(body), Delivery)
    assert isinstance(whatsapp.parse({"object": "whatsapp_business_account", "entry": entry}), Delivery)


@settings(LOOSE, max_examples=25)
@given(path=st.sampled_from(SPOTS), value=ANYTHING)
def test_whatever_was_read_can_be_taken_in_and_again(
    database: Database, clock: ManualClock, path: tuple[Any, ...], value: Any
) -> None:
    body = bodies.whatsapp(*copy.deepcopy(PARTS))
    put(body, path, value, gone=False)
    with database.session() as tx:
        for _ in range(2):
            for one in whatsapp.parse(body).everything:
                take_in(tx, one, at=clock.now())
            tx.flush()
        tx.rollback()


def take(database: Database, clock: ManualClock, *brought: Incoming) -> None:
    with database.writing() as tx:
        for one in brought:
            take_in(tx, one, at=clock.now())


def every(database: Database) -> list[Call]:
    with database.reading() as session:
        return list(session.scalars(select(Call).order_by(Call.id)))


def counted(database: Database) -> list[int | None]:
    with database.reading() as session:
        tables = (Call, ChannelMessage, IncomingMedia, CallAct)
        return [session.scalar(select(func.count()).select_from(table)) for table in tables]


def test_a_delivery_that_is_taken_in_again_changes_nothing(database: Database, clock: ManualClock) -> None:
    edits = [
        {
            "from": bodies.SENDER,
            "id": f"e{number}",
            "timestamp": str(int(bodies.WRITTEN) + number),
            "type": "edit",
            "edit": {"original_message_id": "a", "message": {"type": "text", "text": {"body": f"Macet {number}"}}},
        }
        for number in (1, 2)
    ]
    clock.advance(timedelta(seconds=9))
    found = whatsapp.parse(bodies.whatsapp(*PARTS[:4], *edits, POLL, {"rusak": True}, "x")).everything  # type: ignore[arg-type]
    take(database, clock, *found)
    before, told = counted(database), [call.message for call in every(database)]
    for _ in range(2):
        take(database, clock, *found)
        assert (counted(database), [call.message for call in every(database)]) == (before, told)
    assert told[0].startswith("Macet 2\n\n")


def test_an_edit_whose_message_never_came_is_a_message(database: Database, clock: ManualClock) -> None:
    take(database, clock, *whatsapp.parse(bodies.whatsapp(PARTS[4])).everything)
    assert [call.message for call in every(database)] == ["Lancar"]
    take(database, clock, *whatsapp.parse(bodies.whatsapp(PARTS[0])).everything)
    assert [call.message for call in every(database)] == ["Lancar"]


def test_what_cannot_be_read_is_a_card_with_its_original(database: Database, clock: ManualClock, sign_in: Any) -> None:
    take(database, clock, *whatsapp.parse(bodies.whatsapp(POLL, name="Warga")).everything)
    [call] = every(database)
    assert call.phone == "+6281200000005"
    assert "jenis “poll”" in call.message
    with database.reading() as session:
        assert json.loads(originals(session, call)[0]) == POLL
        lying = repr(session.connection().exec_driver_sql("SELECT * FROM channel_message").all())
    assert "Lewat mana" not in lying
    desk = sign_in(Role.SCREENER)
    assert "Belum dapat dibaca" in desk.get("/antrean").text
    assert "Lewat mana?" in desk.get(f"/antrean/{call.public_id}").text


def test_what_could_not_be_read_is_read_after_a_mend_in_its_place(database: Database, clock: ManualClock) -> None:
    without_id = {key: value for key, value in POLL.items() if key != "id"}
    [odd] = whatsapp.parse(bodies.whatsapp(without_id)).everything
    take(database, clock, odd)
    clock.advance(timedelta(days=1))
    mended = Incoming(Channel.WHATSAPP, "wamid.9", odd.sender, text="Lewat mana?", name="Warga", part=odd.part)
    for _ in range(2):
        take(database, clock, mended)
    [call] = every(database)
    assert call.message == "Lewat mana?"
    with database.reading() as session:
        assert originals(session, call) == []


def test_a_body_that_is_no_delivery_can_still_be_a_card(database: Database, clock: ManualClock) -> None:
    for part in ({"x": 1}, "bukan JSON \ud83d", {"x": 1}):
        take(database, clock, unread(Channel.PARTNER, part))
    assert [call.channel for call in every(database)] == [Channel.PARTNER, Channel.PARTNER]


def test_news_of_a_reply_that_cannot_be_read_is_a_card() -> None:
    found = whatsapp.parse(bodies.whatsapp(statuses=["x", {"id": "wamid.1"}, {"id": "wamid.2", "status": "read"}]))
    assert [one.raw for one in found.odd] == ['"x"', '{"id": "wamid.1"}']
