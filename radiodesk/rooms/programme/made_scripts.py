"""Bulletins and situation reports become scripts: the traffic room's words, put where an officer approves them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from radiodesk.core.errors import Conflict, NotFound
from radiodesk.core.i18n import gettext
from radiodesk.core.settings import Settings
from radiodesk.language.places.pack import AreaPack
from radiodesk.language.places.station_area import area_pack
from radiodesk.road.appeals import load_appeals, pick_appeal, resting, weather_words
from radiodesk.road.bulletin import (
    Before,
    Composition,
    Identity,
    Item,
    LeftOut,
    Why,
    compose,
    correct,
    read_items,
    told_data,
)
from radiodesk.road.lapsit import parse_lapsit, put_right, spoken
from radiodesk.road.ports import Condition
from radiodesk.rooms.programme import services
from radiodesk.rooms.programme.models import Script, ScriptKind, ScriptState
from radiodesk.rooms.programme.sentence_sources import all_sentences
from radiodesk.rooms.traffic import queries as traffic
from radiodesk.rooms.traffic import wordings
from radiodesk.rooms.traffic.models import FLOW_NAMES, KIND_NAMES, RoadCondition, SituationReport
from radiodesk.rooms.traffic.report_rows import condition_key
from radiodesk.rooms.traffic.services import use_appeal

FRAME = frozenset({"opening", "closing"})

REMEMBERED = timedelta(hours=3)
"""A bulletin that is older has nothing to do with the next one any more."""


def identity(settings: Settings) -> Identity:
    """How the station names itself on air."""
    return Identity(station=settings.station, time_zone=settings.timezone, time_zone_name=settings.timezone_label)


@dataclass(frozen=True, slots=True)
class Planned:
    """A bulletin that was worked out and is not kept yet: its words, what is behind them, and its end."""

    composed: Composition
    draft: services.Draft
    speed: float
    valid_until: datetime | None


def compile_bulletin(
    session: Session,
    settings: Settings,
    pack: AreaPack,
    *,
    seconds: int,
    reader: str,
    by: str,
    at: datetime,
    theme: str = "",
) -> Script:
    """Work out a bulletin and keep it, in one go."""
    planned = plan_bulletin(session, settings, pack, seconds=seconds, reader=reader, at=at, theme=theme)
    return keep_bulletin(session, settings, pack, planned, by=by, at=at)


def plan_bulletin(
    session: Session, settings: Settings, pack: AreaPack, *, seconds: int, reader: str, at: datetime, theme: str = ""
) -> Planned:
    """Work out what is worth saying now; nothing is written, so that a session which only reads will do.

    What the bulletin before told and is over since is told as over; what is told again is told in other words. Its
    appeal is picked for the moment, of one ``theme`` when it is named.
    """
    speed = services.words_per_minute(session, reader, settings.words_per_minute)
    alerts = traffic.live_warnings(session, at)
    conditions = traffic.recent_conditions(session, at)
    before = bulletin_before(session, at)
    used, used_at = traffic.appeals_used(session)
    appeal = pick_appeal(
        load_appeals(),
        at=at,
        weather=weather_words(alerts, conditions),
        used_recently=used,
        rest=resting(used_at, settings.appeal_rest),
        market_days=pack.market_days,
        theme=theme or None,
        zone=settings.timezone,
    )
    composed = compose(
        conditions,
        at=at,
        seconds=seconds,
        pack=pack,
        alerts=alerts,
        appeal=appeal,
        words_per_minute=round(speed),
        variation=_running_number(session),
        station=identity(settings),
        told_before=before.told if before else (),
        said_before=before.sentences if before else (),
        wording=wordings.own(session),
    )
    draft = _draft(composed, _behind(session, composed), settings)
    return Planned(composed, draft, speed, _valid_until(composed))


def keep_bulletin(
    session: Session, settings: Settings, pack: AreaPack, planned: Planned, *, by: str, at: datetime
) -> Script:
    """Keep a bulletin as a script that waits for approval.

    It goes out of date when the first condition in it does, and says of every sentence what is behind it.
    """
    for item in planned.composed.items:
        if item.appeal_id is not None:
            use_appeal(session, item.appeal_id, at=at)
    local = at.astimezone(settings.zone)
    return services.write_script(
        session,
        ScriptKind.BULLETIN,
        gettext("Traffic bulletin %(time)s", time=f"{local:%H.%M}"),
        planned.draft,
        by=by,
        at=at,
        speed=planned.speed,
        valid_until=planned.valid_until,
        lexicon=pack.spoken,
    )


def bulletin_before(session: Session, at: datetime) -> Before | None:
    """What the newest bulletin said that is still remembered; one that was withdrawn said nothing."""
    wanted = select(Script).where(
        Script.kind == ScriptKind.BULLETIN,
        Script.state != ScriptState.WITHDRAWN,
        Script.corrects_id.is_(None),
        Script.created_at > at - REMEMBERED,
    )
    script = session.scalar(wanted.order_by(Script.id.desc()).limit(1))
    return _read(script) if script else None


def _read(script: Script) -> Before:
    return read_items((script.approved or script.latest).items, at=script.created_at)


def correctable(script: Script) -> list[str]:
    """The sentences of a bulletin as they stand in the words that were approved, those that a person wrote included.

    Greeting and sign-off tell nothing that could be wrong, unless a person put something into them.
    """
    if script.kind is not ScriptKind.BULLETIN:
        return []
    version = script.approved or script.latest
    greetings = {item["sentence"] for item in version.items if item["kind"] in FRAME and not item.get("edited")}
    return [sentence for sentence in all_sentences(version.items, version.text) if sentence not in greetings]


def places_of(script: Script, sentence: str) -> list[str]:
    """Public ids of the conditions behind one sentence of a bulletin."""
    items = (script.approved or script.latest).items
    return [one for item in items if item["sentence"] == sentence for one in item.get("conditions") or ()]


def compile_correction(
    session: Session,
    settings: Settings,
    pack: AreaPack,
    script: Script,
    sentence: str,
    right: Sequence[RoadCondition],
    *,
    reader: str,
    by: str,
    at: datetime,
) -> Script:
    """A bulletin that takes back one sentence of another one (ralat), says what is right, and points at that one.

    Raises ``Conflict`` when the bulletin does not say that.
    """
    before = _read(script)
    if sentence not in correctable(script):
        raise Conflict("This bulletin does not say that, so there is nothing to correct.")
    wrong = next((item for item in before.items if item.sentence == sentence), None)
    if wrong is None:
        # A person wrote it, so nothing is behind it.
        wrong = Item("condition", sentence, 0.0, Why("A person wrote it."))
        before = replace(before, items=(*before.items, wrong))
    speed = services.words_per_minute(session, reader, settings.words_per_minute)
    conditions = traffic.told_conditions(session, [row.public_id for row in right])
    composed = correct(
        before,
        wrong,
        right=conditions,
        at=at,
        pack=pack,
        words_per_minute=round(speed),
        variation=_running_number(session),
        station=identity(settings),
        wording=wordings.own(session),
    )
    local = script.created_at.astimezone(settings.zone)
    return services.write_script(
        session,
        ScriptKind.BULLETIN,
        gettext("Correction of the bulletin of %(time)s", time=f"{local:%H.%M}"),
        _draft(composed, {row.id: row.public_id for row in right}, settings),
        by=by,
        at=at,
        speed=speed,
        valid_until=min((condition.expires_at for condition in conditions), default=None),
        corrects=script,
        lexicon=pack.spoken,
    )


def _running_number(session: Session) -> int:
    return session.scalar(select(func.count()).where(Script.kind == ScriptKind.BULLETIN)) or 0


def _valid_until(composed: Composition) -> datetime | None:
    ends = [
        condition.expires_at for item in composed.items for condition in item.conditions if item.kind == "condition"
    ]
    return min(ends, default=None)


def _behind(session: Session, composed: Composition) -> dict[int, str]:
    """The public id of every condition that is told of, by the key of its row."""
    keys = {condition_key(one) for item in composed.items for one in item.conditions}
    keys |= {condition_key(one.condition) for one in composed.left_out if one.condition is not None}
    return traffic.public_ids(session, {key for key in keys if key is not None})


def _draft(composed: Composition, known: dict[int, str], settings: Settings) -> services.Draft:
    """The words with what is behind each sentence; ``known`` gives a condition's public id by the key of its row."""
    return services.Draft(composed.text, _items(composed, known, settings), _left_out(composed, known))


