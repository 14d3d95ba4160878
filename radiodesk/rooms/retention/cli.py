"""``radiodesk retention``: what is kept for how long, what is due, and what there is about one person."""

import json
from itertools import chain
from pathlib import Path

import click
from sqlalchemy.orm import Session

from radiodesk.core import command
from radiodesk.core.atomic_files import replacing
from radiodesk.core.clock import SystemClock
from radiodesk.core.errors import Forbidden, NotFound
from radiodesk.core.schema import station_database
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.accounts.queries import person_by_username
from radiodesk.rooms.retention import data_removal, data_requests, deletions, text_search
from radiodesk.rooms.retention import due as due_things
from radiodesk.rooms.retention.data_export import write_export
from radiodesk.rooms.retention.models import Deletion
from radiodesk.rooms.retention.retention_classes import Matter, load_classes


@click.group()
def retention() -> None:
    """How long the station keeps what it has, and what is due."""


@retention.command("classes")
def classes() -> None:
    """Print the classes, a JSON object a class; a mistake in the station's own file is told instead."""
    for kept in load_classes(command.settings()).values():
        _say(
            **{"class": kept.matter.value},
            name=kept.name,
            days=kept.days,
            least_days=kept.least_days,
            ground=kept.ground,
        )


@retention.command("due")
def due() -> None:
    """Print what is due, a JSON object a thing, those of a class that are due longest first."""
    settings = command.settings()
    kept, database = load_classes(settings), station_database(settings)
    with database.reading() as session:
        found = due_things.what_is_due(session, settings, kept, SystemClock().now())
    for of_class in found:
        for row in of_class.rows:
            _say(
                **{"class": row.matter.value},
                id=row.subject,
                title=row.title,
                began=row.began.isoformat(),
                due_since=row.since.isoformat(),
                bytes=row.bytes,
            )
        if of_class.count > len(of_class.rows):
            _say(**{"class": of_class.kept.matter.value}, more=of_class.count - len(of_class.rows))


@retention.command("propose")
@click.argument("matter", type=click.Choice([matter.value for matter in Matter]))
@click.argument("subject", required=False)
@click.option("--by", required=True, help="The username of who proposes.")
def propose(matter: str, subject: str | None, by: str) -> None:
    """Propose that a thing that is due is deleted, or without an id all of a class that is due, at most a hundred."""
    settings = command.settings()
    database, now = station_database(settings), SystemClock().now()
    kept = load_classes(settings)
    with database.writing() as session:
        who = require_keeper(session, by)
        if subject is None:
            rows = deletions.propose_due(session, settings, kept, Matter(matter), by=who, at=now)
        else:
            rows = [deletions.propose(session, settings, kept, Matter(matter), subject, by=who, at=now)]
    for row in rows:
        _say_deletion(row)


@retention.command("deletions")
def deletion_list() -> None:
    """Print what waits for a second person, a JSON object a thing; those of one act have the same "batch"."""
    with station_database(command.settings()).reading() as session:
        acts = deletions.waiting_acts(session)
    for row in chain.from_iterable(acts):
        _say_deletion(row)


@retention.command("approve")
@click.argument("identity", metavar="ID")
@click.option("--by", required=True, help="The username of who approves: another person than who proposed.")
def approve(identity: str, by: str) -> None:
    """Approve a deletion, or all of one act by its "batch"; a worker of the station deletes it."""
    settings = command.settings()
    database, now = station_database(settings), SystemClock().now()
    kept = load_classes(settings)
    with database.writing() as session:
        who = require_keeper(session, by)
        if deletions.is_batch(session, identity):
            gone, left = deletions.approve_batch(session, settings, kept, identity, by=who, at=now)
        else:
            row = deletions.deletion_by_public_id(session, identity)
            deletions.approve(session, settings, kept, row, by=who, at=now)
            gone, left = 1, 0
    _say(approved=gone, left=left)


