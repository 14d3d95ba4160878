"""``radiodesk logger``: what the lines' recordings round the clock hold, and stretches cut out of them."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from radiodesk.core import command, inputs
from radiodesk.core.clock import SystemClock
from radiodesk.core.errors import Unreadable
from radiodesk.core.settings import Settings
from radiodesk.rooms.logger import services
from radiodesk.rooms.logger.models import CutTarget
from radiodesk.rooms.logger.services import Place
from radiodesk.sound.logger.log_files import logged_lines, piece_files
from radiodesk.sound.logger.log_reader import read_log, read_piece, require_stretch, samples

BY = "operator"


@click.group()
def logger() -> None:
    """The lines' recordings round the clock."""


@logger.command("list")
@click.argument("line", required=False)
def list_(line: str | None) -> None:
    """The files of LINE, or of all lines: a JSON object a file."""
    folder = command.settings().logger
    for name in [line] if line else logged_lines(folder):
        for files in piece_files(folder / name):
            if (piece := read_piece(files)) is not None:
                sound = files.sound
                _say(
                    line=name,
                    file=str(sound.relative_to(folder)) if sound else None,
                    begins=piece.begins.isoformat(),
                    ends=piece.ends.isoformat(),
                    bytes=sound.stat().st_size if sound else 0,
                    after=piece.after,
                )


@logger.command()
@click.argument("line")
@click.option("--day", help="A day of the station, such as 2026-11-24; else the last 24 hours.")
def gaps(line: str, day: str | None) -> None:
    """What is missing of LINE: a JSON object a gap."""
    settings, now = command.settings(), SystemClock().now()
    begins, ends = now - timedelta(days=1), now
    if day is not None:
        begins = datetime.combine(inputs.day(day), datetime.min.time(), settings.zone)
        ends = begins + timedelta(days=1)
    for gap in read_log(services.log_of(settings, _line(settings, line)), begins, ends, now=now).gaps:
        _say(begins=gap.begins.isoformat(), ends=gap.ends.isoformat(), seconds=round(gap.seconds, 3), why=gap.why)


@logger.command()
@click.argument("line")
@click.argument("begins")
@click.argument("ends")
@click.option("--file", "target", type=click.Path(path_type=Path), help="Write it there as FLAC, and attach nothing.")
@click.option("--broadcast", help="Attach it to the broadcast with this id.")
@click.option("--call", help="Attach it to the call with this id.")
@click.option("--complaint", help="Attach it to the complaint with this number.")
def cut(
    line: str,
    begins: str,
    ends: str,
    target: Path | None,
    broadcast: str | None,
    call: str | None,
    complaint: str | None,
) -> None:
    """Cut a stretch out of LINE, such as 2026-11-24T18:30:00 to 2026-11-24T18:45:00 in station time."""
    settings, at = command.settings(), SystemClock().now()
    first, last = _moment(settings, begins), _moment(settings, ends)
    given = {CutTarget.BROADCAST: broadcast, CutTarget.CALL: call, CutTarget.COMPLAINT: complaint}
    chosen = [Place(kind, subject) for kind, subject in given.items() if subject]
    if len(chosen) + (target is not None) != 1:
        raise Unreadable("Say one of --file, --broadcast, --call and --complaint.")
    found = services.logged_line(settings, line)
    if target is not None:
        from radiodesk.sound.encoder import write_blocks

        stretch = require_stretch(services.log_of(settings, line), first, last, now=at)
        write_blocks(target, samples(stretch), stretch.rate, 1, "PCM_16")
        _say(file=str(target), seconds=round(stretch.seconds, 3), missing=round(stretch.missing, 3))
        return
    from radiodesk.core.schema import station_database

    database, [place] = station_database(settings), chosen
    with database.reading() as session:
        services.require_place(session, found, place, first, last)
    made = services.cut_sound(settings, found, first, last, at=at)
    with database.writing() as session:
        recording = services.attach_cut(session, settings, made, place, by=BY, at=at)
        _say(recording=recording.public_id, seconds=recording.duration, missing=round(made.stretch.missing, 3))


def _line(settings: Settings, line: str) -> str:
    return services.logged_line(settings, line).id


def _moment(settings: Settings, text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Unreadable("“%(given)s” is no time such as 2026-11-24T18:30:00.", given=text) from None
    return found if found.tzinfo is not None else found.replace(tzinfo=settings.zone)


def _say(**facts: Any) -> None:
    click.echo(json.dumps(facts, ensure_ascii=False))
