"""The stages of a drill, each through the services that the desk itself uses."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from radiodesk.area.pack import AreaPack
from radiodesk.area.station import area_pack, place_finder
from radiodesk.audio.models import Direction
from radiodesk.audio.services import require_sound, store_file
from radiodesk.audio.writing import concatenate
from radiodesk.broadcasts import services as broadcasts
from radiodesk.broadcasts.models import Broadcast
from radiodesk.calls import services as calls
from radiodesk.calls.models import Call
from radiodesk.core.clock import ManualClock
from radiodesk.core.config import Settings
from radiodesk.core.db import Database
from radiodesk.core.errors import Refusal
from radiodesk.operations.drill.show import DrillCall, DrillItem, Post, Show
from radiodesk.programme import compiling
from radiodesk.programme import services as programme
from radiodesk.programme.models import ItemKind, Script, ScriptKind
from radiodesk.programme.queries import programmes, rundown
from radiodesk.speech.queries import current
from radiodesk.tickets import services as tickets
from radiodesk.tickets.models import Ticket
from radiodesk.tickets.rules import load_rules
from radiodesk.tickets.triage import triage
from radiodesk.traffic import services as traffic
from radiodesk.traffic.feeds import FeedUnreadable
from radiodesk.traffic.files import read_feed_file

SCREENER, HOST, OFFICER, ARCHIVIST = "drill.screener", "drill.host", "drill.officer", "drill.archivist"
TEXT_SUFFIXES = frozenset({".txt", ".md"})
# Traffic news is for the bulletin, a question is answered on air; neither is a matter for a unit.
NO_TICKET = frozenset({"traffic", "question"})


@dataclass
class Played:
    """What the stages pass on to each other and to the summary. Rows are named by key: each stage has its session."""

    show: Show
    settings: Settings
    database: Database
    clock: ManualClock
    broadcast_id: int = 0
    calls: dict[str, int] = field(default_factory=dict)
    tickets: dict[str, tuple[int, str]] = field(default_factory=dict)
    texts: dict[str, int] = field(default_factory=dict)
    refused_posts: list[dict[str, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def pack(self) -> AreaPack:
        return area_pack(self.settings.area)

    def at(self, minute: float) -> datetime:
        """A moment of the show, in minutes after its planned start."""
        return self.show.start + timedelta(minutes=minute)


def prepare(played: Played, session: Session) -> None:
    """Plan the broadcast with its rundown."""
    show, at = played.show, played.clock.now()
    series = next((p for p in programmes(session) if p.title == show.programme), None) or programme.add_programme(
        session, show.programme, by=HOST, at=at, minutes=show.minutes
    )
    broadcast = broadcasts.plan(
        session, series, show.title, show.start, by=HOST, at=at, seconds=show.minutes * 60, hosts=show.hosts
    )
    played.broadcast_id = broadcast.id
    for item in show.rundown:
        programme.add_item(
            session, broadcast.id, item.kind, item.title, item.seconds, reader=item.reader, by=HOST, at=at
        )


def take_feeds(played: Played, session: Session) -> None:
    """Every feed file; one that cannot be read is named and the rest is done."""
    kept = 0
    for path in played.show.feeds:
        try:
            result = read_feed_file(path, now=played.clock.now())
        except FeedUnreadable as refusal:
            played.problems.append(f"feeds/{path.name}: {refusal}")
            continue
        played.problems += [f"feeds/{path.name}: {problem}" for problem in result.problems]
        taken = traffic.take_feed(session, result, by=OFFICER, at=played.clock.now())
        kept += len(taken.reports) + taken.warnings
    played.counts["feed_items"] = kept


def take_posts(played: Played, session: Session, posts: list[Post]) -> None:
    """Posts in the order of their times, each read at its time."""
    settings = played.settings
    for post in posts:
        at = moment_of(played, post)
        taken = traffic.take_posts(
            session,
            post.text,
            source=post.source,
            by=OFFICER,
            at=at,
            finder=place_finder(settings.area),
            zone=settings.timezone,
        )
        played.counts["reports"] = played.counts.get("reports", 0) + len(taken.reports)
        played.refused_posts += [{"text": one.text, "why": one.why} for one in taken.refused]


def moment_of(played: Played, post: Post) -> datetime:
    """When a post was written: its time of day on the day of the show, else now."""
    if post.at is None:
        return played.clock.now()
    local = played.show.start.astimezone(played.settings.zone)
    return local.replace(hour=post.at[0], minute=post.at[1], second=0, microsecond=0)


def file_lapsit(played: Played, session: Session) -> None:
    """The situation report, turned into a script for its item."""
    if played.show.lapsit is None:
        return
    try:
        row, _lapsit = traffic.file_lapsit(session, played.show.lapsit, by=OFFICER, at=played.clock.now())
    except Refusal as refusal:
        played.problems.append(f"lapsit.txt: {refusal}")
        return
    script = compiling.situation_script(session, played.settings, row, by=OFFICER, at=played.clock.now())
    played.texts["lapsit"] = script.id


def write_texts(played: Played, session: Session) -> None:
    """The rundown's text files become scripts; a missing one is named."""
    for item in played.show.rundown:
        if item.text is None or item.text in ("bulletin", "lapsit"):
            continue
        try:
            text = (played.show.folder / item.text).read_text(encoding="utf-8")
            script = programme.write_script(
                session,
                _kind_of(item),
                item.title,
                programme.Draft(text),
                by=HOST,
                at=played.clock.now(),
                speed=played.settings.words_per_minute,
            )
        except (OSError, UnicodeDecodeError) as error:
            played.problems.append(f"{item.text}: {getattr(error, 'strerror', None) or error}")
        except Refusal as refusal:
            played.problems.append(f"{item.text}: {refusal}")
        else:
            played.texts[item.text] = script.id