@retention.command("refuse")
@click.argument("identity", metavar="ID")
@click.option("--by", required=True, help="The username of who refuses.")
@click.option("--reason", required=True, help="Why it is not deleted.")
def refuse(identity: str, by: str, reason: str) -> None:
    """Refuse a deletion, or all of one act by its "batch"."""
    database, now = station_database(command.settings()), SystemClock().now()
    with database.writing() as session:
        who = require_keeper(session, by)
        if deletions.is_batch(session, identity):
            deletions.refuse_batch(session, identity, reason, by=who, at=now)
        else:
            deletions.refuse(session, deletions.deletion_by_public_id(session, identity), reason, by=who, at=now)


@retention.command("person")
@click.argument("number")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--reason", required=True, help="Who asks, and how it was checked that the number is theirs.")
def person(number: str, file: Path, reason: str) -> None:
    """Write what the station has about NUMBER into FILE, a ZIP; print each row that was found, and whether it may go.

    The request is noted in the audit trail, without the number.
    """
    settings = command.settings()
    database, now = station_database(settings), SystemClock().now()
    with database.writing() as session:
        request = data_requests.note_request(session, number, reason, by="command line", at=now)
    with database.reading() as session:
        looked = text_search.look_through(session, request.phone)
        found = data_requests.find(session, request.phone, now, looked)
        with replacing(file) as written, written.open("wb") as out:
            write_export(out, settings, request, found, now)
    with database.writing() as session:
        noted = data_requests.request_by_public_id(session, request.public_id)
        data_requests.note_looked(session, noted, looked, at=now)
    _say(request=request.public_id)
    for one in found.rows:
        _say(table=one.table, key=one.key, why=one.why, stays=one.ground)


@retention.command("removable")
@click.argument("identity", metavar="REQUEST")
def removable(identity: str) -> None:
    """Print the calls and complaints of a request, a JSON object each, and why they stay, if they do."""
    now = SystemClock().now()
    with station_database(command.settings()).reading() as session:
        row = data_requests.request_by_public_id(session, identity)
        things = data_removal.things_of(session, row, data_requests.found_of(session, row, now))
    for one in things:
        state = one.deletion.state if one.deletion is not None else None
        _say(thing=one.pick, title=one.title, at=one.at.isoformat(), stays=one.ground, deletion=state)


@retention.command("remove")
@click.argument("identity", metavar="REQUEST")
@click.argument("things", nargs=-1, required=True, metavar="THING...")
@click.option("--by", required=True, help="The username of who proposes.")
def remove(identity: str, things: tuple[str, ...], by: str) -> None:
    """Propose to remove calls and complaints of a request; another person approves it by its "batch"."""
    database, now = station_database(command.settings()), SystemClock().now()
    with database.writing() as session:
        who = require_keeper(session, by)
        row = data_requests.request_by_public_id(session, identity)
        data = data_requests.found_of(session, row, now)
        rows = data_removal.propose(session, row, data, things, by=who, at=now)
    for one in rows:
        _say_deletion(one)


def require_keeper(session: Session, username: str) -> str:
    """The username of a person who may propose and approve; raises ``Forbidden``, ``NotFound``."""
    person = person_by_username(session, username)
    if not person.active:
        raise NotFound("This person is not known.")
    if not person.may(Role.ARCHIVIST, Role.PRODUCER):
        raise Forbidden("%(name)s is neither archivist nor producer, so they decide about no deletion.", name=username)
    return person.username


def _say_deletion(row: Deletion) -> None:
    _say(
        id=row.public_id,
        batch=row.batch,
        **{"class": row.matter.value},
        subject=row.subject,
        title=row.title,
        began=row.began.isoformat(),
        due_since=row.due_since.isoformat(),
        proposed_by=row.proposed_by,
    )


def _say(**told: object) -> None:
    click.echo(json.dumps(told, ensure_ascii=False))
