"""Taking into a bulletin what was left out of it, because a person wants it said."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from radiodesk.core.errors import Conflict, NotFound
from radiodesk.core.settings import Settings
from radiodesk.language.places.station_area import area_pack
from radiodesk.road.appeals import load_appeals
from radiodesk.road.bulletin import OVER, Item, Why, retold, warned
from radiodesk.rooms.programme import made_scripts, services
from radiodesk.rooms.programme.models import Script
from radiodesk.rooms.programme.sentence_sources import carried_over
from radiodesk.rooms.traffic import queries as traffic
from radiodesk.rooms.traffic import wordings

BODY = ("condition", "warning", "ended", "clear", "quiet")


def include(
    session: Session,
    settings: Settings,
    script: Script,
    text: str,
    chosen: int,
    *,
    expected: int,
    by: str,
    at: datetime,
    speed: float,
) -> str:
    """Put one thing that was left out into the words on the screen, as a new version; the sentence that was added.

    ``text`` are those words, which may have been changed since; ``chosen`` is the place of the thing in the list.
    """
    left = [dict(one) for one in script.latest.left_out]
    if script.latest.number != expected:
        raise services.ChangedMeanwhile(
            "%(by)s changed this script meanwhile. Your words are below; open the script again and put them in.",
            by=script.latest.by,
        )
    if not 0 <= chosen < len(left):
        raise NotFound("This is not in the list of what was left out.")
    one = left.pop(chosen)
    made = None if one.get("reason") in OVER else _sentence(session, settings, one, script, at=at)
    if made is None:
        raise Conflict("Nothing can be said of this any more: it is not on the board.")
    text = text.replace("\r\n", "\n").strip()
    items = carried_over(script.latest.items, text)
    place = max((number + 1 for number, item in enumerate(items) if item["kind"] in BODY), default=None)
    if place is None:
        place = 1 if items and items[0]["kind"] == "opening" else 0
    before = items[place - 1]["sentence"] if place else ""
    silent = [item for item in items if item["kind"] == "quiet"]
    if silent and made.kind != "appeal":
        text = text.replace(silent[0]["sentence"], made.sentence, 1)
        items = [item for item in items if item["kind"] != "quiet"]
        place -= 1
    elif before and before in text:
        joint = " " if items[place - 1]["kind"] in BODY and made.kind != "appeal" else "\n"
        text = text.replace(before, f"{before}{joint}{made.sentence}", 1)
    else:
        text = f"{made.sentence}\n{text}"
    data = made_scripts.item_data(made, settings, at=at)
    data |= {"conditions": list(one.get("conditions") or ()), "included": True}
    items.insert(place, data)
    draft = services.Draft(text, items, left)
    services.edit_script(
        session, script, draft, expected=expected, by=by, at=at, speed=speed, lexicon=area_pack(settings.area).spoken
    )
    # What was put in goes out of date too, and the script with the first thing in it that does.
    ends = [condition.expires_at for condition in made.conditions] if made.kind == "condition" else []
    script.valid_until = min([*ends, *filter(None, [script.valid_until])], default=None)
    return made.sentence


def _sentence(
    session: Session, settings: Settings, one: dict[str, Any], script: Script, *, at: datetime
) -> Item | None:
    pack, wording = area_pack(settings.area), wordings.own(session)
    station = made_scripts.identity(settings)
    if one.get("conditions"):
        found = traffic.told_conditions(session, list(one["conditions"]))
        conditions = [condition for condition in found if condition.ended_at is None and condition.expires_at > at]
        return retold(conditions, script.latest.text, at=at, pack=pack, station=station, wording=wording)
    if one.get("alert"):
        alert = next((alert for alert in traffic.live_warnings(session, at) if alert.identifier == one["alert"]), None)
        return warned(alert, at=at, pack=pack, station=station, wording=wording) if alert else None
    appeal = next((appeal for appeal in load_appeals() if appeal.id == one.get("appeal")), None)
    if appeal is None:
        return None
    why = Why("Every bulletin carries one appeal that fits the moment.")
    return Item("appeal", appeal.short or appeal.text, 0.0, why, appeal_id=appeal.id)