def _items(composed: Composition, known: dict[int, str], settings: Settings) -> list[dict[str, Any]]:
    return [
        item_data(item, settings, at=composed.at) | {"conditions": _known(item.conditions, known)}
        for item in composed.items
    ]


def item_data(item: Item, settings: Settings, *, at: datetime) -> dict[str, Any]:
    """A sentence as it lies beside a script: what it is, why it is there, what it rests on, and when it was made.

    ``why`` is a message id with its ``facts``, so that each reader has it in their own language (``why_of``).
    """
    return {
        "kind": item.kind,
        "sentence": item.sentence,
        "seconds": round(item.seconds, 1),
        "why": item.why.message,
        "facts": _readable(item.why.facts, settings),
        "sources": _sources(item, settings),
        "told": told_data(item),
        "appeal": item.appeal_id,
        "at": at.isoformat(),
    }


def _known(conditions: Collection[Condition], known: dict[int, str]) -> list[str]:
    keys = [condition_key(one) for one in conditions]
    return list(dict.fromkeys(known[key] for key in keys if key in known))


def _readable(facts: dict[str, Any], settings: Settings) -> dict[str, Any]:
    """Times in facts as the station's clock shows them, kinds of events by the message ids of their names."""
    names: dict[Any, str] = {**KIND_NAMES, **FLOW_NAMES}
    return {
        name: f"{fact.astimezone(settings.zone):%H.%M}"
        if isinstance(fact, datetime)
        else names[fact]
        if name == "what" and fact in names
        else fact
        for name, fact in facts.items()
    }


