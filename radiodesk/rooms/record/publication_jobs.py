"""The slow work of publishing: writing a public copy, removing one that is not public any more."""

from datetime import datetime

from sqlalchemy.orm import Session

from radiodesk.core import i18n, jobs
from radiodesk.core.errors import Refusal
from radiodesk.core.jobs import Context, Kind, nothing
from radiodesk.core.stores.ports import StoreUnavailable
from radiodesk.rooms.record import protection, services
from radiodesk.rooms.record import publication as publishing
from radiodesk.rooms.record.models import Publication, PublicationState
from radiodesk.rooms.record.private_finder import finder


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
    sounds: list[publishing.Sound | None] = []
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
    with context.database.writing() as session:
        publication = session.get_one(Publication, publication_id)
        # Withdrawn meanwhile: what was made for it must not lie around.
        if publication.state in Publication.asked_states and publication.revision == planned.revision:
            at = context.clock.now()
            if protection.protect(session, publication, at=at) != planned.closed:
                # Somebody became protected while the sound was made: a copy without them follows, in its own folder.
                publication.revision += 1
                jobs.enqueue(session, at, services.PUBLISH_JOB, publication_id)
                return
            publishing.keep(session, publication, planned, sounds, at=at)
            publication.problem = " ".join(problems) or None
    clear(context, publication_id)


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