def _kind_of(item: DrillItem) -> ScriptKind:
    name = (item.text or "").lower()
    if "pembuka" in name or "opening" in name:
        return ScriptKind.OPENING
    return ScriptKind.CLOSING if "penutup" in name or "closing" in name else ScriptKind.FREE


def receive_calls(played: Played, session: Session) -> None:
    """Every call in the order it came: kept, its words asked for, screened, queued. A broken file is named."""
    for wanted in played.show.calls:
        at = played.at(wanted.minute)
        path = played.show.folder / wanted.file
        try:
            call = _receive(played, session, wanted, path, at)
        except Refusal as refusal:
            played.problems.append(f"{wanted.file}: {refusal}")
            continue
        except OSError as error:
            played.problems.append(f"{wanted.file}: {error.strerror}")
            continue
        played.calls[wanted.file] = call.id


def _receive(played: Played, session: Session, wanted: DrillCall, path: Path, at: datetime) -> Call:
    recordings = []
    message = ""
    if path.suffix.lower() in TEXT_SUFFIXES:
        message = path.read_bytes().decode("utf-8", "replace")
    else:
        recording = store_file(session, played.settings, path, at=at, direction=Direction.MESSAGE)
        if recording.problem:
            played.problems.append(f"{wanted.file}: {recording.problem}")
        recordings = [recording]
    call = calls.receive(
        session,
        wanted.channel,
        at=at,
        by=SCREENER,
        phone=wanted.phone,
        withheld=wanted.phone is None,
        name=wanted.name,
        message=message,
        line=wanted.line,
        recordings=recordings,
        phrases=[place.name for place in played.pack.places if place.kind == "kecamatan"],
    )
    calls.answer(session, call, by=SCREENER, at=at)
    card = calls.Screening(
        phone=wanted.phone,
        withheld=wanted.phone is None,
        name=wanted.name,
        place=wanted.place,
        topic=wanted.topic,
        point=wanted.point,
        protected=wanted.protected,
        may_name=wanted.may_name and wanted.protected is None,
        may_call_back=wanted.phone is not None,
    )
    calls.screen(session, call, card, by=SCREENER, at=at)
    calls.consent(session, call, by=SCREENER, at=at)
    calls.queue(session, call, by=SCREENER, at=at)
    if wanted.air and not any(recording.problem for recording in recordings):
        calls.make_ready(session, call, by=SCREENER, at=at)
    return call


def open_tickets(played: Played, session: Session) -> None:
    """Complaints become tickets, by the machine's suggestion on the caller's words and the screener's line."""
    rules = load_rules(played.settings)
    for wanted in played.show.calls:
        if wanted.file not in played.calls or wanted.kind in NO_TICKET:
            continue
        call = session.get_one(Call, played.calls[wanted.file])
        words = current(session, call.recordings)
        heard = " ".join(filter(None, [call.message, *(transcript.text for transcript in words.values())]))
        suggestion = triage(f"{call.point} {heard}", units=rules.unit_by_id)
        if wanted.kind == "auto" and suggestion.urgency in ("pertanyaan", "informasi"):
            continue
        opened = tickets.open_ticket(
            session,
            rules,
            text=heard or call.point,
            suggestion=suggestion,
            call=call,
            summary=call.point or call.topic,
            confidential=call.protected is not None,
            by=SCREENER,
            at=played.clock.now(),
        )
        tickets.accept(session, rules, opened.ticket, by=OFFICER, at=played.clock.now())
        if opened.ticket.unit_id:
            tickets.forward(session, rules, opened.ticket, opened.ticket.unit_id, by=OFFICER, at=played.clock.now())
        played.tickets[wanted.file] = (opened.ticket.id, opened.pin)