def why_of(item: Mapping[str, Any]) -> str:
    """Why a sentence is there, in the language of who reads; earlier releases kept it in the station's alone."""
    facts = {name: gettext(fact) if name == "what" else fact for name, fact in (item.get("facts") or {}).items()}
    return gettext(item["why"], **facts) if item.get("why") else ""


def _sources(item: Item, settings: Settings) -> list[str]:
    said = [
        f"{report.source} {report.observed_at.astimezone(settings.zone):%H.%M}: {report.text}"
        for report in item.reports
        if report.observed_at is not None
    ]
    return said + [f"{alert.attribution or alert.sender}: {alert.headline}" for alert in item.alerts]


def _left_out(composed: Composition, known: dict[int, str]) -> list[dict[str, Any]]:
    """What is not said and why, with what is needed to say it after all."""
    return [
        {
            "what": _called(one),
            "why": one.why,
            "reason": one.reason,
            "conditions": _known([one.condition], known) if one.condition is not None else [],
            "alert": one.alert.identifier if one.alert is not None else None,
            "appeal": one.appeal_id,
        }
        for one in composed.left_out
    ]


def _called(left: LeftOut) -> str:
    """What it is in a few words; where nothing says how it flows or why, the kind of event."""
    condition = left.condition
    if condition is None or condition.flow or condition.obstacle or condition.kind in ("flow", "other"):
        return left.what
    return f"{gettext(KIND_NAMES[condition.kind])} · {left.what}"


def appeal_script(
    session: Session, settings: Settings, pack: AreaPack, appeal_id: str, *, by: str, at: datetime
) -> Script:
    """An appeal of the library by itself, to be read outside of a bulletin; raises ``NotFound``."""
    appeal = next((one for one in load_appeals() if one.id == appeal_id), None)
    if appeal is None:
        raise NotFound("This appeal is not in the library.")
    use_appeal(session, appeal.id, at=at)
    title = gettext("Appeal: %(theme)s", theme=appeal.theme)
    draft = services.Draft(appeal.text, [{"kind": "appeal", "sentence": appeal.text, "why": appeal.basis}])
    speed = float(settings.words_per_minute)
    return services.write_script(
        session, ScriptKind.APPEAL, title, draft, by=by, at=at, speed=speed, lexicon=pack.spoken
    )


def situation_script(session: Session, settings: Settings, row: SituationReport, *, by: str, at: datetime) -> Script:
    """Turn a filed situation report into a script, in one go."""
    title, draft = plan_situation(session, settings, row)
    return keep_situation(session, settings, title, draft, by=by, at=at)


def plan_situation(session: Session, settings: Settings, row: SituationReport) -> tuple[str, services.Draft]:
    """Title and words of the script of a situation report; nothing is written."""
    lapsit = put_right(parse_lapsit(row.text), row.corrections)
    title = gettext("Situation report %(day)s", day=f"{row.day:%d.%m.%Y}")
    return title, services.Draft(spoken(lapsit, station=identity(settings), wording=wordings.own(session)))


def keep_situation(
    session: Session, settings: Settings, title: str, draft: services.Draft, *, by: str, at: datetime
) -> Script:
    """Keep it as a script that waits for approval."""
    speed = float(settings.words_per_minute)
    return services.write_script(
        session, ScriptKind.SITUATION, title, draft, by=by, at=at, speed=speed, lexicon=area_pack(settings.area).spoken
    )
