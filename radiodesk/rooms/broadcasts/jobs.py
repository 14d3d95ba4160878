"""Slow work of the broadcasts room: what was read, beside what was approved."""

from radiodesk.core.jobs import Context, Kind, nothing
from radiodesk.language.places.station_area import area_pack
from radiodesk.rooms.broadcasts import queries, readings
from radiodesk.rooms.broadcasts.models import Broadcast


def prove_reading(context: Context, broadcast_id: int) -> None:
    """Compare every script that was read in a broadcast with its recording's words, unless that was done with these."""
    with context.database.reading() as session:
        broadcast = session.get_one(Broadcast, broadcast_id)
        heard = readings.heard_of(session, broadcast, queries.as_run(session, broadcast))
        if readings.is_current(readings.readings_of(session, broadcast), heard):
            return
    lexicon = area_pack(context.settings.area).spoken
    found = [(one, readings.compare(one, lexicon)) for one in heard]
    with context.database.writing() as session:
        readings.keep(session, session.get_one(Broadcast, broadcast_id), found, at=context.clock.now())


KINDS = {readings.JOB: Kind(prove_reading, nothing)}