def compile_bulletin(played: Played, session: Session) -> None:
    """The bulletin, compiled at its minute; an officer approves it and all other scripts."""
    wanted = played.show.bulletin
    at = played.clock.now()
    script = compiling.compile_bulletin(
        session, played.settings, played.pack, seconds=wanted.seconds, reader=wanted.reader, by=OFFICER, at=at
    )
    played.texts["bulletin"] = script.id


def approve_all(played: Played, session: Session) -> None:
    """An officer approves what is to be read, and each script is put into its item."""
    items = rundown(session, played.broadcast_id)
    for item, wanted in zip(items, played.show.rundown, strict=True):
        if wanted.text is None or wanted.text not in played.texts:
            continue
        script = session.get_one(Script, played.texts[wanted.text])
        programme.approve(session, script, number=script.latest.number, by=OFFICER, at=played.clock.now())
        programme.put_script(session, item, script, by=HOST, at=played.clock.now())


def place_only(played: Played, session: Session, name: str) -> None:
    """Put a script into its item without anybody's approval."""
    for item, wanted in zip(rundown(session, played.broadcast_id), played.show.rundown, strict=True):
        if wanted.text == name and name in played.texts:
            script = session.get_one(Script, played.texts[name])
            programme.put_script(session, item, script, by=HOST, at=played.clock.now())


def on_air(played: Played, session: Session) -> None:
    """The show itself: items begin in order, scripts are read in their time, callers are taken where calls are due."""
    broadcast = session.get_one(Broadcast, played.broadcast_id)
    played.clock.set(max(played.clock.now(), played.show.start))
    broadcasts.go_on_air(session, broadcast, by=HOST, at=played.clock.now())
    waiting = [w.file for w in played.show.calls if w.file in played.calls and w.air]
    items = rundown(session, broadcast.id)
    slots = sum(item.kind is ItemKind.CALLS for item in items)
    for item in items:
        try:
            broadcasts.begin_item(session, broadcast, item, by=HOST, at=played.clock.now())
        except Refusal as refusal:
            played.problems.append(f"{item.title}: {refusal}")
            continue
        if item.kind is ItemKind.CALLS:
            share = -(-len(waiting) // max(1, slots))
            _take_callers(played, session, broadcast, waiting[:share], item.seconds)
            waiting, slots = waiting[share:], slots - 1
        elif item.script is not None:
            played.clock.advance(timedelta(seconds=item.script.latest.seconds))
            broadcasts.finish_script(session, broadcast, by=HOST, at=played.clock.now())
        else:
            played.clock.advance(timedelta(seconds=item.seconds))
    end = played.at(played.show.minutes)
    played.clock.set(max(played.clock.now(), end))
    _attach_programme(played, session, broadcast)
    # Nobody stays in the queue of a drill: who was not put on air is told so and can be called back.
    calls.close_queue(session, by=SCREENER, at=played.clock.now())
    played.counts["calls_filed"] = broadcasts.end(session, broadcast, by=HOST, at=played.clock.now())


def _take_callers(played: Played, session: Session, broadcast: Broadcast, files: list[str], seconds: int) -> None:
    each = timedelta(seconds=seconds / max(1, len(files)))
    for name in files:
        call = session.get_one(Call, played.calls[name])
        try:
            broadcasts.take(session, broadcast, call, by=HOST, at=played.clock.now())
        except Refusal as refusal:
            played.problems.append(f"{name}: {refusal}")
            continue
        played.clock.advance(each)
        broadcasts.end_call(session, broadcast, call, by=HOST, at=played.clock.now())
        played.counts["aired"] = played.counts.get("aired", 0) + 1


def _attach_programme(played: Played, session: Session, broadcast: Broadcast) -> None:
    """There is no studio in a drill: the callers' sound, one after the other, stands for the programme's recording."""
    found = [session.get_one(Call, played.calls[w.file]) for w in played.show.calls if w.file in played.calls and w.air]
    originals = [
        played.settings.audio / recording.key
        for call in found
        for recording in call.recordings
        if recording.problem is None
    ]
    if not originals:
        return
    target = played.settings.data / "derived" / f"programme-{broadcast.public_id}.flac"
    target.parent.mkdir(parents=True, exist_ok=True)
    concatenate(originals, target, gap_seconds=1.0)
    recording = store_file(
        session,
        played.settings,
        target,
        at=played.clock.now(),
        direction=Direction.PROGRAMME,
        started_at=broadcast.on_air_at,
    )
    broadcasts.attach_recording(session, broadcast, require_sound(recording), by=HOST, at=played.clock.now())
    target.unlink()


def ticket_rows(played: Played, session: Session) -> list[tuple[str, Ticket, str]]:
    """The tickets with the file of their call and their PIN."""
    return [(name, session.get_one(Ticket, key), pin) for name, (key, pin) in played.tickets.items()]
