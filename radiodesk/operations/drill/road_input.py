"""Road input of a drill: feeds, posts and the situation report, up to the bulletin."""

from collections import Counter

from sqlalchemy.orm import Session

from radiodesk.core.errors import Refusal
from radiodesk.core.i18n import say
from radiodesk.language.places.station_area import place_finder
from radiodesk.operations.drill.dated_words import dated
from radiodesk.operations.drill.show import Post
from radiodesk.operations.drill.stage import OFFICER, Played, moment_of
from radiodesk.road.feed_files import read_feed_file
from radiodesk.road.feeds import FeedUnreadable
from radiodesk.rooms.programme import made_scripts
from radiodesk.rooms.traffic import services as traffic


def take_feeds(played: Played, session: Session) -> None:
    """Every feed file; one that cannot be read is named and the rest is done."""
    kept = 0
    left: Counter[str] = Counter()
    for path in played.show.feeds:
        try:
            result = read_feed_file(path, now=played.clock.now())
        except FeedUnreadable as refusal:
            played.problems.append(f"feeds/{path.name}: {say(refusal)}")
            continue
        played.problems += [f"feeds/{path.name}: {problem}" for problem in result.problems]
        taken = traffic.take_feed(
            session,
            result,
            by=OFFICER,
            at=played.clock.now(),
            finder=place_finder(played.settings.area),
            zone=played.settings.timezone,
        )
        kept += len(taken.reports) + taken.warnings
        left.update(taken.left)
    played.counts["feed_items"] = kept
    played.feed_items_left = dict(left)


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


def file_lapsit(played: Played, session: Session) -> None:
    """The situation report, turned into a script for its item."""
    if played.show.lapsit is None:
        return
    text = dated(played.show.lapsit, played.show.start, played.settings.zone)
    try:
        row, _lapsit = traffic.file_lapsit(
            session, text, by=OFFICER, at=played.clock.now(), zone=played.settings.timezone
        )
    except Refusal as refusal:
        played.problems.append(f"lapsit.txt: {say(refusal)}")
        return
    script = made_scripts.situation_script(session, played.settings, row, by=OFFICER, at=played.clock.now())
    played.texts["lapsit"] = script.id


def compile_bulletin(played: Played, session: Session) -> None:
    """The bulletin, compiled at its minute; an officer approves it and all other scripts."""
    wanted = played.show.bulletin
    at = played.clock.now()
    script = made_scripts.compile_bulletin(
        session, played.settings, played.pack, seconds=wanted.seconds, reader=wanted.reader, by=OFFICER, at=at
    )
    played.texts["bulletin"] = script.id
