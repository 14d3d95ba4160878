"""Before the show: the broadcast with its rundown, and the scripts that an officer approves."""

from sqlalchemy.orm import Session

from radiodesk.core.errors import Refusal
from radiodesk.core.i18n import say, why
from radiodesk.operations.drill.dated_words import dated
from radiodesk.operations.drill.show import DrillItem
from radiodesk.operations.drill.stage import HOST, OFFICER, Played
from radiodesk.rooms.broadcasts import rundowns
from radiodesk.rooms.broadcasts import services as broadcasts
from radiodesk.rooms.broadcasts.models import Broadcast
from radiodesk.rooms.broadcasts.rundown_items import rundown
from radiodesk.rooms.programme import services as programme
from radiodesk.rooms.programme.models import Script, ScriptKind
from radiodesk.rooms.programme.queries import programmes


def prepare(played: Played, session: Session) -> None:
    """Plan the broadcast with its rundown."""
    show, at = played.show, played.clock.now()
    series = next((p for p in programmes(session) if p.title == show.programme), None) or programme.add_programme(
        session, show.programme, by=HOST, at=at, minutes=show.minutes
    )
    broadcast = broadcasts.plan(
        session,
        series,
        dated(show.title, show.start, played.settings.zone),
        show.start,
        by=HOST,
        at=at,
        seconds=show.minutes * 60,
        hosts=show.hosts,
    )
    played.broadcast_id = broadcast.id
    for item in show.rundown:
        rundowns.add_item(session, broadcast, item.kind, item.title, item.seconds, reader=item.reader, by=HOST, at=at)


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
                programme.Draft(dated(text, played.show.start, played.settings.zone)),
                by=HOST,
                at=played.clock.now(),
                speed=played.settings.words_per_minute,
            )
        except (OSError, UnicodeDecodeError) as error:
            played.problems.append(f"{item.text}: {why(error) if isinstance(error, OSError) else error}")
        except Refusal as refusal:
            played.problems.append(f"{item.text}: {say(refusal)}")
        else:
            played.texts[item.text] = script.id


def _kind_of(item: DrillItem) -> ScriptKind:
    name = (item.text or "").lower()
    if "pembuka" in name or "opening" in name:
        return ScriptKind.OPENING
    return ScriptKind.CLOSING if "penutup" in name or "closing" in name else ScriptKind.FREE


def approve_all(played: Played, session: Session) -> None:
    """An officer approves what is to be read, and each script is put into its item."""
    broadcast = session.get_one(Broadcast, played.broadcast_id)
    items = rundown(session, broadcast.id)
    for item, wanted in zip(items, played.show.rundown, strict=True):
        if wanted.text is None or wanted.text not in played.texts:
            continue
        script = session.get_one(Script, played.texts[wanted.text])
        programme.approve(session, script, number=script.latest.number, by=OFFICER, at=played.clock.now())
        rundowns.put_script(session, broadcast, item, script, by=HOST, at=played.clock.now())


def place_only(played: Played, session: Session, name: str) -> None:
    """Put a script into its item without anybody's approval."""
    broadcast = session.get_one(Broadcast, played.broadcast_id)
    for item, wanted in zip(rundown(session, broadcast.id), played.show.rundown, strict=True):
        if wanted.text == name and name in played.texts:
            script = session.get_one(Script, played.texts[name])
            rundowns.put_script(session, broadcast, item, script, by=HOST, at=played.clock.now())
