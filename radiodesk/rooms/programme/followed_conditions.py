"""Bulletins follow what is put right on the board: a draft at once, one that was approved when somebody asks for it.

A sentence that a person put into other words stays as it is and is marked; so is every sentence of an approved script
that tells what was put right since.
"""

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.errors import Conflict
from radiodesk.core.settings import Settings
from radiodesk.language.places.station_area import area_pack
from radiodesk.road.bulletin import retold
from radiodesk.rooms.programme import made_scripts, services
from radiodesk.rooms.programme.models import Script, ScriptKind, ScriptState
from radiodesk.rooms.traffic import queries as traffic
from radiodesk.rooms.traffic import wordings
from radiodesk.rooms.traffic.models import RoadCondition
from radiodesk.rooms.traffic.ports import ToldIn

LATELY = timedelta(hours=24)
"""Longer ago than this a bulletin is history, whatever it told."""

FOLLOWING = frozenset({"condition", "clear"})


def bulletins_that_tell(session: Session, conditions: Collection[str], *, at: datetime) -> list[Script]:
    """The bulletins of late, in use, whose words rest on one of these conditions (public ids); the newest first."""
    wanted = select(Script).where(
        Script.kind == ScriptKind.BULLETIN, Script.state != ScriptState.WITHDRAWN, Script.created_at > at - LATELY
    )
    found = session.scalars(wanted.order_by(Script.id.desc()))
    return [script for script in found if any(_rests_on(item, conditions) for item in _items(script))]


def _items(script: Script) -> Sequence[dict[str, Any]]:
    return (script.approved or script.latest).items


def _rests_on(item: dict[str, Any], conditions: Collection[str]) -> bool:
    return not set(conditions).isdisjoint(item.get("conditions") or ())


def old_sentences(session: Session, script: Script) -> list[str]:
    """The sentences of a script that tell what was put right since they were made."""
    items = list(script.latest.items)
    behind = {one for item in items for one in item.get("conditions") or ()}
    rows = traffic.conditions_by_public_ids(session, behind) if behind else []
    corrected = {row.public_id: row.corrected_at for row in rows if row.corrected_at is not None}
    return [item["sentence"] for item in items if _is_old(item, script, corrected)]


def _is_old(item: dict[str, Any], script: Script, corrected: dict[str, datetime]) -> bool:
    if item.get("kind") not in FOLLOWING and item.get("kind") != "ended":
        return False
    made = datetime.fromisoformat(item["at"]) if item.get("at") else script.created_at
    return any(corrected[one] > made for one in item.get("conditions") or () if one in corrected)


def readable_sources(session: Session, script: Script) -> list[list[str]]:
    """What each sentence of a script rests on, without the words of callers who were guarded since it was made."""
    latest = script.latest
    hidden = traffic.guarded_words(session, script.created_at - LATELY, latest.at)
    return [
        [line for line in item.get("sources") or () if not any(line.endswith(words) for words in hidden)]
        for item in latest.items
    ]


def telling_the_old(session: Session, scripts: Iterable[Script], *, at: datetime) -> set[int]:
    """Those of the scripts, by key, that are in use and tell what was put right since."""
    lately = [
        script
        for script in scripts
        if script.kind is ScriptKind.BULLETIN
        and script.state is not ScriptState.WITHDRAWN
        and script.created_at > at - LATELY
    ]
    return {script.id for script in lately if old_sentences(session, script)}


def tellers(session: Session, condition: RoadCondition, /, *, at: datetime) -> list[ToldIn]:
    """Which scripts tell of a condition, and whether they tell the old."""
    corrected = {condition.public_id: condition.corrected_at} if condition.corrected_at else {}
    return [
        ToldIn(
            script.public_id,
            script.title,
            script.state is ScriptState.APPROVED,
            any(_is_old(item, script, corrected) for item in _items(script)),
        )
        for script in bulletins_that_tell(session, [condition.public_id], at=at)
    ]


def follow(
    session: Session, conditions: Sequence[RoadCondition], /, *, settings: Settings, by: str, at: datetime
) -> None:
    """Put the sentences of drafts right that tell of these conditions."""
    for script in bulletins_that_tell(session, [row.public_id for row in conditions], at=at):
        out_of_date = script.valid_until is not None and script.valid_until <= at
        if script.state is ScriptState.DRAFT and not out_of_date and script.corrects_id is None:
            with suppress(Conflict):  # a sentence that a person changed is marked, and put right by a person
                tell_anew(session, settings, script, by=by, at=at, also_changed=False)


def tell_anew(
    session: Session, settings: Settings, script: Script, *, by: str, at: datetime, also_changed: bool = True
) -> list[str]:
    """Put every sentence right that tells the old, as a new version; the new sentences, none where nothing was old.

    ``also_changed`` says whether sentences that a person put into other words are told anew as well. Raises
    ``Conflict`` where the old sentence does not stand in the text any more as it was made.
    """
    latest = script.latest
    text, items, told = latest.text, [dict(item) for item in latest.items], list[str]()
    old = set(old_sentences(session, script))
    missing = [sentence for sentence in old if sentence not in text]
    for item in items:
        if item["sentence"] not in old or item["sentence"] in missing or (item.get("edited") and not also_changed):
            continue
        behind = traffic.told_conditions(session, item.get("conditions") or ())
        made = retold(
            [one for one in behind if one.ended_at is None and one.expires_at > at],
            item["sentence"],
            at=at,
            pack=area_pack(settings.area),
            station=made_scripts.identity(settings),
            wording=wordings.own(session),
        )
        text = _put(text, item["sentence"], made.sentence if made else "")
        if made is None:
            item["sentence"] = ""
            continue
        told.append(made.sentence)
        kept = {one: item[one] for one in ("conditions",) if one in item}
        item.pop("edited", None)
        item |= made_scripts.item_data(made, settings, at=at) | kept
    if text == latest.text:
        if missing:
            raise Conflict("The sentence was changed by hand, so it must be put right by hand.")
        return []
    draft = services.Draft(text, [item for item in items if item["sentence"]], latest.left_out)
    services.edit_script(
        session,
        script,
        draft,
        expected=latest.number,
        by=by,
        at=at,
        speed=float(settings.words_per_minute),
        lexicon=area_pack(settings.area).spoken,
    )
    script.valid_until = _end(session, draft.items, script.valid_until, at)
    return told


def _put(text: str, old: str, new: str) -> str:
    lines = [" ".join(line.replace(old, new, 1).split()) if old in line else line for line in text.split("\n")]
    return "\n".join(line for line in lines if line)


def _end(session: Session, items: Iterable[dict[str, Any]], before: datetime | None, at: datetime) -> datetime | None:
    behind = {one for item in items if item.get("kind") == "condition" for one in item.get("conditions") or ()}
    rows = traffic.conditions_by_public_ids(session, behind) if behind else []
    return min((row.expires_at for row in rows if row.expires_at > at), default=before)
