"""The slow work of publishing: writing a public copy, removing one that is not public any more."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from radiodesk.core import i18n, jobs
from radiodesk.core.errors import Refusal
from radiodesk.core.jobs import Context, Kind, nothing
from radiodesk.core.stores.ports import StoreUnavailable
from radiodesk.rooms.record import protection, services
from radiodesk.rooms.record import publication as publishing
from radiodesk.rooms.record.listen_again import StillHeard
from radiodesk.rooms.record.models import Publication, PublicationState
from radiodesk.rooms.record.private_finder import finder
from radiodesk.rooms.record.public_sound import Sound

log = logging.getLogger(__name__)


def publish(context: Context, publication_id: int) -> None:
    """Write the public copy that was asked for last. A sound file that cannot be made is named; the rest is shown."""
    settings = context.settings
    with context.database.writing() as session:
        publication = session.get_one(Publication, publication_id)
        if publication.state not in Publication.asked_states:
            return
        protection.protect(session, publication, at=context.clock.now())
    with context.database.reading() as session:
        publication = session.get_one(Publication, publication_id)
        planned = publishing.plan(session, publication, finder(settings), settings.language)
    sounds: list[Sound | None] = []
    problems: list[str] = []
    for done, piece in enumerate(planned.pieces, start=1):
        try:
            sounds.append(publishing.make_sound(settings, planned, piece))
        except StoreUnavailable:
            raise  # nothing is wrong with the sound: the job is tried again
        except Refusal as refusal:
            sounds.append(None)
            problems.append(i18n.say_in(settings.language, refusal))
        context.report(done / (len(planned.pieces) + 1))
    spots = _listen_again(context, planned, sounds)
    if _keep(context, publication_id, planned, sounds, spots, problems):
        clear(context, publication_id)
    else:
        publishing.discard(settings, planned)


def _keep(
    context: Context,
    publication_id: int,
    planned: publishing.Plan,
    sounds: list[Sound | None],
    spots: Mapping[str, Sequence[StillHeard]],
    problems: list[str],
) -> bool:
    """Put the copy in place of the one before; false where that one stays and what was made is not wanted."""
    with context.database.writing() as session:
        publication, at = session.get_one(Publication, publication_id), context.clock.now()
        if publication.state not in Publication.asked_states or publication.revision != planned.revision:
            # Withdrawn meanwhile: nothing of it must lie around.
            return True
        if protection.protect(session, publication, at=at) != planned.closed:
            # Somebody became protected while the sound was made: a copy without them follows, in its own folder.
            publication.revision += 1
            jobs.enqueue(session, at, services.PUBLISH_JOB, publication_id)
            return False
        with i18n.speaking(context.settings.language):
            if services.hold_back(session, publication, spots, at=at):
                return False
        publishing.keep(session, publication, planned, sounds, at=at)
        publication.problem = " ".join(problems) or None
    return True


def _listen_again(
    context: Context, planned: publishing.Plan, sounds: list[Sound | None]
) -> dict[str, list[StillHeard]]:
    """What can still be heard in the finished sound; nothing where there is no recogniser to hear it with."""
    if not context.settings.listen_again or not any(piece.rendered.bleeped for piece in planned.pieces):
        return {}
    from radiodesk.recognition.loader import load_for_station

    try:
        engine = load_for_station(context.settings)
    except Refusal as refusal:
        log.warning("The public copy of %s was not heard again: %s", planned.broadcast, refusal)
        return {}
    return publishing.heard_again(context.settings, engine, planned, sounds)


def clear(context: Context, publication_id: int) -> None:
    """Remove the sound of every copy that is not the public one."""
    with context.database.reading() as session:
        publication = session.get_one(Publication, publication_id)
        kept = publication.revision if publication.state != PublicationState.WITHDRAWN else None
        broadcast = publication.broadcast.public_id
    publishing.clear(context.settings, broadcast, kept)


def _fail(session: Session, publication_id: int, why: str, at: datetime) -> None:
    services.fail(session, session.get_one(Publication, publication_id), why, at=at)


KINDS = {services.PUBLISH_JOB: Kind(publish, _fail), services.CLEAR_JOB: Kind(clear, nothing)}
